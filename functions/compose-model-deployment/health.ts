import type { StatusCondition } from '#shared/kubernetes.ts';
import { conditionOf, type ParentStatus } from '#shared/readiness.ts';
import { isCompanion } from './companions.ts';
import { type ObservedObject, type ObservedSite, objectOf, type Seen } from './observed.ts';
import { pickerName, poolName } from './site.ts';

/** How a site does, by what was last seen of it. */
export interface Health {
  /** Engines that can serve. */
  readonly available: number;
  /** Engines that there are, whether or not they can. */
  readonly replicas: number;
  /** A request that is sent there is answered: an engine, the picker, the pool and the route are there. */
  readonly usable: boolean;
  /** Usable, and everything that a request needs was seen to be as it should be, its priority among it. */
  readonly proven: boolean;
  /** Proven, the cluster has taken the latest change, and there are as many engines as there should be. */
  readonly ready: boolean;
  /** What provider-kubernetes could not do, as a sentence. */
  readonly errors: readonly string[];
  /** What is missing, each a sentence; errors among them. */
  readonly problems: readonly string[];
}

/**
 * A single lagging generation is no reason to take traffic away: what was True before an edit still is for the engines
 * that it is about. So `usable` asks less than `proven`.
 */
export function healthOf(observed: ObservedSite): Health {
  const pool = poolName(observed.site);
  const engine = objectOf(observed, 'Deployment', pool);
  const picker = objectOf(observed, 'Deployment', pickerName(observed.site));
  const way = [objectOf(observed, 'InferencePool', pool), objectOf(observed, 'HTTPRoute', pool)];
  const available = replicasOf(engine, 'availableReplicas');
  const usable = available > 0 && replicasOf(picker, 'availableReplicas') > 0 && way.every(isTaken);
  const current = usable && [picker, ...way].every((object) => object?.ready === true);
  const beside = observed.objects.filter(({ kind }) => kind === 'InferenceObjective' || isCompanion(kind));
  const proven = current && beside.every(({ ready }) => ready);
  const complete = engine?.ready === true && available >= Number(engine.seen?.spec?.replicas ?? 0);
  return {
    available,
    replicas: replicasOf(engine, 'replicas'),
    usable,
    proven,
    ready: proven && complete && !isStuck(picker?.seen) && !observed.objects.some(isRefused),
    errors: errors(observed),
    problems: [
      ...errors(observed),
      ...engineProblems(engine?.seen),
      ...pickerProblems(picker),
      ...way.flatMap((object) => parentProblems(object)),
      ...beside.flatMap(problemsBeside),
    ],
  };
}

const replicasOf = (deployment: ObservedObject | undefined, field: string): number =>
  Number(deployment?.seen?.status?.[field] ?? 0);

const parentsOf = (seen: Seen | undefined): readonly ParentStatus[] =>
  (seen?.status?.parents as ParentStatus[] | undefined) ?? [];

const NEEDED = ['Accepted', 'ResolvedRefs'] as const;

/** Some gateway has taken a pool or a route. */
const isTaken = (object: ObservedObject | undefined): boolean =>
  parentsOf(object?.seen).some(({ conditions }) =>
    NEEDED.every((type) => conditionOf(conditions, type)?.status === 'True'),
  );

function parentProblems(object: ObservedObject | undefined): string[] {
  if (object === undefined || isTaken(object)) return [];
  const conditions = parentsOf(object.seen).flatMap((parent) => parent.conditions ?? []);
  const refusal = conditions.find(({ type, status }) => status === 'False' && type !== 'Exported');
  return refusal === undefined
    ? [`The cluster's gateway has not taken the ${object.kind} yet.`]
    : [`The cluster's gateway does not take the ${object.kind}: ${said(refusal)}.`];
}

/**
 * What decides a request's priority, and until which requests of its class have that of no class; and what a gateway needs
 * to reach a picker.
 */
const problemsBeside = ({ ready, kind, name, error }: ObservedObject): string[] =>
  ready || error !== undefined ? [] : [`${kind} ${name} is not there yet.`];

/**
 * Whether the cluster's API server answered that it will not have an object as it is now. An error on the way to it is
 * none: what it took before may well be as it should (apimachinery, api/errors: the sentences of Invalid and Forbidden).
 */
const isRefused = ({ error = '' }: ObservedObject): boolean =>
  /is invalid|is forbidden|denied the request|no matches for kind/.test(error);

function errors({ objects }: ObservedSite): string[] {
  const failing = objects.find(({ error }) => error !== undefined);
  return failing === undefined ? [] : [`${failing.kind} ${failing.name}: ${failing.error}.`];
}

/** The Deployment does not say why a pod waits; after its deadline it says that it does. */
function engineProblems(seen: Seen | undefined): string[] {
  const wanted = Number(seen?.spec?.replicas ?? 0);
  const available = Number(seen?.status?.availableReplicas ?? 0);
  return [
    ...(available < wanted ? [`${available} of ${wanted} engines are available.`] : []),
    ...refusedPods(seen),
    ...(isStuck(seen)
      ? ['A new engine does not start; without a spare GPU, set rollout maxSurge 0 and maxUnavailable 1.']
      : []),
  ];
}

/** Why the cluster makes no more pods: a quota, or a policy of its own. */
function refusedPods(seen: Seen | undefined): string[] {
  const failure = conditionOf(seen?.status?.conditions as StatusCondition[] | undefined, 'ReplicaFailure');
  return failure?.status === 'True' ? [`The cluster makes no more engines: ${said(failure)}.`] : [];
}

/** Nobody but the new picker's own log says what it does not like of its configuration. */
function pickerProblems(picker: ObservedObject | undefined): string[] {
  const serves = replicasOf(picker, 'availableReplicas') > 0;
  if (isStuck(picker?.seen)) {
    const before = serves ? ', so the one before goes on' : '';
    const where = `the log of its newest pod in namespace ${picker?.seen?.metadata?.namespace} says why`;
    return [`The endpoint picker does not start with this spec.endpointPicker${before}: ${where}.`];
  }
  if (!serves) return ['The endpoint picker is not available yet.'];
  return replicasOf(picker, 'updatedReplicas') < replicasOf(picker, 'replicas')
    ? ['A new endpoint picker is starting; the one before goes on until it is ready.']
    : [];
}

/** Whether a Deployment has given up hope of its rollout. */
const isStuck = (seen: Seen | undefined): boolean =>
  conditionOf(seen?.status?.conditions as StatusCondition[] | undefined, 'Progressing')?.reason ===
  'ProgressDeadlineExceeded';

const said = ({ reason, message }: StatusCondition): string =>
  [reason, message]
    .filter((part) => part !== undefined && part !== '')
    .join(': ')
    .replace(/\.$/, '');
