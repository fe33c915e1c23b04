import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import type { Desired } from '#shared/desired.ts';
import type { Inputs, Lookup, Requirements } from '#shared/function.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { hash } from '#shared/names.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { OUR_GATEWAY } from './gateway.ts';
import { hasGatewayAPI } from './gateway-api.ts';
import { type GatewayRef, isOurs, isSameGateway, toldGateway } from './ref.ts';

type XR = KubernetesObject & InferenceGateway;

/**
 * The routes of all namespaces, while a Gateway is left: only as long as one of ours is attached to it must it be guarded,
 * or be there. Only then, because each route that changes runs this function again.
 */
export function routeRequirement(xr: InferenceGateway, lookup: Lookup): Requirements {
  if (!hasGatewayAPI(lookup) || leftGateways(xr).length === 0) return {};
  return {
    routes: { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', match: { labels: {} } },
  };
}

/** Gateways that are guarded, or kept, though routes have been told of another. */
const leftGateways = (xr: InferenceGateway): GatewayRef[] => (xr.status?.formerGatewayRefs ?? []).filter(isWhole);

const isWhole = (ref: Partial<GatewayRef>): ref is GatewayRef => ref.name !== undefined && ref.namespace !== undefined;

interface Guards {
  readonly desired: Record<string, Desired>;
  /** For the status, which remembers the Gateways that are being left. */
  readonly former: { readonly formerGatewayRefs?: readonly GatewayRef[] };
}

/**
 * The guards of Gateways that were brought: of the one that routes are told of now, and of each that routes are still
 * attached to. Each has an object of its own, so that one is guarded before the other is let go.
 */
export function guardsOf(inputs: Inputs<XR>, now: GatewayRef | undefined): Guards {
  const there = guardsIn(inputs.observed);
  const stay = now === undefined ? there : there.filter(({ ref }) => isSameGateway(ref, now) || !isLeft(inputs, ref));
  const isNew = now !== undefined && !isOurs(now) && !stay.some(({ ref }) => isSameGateway(ref, now));
  const guards = isNew ? [...stay, { key: freeKey(inputs.observed, now), ref: now }] : stay;
  const desired = guards.map(({ key, ref }) => [key, { resource: guard(key, ref), ready: key in inputs.observed }]);
  const current = now ?? attachedGateway(inputs);
  const leavesOurs = inputs.xr.spec.gatewayRef !== undefined && inputs.observed.gateway !== undefined;
  const own = leavesOurs ? [OUR_GATEWAY] : [];
  const left = [...guards.map(({ ref }) => ref), ...own].filter((ref) => !isSameGateway(current, ref));
  return { desired: Object.fromEntries(desired), former: left.length === 0 ? {} : { formerGatewayRefs: left } };
}

/**
 * The Gateway that routes attach to: the one that they have been told of. Where the status was lost it is the one that was
 * brought, if one was, for its guard comes with it; else ours.
 */
export const attachedGateway = ({ xr, observed }: Inputs<XR>): GatewayRef | undefined =>
  toldGateway(xr) ?? guardsIn(observed)[0]?.ref ?? (observed.gateway && OUR_GATEWAY);

const KEY = 'configmap';

function guardsIn(observed: Inputs<XR>['observed']): { readonly key: string; readonly ref: GatewayRef }[] {
  return Object.entries(observed).flatMap(([key, { data }]) => {
    const { namespace, gateway: name } = (data ?? {}) as { namespace?: string; gateway?: string };
    const ref = { namespace, name };
    return key.startsWith(KEY) && isWhole(ref) ? [{ key, ref }] : [];
  });
}

const freeKey = (observed: Inputs<XR>['observed'], { namespace, name }: GatewayRef): string =>
  KEY in observed ? `${KEY}-${hash([namespace, name])}` : KEY;

/** Whether routes have been told of another Gateway, and none of ours is attached to this one any more. */
export const isLeft = ({ xr, lookup }: Inputs<XR>, ref: GatewayRef): boolean =>
  leftGateways(xr).some((left) => isSameGateway(left, ref)) &&
  !lookup('routes').some((route) => isOfService(route) && isAttached(route, ref));

const isOfService = ({ metadata }: KubernetesObject): boolean =>
  metadata?.labels?.['modelplane.ai/service'] !== undefined;

function isAttached({ metadata, spec }: KubernetesObject, ref: GatewayRef): boolean {
  const parents = (spec as { parentRefs?: Partial<GatewayRef>[] } | undefined)?.parentRefs ?? [];
  return parents.some((parent) => isSameGateway({ namespace: metadata?.namespace, ...parent } as GatewayRef, ref));
}

/** Tells the admission policies of install/ that routes on this Gateway are to be guarded like those on our own. */
const guard = (key: string, { name, namespace }: GatewayRef) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: key.replace(KEY, 'front-door-brought'),
    namespace: PLATFORM_NAMESPACE,
    labels: { 'modelplane.ai/front-door': 'true' },
  },
  data: { namespace, gateway: name },
});
