import type { Reference } from '../preview/cluster.ts';
import type { Unseen } from './view.ts';

/**
 * Serves: all is as it should be. Impaired: requests are answered, but something is not as it should be. Fails: what
 * comes this way is not answered. Unseen: it cannot be told.
 */
export type State = 'Serves' | 'Impaired' | 'Fails' | 'Unseen';

/** A command that shows what is so. It only reads. */
export interface Command {
  /** For a shell: `kubectl …`. */
  readonly run: string;
  /** The InferenceCluster that it is for; the control plane's where it is left out. */
  readonly cluster?: string;
}

/** What is wrong, or could not be seen. */
export interface Problem {
  /** One word, most often a condition's reason (docs/conditions.md). */
  readonly reason: string;
  /** Sentences for a person. */
  readonly message: string;
  readonly command: Command;
}

/** An object on the way of a request, in an inference cluster where it names one. */
export interface Thing extends Omit<Reference, 'apiVersion'> {
  readonly apiVersion?: string;
  readonly cluster?: string;
}

/** A thing with what stands behind it on the way of a request, nearest to the caller first. */
export interface Node {
  readonly thing: Thing;
  readonly state: State;
  /** The one thing to be known beside its name, or ''. */
  readonly detail: string;
  readonly problem?: Problem;
  /** It is not meant to serve at the moment: it is scaled to zero, or leaves. That harms nobody beside it. */
  readonly idle?: true;
  readonly children: readonly Node[];
}

/** Whether something takes away from what serves. */
export const isAmiss = ({ state, idle }: Node): boolean => state !== 'Serves' && idle !== true;

/** The worst of what must serve. */
export function worstOf(nodes: readonly Node[]): State {
  const states = nodes.map(({ state }) => state);
  return (['Fails', 'Unseen', 'Impaired'] as const).find((state) => states.includes(state)) ?? 'Serves';
}

/** A thing that stands where it should, or has one problem of its own. */
export const leaf = (thing: Thing, state: State, problem?: Problem, detail = ''): Node => ({
  thing,
  state,
  detail,
  ...(problem && { problem }),
  children: [],
});

/** A thing that nobody here may look at. */
export const unseenNode = (thing: Thing, gap: Unseen): Node =>
  leaf(thing, 'Unseen', { reason: gap.why, message: unseenText(gap), command: getCommand(thing) });

export const unseenText = ({ kind, namespace, name, why, message }: Unseen): string => {
  const what = `${kind}${name === undefined ? 's' : ` ${name}`}${namespace === undefined ? '' : ` in ${namespace}`}`;
  if (why === 'NotRead') return `${what} is never read.`;
  return why === 'Forbidden' ? `You may not read ${what}.` : `Cannot read ${what}: ${message}`;
};

/** Kinds whose names others use too: kubectl would take the first group that has one. */
const QUALIFIED: Readonly<Record<string, string>> = {
  Gateway: 'gateway.gateway.networking.k8s.io',
  HTTPRoute: 'httproute.gateway.networking.k8s.io',
  InferencePool: 'inferencepool.inference.networking.k8s.io',
  Object: 'object.kubernetes.m.crossplane.io',
  Release: 'release.helm.m.crossplane.io',
};

/** A kind as kubectl takes it. */
const wordOf = (kind: string): string => QUALIFIED[kind] ?? kind.toLowerCase();

const inNamespace = (namespace: string | undefined): string =>
  namespace === undefined ? '' : ` --namespace=${namespace}`;

export const kubectl = (run: string, cluster?: string): Command => ({
  run: `kubectl ${run}`,
  ...(cluster !== undefined && { cluster }),
});

export const describeCommand = ({ kind, name, namespace, cluster }: Thing): Command =>
  kubectl(`describe ${wordOf(kind)} ${name}${inNamespace(namespace)}`, cluster);

/** For what may not be there: it answers with nothing then, and without an error. */
const getCommand = ({ kind, name, namespace, cluster }: Thing): Command =>
  kubectl(`get ${wordOf(kind)} ${name}${inNamespace(namespace)} --ignore-not-found`, cluster);

export const listCommand = (kind: string, namespace?: string, more = ''): Command =>
  kubectl(`get ${wordOf(kind)}${namespace === undefined ? '' : inNamespace(namespace)}${more}`);
