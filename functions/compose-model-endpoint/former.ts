import type { ModelEndpoint } from '#schemas/modelendpoint.ts';
import type { Desired } from '#shared/desired.ts';
import type { Lookup, Requirements } from '#shared/function.ts';
import { type KubernetesObject, namespaceOf } from '#shared/kubernetes.ts';
import { backendName } from '#shared/names.ts';
import type { ParentStatus } from '#shared/readiness.ts';
import { retainAll } from '#shared/retain.ts';
import { BACKEND_PORTS, isSliceOf, type Scheme, schemeOf } from './backend.ts';
import { routing } from './routing.ts';
import { destinationsOf } from './standing.ts';
import type { Accepted } from './wish.ts';

type Observed = Readonly<Record<string, KubernetesObject>>;

/** What served before the last edit, as far as it still may. */
export interface Former {
  /** The scheme that the url had before, while a route may still send requests that way. */
  readonly scheme: Scheme | undefined;
  readonly desired: Readonly<Record<string, Desired>>;
}

/**
 * The routes of the namespace, while the way to the provider changes: only one of them that still goes the former way
 * keeps it. Only then, because each of them that changes runs this function again.
 */
export function routeRequirement(xr: ModelEndpoint): Requirements {
  if (xr.status?.formerScheme === undefined) return {};
  const kind = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' };
  return { routes: { ...kind, namespace: namespaceOf(xr), match: { labels: {} } } };
}

/**
 * An endpoint whose status was lost while it was held to the way before its spec's: all that is there leads that way, so
 * that is what services were told.
 */
export function remembering<XR extends ModelEndpoint>(xr: XR, wish: Accepted, observed: Observed): XR {
  const { url } = wish;
  const scheme = otherThan(url.scheme);
  const slices = (by: Scheme) => Object.entries(observed).flatMap(([key, one]) => (isSliceOf(key, by) ? [one] : []));
  const [slice] = slices(scheme);
  if (xr.status?.routing !== undefined || slice === undefined || slices(url.scheme).length > 0) return xr;
  const [{ host, addressType, port } = url] = destinationsOf(xr, slice);
  const told = routing(xr, { ...wish, url: { ...url, host, addressType, scheme, port } }, true);
  return { ...xr, status: { ...xr.status, routing: { ...told, tls: observed.backendtlspolicy !== undefined } } };
}

const otherThan = (scheme: Scheme): Scheme => (scheme === 'http' ? 'https' : 'http');

/** The former way to the provider: kept until the new one is there, and no route is left on it. */
export function formerWay(
  xr: ModelEndpoint,
  scheme: Scheme,
  { desired, isReady }: { readonly desired: object; readonly isReady: boolean },
  observed: Observed,
  lookup: Lookup,
): Former {
  const other = otherThan(scheme);
  const isLeft = isReady && xr.status?.formerScheme !== undefined && !isUsed(xr, other, lookup('routes'));
  const stays = (key: string) => !(key in desired) && (schemeOf(key) === other ? !isLeft : !isReady);
  const kept = retainAll(observed, stays, () => true);
  return { scheme: Object.keys(kept).some((key) => schemeOf(key) === other) ? other : undefined, desired: kept };
}

/** Until the front door has read an edited route it goes on with the one before, which may have gone that way. */
const isUsed = (xr: ModelEndpoint, former: Scheme, routes: readonly KubernetesObject[]): boolean =>
  routes.some((route) => {
    const refs = backendRefs(route).filter(({ name }) => name === backendName(xr));
    return refs.some(({ port }) => port === BACKEND_PORTS[former].port) || (refs.length > 0 && !isRead(route));
  });

interface BackendRef {
  readonly name: string;
  readonly port?: number;
}

const backendRefs = ({ spec }: KubernetesObject): BackendRef[] =>
  ((spec as { rules?: { backendRefs?: BackendRef[] }[] } | undefined)?.rules ?? []).flatMap(
    (rule) => rule.backendRefs ?? [],
  );

function isRead({ metadata, status }: KubernetesObject): boolean {
  const parents = (status as { parents?: ParentStatus[] } | undefined)?.parents ?? [];
  const conditions = parents.flatMap((parent) => parent.conditions ?? []);
  return conditions.length > 0 && conditions.every((one) => one.observedGeneration === metadata?.generation);
}
