import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { isAtOrBelow, joined } from '#shared/paths.ts';

type RouteSpec = IHTTPRoute['spec'];
type Rule = NonNullable<RouteSpec['rules']>[number];
export type BackendRef = NonNullable<Rule['backendRefs']>[number];

/** Names of the endpoints that a route sends requests to, for whoever must not delete them yet. */
export const SERVING_ANNOTATION = 'modelplane.ai/serving';

/** That every path below the service was published before, and nobody has said since which ones clients call. */
export const WAS_OPEN_ANNOTATION = 'modelplane.ai/formerly-published';

const specOf = (route: KubernetesObject | undefined): RouteSpec => (route?.spec ?? {}) as RouteSpec;
const rulesOf = (route: KubernetesObject | undefined): readonly Rule[] => specOf(route).rules ?? [];

export const parentRefsOf = (route: KubernetesObject | undefined): RouteSpec['parentRefs'] => specOf(route).parentRefs;

/** The endpoints that a route of ours names, from its annotation: a hashed Service name cannot be read back. */
export function servedBy(route: KubernetesObject | undefined): string[] {
  const names = route?.metadata?.annotations?.[SERVING_ANNOTATION] ?? '';
  return names === '' ? [] : names.split(',');
}

/** The Services that a route of ours sends requests to, whichever path they are for. */
export const backendsIn = (route: KubernetesObject | undefined): Set<string> =>
  new Set(rulesOf(route).flatMap(({ backendRefs = [] }) => backendRefs.map(({ name }) => name)));

/** Whether a route sends requests to a port of a Service: an endpoint that came back may have another way than it had. */
export const leadsTo = (route: KubernetesObject | undefined, name: string, port: number): boolean =>
  rulesOf(route).some(({ backendRefs = [] }) => backendRefs.some((one) => one.name === name && one.port === port));

/** The Middlewares that a route of ours names, by name. */
export const middlewaresIn = (route: KubernetesObject | undefined): ReadonlySet<string> =>
  new Set(
    rulesOf(route).flatMap(({ filters = [] }) => filters.flatMap(({ extensionRef }) => extensionRef?.name ?? [])),
  );

/** Whether a route takes a header from every request, whoever has set it. */
export const removesHeader = (route: KubernetesObject | undefined, name: string): boolean =>
  rulesOf(route).some(({ filters = [] }) =>
    filters.some(({ requestHeaderModifier }) => requestHeaderModifier?.remove?.includes(name)),
  );

/** Whether a route of ours has a rule for just this path. */
export const publishes = (route: KubernetesObject | undefined, path: string): boolean =>
  rulesOf(route).some((rule) => pathsOf(rule).includes(path));

/** Where a route of ours sends requests for a path, as the backends of a rule for that path alone. */
export function backendRefsFor(route: KubernetesObject | undefined, path: string): BackendRef[] {
  const covering = rulesOf(route).flatMap((rule) =>
    pathsOf(rule)
      .filter((prefix) => isAtOrBelow(path, prefix))
      .map((prefix) => ({ prefix, backendRefs: rule.backendRefs ?? [] })),
  );
  const [longest] = covering.toSorted((a, b) => b.prefix.length - a.prefix.length);
  if (longest === undefined) return [];
  const below = path.slice(longest.prefix.length);
  return longest.backendRefs.filter(({ name }) => name).map((backend) => movedBelow(backend, below));
}

const pathsOf = ({ matches = [] }: Rule): string[] => matches.flatMap(({ path }) => path?.value ?? []);

/** A rewrite replaces what its rule matches, so one of a longer match has a longer replacement. */
function movedBelow(backend: BackendRef, below: string): BackendRef {
  if (below === '') return backend;
  const filters = backend.filters?.map((filter) => {
    const replacement = filter.urlRewrite?.path?.replacePrefixMatch;
    if (replacement === undefined) return filter;
    const path = { type: 'ReplacePrefixMatch', replacePrefixMatch: joined(replacement, below) } as const;
    return { ...filter, urlRewrite: { ...filter.urlRewrite, path } };
  });
  return { ...backend, ...(filters && { filters }) };
}
