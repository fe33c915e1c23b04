import type { Resources, RunFunctionRequest } from '@crossplane-org/function-sdk-typescript';
import {
  Ready,
  Resource,
  RunFunctionResponse,
  Severity,
  Status,
  Target,
} from '@crossplane-org/function-sdk-typescript';
import { type Condition, condition, type Reason } from './conditions.ts';
import type { Desired } from './desired.ts';
import type { KubernetesObject } from './kubernetes.ts';

import { inOrder } from './order.ts';
import { ordered } from './ordered.ts';
import { conditionOf, conditionsOf } from './readiness.ts';

/**
 * How long Crossplane may wait, in seconds, before it runs a function again when nothing that it watches has changed.
 * From 2.4.0 on it watches composed and required objects, so a long time only heals what a watch missed. But its circuit
 * breaker drops the events of an XR that had too many, 50 updates by default, and with them perhaps the last one, which
 * everything waits for.
 */
const TTL = {
  settled: 1800,
  converging: 30,
  settledWithoutEvents: 60,
  convergingWithoutEvents: 10,
} as const;

/** What a function asks Crossplane to fetch: one object by name, or all whose labels match. */
export interface Requirement {
  readonly apiVersion: string;
  readonly kind: string;
  /** Left out for a cluster-scoped kind. Without it a namespaced kind would be read in every namespace. */
  readonly namespace?: string;
  readonly match: { readonly name: string } | { readonly labels: Readonly<Record<string, string>> };
}

/** Requirements by a name of the function's own choosing. */
export type Requirements = Readonly<Record<string, Requirement>>;

/** The objects found for a requirement, sorted by namespace and name; empty when Crossplane looked and found none. */
export type Lookup = <T extends KubernetesObject = KubernetesObject>(requirement: string) => readonly T[];

export interface Inputs<X extends KubernetesObject> {
  readonly xr: X;
  /** What was composed before and exists now, by resource key. */
  readonly observed: Readonly<Record<string, KubernetesObject>>;
  readonly lookup: Lookup;
}

/**
 * What an XR becomes. A key that is missing from `desired` is deleted, once nobody that is there names it (order.ts), so
 * a wait keeps what is observed: see retain.ts.
 */
export interface Composed {
  readonly desired: Readonly<Record<string, Desired>>;
  /** The whole status: a field that is left out is removed from the XR. */
  readonly status: object;
  readonly conditions: readonly Condition[];
  /** Whether a request can be served now. Nothing that is composed makes an XR Ready by itself. */
  readonly ready: boolean;
  /** Why the spec is not carried out. What is desired is then what was accepted before, with the truth about it. */
  readonly refused?: Refusal | undefined;
}

/**
 * The user's mistake, or somebody else's name. It stops what is wanted and nothing else: who can answer, who is told so
 * and whether the XR is ready are composed on every call, because engines also die while a spec is wrong.
 */
export interface Refusal {
  readonly reason: Exclude<Reason<'SpecAccepted'>, 'Accepted'>;
  /** What cannot be done: the field, its value and the way out, to be read after "Cannot" and without a full stop. */
  readonly problem: string;
  /** What serves is taken away, where it must not go on. */
  readonly isWithdrawn?: true;
}

/** A composition function of ours: pure, so its answer depends on what it is given and on nothing else. */
export interface CompositionFunction<X extends KubernetesObject> {
  /**
   * What must be fetched before `compose` is called. It may look at what was found so far only to decide whether a
   * kind exists at all, because Crossplane fails an XR that requires an object of a kind without a CRD.
   */
  requires(xr: X, found: Lookup): Requirements;
  compose(inputs: Inputs<X>): Composed;
}

export type FunctionHandler = (req: RunFunctionRequest) => RunFunctionResponse;

/** The one place that knows protobuf: a request becomes plain data, and what was composed becomes a response. */
export function asFunction<X extends KubernetesObject>(fn: CompositionFunction<X>): FunctionHandler {
  return (req) => {
    // Its maps arrive in another order each time, and a text that is made of one must not change with it.
    const xr = ordered(toObject(req.observed?.composite)) as X;
    const lookup: Lookup = (requirement) => found(req, requirement) as never;
    const requires = fn.requires(xr, lookup);
    const observed = toObjects(req.observed?.resources ?? {});
    // Crossplane discards what is desired by a call whose requirements it has yet to fetch, and calls again.
    if (!Object.keys(requires).every((requirement) => isFetched(req, requirement))) return respond(req, requires);
    const composed = fn.compose({ xr, observed, lookup });
    const { refused } = composed;
    const rsp = respond(req, requires, [...composed.conditions, specAccepted(refused)], ttlOf(xr, composed));
    const desired = inOrder(composed.desired, observed);
    return {
      ...withDesired(rsp, xr, { ...composed, desired }),
      results: refused ? [...rsp.results, warning(refused)] : rsp.results,
    };
  };
}

