import type { IBackendTLSPolicy } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { IEndpointSlice } from 'kubernetes-models/discovery.k8s.io/v1';
import type { IService } from 'kubernetes-models/v1';
import type { ModelEndpoint } from '#schemas/modelendpoint.ts';
import { type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { uniqueName } from '#shared/names.ts';
import type { EndpointUrl } from '#shared/urls.ts';

/**
 * The Service's port and its name never change, so that an edited URL does not break the routes that refer to them.
 * Traefik dials the slice's port, and takes the scheme from appProtocol.
 */
export const BACKEND_PORT = 80;
const PORT_NAME = 'api';

/** The Service that stands for an endpoint. */
export const backendName = (xr: ModelEndpoint): string =>
  uniqueName(nameOf(xr), ['ModelEndpoint', namespaceOf(xr), nameOf(xr)]);

/** Whether the Service is there with its port: one that somebody has edited by hand leads nowhere. */
export const hasBackendPort = (observed: KubernetesObject | undefined): boolean =>
  (observed?.spec as IService['spec'])?.ports?.some(({ port }) => port === BACKEND_PORT) === true;

/** Headless and without a selector: its EndpointSlice is ours. Never ExternalName, which Traefik refuses. */
export function service(xr: ModelEndpoint, url: EndpointUrl): IService {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: backendName(xr), labels: labels(xr) },
    spec: {
      clusterIP: 'None',
      ports: [{ name: PORT_NAME, port: BACKEND_PORT, protocol: 'TCP', appProtocol: url.scheme }],
    },
  };
}

export function endpointSlice(xr: ModelEndpoint, url: EndpointUrl): IEndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${backendName(xr)}-${url.addressType.toLowerCase()}`,
      labels: {
        ...labels(xr),
        'kubernetes.io/service-name': backendName(xr),
        'endpointslice.kubernetes.io/managed-by': 'modelplane.ai',
      },
    },
    addressType: url.addressType,
    ports: [{ name: PORT_NAME, port: url.port, protocol: 'TCP', appProtocol: url.scheme }],
    // Traefik skips an endpoint whose ready condition is unset, though Kubernetes reads unset as ready.
    endpoints: [{ addresses: [url.host], conditions: { ready: true } }],
  };
}

/**
 * The name that an https provider's certificate is held to. An address without tls.hostname has none: Traefik then
 * verifies the certificate for the address itself, by the system's authorities.
 */
export function verifiedName({ spec }: ModelEndpoint, url: EndpointUrl): string | undefined {
  if (url.scheme !== 'https') return undefined;
  return spec.tls?.hostname ?? (url.addressType === 'FQDN' ? url.host : undefined);
}

export function backendTLSPolicy(xr: ModelEndpoint, url: EndpointUrl): IBackendTLSPolicy {
  const authority = xr.spec.tls?.caCertificateRef;
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'BackendTLSPolicy',
    metadata: { name: backendName(xr), labels: labels(xr) },
    spec: {
      targetRefs: [{ group: '', kind: 'Service', name: backendName(xr) }],
      validation: {
        hostname: verifiedName(xr, url) ?? url.host,
        ...(authority
          ? { caCertificateRefs: [{ group: '', kind: authority.kind, name: authority.name }] }
          : { wellKnownCACertificates: 'System' }),
      },
    },
  };
}

const labels = (xr: ModelEndpoint): Record<string, string> => ({ 'modelplane.ai/endpoint': nameOf(xr) });
