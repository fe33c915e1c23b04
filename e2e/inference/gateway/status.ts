import { isDeepStrictEqual } from 'node:util';
import type { IGateway, IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { AnyObject } from '../../kube.ts';
import { type ListenerProblem, problemOf } from './listeners.ts';
import { attached, keyOf, parentOf, pickerOf, type Translated, translate, type World } from './routes.ts';

interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
  readonly lastTransitionTime?: string;
}

/** A status that an object ought to have. */
export interface Wanted {
  readonly object: AnyObject;
  readonly status: object;
}

export interface StatusOptions {
  readonly controller: string;
  readonly address: string;
}

/** What a gateway's controller says of everything that it looks at, once Envoy does as it says. */
export const statuses = (world: World, options: StatusOptions): Wanted[] => [
  ...(world.gateway ? [gatewayStatus(world, world.gateway, options)] : []),
  ...attached(world).map((route) => routeStatus(route, world, options)),
  ...world.pools.map((pool) => poolStatus(pool, world, options)),
];

const condition = (
  object: { metadata?: { generation?: number } },
  type: string,
  reason: string,
  message = '',
): Condition => ({
  type,
  // Each of these conditions has one reason that is good, and it is called like the condition.
  status: type === reason ? 'True' : 'False',
  reason,
  message,
  observedGeneration: object.metadata?.generation ?? 0,
});

/** As Envoy Gateway does it, one good listener is enough for a Gateway to be programmed. */
function gatewayStatus(world: World, gateway: IGateway, { address }: StatusOptions): Wanted {
  const listeners = (gateway.spec?.listeners ?? []).map((listener) => {
    const problem = problemOf(listener, world.secrets);
    return {
      name: listener.name,
      attachedRoutes: problem === undefined ? attached(world).length : 0,
      supportedKinds: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }],
      conditions: listenerConditions(gateway, problem),
    };
  });
  return {
    object: gateway as AnyObject,
    status: {
      addresses: [{ type: 'IPAddress', value: address }],
      conditions: [condition(gateway, 'Accepted', 'Accepted'), condition(gateway, 'Programmed', 'Programmed')],
      listeners,
    },
  };
}

const listenerConditions = (gateway: IGateway, problem: ListenerProblem | undefined): Condition[] =>
  (['Accepted', 'ResolvedRefs', 'Programmed'] as const).map((type) => {
    if (problem?.type === type) return condition(gateway, type, problem.reason, problem.message);
    return condition(gateway, type, problem !== undefined && type === 'Programmed' ? 'Invalid' : type);
  });

function routeStatus(route: IHTTPRoute, { gateway, pools }: World, { controller }: StatusOptions): Wanted {
  const conditions = routeConditions(route, translate(route, pools));
  const parentRef = gateway && parentOf(route, gateway);
  return { object: route as AnyObject, status: { parents: [{ parentRef, controllerName: controller, conditions }] } };
}

function routeConditions(route: IHTTPRoute, translated: Translated): Condition[] {
  if (!translated.ok) {
    return [
      condition(route, 'Accepted', 'UnsupportedValue', translated.message),
      condition(route, 'ResolvedRefs', 'ResolvedRefs'),
    ];
  }
  const { missingPool } = translated;
  return [
    condition(route, 'Accepted', 'Accepted'),
    missingPool === undefined
      ? condition(route, 'ResolvedRefs', 'ResolvedRefs')
      : condition(route, 'ResolvedRefs', 'BackendNotFound', `there is no InferencePool ${missingPool}`),
  ];
}

/** A pool has a parent for the gateway whose routes lead to it; a pool that nobody leads to has none. */
function poolStatus(pool: AnyObject, world: World, { controller }: StatusOptions): Wanted {
  const { gateway } = world;
  const leading = attached(world).filter((route) => leadsTo(route, pool));
  if (gateway === undefined || leading.length === 0) return { object: pool, status: { parents: [] } };
  const isAccepted = leading.some((route) => translate(route, world.pools).ok);
  const picker = pool.spec.endpointPickerRef?.name;
  const parentRef = {
    group: 'gateway.networking.k8s.io',
    kind: 'Gateway',
    namespace: gateway.metadata?.namespace,
    name: gateway.metadata?.name,
  };
  const conditions = [
    condition(pool, 'Accepted', isAccepted ? 'Accepted' : 'HTTPRouteNotAccepted'),
    pickerOf(pool, world) === undefined
      ? condition(pool, 'ResolvedRefs', 'InvalidExtensionRef', `there is no Service ${picker} with that port`)
      : condition(pool, 'ResolvedRefs', 'ResolvedRefs'),
  ];
  return { object: pool, status: { parents: [{ parentRef, controllerName: controller, conditions }] } };
}

const leadsTo = (route: IHTTPRoute, pool: AnyObject): boolean =>
  (route.spec?.rules ?? []).some(({ backendRefs }) =>
    (backendRefs ?? []).some(
      ({ kind, name }) => kind === 'InferencePool' && `${route.metadata?.namespace}/${name}` === keyOf(pool),
    ),
  );

/** The status to write, with the times of those conditions that have changed; undefined where nothing has. */
export function changedStatus({ object, status }: Wanted, now: string): object | undefined {
  const before: object = object.status ?? {};
  const next = timed(status, before, now);
  const same = Object.entries(next).every(([field, value]) =>
    isDeepStrictEqual(value, (before as Record<string, unknown>)[field]),
  );
  return same ? undefined : next;
}

/** Walks both alike: conditions are where they were, or they are new. */
function timed(next: unknown, before: unknown, now: string): object {
  if (isCondition(next)) {
    const since = isCondition(before) && before.status === next.status ? before.lastTransitionTime : undefined;
    return { ...next, lastTransitionTime: since ?? now };
  }
  if (Array.isArray(next)) {
    return next.map((item, i) => (isObject(item) ? timed(item, counterpart(item, i, before), now) : item));
  }
  return Object.fromEntries(
    Object.entries(next as object).map(([field, value]) => [
      field,
      isObject(value) ? timed(value, (before as Record<string, unknown> | undefined)?.[field], now) : value,
    ]),
  );
}

function counterpart(item: unknown, i: number, before: unknown): unknown {
  if (!Array.isArray(before)) return undefined;
  return isCondition(item) ? before.find((other) => isCondition(other) && other.type === item.type) : before[i];
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isCondition = (value: unknown): value is Condition => isObject(value) && 'observedGeneration' in value;
