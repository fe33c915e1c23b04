import type { IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { ModelService } from '#schemas/modelservice.ts';
import { FAIRNESS_HEADERS, FORBIDDEN_HEADERS, OBJECTIVE_HEADERS } from '#shared/headers.ts';
import { type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { uniqueName } from '#shared/names.ts';
import { isUniform, openAIPath, servicePath, type UpstreamPaths } from '#shared/paths.ts';
import type { Routing } from './endpoints.ts';
import { HOLD_PORT, holdName } from './hold.ts';
import { middlewareName } from './retry.ts';
import type { Backend } from './split.ts';

type Rule = NonNullable<IHTTPRoute['spec']['rules']>[number];
type RuleFilter = NonNullable<Rule['filters']>[number];
type BackendRef = NonNullable<Rule['backendRefs']>[number];
type HeaderModifier = NonNullable<NonNullable<BackendRef['filters']>[number]['requestHeaderModifier']>;

/** Names of the endpoints that a route sends requests to, for whoever must not delete them yet. */
const SERVING_ANNOTATION = 'modelplane.ai/serving';

export interface GatewayRef {
  readonly name: string;
  readonly namespace: string;
}

const routeName = (xr: ModelService): string => uniqueName(nameOf(xr), ['ModelService', namespaceOf(xr), nameOf(xr)]);

/** The route of a service; without backends it answers 503, which tells a client more than 404. */
export function httpRoute(
  xr: ModelService,
  gateway: GatewayRef,
  backends: readonly Backend[],
  retries: boolean,
): IHTTPRoute {
  const serving = backends.flatMap(({ endpoint }) => endpoint?.name ?? []);
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: {
      name: routeName(xr),
      labels: { 'modelplane.ai/service': nameOf(xr) },
      annotations: { [SERVING_ANNOTATION]: serving.toSorted().join(',') },
    },
    spec: {
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', ...gateway }],
      rules: rules(xr, backends, retries),
    },
  };
}

/** The endpoints that a route of ours names, from its annotation: a hashed Service name cannot be read back. */
export function servedBy(route: KubernetesObject | undefined): string[] {
  const names = route?.metadata?.annotations?.[SERVING_ANNOTATION] ?? '';
  return names === '' ? [] : names.split(',');
}

/** Whether a route of ours retries, by what it is made of. */
export function retriesIn(route: KubernetesObject | undefined): boolean {
  const rules = (route?.spec as IHTTPRoute['spec'] | undefined)?.rules ?? [];
  return rules.some(({ filters }) => filters?.some(({ type }) => type === 'ExtensionRef'));
}

/** One rule says all where every base is its prefix and /v1; else /v1 has a rule of its own, which is the longer match. */
function rules(xr: ModelService, backends: readonly Backend[], retries: boolean): Rule[] {
  const tenant = { namespace: namespaceOf(xr), name: nameOf(xr) };
  const rule = (path: string, upstream: keyof UpstreamPaths): Rule => ({
    matches: [{ path: { type: 'PathPrefix', value: path } }],
    filters: ruleFilters(xr, retries),
    backendRefs: backends.map((backend) => backendRef(xr, backend, upstream)),
  });
  const uniform = backends.every(({ endpoint }) => endpoint?.routing === undefined || isUniform(endpoint.routing));
  const everything = rule(servicePath(tenant), 'prefix');
  return uniform ? [everything] : [rule(openAIPath(tenant), 'base'), everything];
}

function ruleFilters(xr: ModelService, retries: boolean): RuleFilter[] {
  const extensionRef = { group: 'traefik.io', kind: 'Middleware', name: middlewareName(xr) };
  return [
    { type: 'RequestHeaderModifier', requestHeaderModifier: { remove: [...FORBIDDEN_HEADERS] } },
    ...(retries ? [{ type: 'ExtensionRef' as const, extensionRef }] : []),
  ];
}

function backendRef(xr: ModelService, { endpoint, weight }: Backend, upstream: keyof UpstreamPaths): BackendRef {
  const routing = endpoint?.routing;
  if (routing === undefined) return { group: '', kind: 'Service', name: holdName(xr), port: HOLD_PORT, weight };
  return {
    group: '',
    kind: 'Service',
    name: routing.backendName,
    port: routing.port,
    weight,
    filters: [
      {
        type: 'URLRewrite',
        urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: routing[upstream] } },
      },
      { type: 'RequestHeaderModifier', requestHeaderModifier: headers(xr, routing) },
    ],
  };
}

/**
 * Host is set here rather than by the rewrite, whose hostname takes no port and no IPv6 address. What decides the
 * priority is set to our word or removed, so a client's own never arrives; whose requests these are is always said,
 * because an inference cluster's routes let only their own tenant's in.
 */
function headers(xr: ModelService, routing: Routing): HeaderModifier {
  const objective = routing.objectives?.[xr.spec.trafficClass];
  const priority = objective === undefined ? [] : OBJECTIVE_HEADERS.map((name) => ({ name, value: objective }));
  const remove = [
    ...(objective === undefined ? OBJECTIVE_HEADERS : []),
    ...(routing.authorization === 'Remove' ? ['Authorization'] : []),
  ];
  return {
    set: [{ name: 'Host', value: routing.host }, ...priority, ...fairness(xr)],
    ...(remove.length > 0 && { remove }),
  };
}

const fairness = (xr: ModelService) => FAIRNESS_HEADERS.map((name) => ({ name, value: namespaceOf(xr) }));
