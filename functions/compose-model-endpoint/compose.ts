import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import type { ModelEndpoint } from '#schemas/modelendpoint.ts';
import { type Condition, condition } from '#shared/conditions.ts';
import type {
  Composed,
  CompositionFunction,
  Desired,
  Inputs,
  Lookup,
  Refusal,
  Requirements,
} from '#shared/function.ts';
import { type KubernetesObject, namespaceOf } from '#shared/kubernetes.ts';
import { backendName } from '#shared/names.ts';
import { openAIPaths, rewrittenPaths, type UpstreamPaths, withBase } from '#shared/paths.ts';
import { bundleProblem } from '#shared/pem.ts';
import { ALL_CLUSTERS, THE_GATEWAY } from '#shared/platform.ts';
import { retainAll } from '#shared/retain.ts';
import { type EndpointUrl, parseEndpointUrl, shown } from '#shared/urls.ts';
import { authorityProblem, authorityRequirement } from './authority.ts';
import {
  authorityConfigMap,
  BACKEND_PORTS,
  backendTLSPolicy,
  endpointSlice,
  hasBackendPort,
  hostOf,
  service,
  sliceKey,
  verifiedName,
} from './backend.ts';
import { forbiddenReason } from './forbidden.ts';
import { type Former, formerWay, routeRequirement } from './former.ts';

/** A ModelEndpoint: one Service, its EndpointSlice, and how a ModelService is to speak to it. */
export const modelEndpoint: CompositionFunction<KubernetesObject & ModelEndpoint> = { requires, compose };

function requires(xr: ModelEndpoint): Requirements {
  return { gateway: THE_GATEWAY, clusters: ALL_CLUSTERS, ...authorityRequirement(xr), ...routeRequirement(xr) };
}

function compose({ xr, observed, lookup }: Inputs<KubernetesObject & ModelEndpoint>): Composed {
  const url = parseEndpointUrl(xr.spec.url);
  if (!url.ok)
    return asBefore(xr, observed, {
      reason: 'InvalidURL',
      problem: `use spec.url${shown(xr.spec.url)}: ${url.problem}`,
    });
  const unusable = bundleProblem(xr.spec.tls?.caBundle);
  if (unusable !== undefined)
    return asBefore(xr, observed, { reason: 'InvalidTLS', problem: `use spec.tls.caBundle: ${unusable}` });
  const paths = upstreamPaths(xr, url);
  const forbidden = forbiddenReason({ ...url, ...paths, namespace: namespaceOf(xr) }, platform(lookup));
  if (forbidden !== undefined) return withdrawn(xr, url, paths, forbidden);
  const desired = backend(xr, url, observed);
  const readiness = routingReady(desired, portProblem(xr, url, observed) ?? authorityProblem(xr, lookup('authority')));
  const ready = readiness.status === 'True';
  const former = formerWay(xr, url.scheme, { desired, isReady: ready }, observed, lookup);
  return {
    desired: { ...former.desired, ...desired },
    status: {
      routing: (!ready && formerRouting(xr, former)) || routing(xr, url, paths, ready),
      ...(former.scheme && { formerScheme: former.scheme }),
    },
    conditions: [readiness],
    ready,
  };
}

function upstreamPaths({ spec }: ModelEndpoint, url: EndpointUrl): UpstreamPaths {
  const paths = spec.rewritePath === undefined ? openAIPaths(url.path) : rewrittenPaths(spec.rewritePath);
  return spec.basePath === undefined ? paths : withBase(paths, spec.basePath);
}

const platform = (lookup: Lookup) => ({
  gateway: lookup<KubernetesObject & InferenceGateway>('gateway')[0],
  clusters: lookup<KubernetesObject & InferenceCluster>('clusters'),
});

