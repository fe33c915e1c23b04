import type { IGateway, IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { AnyObject } from '../../kube.ts';
import { GATEWAY, gatewayManifests } from '../manifests.ts';
import type { World } from './routes.ts';

const gateway = gatewayManifests('us', { cert: '', key: '' }).at(-1) as IGateway;

export type Rule = NonNullable<NonNullable<IHTTPRoute['spec']>['rules']>[number];

export const rule = (prefix: string, pool: string, over: Partial<Rule> = {}): Rule => ({
  matches: [{ path: { type: 'PathPrefix', value: prefix } }],
  filters: [{ type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } }],
  backendRefs: [{ group: 'inference.networking.k8s.io', kind: 'InferencePool', name: pool }],
  timeouts: { request: '0s' },
  ...over,
});

export const route = (name: string, ...rules: Rule[]): IHTTPRoute => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { namespace: 'mp-ml', name, generation: 3 },
  spec: { parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', ...GATEWAY }], rules },
});

export const pool = (name: string): AnyObject => ({
  apiVersion: 'inference.networking.k8s.io/v1',
  kind: 'InferencePool',
  metadata: { namespace: 'mp-ml', name, generation: 2 },
  spec: { endpointPickerRef: { kind: 'Service', name: `${name}-epp`, port: { number: 9002 } } },
});

/** A picker's Service and its slice, with an endpoint that is ready and one that is going. */
export const picker = (name: string): Pick<World, 'services' | 'slices'> => ({
  services: [
    {
      metadata: { namespace: 'mp-ml', name: `${name}-epp` },
      spec: { ports: [{ name: 'grpc-ext-proc', port: 9002 }] },
    },
  ],
  slices: [
    {
      metadata: {
        namespace: 'mp-ml',
        name: `${name}-epp-x`,
        labels: { 'kubernetes.io/service-name': `${name}-epp` },
      },
      addressType: 'IPv4',
      ports: [
        { name: 'grpc-ext-proc', port: 9002 },
        { name: 'http-metrics', port: 9090 },
      ],
      endpoints: [
        { addresses: ['10.91.64.1'], conditions: { ready: true } },
        { addresses: ['10.91.64.0'], conditions: { ready: false } },
      ],
    },
  ],
});

export const world = (over: Partial<World> = {}): World => ({
  gateway,
  secrets: [],
  routes: [],
  pools: [],
  services: [],
  slices: [],
  ...over,
});
