import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { expect, test } from 'vitest';
import { accepts, type Peer } from '#shared/testing-network.ts';
import { objectsOf } from './manifests.ts';

const FOLDER = 'inference-cluster/envoy-gateway';

interface EnvoyProxy {
  readonly spec: {
    readonly provider: {
      readonly kubernetes: {
        readonly envoyDeployment: { readonly pod: { readonly labels: Readonly<Record<string, string>> } };
      };
    };
  };
}

const policies = [...objectsOf<INetworkPolicy>(FOLDER, 'NetworkPolicy').values()];
const { labels } = objectsOf<EnvoyProxy>(FOLDER, 'EnvoyProxy').get('inference')?.spec.provider.kubernetes
  .envoyDeployment.pod ?? { labels: {} };

const proxy: Peer = { namespace: 'envoy-gateway-system', labels };
const tenants = { 'mp-ml-team': { 'modelplane.ai/tenant': 'ml-team' } };

const [HTTP, HTTPS, ADMIN, METRICS] = [10_080, 10_443, 19_000, 19_001];

test.each<{ name: string; from: Peer; port: number; may: boolean }>([
  { name: 'the front door reaches the proxies', from: { address: '198.51.100.7' }, port: HTTP, may: true },
  { name: 'by HTTPS too', from: { address: '198.51.100.7' }, port: HTTPS, may: true },
  { name: 'by IPv6 too', from: { address: '2001:db8::7' }, port: HTTPS, may: true },
  { name: 'a pod of the cluster does not', from: { address: '10.244.3.9' }, port: HTTP, may: false },
  {
    name: "a tenant's engine does not, whichever network its pods have",
    from: { namespace: 'mp-ml-team', labels: { 'modelplane.ai/pool': 'x' } },
    port: HTTP,
    may: false,
  },
  { name: 'and reads no metrics', from: { namespace: 'mp-ml-team', labels: {} }, port: METRICS, may: false },
  { name: 'a collector reads metrics', from: { namespace: 'monitoring', labels: {} }, port: METRICS, may: true },
  { name: 'and sends no requests', from: { namespace: 'monitoring', labels: {} }, port: HTTP, may: false },
  { name: "nobody reaches Envoy's own administration", from: { address: '198.51.100.7' }, port: ADMIN, may: false },
])('$name', ({ from, port, may }) => expect(accepts(policies, from, proxy, port, tenants)).toBe(may));
