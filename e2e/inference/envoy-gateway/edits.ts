import type { AnyObject } from '../../kube.ts';
import { gatewayHostname } from '../catalogue.ts';
import { GATEWAY_CERTIFICATE } from '../manifests.ts';

/** The only Envoy that can be had here. */
const ENVOY_IMAGE = 'docker.io/envoyproxy/envoy:distroless-v1.40.0';

/** What of install/inference-cluster/envoy-gateway is otherwise here, and only that: by kind. */
const EDITS: Readonly<Record<string, (object: AnyObject) => AnyObject>> = {
  // Another image, no hooks that the stand-in for a kubelet does not have, and a log in a file, because Envoy takes no
  // listener whose log it cannot open, and here its output is a socket.
  EnvoyProxy: (object) => {
    const { envoyDeployment } = object.spec.provider.kubernetes;
    const deployment = {
      pod: { ...envoyDeployment.pod, volumes: [{ name: 'log', emptyDir: {} }] },
      container: { image: ENVOY_IMAGE, volumeMounts: [{ name: 'log', mountPath: '/var/log/envoy' }] },
      patch: { type: 'StrategicMerge', value: { spec: { template: { spec: { containers: CONTAINERS } } } } },
    };
    const sinks = [{ type: 'File', file: { path: '/var/log/envoy/access.log' } }];
    return withSpec(object, {
      concurrency: 1,
      provider: { type: 'Kubernetes', kubernetes: { envoyDeployment: { ...envoyDeployment, ...deployment } } },
      telemetry: { accessLog: { settings: [{ format: { type: 'Text', text: '%RESPONSE_CODE_DETAILS%\n' }, sinks }] } },
    });
  },
  // A listener for TLS as well, whose certificate comes a little later.
  Gateway: (object) =>
    withSpec(object, {
      listeners: [
        ...object.spec.listeners,
        {
          ...object.spec.listeners[0],
          ...{ name: 'https', port: 443, protocol: 'HTTPS', hostname: gatewayHostname('envoy') },
          tls: { mode: 'Terminate', certificateRefs: [{ group: '', kind: 'Secret', name: GATEWAY_CERTIFICATE }] },
        },
      ],
    }),
  // What each hop saw comes back in the answer, as from the stand-in.
  ClientTrafficPolicy: (object) =>
    withSpec(object, {
      headers: {
        earlyRequestHeaders: {
          ...object.spec.headers.earlyRequestHeaders,
          set: [header('x-hop-gateway', 'envoy'), SNI],
        },
        lateResponseHeaders: { set: [header('x-hop-cluster', 'envoy'), ENGINE] },
      },
    }),
};

const CONTAINERS = [
  { name: 'envoy', lifecycle: null },
  { name: 'shutdown-manager', $patch: 'delete' },
];

const header = (name: string, value: string) => ({ name, value });

const SNI = header('x-hop-sni', '%REQUESTED_SERVER_NAME%');
const ENGINE = header('x-hop-engine', '%REQ(x-gateway-destination-endpoint)%');

const withSpec = (object: AnyObject, fields: object): AnyObject => ({ ...object, spec: { ...object.spec, ...fields } });

export const forThisMachine = (object: AnyObject): AnyObject => EDITS[object.kind ?? '']?.(object) ?? object;
