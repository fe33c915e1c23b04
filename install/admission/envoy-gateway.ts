import type { KubernetesObject } from '#shared/kubernetes.ts';
import type { AdmissionCase } from './users.ts';

const GATEWAY = { name: 'inference-gateway', namespace: 'inference' };

const route = (namespace: string, parentRef: object = GATEWAY): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { namespace, name: 'admission' },
  spec: { parentRefs: [parentRef] },
});

const notHere = (namespace: string): string =>
  'routes at Gateway inference/inference-gateway are made by the control plane, in namespaces that begin with mp-, or in ' +
  `namespace inference; this one is in ${namespace}.`;

/** In an inference cluster with the Gateway of install/inference-cluster/envoy-gateway. */
export const ENVOY_GATEWAY: readonly AdmissionCase[] = [
  { name: "the control plane makes a tenant's route", as: 'remote', object: route('mp-admission') },
  {
    name: 'the platform makes one beside the Gateway',
    as: 'platform',
    object: route('inference', { name: GATEWAY.name }),
  },
  { name: 'a route of another Gateway is anybody’s', as: 'platform', object: route('default', { name: GATEWAY.name }) },
  {
    name: 'nobody else makes one in a tenant’s namespace',
    as: 'platform',
    object: route('mp-admission'),
    refused: notHere('mp-admission'),
  },
  {
    name: 'nobody makes one elsewhere',
    as: 'platform',
    object: route('default'),
    refused: notHere('default'),
  },
  {
    name: 'nor moves one there',
    as: 'platform',
    before: route('default', { name: 'other' }),
    object: route('default'),
    refused: notHere('default'),
  },
];
