import { isAtOrBelow } from '#shared/paths.ts';
import { type ClusterObject, type Json, statusOf } from '../preview/objects.ts';
import { frontDoor, letsAllIn } from './able.ts';
import type { Turn } from './asking.ts';
import { keyOfObject, list } from './store.ts';
import { destination, missingMiddleware, parentsOf, readByNow, rulesOf, writtenByNow } from './traefik.ts';
import { siteAt, unattached } from './truth.ts';
import { get, type World } from './world.ts';

/** All of them are composed: here nobody else has a route. */
const composedRoutes = ({ store }: World): ClusterObject[] => list(store, 'HTTPRoute');

export function strayRoutes(world: World): string[] {
  const gateway = frontDoor(world);
  const today = gateway && (statusOf(gateway).gatewayRef as { name: string; namespace: string } | undefined);
  if (today === undefined) return [];
  return composedRoutes(world)
    .filter(
      (route) => !parentsOf(route).some(({ name, namespace }) => name === today.name && namespace === today.namespace),
    )
    .map((route) => `${keyOfObject(route)} is on ${parentsOf(route)[0]?.name}, and the front door is ${today.name}`);
}

/** At an inference cluster's gateway the path names the tenant. */
export function foreignRoutes(world: World): string[] {
  const view = readByNow(world);
  return composedRoutes(world).flatMap((route) =>
    rulesOf(route).flatMap(({ backendRefs = [] }) =>
      backendRefs.flatMap((backend) => {
        const to = destination(view, route, backend);
        const site = 'host' in to ? siteAt(world, to.host) : undefined;
        const path = replacementOf(backend.filters);
        const isOwn = isAtOrBelow(path, `/${route.metadata.namespace}`);
        return site === undefined || isOwn ? [] : [`${keyOfObject(route)} goes to ${path} at ${site}`];
      }),
    ),
  );
}

const replacementOf = (filters: readonly Json[] = []): string =>
  filters
    .map(({ urlRewrite }) => (urlRewrite as { path?: { replacePrefixMatch?: string } } | undefined)?.path)
    .find((path) => path !== undefined)?.replacePrefixMatch ?? '/';

export function unguarded(world: World): string[] {
  // Without an InferenceGateway nobody is asked, and Kubernetes has taken the guard away.
  if (frontDoor(world) === undefined) return [];
  const guard = get(world, 'ConfigMap', 'modelplane-system', 'front-door-brought');
  const { namespace, gateway } = (guard?.data ?? {}) as { namespace?: string; gateway?: string };
  return composedRoutes(world)
    .filter((route) => parentsOf(route).some((parent) => parent.namespace === 'networking'))
    .filter((route) => parentsOf(route)[0]?.name !== gateway || parentsOf(route)[0]?.namespace !== namespace)
    .map((route) => `${keyOfObject(route)} is on a Gateway whose guard is gone`);
}

/** Routes that serve, each with why it would not any more: looked at around every write. */
export function brokenRoutes(world: World): ReadonlyMap<string, string | undefined> {
  const view = writtenByNow(world);
  const isOpen = letsAllIn(world);
  return new Map(
    composedRoutes(world).map((route) => {
      const rules = rulesOf(route);
      const backends = rules.flatMap(({ backendRefs = [] }) => backendRefs.map((one) => destination(view, route, one)));
      const broken = backends.flatMap((one) => ('broken' in one ? [one.broken] : []))[0];
      const missing = rules.map((rule) => missingMiddleware(view, route, rule)).find((one) => one !== undefined);
      return [keyOfObject(route), broken ?? missing ?? (isOpen ? unattached(view, route) : undefined)];
    }),
  );
}

/** Kinds without which a route does not serve. */
export const NEEDED_BY_ROUTES =
  /^(HTTPRoute|Service|EndpointSlice|BackendTLSPolicy|ConfigMap|Secret|Middleware|Gateway|GatewayClass|ModelEndpoint|ModelService|Release)\//;

/** A route that is being read late is no fault of who writes: only a turn with everything up to date is judged. */
export const isJudged = ({ fresh, response }: Turn): boolean =>
  fresh && !response.conditions.some(({ reason }) => reason === 'Forbidden');
