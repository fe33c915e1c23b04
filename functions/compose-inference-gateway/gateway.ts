import type { IGateway, IGatewayClass } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { GATEWAY_CONTROLLER } from '#shared/readiness.ts';
import { certificateIn, isServed, listenersOf } from './listeners.ts';
import { CLASS_LABEL, PORTS } from './values.ts';

type Listener = IGateway['spec']['listeners'][number];

/** Name of the class and of the Gateway: there is one front door. */
export const NAME = 'modelplane';

/** The Gateway that we compose. */
export const OUR_GATEWAY = { name: NAME, namespace: PLATFORM_NAMESPACE } as const;

export const gatewayClass = (): IGatewayClass => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'GatewayClass',
  metadata: { name: NAME, labels: { [CLASS_LABEL.key]: CLASS_LABEL.value } },
  spec: { controllerName: GATEWAY_CONTROLLER },
});

/** The same Gateway whatever its listeners are, so that adding a certificate moves no route. */
export function gateway(xr: InferenceGateway, observed: KubernetesObject | undefined, certificate?: string): IGateway {
  const listeners = [...(servesHttp(xr, observed) ? [http(xr)] : []), ...(xr.spec.tls ? [https(xr, certificate)] : [])];
  return gatewayWith(OUR_GATEWAY, listeners);
}

/** A Gateway of our Traefik's. */
export const gatewayWith = (metadata: IGateway['metadata'], listeners: Listener[]): IGateway => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { ...metadata },
  spec: { gatewayClassName: NAME, listeners },
});

/**
 * Plain HTTP is served unless TLS is, or where both are asked for; and for as long as the TLS that is to take its place
 * is not served, because a certificate that is not there must not shut the door.
 */
function servesHttp(xr: InferenceGateway, observed: KubernetesObject | undefined): boolean {
  const { tls, http } = xr.spec;
  if ((http ?? (tls ? 'Disabled' : 'Enabled')) === 'Enabled') return true;
  const isThere = listenersOf(observed).some(({ name }) => name === 'http');
  return isThere && !(isServed(observed, 'https') && isAsWanted(xr, observed));
}

/** Not by another certificate, or for another name, than the spec asks for now: those say nothing of these. */
function isAsWanted({ spec }: InferenceGateway, observed: KubernetesObject | undefined): boolean {
  const told = listenersOf(observed).find(({ name }) => name === 'https');
  const isSame = (before: string | undefined, now: string | undefined) => before === undefined || before === now;
  return isSame(told?.hostname, spec.hostname) && isSame(certificateIn(observed), spec.tls?.certificateRef.name);
}

const http = (xr: InferenceGateway): Listener => ({
  name: 'http',
  port: PORTS.http.listener,
  protocol: 'HTTP',
  ...common(xr),
});

const https = (xr: InferenceGateway, certificate = ''): Listener => ({
  name: 'https',
  ...encrypted(certificate),
  ...common(xr),
});

/** What TLS is served by. */
export const encrypted = (certificate: string): Pick<Listener, 'port' | 'protocol' | 'tls'> => ({
  port: PORTS.https.listener,
  protocol: 'HTTPS',
  tls: { mode: 'Terminate', certificateRefs: [{ group: '', kind: 'Secret', name: certificate }] },
});

function common({ spec }: InferenceGateway) {
  const selector = spec.routes?.namespaceSelector;
  const namespaces = selector ? ({ from: 'Selector', selector } as const) : ({ from: 'All' } as const);
  return {
    ...(spec.hostname !== undefined && { hostname: spec.hostname }),
    allowedRoutes: { kinds: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }], namespaces },
  };
}
