import type { StatusCondition } from '#shared/kubernetes.ts';
import { conditionOf, type ParentStatus } from '#shared/readiness.ts';
import { isCompanion } from './cluster/companions.ts';
import { fillProblems, isOfCache } from './files/cache-ready.ts';
import { isData } from './files/secrets.ts';
import { dataProblems } from './files/secrets-ready.ts';
import { type ObservedObject, type ObservedSite, objectOf, type Seen } from './observed.ts';
import { engineProblems, isStuck, pickerProblems, said } from './pods.ts';
import { isRefusal } from './refusals.ts';
import { leastEngines } from './scaling/parts.ts';
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
  const current =
    usable && [engine, picker, ...way].every(isToStay) && [picker, ...way].every((one) => one?.ready === true);
  const beside = observed.objects.filter(({ kind }) => kind === 'InferenceObjective' || isCompanion(kind));
  const proven = current && beside.every(({ ready }) => ready);
  const least = leastEngines(observed);
  const wanted = neededEngines(observed);
  // A Deployment that grows is not Available until it has, and one that is scaled grows while all is well.
  const complete = (least !== undefined || engine?.ready === true) && available >= wanted;
  return {
    available,
    replicas: replicasOf(engine, 'replicas'),
    usable,
    proven,
    ready:
      proven &&
      complete &&
      !isStuck(picker?.seen) &&
      !observed.objects.some((object) => !isFile(object) && object.error !== undefined && isRefusal(object.error)),
    errors: errors(observed),
    problems: [
      ...errors(observed),
      ...engineProblems(observed.site, engine?.seen, wanted),
      ...pickerProblems(observed.site, picker?.seen),
      ...way.flatMap((object) => parentProblems(object, way.some(isTaken))),
      ...beside.flatMap(problemsBeside),
      ...observed.objects.filter(isData).flatMap(dataProblems),
      ...fillProblems(observed, usable),
    ],
  };
}

/** The engines that there must be: with scaling the fewest that KEDA may leave, else those of the Deployment. */
export function neededEngines(observed: ObservedSite): number {
  const engines = objectOf(observed, 'Deployment', poolName(observed.site));
  return leastEngines(observed) ?? Number(engines?.seen?.spec?.replicas ?? 0);
}

/** One that is being deleted is what it was until it is gone. */
const isToStay = (object: ObservedObject | undefined): boolean =>
  object?.resource.metadata?.deletionTimestamp === undefined;

/** What engines need before they start, and not when they serve: it has conditions of its own. */
const isFile = (object: ObservedObject): boolean => isData(object) || isOfCache(object);

const replicasOf = (deployment: ObservedObject | undefined, field: string): number =>
  Number(deployment?.seen?.status?.[field] ?? 0);

const parentsOf = (seen: Seen | undefined): readonly ParentStatus[] =>
  (seen?.status?.parents as ParentStatus[] | undefined) ?? [];

const NEEDED = ['Accepted', 'ResolvedRefs'] as const;

/** Some gateway has taken a pool or a route. */
export const isTaken = (object: ObservedObject | undefined): boolean =>
  parentsOf(object?.seen).some(({ conditions }) =>
    NEEDED.every((type) => conditionOf(conditions, type)?.status === 'True'),
  );

/** Why no gateway has taken a pool or a route, as a sentence. */
export function parentProblems(object: ObservedObject | undefined, otherIsTaken: boolean): string[] {
  if (object === undefined || isTaken(object)) return [];
  const conditions = parentsOf(object.seen).flatMap((parent) => parent.conditions ?? []);
  const refusal = conditions.find(({ type, status }) => status === 'False' && type !== 'Exported');
  if (refusal !== undefined)
    return [`The cluster's gateway does not take the ${object.kind}: ${said(refusal)}${wayOut(refusal)}.`];
  return [
    `The cluster's gateway has not taken the ${object.kind} yet.`,
    ...(otherIsTaken && object.kind === 'InferencePool' ? [NOT_LOOKED_AT] : []),
  ];
}

/** Seen of Envoy AI Gateway 1.0.0, and read of others. */
const NOT_LOOKED_AT =
  'If that lasts, it came to be before its Gateway, or its CRD after the controller of that: restart that controller.';

/** By what every gateway says alike (Gateway API, RouteConditionReason). */
const WAYS_OUT: Readonly<Record<string, string>> = {
  NotAllowedByListeners: 'let in namespaces that begin with mp-, in the allowedRoutes of its listener',
  InvalidKind:
    'it knows no InferencePools: enable the inference extension in it, which for Envoy Gateway is Envoy AI Gateway',
};

const wayOut = ({ reason = '' }: StatusCondition): string =>
  Object.hasOwn(WAYS_OUT, reason) ? `; ${WAYS_OUT[reason]}` : '';

/**
 * What decides a request's priority, and until which requests of its class have that of no class; and what a gateway needs
 * to reach a picker.
 */
const problemsBeside = ({ ready, kind, name, error }: ObservedObject): string[] =>
  ready || error !== undefined ? [] : [`${kind} ${name} is not there yet.`];

function errors({ objects }: ObservedSite): string[] {
  const failing = objects.find((object) => object.error !== undefined && !isFile(object));
  return failing === undefined ? [] : [`${failing.kind} ${failing.name}: ${failing.error}.`];
}