const specAccepted = (refused: Refusal | undefined): Condition =>
  refused === undefined
    ? condition('SpecAccepted', 'True', 'Accepted', 'The spec is carried out as it is.')
    : condition(
        'SpecAccepted',
        'False',
        refused.reason,
        `Cannot ${refused.problem}. ${refused.isWithdrawn ? 'What was there is withdrawn.' : 'What was accepted before goes on.'}`,
      );

/** An event on the XR. A fatal result would stop the truth as well. */
const warning = ({ problem }: Refusal) => ({
  severity: Severity.SEVERITY_WARNING,
  message: `cannot ${problem}`,
  target: Target.TARGET_COMPOSITE,
});

/** An own key without items means that Crossplane looked and found nothing; no key means that it has not looked yet. */
const isFetched = (req: RunFunctionRequest, requirement: string): boolean =>
  Object.hasOwn(req.requiredResources, requirement);

function found(req: RunFunctionRequest, requirement: string): KubernetesObject[] {
  if (!isFetched(req, requirement)) return [];
  const resources: Resources | undefined = req.requiredResources[requirement];
  return (resources?.items ?? []).map(toObject).sort(byNamespaceAndName);
}

const toObject = (resource: Resource | undefined): KubernetesObject => (resource?.resource ?? {}) as KubernetesObject;

const toObjects = (resources: Record<string, Resource>): Record<string, KubernetesObject> =>
  Object.fromEntries(Object.entries(resources).map(([key, resource]) => [key, toObject(resource)]));

const sortKey = ({ metadata }: KubernetesObject): string => `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;

// By code unit, because localeCompare depends on the machine's locale.
const byNamespaceAndName = (a: KubernetesObject, b: KubernetesObject): number =>
  sortKey(a) < sortKey(b) ? -1 : sortKey(a) > sortKey(b) ? 1 : 0;

/** A spec that is refused and has nothing to wait for is as settled as one that serves: only an edit can help. */
function ttlOf(xr: KubernetesObject, { ready, refused }: Composed): number {
  const settled = ready || refused !== undefined;
  const dropsEvents = conditionOf(conditionsOf(xr), 'Responsive')?.status === 'False';
  if (dropsEvents) return settled ? TTL.settledWithoutEvents : TTL.convergingWithoutEvents;
  return settled ? TTL.settled : TTL.converging;
}

/** A response is built anew: the SDK's own `to` aliases the request, and its setters merge arrays. */
function respond(
  req: RunFunctionRequest,
  requires: Requirements,
  conditions: readonly Condition[] = [],
  ttl: number = TTL.settled,
): RunFunctionResponse {
  return RunFunctionResponse.fromPartial({
    meta: { tag: req.meta?.tag ?? '', ttl: { seconds: ttl, nanos: 0 } },
    // What earlier steps of a pipeline desired is passed on untouched.
    desired: { composite: req.desired?.composite, resources: { ...req.desired?.resources } },
    context: req.context,
    requirements: { resources: Object.fromEntries(Object.entries(requires).map(([key, r]) => [key, selector(r)])) },
    conditions: conditions.map(({ type, status, reason, message }) => ({
      type,
      status: STATUS[status],
      reason,
      message,
      target: Target.TARGET_COMPOSITE,
    })),
  });
}

const STATUS = {
  True: Status.STATUS_CONDITION_TRUE,
  False: Status.STATUS_CONDITION_FALSE,
  Unknown: Status.STATUS_CONDITION_UNKNOWN,
} as const;

function selector({ apiVersion, kind, namespace, match }: Requirement) {
  const which = 'name' in match ? { matchName: match.name } : { matchLabels: { labels: { ...match.labels } } };
  return { apiVersion, kind, ...which, ...(namespace !== undefined && { namespace }) };
}

function withDesired(rsp: RunFunctionResponse, xr: KubernetesObject, composed: Composed): RunFunctionResponse {
  const composite = Resource.fromPartial({
    resource: toStruct({ apiVersion: xr.apiVersion, kind: xr.kind, status: composed.status }),
    ready: readiness(composed.ready),
  });
  const own = Object.entries(composed.desired).map(
    ([key, { resource, ready }]) =>
      [key, Resource.fromPartial({ resource: toStruct(resource), ready: readiness(ready) })] as const,
  );
  return { ...rsp, desired: { composite, resources: { ...rsp.desired?.resources, ...Object.fromEntries(own) } } };
}

const readiness = (ready: boolean): Ready => (ready ? Ready.READY_TRUE : Ready.READY_FALSE);

/** Through JSON, so that an undefined field is left out as a manifest would leave it, never sent as null. */
const toStruct = (object: object): Record<string, unknown> => JSON.parse(JSON.stringify(object));
