import { poolLabels } from '../functions/compose-model-deployment/engine/workload.ts';
import { healthOf, parentProblems } from '../functions/compose-model-deployment/health.ts';
import type { ObservedObject, ObservedSite } from '../functions/compose-model-deployment/observed.ts';
import { pickerLabels } from '../functions/compose-model-deployment/picker/picker.ts';
import { engineProblems, isStuck, pickerProblems } from '../functions/compose-model-deployment/pods.ts';
import { namespaceAt, pickerName, poolName, type Site } from '../functions/compose-model-deployment/site.ts';
import type { PlacementStatus } from '../preview/placements.ts';
import { clusterNode } from './cluster.ts';
import {
  describeCommand,
  kubectl,
  leaf,
  listCommand,
  type Node,
  type Problem,
  type State,
  type Thing,
} from './node.ts';
import type { View } from './view.ts';

/** A placement of a deployment, which is no object of its own. */
const placementThing = ({ namespace, name }: { namespace: string; name: string }): Thing => ({
  kind: 'Placement',
  namespace,
  name,
});

/** A placement where it stands: its cluster, and what was made for it there, by what provider-kubernetes saw last. */
export function siteNode(view: View, observed: ObservedSite, status: PlacementStatus | undefined): Node {
  const { site } = observed;
  const cluster = clusterNode(view, site.cluster);
  const { usable, ready } = healthOf(observed);
  const isReached = cluster.problem?.reason !== 'CannotConnect';
  const objects = observed.objects.toSorted(byTurn(site)).map((object) => objectNode(site, object, isReached));
  const idle = status !== undefined && IDLE.includes(status.phase);
  const isWhole = ready && cluster.state === 'Serves';
  return {
    thing: placementThing({ namespace: site.deployment.namespace, name: site.placement }),
    state: usable ? (isWhole ? 'Serves' : 'Impaired') : 'Fails',
    detail: [`on ${site.cluster}`, ...(idle ? [status.phase] : [])].join(', '),
    ...(idle && { problem: saidOf(site.deployment, status), idle: true as const }),
    children: [cluster, ...objects],
  };
}

/** A placement of which there is no more to be seen than what its deployment says. */
export function toldNode(
  view: View,
  deployment: { readonly namespace: string; readonly name: string },
  status: PlacementStatus,
): Node {
  const { name, cluster, phase } = status;
  const state = PHASES[phase] ?? 'Fails';
  return {
    thing: placementThing({ namespace: deployment.namespace, name }),
    state,
    detail: [...(cluster === undefined ? [] : [`on ${cluster}`]), phase].join(', '),
    ...(state !== 'Serves' && { problem: saidOf(deployment, status) }),
    ...(IDLE.includes(phase) && { idle: true as const }),
    children: cluster === undefined ? [] : [clusterNode(view, cluster)],
  };
}

/** It is wanted so. */
const IDLE: readonly string[] = ['ScaledToZero', 'Stopping', 'Leaving'];

const PHASES: Readonly<Record<string, State>> = { Ready: 'Serves', Degraded: 'Impaired', Unknown: 'Impaired' };

const saidOf = (
  { namespace, name }: { readonly namespace: string; readonly name: string },
  { phase, reason }: PlacementStatus,
): Problem => ({
  reason: phase,
  message: reason,
  command:
    phase === 'Unscheduled'
      ? listCommand('InferenceCluster', undefined, ' --show-labels')
      : describeCommand({ kind: 'ModelDeployment', namespace, name }),
});

/** Who is looked at first: what others stand on, and then the way of a request. */
const TURNS: readonly string[] = ['Namespace', 'picker', 'engines', 'InferencePool', 'HTTPRoute'];

const turnOf = (site: Site, { kind, name }: ObservedObject): number => {
  const what = isPicker(site, kind, name) ? 'picker' : isEngines(site, kind, name) ? 'engines' : kind;
  const turn = TURNS.indexOf(what);
  return turn === -1 ? TURNS.length : turn;
};

const byTurn = (site: Site) => (a: ObservedObject, b: ObservedObject) => turnOf(site, a) - turnOf(site, b);

const isPicker = (site: Site, kind: string, name: string): boolean =>
  kind === 'Deployment' && name === pickerName(site);
