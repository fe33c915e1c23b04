import type { IGateway, IGatewayClass } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { GATEWAY_CONTROLLER } from '#shared/readiness.ts';
import { CLASS_LABEL, PORTS } from './values.ts';

type Listener = IGateway['spec']['listeners'][number];

/** Name of the class and of the Gateway: there is one front door. */
const NAME = 'modelplane';

/** The Gateway that we compose. */
export const OWN_GATEWAY = { name: NAME, namespace: PLATFORM_NAMESPACE } as const;

export const gatewayClass = (): IGatewayClass => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'GatewayClass',
  metadata: { name: NAME, labels: { [CLASS_LABEL.key]: CLASS_LABEL.value } },
  spec: { controllerName: GATEWAY_CONTROLLER },
});

/** Plain HTTP is served unless TLS is, or where both are asked for. */
export const servesHttp = ({ spec }: InferenceGateway): boolean =>
  (spec.http ?? (spec.tls ? 'Disabled' : 'Enabled')) === 'Enabled';

/** The same Gateway whatever its listeners are, so that adding a certificate moves no route. */
export function gateway(xr: InferenceGateway): IGateway {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    metadata: { ...OWN_GATEWAY },
    spec: { gatewayClassName: NAME, listeners: [...(servesHttp(xr) ? [http(xr)] : []), ...https(xr)] },
  };
}

const http = (xr: InferenceGateway): Listener => ({
  name: 'http',
  port: PORTS.http.listener,
  protocol: 'HTTP',
  ...common(xr),
});

function https(xr: InferenceGateway): Listener[] {
  if (xr.spec.tls === undefined) return [];
  const certificate = { group: '', kind: 'Secret', name: xr.spec.tls.certificateRef.name };
  const tls = { mode: 'Terminate', certificateRefs: [certificate] } as const;
  return [
    {
      name: 'https',
      port: PORTS.https.listener,
      protocol: 'HTTPS',
      tls: { ...tls, certificateRefs: [certificate] },
      ...common(xr),
    },
  ];
}

function common({ spec }: InferenceGateway) {
  const selector = spec.routes?.namespaceSelector;
  const namespaces = selector ? ({ from: 'Selector', selector } as const) : ({ from: 'All' } as const);
  return {
    ...(spec.hostname !== undefined && { hostname: spec.hostname }),
    allowedRoutes: { kinds: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }], namespaces },
  };
}
