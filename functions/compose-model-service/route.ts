import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { ModelService } from '#schemas/modelservice.ts';
import {
  CALLER_HEADER,
  FAIRNESS_HEADERS,
  FORBIDDEN_HEADERS,
  OBJECTIVE_HEADERS,
  TENANT_HEADER,
} from '#shared/headers.ts';
import { type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { uniqueName } from '#shared/names.ts';
import { type PublishedPaths, pathBelow, upstreamPath } from '#shared/paths.ts';
import type { Endpoint, Routing } from './endpoints.ts';
import { HOLD_PORT, holdName } from './hold.ts';
import {
  type BackendRef,
  backendRefsFor,
  SERVING_ANNOTATION,
  servedBy,
  WAS_OPEN_ANNOTATION,
} from './observed-route.ts';
import type { Backend, Split } from './split.ts';

type Rule = NonNullable<IHTTPRoute['spec']['rules']>[number];
type RuleFilter = NonNullable<Rule['filters']>[number];
type HeaderModifier = NonNullable<NonNullable<BackendRef['filters']>[number]['requestHeaderModifier']>;

const routeName = (xr: ModelService): string => uniqueName(nameOf(xr), ['ModelService', namespaceOf(xr), nameOf(xr)]);

/** What a route is made of. */
export interface RouteParts {
  readonly xr: ModelService;
  readonly parentRefs: NonNullable<IHTTPRoute['spec']['parentRefs']>;
  readonly paths: PublishedPaths;
  readonly split: Split;
  /** The route as it is observed, by which those are spoken to who have no better standing than having served. */
  readonly before: KubernetesObject | undefined;
  /** Middlewares of the front door's, by name. */
  readonly middlewares: readonly string[];
  /** Every path was published before, and the spec does not say which ones clients call. */
  readonly wasOpen: boolean;
  /** The front door says who calls, in the fairness ids too. */
  readonly callers: boolean;
  /** Nobody says who calls, so whoever does is a client that pretends. */
  readonly anonymous: boolean;
}

/** The route of a service; without backends it answers 503, which tells a client more than 404. */
export function httpRoute(parts: RouteParts): IHTTPRoute {
  const { xr, parentRefs, paths, split, before, wasOpen } = parts;
  const named = split.backends.flatMap(({ endpoint }) => endpoint?.name ?? []);
  const serving = split.standing === undefined ? servedBy(before) : named;
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: {
      name: routeName(xr),
      labels: { 'modelplane.ai/service': nameOf(xr) },
      annotations: {
        [SERVING_ANNOTATION]: serving.toSorted().join(','),
        ...(wasOpen && { [WAS_OPEN_ANNOTATION]: '/' }),
      },
    },
    spec: { parentRefs, rules: [...paths.open.map((path) => ruleFor(parts, path)), ...closing(parts)] },
  };
}

/** One path, one rule, one match: a rewrite that replaces a prefix takes no more (Gateway API, HTTPRouteRule). */
function ruleFor(parts: RouteParts, path: string): Rule {
  const { split, before, middlewares, anonymous } = parts;
  const match = matchOf(parts.xr, path);
  const asBefore = backendRefsFor(before, match.path.value);
  const backendRefs = split.backends.flatMap((backend) => backendRef(parts, backend, path, asBefore) ?? []);
  return { matches: [match], filters: ruleFilters(middlewares, anonymous), backendRefs };
}

/**
 * A rule without backends for what a shorter path would publish. Where nobody serves that, nothing is published. It has a
 * filter, because Traefik answers 503 for such a rule, and 500 for one without either (httproute.go, loadWRRService).
 */
function closing({ xr, split, paths, anonymous }: RouteParts): Rule[] {
  if (paths.closed.length === 0 || split.backends.length === 0) return [];
  return [
    { matches: paths.closed.map((path) => matchOf(xr, path)), filters: ruleFilters([], anonymous), backendRefs: [] },
  ];
}

const matchOf = (xr: ModelService, path: string) => ({
  path: {
    type: 'PathPrefix' as const,
    value: pathBelow({ namespace: namespaceOf(xr), name: nameOf(xr) }, path),
  },
});

const ruleFilters = (middlewares: readonly string[], anonymous: boolean): RuleFilter[] => [
  {
    type: 'RequestHeaderModifier',
    requestHeaderModifier: { remove: FORBIDDEN_HEADERS.filter((name) => anonymous || name !== CALLER_HEADER) },
  },
  ...middlewares.map((name) => ({
    type: 'ExtensionRef' as const,
    extensionRef: { group: 'traefik.io', kind: 'Middleware', name },
  })),
];

/**
 * How a backend is sent requests for a path. One that is not ready is spoken to as the observed route does: what its
 * status says now, if anything, is of a way that is not there yet.
 */
function backendRef(
  { xr, callers }: RouteParts,
  { service, endpoint, weight }: Backend,
  path: string,
  asBefore: readonly BackendRef[],
): BackendRef | undefined {
  if (service === undefined) return { group: '', kind: 'Service', name: holdName(xr), port: HOLD_PORT, weight };
  const observed = endpoint?.ready ? undefined : asBefore.find(({ name }) => name === service);
  if (observed !== undefined) return { ...observed, weight };
  if (endpoint?.routing === undefined) return undefined;
  return { ...composedRef(xr, endpoint.routing, path, callers && identities(xr, endpoint)), weight };
}

const composedRef = (
  xr: ModelService,
  routing: Routing,
  path: string,
  whose: readonly Header[] | false,
): BackendRef => ({
  group: '',
  kind: 'Service',
  name: routing.backendName,
  port: routing.port,
  filters: [
    {
      type: 'URLRewrite',
      urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: upstreamPath(routing, path) } },
    },
    { type: 'RequestHeaderModifier', requestHeaderModifier: headers(xr, routing, whose || fairness(xr)) },
  ],
});

/**
 * Host is set here rather than by the rewrite, whose hostname takes no port and no IPv6 address. What decides the
 * priority is set to our word or removed, so a client's own never arrives; whose requests these are is always said,
 * because an inference cluster's routes let only their own tenant's in.
 */
function headers(
  xr: ModelService,
  { objectives = {}, authorization, host }: Routing,
  whose: readonly Header[],
): HeaderModifier {
  const { trafficClass } = xr.spec;
  // A class may be called constructor.
  const objective = Object.hasOwn(objectives, trafficClass) ? objectives[trafficClass] : undefined;
  const priority = objective === undefined ? [] : OBJECTIVE_HEADERS.map((name) => ({ name, value: objective }));
  const remove = [
    ...(objective === undefined ? OBJECTIVE_HEADERS : []),
    ...(authorization === 'Remove' ? ['Authorization'] : []),
  ];
  return {
    set: [{ name: 'Host', value: host }, ...priority, ...whose],
    ...(remove.length > 0 && { remove }),
  };
}

const fairness = (xr: ModelService) => FAIRNESS_HEADERS.map((name) => ({ name, value: namespaceOf(xr) }));

type Header = NonNullable<HeaderModifier['set']>[number];

/**
 * Where the front door knows callers, fairness is between them: their own ids go on to who tells tenants apart by another
 * header. Who does not yet, or may not, is told the tenant as ever, so that no request fails while clusters move.
 */
const identities = (xr: ModelService, { byTenant }: Endpoint): Header[] => [
  { name: TENANT_HEADER, value: namespaceOf(xr) },
  ...(byTenant ? [] : fairness(xr)),
];