const isEngines = (site: Site, kind: string, name: string): boolean => kind === 'Deployment' && name === poolName(site);

/** What was made in an inference cluster. While that cannot be reached, nobody knows more than what was. */
function objectNode(site: Site, object: ObservedObject, isReached: boolean): Node {
  const { kind, name, seen, ready } = object;
  const { apiVersion = '', metadata } = manifestOf(object);
  const thing = {
    apiVersion,
    kind,
    name,
    ...(metadata?.namespace !== undefined && { namespace: metadata.namespace }),
    cluster: site.cluster,
  };
  if (!isReached) return leaf(thing, ready ? 'Impaired' : 'Unseen', undefined, 'as last seen');
  const problem = problemOf(site, object, thing);
  if (problem === undefined) return leaf(thing, 'Serves');
  const serves = kind === 'Deployment' ? Number(seen?.status?.availableReplicas ?? 0) > 0 : !NEEDED.includes(kind);
  return leaf(thing, serves ? 'Impaired' : 'Fails', problem);
}

/** Without these no request is answered; what is beside them decides how soon. */
const NEEDED: readonly string[] = ['Namespace', 'InferencePool', 'HTTPRoute'];

interface WithManifest {
  readonly spec?: {
    readonly forProvider?: { readonly manifest?: { apiVersion?: string; metadata?: { namespace?: string } } };
  };
}

const manifestOf = ({ resource }: ObservedObject) => (resource as WithManifest).spec?.forProvider?.manifest ?? {};

function problemOf(site: Site, object: ObservedObject, thing: Thing): Problem | undefined {
  const { kind, name, seen, error, ready, resource } = object;
  const { namespace, name: objectName = '' } = resource.metadata ?? {};
  const behind = { kind: 'Object', name: objectName, ...(namespace !== undefined && { namespace }) };
  if (error !== undefined)
    return { reason: 'NotApplied', message: `${sentence(error)}.`, command: describeCommand(behind) };
  if (seen === undefined)
    return {
      reason: 'NotCreated',
      message: `provider-kubernetes has not made it in ${site.cluster} yet.`,
      command: describeCommand(behind),
    };
  if (isEngines(site, kind, name)) return deploymentProblem(site, object, engineProblems(site, seen), 'Engines');
  if (isPicker(site, kind, name)) return deploymentProblem(site, object, pickerProblems(site, seen), 'Picker');
  const [refused] = kind === 'InferencePool' || kind === 'HTTPRoute' ? parentProblems(object) : [];
  if (refused !== undefined) return { reason: 'NotTaken', message: refused, command: describeCommand(thing) };
  return ready ? undefined : { reason: 'NotReady', message: 'It is not ready.', command: describeCommand(thing) };
}

/** What a Deployment of pods lacks, and the command that shows why: what else its function's sentences name as one is that. */
function deploymentProblem(
  site: Site,
  { seen }: ObservedObject,
  problems: readonly string[],
  what: 'Engines' | 'Picker',
): Problem | undefined {
  if (problems.length === 0) return undefined;
  const sentences = problems.filter((one) => !one.startsWith('kubectl ')).join(' ');
  const labels = Object.entries(what === 'Engines' ? poolLabels(site) : pickerLabels(site));
  const pods = `--namespace=${namespaceAt(site)} --selector=${labels.map((pair) => pair.join('=')).join(',')}`;
  const failure = (seen?.status?.conditions as { type: string; status: string }[] | undefined)?.some(
    ({ type, status }) => type === 'ReplicaFailure' && status === 'True',
  );
  if (failure)
    return {
      reason: 'ReplicaFailure',
      message: sentences,
      command: /quota/.test(sentences)
        ? kubectl(`describe resourcequotas --namespace=${namespaceAt(site)}`, site.cluster)
        : kubectl(`describe replicasets ${pods}`, site.cluster),
    };
  // Only a picker's own log says what it does not like of its configuration.
  const verb = what === 'Picker' && isStuck(seen) ? 'logs' : 'describe pods';
  return {
    reason: isStuck(seen) ? 'ProgressDeadlineExceeded' : `${what}NotAvailable`,
    message: sentences,
    command: kubectl(`${verb} ${pods}`, site.cluster),
  };
}

const sentence = (text: string): string => text.replace(/\.$/, '');