function backend(
  xr: ModelEndpoint,
  url: EndpointUrl,
  observed: Readonly<Record<string, KubernetesObject>>,
): Record<string, Desired> {
  const slice = sliceKey(url);
  const caBundle = xr.spec.tls?.caBundle;
  return {
    service: { resource: service(xr), ready: hasBackendPort(observed.service, url.scheme) },
    [slice]: { resource: endpointSlice(xr, url), ready: observed[slice] !== undefined },
    ...(caBundle !== undefined && {
      configmap: { resource: authorityConfigMap(xr, caBundle), ready: observed.configmap !== undefined },
    }),
    ...(verifiedName(xr, url) !== undefined && {
      // Its status is no sign of readiness: Traefik writes one only after a route uses the Service.
      backendtlspolicy: { resource: backendTLSPolicy(xr, url), ready: observed.backendtlspolicy !== undefined },
    }),
  };
}

/** How requests are sent until they can be sent as the spec now says. */
function formerRouting({ spec, status }: ModelEndpoint, former: Former) {
  const before = status?.routing;
  if (before?.ready !== true || before.scheme !== former.scheme) return undefined;
  const { objectives: _objectives, ...way } = before;
  return { ...way, ...preferences(spec) };
}

/** What holds whichever way requests are sent. */
const preferences = ({ objectives, authorization, draining, lastResort }: ModelEndpoint['spec']) => ({
  ...(objectives && { objectives }),
  authorization,
  draining,
  lastResort,
});

function routing(xr: ModelEndpoint, url: EndpointUrl, paths: UpstreamPaths, ready: boolean) {
  return {
    backendName: backendName(xr),
    port: BACKEND_PORTS[url.scheme].port,
    scheme: url.scheme,
    host: hostOf(xr, url),
    ...paths,
    tls: verifiedName(xr, url) !== undefined,
    ...preferences(xr.spec),
    ready,
  } satisfies NonNullable<ModelEndpoint['status']>['routing'];
}

/** Applying our port beside one of the same name is refused by the API server, so Crossplane cannot mend this. */
function portProblem(
  xr: ModelEndpoint,
  { scheme }: EndpointUrl,
  { service }: Readonly<Record<string, KubernetesObject>>,
): string | undefined {
  if (service === undefined || hasBackendPort(service, scheme)) return undefined;
  const { port } = BACKEND_PORTS[scheme];
  return `Somebody has edited Service ${backendName(xr)}: it has no port ${port}. Delete it, and it is made again.`;
}

function routingReady(desired: Record<string, Desired>, problem: string | undefined): Condition {
  if (problem !== undefined) return condition('RoutingReady', 'False', 'WaitingForBackend', problem);
  const missing = Object.keys(desired).filter((key) => desired[key]?.ready === false);
  return missing.length === 0
    ? condition('RoutingReady', 'True', 'BackendConfigured', 'Requests can be sent to this endpoint.')
    : condition('RoutingReady', 'False', 'WaitingForBackend', `Waiting for ${missing.join(', ')} to be created.`);
}

/** What was accepted before, as it is now. */
function asBefore(
  xr: KubernetesObject & ModelEndpoint,
  observed: Readonly<Record<string, KubernetesObject>>,
  refused: Refusal,
): Composed {
  const { routing } = xr.status ?? {};
  const ready = routing?.ready === true;
  const readiness = ready
    ? condition('RoutingReady', 'True', 'BackendConfigured', 'Requests can be sent to this endpoint.')
    : condition('RoutingReady', 'False', 'WaitingForBackend', 'SpecAccepted says what to correct.');
  return {
    desired: retainAll(
      observed,
      () => true,
      () => true,
    ),
    status: { ...(routing && { routing: { ...routing, ...preferences(xr.spec) } }) },
    conditions: [readiness],
    ready,
    refused,
  };
}

/** The one case where a bad input takes traffic away: what serves there may be another tenant's, or the platform's. */
function withdrawn(xr: ModelEndpoint, url: EndpointUrl, paths: UpstreamPaths, reason: string): Composed {
  return {
    desired: {},
    status: { routing: routing(xr, url, paths, false) },
    conditions: [condition('RoutingReady', 'False', 'Forbidden', reason)],
    ready: false,
  };
}
