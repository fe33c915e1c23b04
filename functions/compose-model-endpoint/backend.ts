import type { IBackendTLSPolicy } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { IEndpointSlice } from 'kubernetes-models/discovery.k8s.io/v1';
import type { IConfigMap, IService } from 'kubernetes-models/v1';
import type { ModelEndpoint } from '#schemas/modelendpoint.ts';
import { type KubernetesObject, nameOf } from '#shared/kubernetes.ts';
import { backendName } from '#shared/names.ts';
import { bundleText } from '#shared/pem.ts';
import { authority, type EndpointUrl } from '#shared/urls.ts';

export type Scheme = EndpointUrl['scheme'];

/**
 * The Service has a port for each scheme, and neither changes, so that an edited URL does not break the routes that
 * refer to them: a route moves from one port to the other in one step. Traefik dials the slice's port of the same name,
 * and takes the scheme from appProtocol.
 */
export const BACKEND_PORTS = {
  http: { name: 'api', port: 80 },
  https: { name: 'api-tls', port: 443 },
} as const satisfies Record<Scheme, { readonly name: string; readonly port: number }>;

/** Whether the Service is there with its port: one that somebody has edited by hand leads nowhere. */
export const hasBackendPort = (observed: KubernetesObject | undefined, scheme: Scheme): boolean =>
  (observed?.spec as IService['spec'])?.ports?.some(({ port }) => port === BACKEND_PORTS[scheme].port) === true;

/** Whether what is at a key is a slice that leads there by a scheme. */
export const isSliceOf = (key: string, scheme: Scheme): boolean =>
  key.startsWith('endpointslice-') && schemeOf(key) === scheme;

/** Headless and without a selector: its EndpointSlices are ours. Never ExternalName, which Traefik refuses. */
export function service(xr: ModelEndpoint): IService {
  const ports = (['http', 'https'] as const).map((scheme) => servicePort(scheme, BACKEND_PORTS[scheme].port));
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: backendName(xr), labels: labels(xr) },
    spec: { clusterIP: 'None', ports },
  };
}

const servicePort = (scheme: Scheme, port: number) => ({
  name: BACKEND_PORTS[scheme].name,
  port,
  protocol: 'TCP' as const,
  appProtocol: scheme,
});

/** An EndpointSlice's address type cannot be changed, and its port is one scheme's, so each of both has one of its own. */
export const sliceKey = ({ scheme, addressType }: EndpointUrl): string =>
  `endpointslice-${scheme === 'https' ? 'tls-' : ''}${addressType.toLowerCase()}`;

/** What there is for one scheme alone, by its key. */
export const schemeOf = (key: string): Scheme | undefined => {
  if (key === 'service') return undefined;
  return key.startsWith('endpointslice-') && !key.startsWith('endpointslice-tls-') ? 'http' : 'https';
};

export function endpointSlice(xr: ModelEndpoint, url: EndpointUrl): IEndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: sliceKey(url).replace('endpointslice', backendName(xr)),
      labels: {
        ...labels(xr),
        'kubernetes.io/service-name': backendName(xr),
        'endpointslice.kubernetes.io/managed-by': 'modelplane.ai',
      },
    },
    addressType: url.addressType,
    ports: [servicePort(url.scheme, url.port)],
    // Traefik skips an endpoint whose ready condition is unset, though Kubernetes reads unset as ready.
    endpoints: [{ addresses: [dialled(url)], conditions: { ready: true } }],
  };
}

/**
 * A name ends with a dot, which tells a resolver that it is whole. Traefik's pods would else look for it in their own
 * cluster first, where `llama.team-b` is the Service of another tenant (Kubernetes' DNS for Services and Pods).
 */
const dialled = ({ host, addressType }: EndpointUrl): string => (addressType === 'FQDN' ? `${host}.` : host);

/**
 * The name that an https provider's certificate is held to, for which a policy is needed. Without one Traefik verifies an
 * address for itself, by the system's authorities; it takes no IPv6 address as a policy's name.
 */
export function verifiedName({ spec }: ModelEndpoint, url: EndpointUrl): string | undefined {
  if (url.scheme !== 'https') return undefined;
  const isName = url.addressType === 'FQDN' || (url.addressType === 'IPv4' && hasAuthority(spec));
  return spec.tls?.hostname ?? (isName ? url.host : undefined);
}

/** Whether somebody else than the system's authorities has signed the certificate. */
export const hasAuthority = ({ tls }: ModelEndpoint['spec']): boolean =>
  tls?.caBundle !== undefined || tls?.caCertificateRef !== undefined;

/** What the provider is called: a gateway that knows its name by TLS takes no request for another. */
export const hostOf = (xr: ModelEndpoint, url: EndpointUrl): string =>
  authority(url.scheme, verifiedName(xr, url) ?? url.host, url.port);

export function backendTLSPolicy(xr: ModelEndpoint, url: EndpointUrl): IBackendTLSPolicy {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'BackendTLSPolicy',
    metadata: { name: backendName(xr), labels: labels(xr) },
    spec: {
      targetRefs: [{ group: '', kind: 'Service', name: backendName(xr), sectionName: BACKEND_PORTS.https.name }],
      validation: { hostname: verifiedName(xr, url) ?? url.host, ...authorities(xr) },
    },
  };
}

function authorities(xr: ModelEndpoint) {
  const { caBundle, caCertificateRef: ref } = xr.spec.tls ?? {};
  if (caBundle !== undefined) return { caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: backendName(xr) }] };
  if (ref !== undefined) return { caCertificateRefs: [{ group: '', kind: ref.kind, name: ref.name }] };
  return { wellKnownCACertificates: 'System' as const };
}

/** A policy takes no certificate but from an object beside it. */
export const authorityConfigMap = (xr: ModelEndpoint, caBundle: string): IConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: backendName(xr), labels: labels(xr) },
  data: { 'ca.crt': bundleText(caBundle) },
});

const labels = (xr: ModelEndpoint): Record<string, string> => ({ 'modelplane.ai/endpoint': nameOf(xr) });
