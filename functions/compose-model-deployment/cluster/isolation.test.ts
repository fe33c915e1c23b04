import type { INetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { schemaProblem } from '#shared/testing.ts';
import { accepts, type Peer } from '#shared/testing-network.ts';
import { CLUSTER, claim, compose, composeBegun, made, manifest, manifests } from '../testing-claims.ts';

const PROXIES = { namespace: 'envoy-gateway-system', labels: { 'app.kubernetes.io/managed-by': 'envoy-gateway' } };
const PROMETHEUS = { namespace: 'monitoring', labels: { 'app.kubernetes.io/name': 'prometheus' } };

const clusterWith = (gateway: object, spec: object = {}) => ({
  ...CLUSTER,
  spec: { ...CLUSTER.spec, ...spec, gateway: { ...CLUSTER.spec.gateway, ...gateway } },
});

const GUARDED = clusterWith({ proxies: PROXIES }, { metricsCollectors: [PROMETHEUS] });

interface Workload extends KubernetesObject {
  readonly spec: { readonly template: { readonly metadata: { readonly labels: Readonly<Record<string, string>> } } };
}

/** The pods of a deployment of ours, by their own Deployments, and its policies. */
function team(namespace: string, cluster: object = GUARDED, name = 'qwen', spec: object = {}) {
  const xr = claim(spec, { namespace, name });
  let desired = compose(xr, { clusters: [cluster] }).desired;
  desired = compose(xr, { clusters: [cluster], observed: made(desired) }).desired;
  desired = compose(xr, { clusters: [cluster], observed: made(desired) }).desired;
  desired = compose(xr, { clusters: [cluster], observed: made(desired) }).desired;
  const pods = (isPicker: boolean): Peer => {
    const found = manifests(desired).find(
      ({ kind, metadata }) => kind === 'Deployment' && metadata?.name?.endsWith('-epp') === isPicker,
    ) as Workload;
    return { namespace: found.metadata?.namespace ?? '', labels: found.spec.template.metadata.labels };
  };
  return {
    engine: pods(false),
    picker: pods(true),
    policies: manifests(desired).filter(({ kind }) => kind === 'NetworkPolicy') as INetworkPolicy[],
  };
}

const ours = team('ml-team');
const sibling = team('ml-team', GUARDED, 'other');
const theirs = team('other-team');
const all = [ours, sibling, theirs].flatMap(({ policies }) => policies);

const ENGINE = 8000;
const [EXT_PROC, METRICS] = [9002, 9090];
const proxy: Peer = PROXIES;
const impostor: Peer = {
  ...theirs.engine,
  labels: { ...theirs.engine.labels, ...PROXIES.labels, ...PROMETHEUS.labels },
};

describe('who reaches whom in a cluster that is told of its proxies', () => {
  test.each([
    {
      name: "the gateway's proxies reach an engine where it serves",
      from: proxy,
      to: ours.engine,
      port: ENGINE,
      may: true,
    },
    { name: 'and nowhere else', from: proxy, to: ours.engine, port: 22, may: false },
    { name: "the gateway's proxies ask a picker", from: proxy, to: ours.picker, port: EXT_PROC, may: true },
    { name: 'and do not read its metrics', from: proxy, to: ours.picker, port: METRICS, may: false },
    { name: 'a picker reads the metrics of its engines', from: ours.picker, to: ours.engine, port: ENGINE, may: true },
    { name: "a sibling's picker may as well", from: sibling.picker, to: ours.engine, port: ENGINE, may: true },
    { name: 'the collector reads a picker', from: PROMETHEUS, to: ours.picker, port: METRICS, may: true },
    { name: 'the collector reads an engine', from: PROMETHEUS, to: ours.engine, port: ENGINE, may: true },
    {
      name: "another tenant's engine reaches no engine",
      from: theirs.engine,
      to: ours.engine,
      port: ENGINE,
      may: false,
    },
    { name: 'and no picker', from: theirs.engine, to: ours.picker, port: EXT_PROC, may: false },
    { name: 'nor reads metrics', from: theirs.engine, to: ours.picker, port: METRICS, may: false },
    { name: "another tenant's picker does not either", from: theirs.picker, to: ours.engine, port: ENGINE, may: false },
    { name: 'whatever labels it gives itself', from: impostor, to: ours.engine, port: ENGINE, may: false },
    {
      name: 'a pod beside the proxies is none of them',
      from: { namespace: PROXIES.namespace, labels: { app: 'x' } },
      to: ours.engine,
      port: ENGINE,
      may: false,
    },
    { name: 'nobody comes from outside', from: { address: '203.0.113.9' }, to: ours.engine, port: ENGINE, may: false },
    { name: 'our engine reaches none of theirs', from: ours.engine, to: theirs.engine, port: ENGINE, may: false },
  ])('$name', ({ from, to, port, may }) => expect(accepts(all, from, to, port)).toBe(may));

  test('each placement has one policy, which an API server takes', async () => {
    expect(ours.policies).toHaveLength(1);
    for (const policy of ours.policies) expect(await schemaProblem(policy as KubernetesObject)).toBeUndefined();
  });
});

test('in a cluster that is not, no policy cuts off whoever passes requests on', () => {
  const { policies, engine } = team('ml-team', clusterWith({}, { metricsCollectors: [PROMETHEUS] }));
  expect(policies).toEqual([]);
  expect(accepts(policies, proxy, engine, ENGINE)).toBe(true);
});

test('without a collector nobody reads metrics but the tenant', () => {
  const { policies, picker } = team('ml-team', clusterWith({ proxies: PROXIES }));
  expect(accepts(policies, PROMETHEUS, picker, METRICS)).toBe(false);
});

const KEDA = { namespace: 'keda', labels: { app: 'keda-operator', other: 'label' } };

test.each([
  { name: 'KEDA reads the metrics of a picker whose engines it scales', cluster: GUARDED, from: KEDA, may: true },
  {
    name: 'KEDA is where the platform team says',
    cluster: clusterWith({ proxies: PROXIES }, { keda: PROMETHEUS }),
    from: PROMETHEUS,
    may: true,
  },
  {
    name: 'and then nowhere else',
    cluster: clusterWith({ proxies: PROXIES }, { keda: PROMETHEUS }),
    from: KEDA,
    may: false,
  },
  {
    name: 'where KEDA asks Prometheus it asks no picker',
    cluster: clusterWith({ proxies: PROXIES }, { prometheus: { serverAddress: 'http://prometheus.monitoring:9090' } }),
    from: KEDA,
    may: false,
  },
])('$name', ({ cluster, from, may }) => {
  const scaling = { min: 1, max: 4, queue: 2, window: '5m' };
  const { policies, picker, engine } = team('ml-team', cluster, 'qwen', { scaling });
  expect(accepts(policies, from, picker, METRICS)).toBe(may);
  expect(accepts(policies, from, picker, EXT_PROC)).toBe(false);
  expect(accepts(policies, from, engine, ENGINE)).toBe(false);
  expect(accepts(policies, from, engine, METRICS)).toBe(false);
});

test('where nothing is scaled KEDA reads nothing', () => {
  expect(accepts(ours.policies, KEDA, ours.picker, METRICS)).toBe(false);
});

test('the policy follows the port of the engines', () => {
  const spec = manifest(composeBegun({ engine: { type: 'vllm', port: 9000 } }, GUARDED).desired, 'NetworkPolicy');
  const { engine } = ours;
  expect(accepts([spec as INetworkPolicy], proxy, engine, 9000)).toBe(true);
  expect(accepts([spec as INetworkPolicy], proxy, engine, ENGINE)).toBe(false);
});
