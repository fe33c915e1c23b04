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
  Refused,
  Requirements,
} from '#shared/function.ts';
import { type KubernetesObject, namespaceOf } from '#shared/kubernetes.ts';
import { openAIPaths, rewrittenPaths, type UpstreamPaths } from '#shared/paths.ts';
import { ALL_CLUSTERS, THE_GATEWAY } from '#shared/platform.ts';
import { authority, type EndpointUrl, parseEndpointUrl } from '#shared/urls.ts';
import { authorityProblem, authorityRequirement } from './authority.ts';
import {
  BACKEND_PORT,
  backendName,
  backendTLSPolicy,
  endpointSlice,
  hasBackendPort,
  service,
  verifiedName,
} from './backend.ts';
import { forbiddenReason } from './forbidden.ts';

/** A ModelEndpoint: one Service, one EndpointSlice, and how a ModelService is to speak to it. */
export const modelEndpoint: CompositionFunction<KubernetesObject & ModelEndpoint> = { requires, compose };

function requires(xr: ModelEndpoint): Requirements {
  return { gateway: THE_GATEWAY, clusters: ALL_CLUSTERS, ...authorityRequirement(xr) };
}

function compose({ xr, observed, lookup }: Inputs<KubernetesObject & ModelEndpoint>): Composed | Refused {
  const url = parseEndpointUrl(xr.spec.url);
  if (!url.ok) return invalid(`spec.${url.message}`);
  const paths = upstreamPaths(xr, url);
  const forbidden = forbiddenReason({ ...url, ...paths, namespace: namespaceOf(xr) }, platform(lookup));
  if (forbidden !== undefined) return withdrawn(xr, url, paths, forbidden);
  const desired = backend(xr, url, observed);
  const ready = routingReady(desired, portProblem(xr, observed) ?? authorityProblem(xr, lookup('authority')));
  return {
    desired,
    status: { routing: routing(xr, url, paths, ready.status === 'True') },
    conditions: [ready],
    ready: ready.status === 'True',
  };
}

const upstreamPaths = ({ spec }: ModelEndpoint, url: EndpointUrl): UpstreamPaths =>
  spec.rewritePath === undefined ? openAIPaths(url.path) : rewrittenPaths(spec.rewritePath);

const platform = (lookup: Lookup) => ({
  gateway: lookup<KubernetesObject & InferenceGateway>('gateway')[0],
  clusters: lookup<KubernetesObject & InferenceCluster>('clusters'),
});

function backend(
  xr: ModelEndpoint,
  url: EndpointUrl,
  observed: Readonly<Record<string, KubernetesObject>>,
): Record<string, Desired> {
  // An EndpointSlice's address type cannot be changed, so each type has a slice of its own.
  const slice = `endpointslice-${url.addressType.toLowerCase()}`;
  return {
    service: { resource: service(xr, url), ready: hasBackendPort(observed.service) },
    [slice]: { resource: endpointSlice(xr, url), ready: observed[slice] !== undefined },
    ...(verifiedName(xr, url) !== undefined && {
      // Its status is no sign of readiness: Traefik writes one only after a route uses the Service.
      backendtlspolicy: { resource: backendTLSPolicy(xr, url), ready: observed.backendtlspolicy !== undefined },
    }),
  };
}

function routing(xr: ModelEndpoint, url: EndpointUrl, paths: UpstreamPaths, ready: boolean) {
  const { objectives, authorization, draining } = xr.spec;
  return {
    backendName: backendName(xr),
    port: BACKEND_PORT,
    scheme: url.scheme,
    host: authority(url.scheme, url.host, url.port),
    ...paths,
    tls: verifiedName(xr, url) !== undefined,
    ...(objectives && { objectives }),
    authorization,
    draining,
    ready,
  } satisfies NonNullable<ModelEndpoint['status']>['routing'];
}

/** Applying our port beside one of the same name is refused by the API server, so Crossplane cannot mend this. */
function portProblem(xr: ModelEndpoint, { service }: Readonly<Record<string, KubernetesObject>>): string | undefined {
  if (service === undefined || hasBackendPort(service)) return undefined;
  return `Somebody has edited Service ${backendName(xr)}: it has no port ${BACKEND_PORT}. Delete it, and it is made again.`;
}

function routingReady(desired: Record<string, Desired>, problem: string | undefined): Condition {
  if (problem !== undefined) return condition('RoutingReady', 'False', 'WaitingForBackend', problem);
  const missing = Object.keys(desired).filter((key) => desired[key]?.ready === false);
  return missing.length === 0
    ? condition('RoutingReady', 'True', 'BackendConfigured', 'Requests can be sent to this endpoint.')
    : condition('RoutingReady', 'False', 'WaitingForBackend', `Waiting for ${missing.join(', ')} to be created.`);
}

const invalid = (message: string): Refused => ({
  refused: `cannot use ${message}`,
  conditions: [
    condition('RoutingReady', 'False', 'InvalidURL', `Cannot use ${message}. What served before still does.`),
  ],
});

/** The one case where a bad input takes traffic away: what serves there may be another tenant's, or the platform's. */
function withdrawn(xr: ModelEndpoint, url: EndpointUrl, paths: UpstreamPaths, reason: string): Composed {
  return {
    desired: {},
    status: { routing: routing(xr, url, paths, false) },
    conditions: [condition('RoutingReady', 'False', 'Forbidden', reason)],
    ready: false,
  };
}
