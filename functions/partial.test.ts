import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { composeWith, type Given } from '#shared/testing.ts';
import { partialObjects } from '#shared/testing-partial.ts';
import { inferenceCluster } from './compose-inference-cluster/compose.ts';
import { inferenceGateway } from './compose-inference-gateway/compose.ts';
import * as front from './compose-inference-gateway/testing.ts';
import { modelEndpoint } from './compose-model-endpoint/compose.ts';
import * as ends from './compose-model-endpoint/testing.ts';
import { modelService } from './compose-model-service/compose.ts';
import * as services from './compose-model-service/testing.ts';

const CONDITIONS = ['Synced', 'Ready', 'Accepted', 'Programmed'].map((type) => ({
  ...{ type, status: 'True', reason: 'Available', message: 'm', observedGeneration: 1 },
}));

const CA = { kind: 'ConfigMap', name: 'ca' };
const EDGE = { name: 'edge', namespace: 'networking' };

const CLUSTER: KubernetesObject = {
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'InferenceCluster',
  metadata: { name: 'us', namespace: '' },
  spec: {
    kubeconfigSecretRef: { namespace: 'modelplane-system', name: 'us', key: 'kubeconfig' },
    gateway: { ...EDGE, address: '203.0.113.10', port: 8080, tls: { hostname: 'us.example.com' } },
    pickerFamily: 'llm-d',
    cordoned: false,
    draining: false,
  },
  status: { gateway: { address: '203.0.113.10', port: 8080 }, conditions: CONDITIONS },
};

const listeners = ['http', 'https'].map((name) => ({
  ...{ name, port: name === 'http' ? 80 : 443, protocol: name.toUpperCase(), hostname: 'models.example.com' },
  allowedRoutes: { namespaces: { from: 'All' }, kinds: [{ kind: 'HTTPRoute' }] },
}));

const ROUTE: KubernetesObject = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'qwen', namespace: 'ml', generation: 1 },
  labels: { 'modelplane.ai/service': 'qwen' },
  spec: { parentRefs: [EDGE], rules: [{ backendRefs: [{ name: ends.BACKEND, port: 80 }] }] },
  status: { parents: [{ controllerName: 'c', parentRef: EDGE, conditions: CONDITIONS }] },
};

const gateway = (ref: object): KubernetesObject => ({
  ...front.gateway({ spec: { gatewayClassName: 'traefik', listeners }, addresses: ['192.0.2.1', 'lb.example.com'] }),
  metadata: { ...ref, generation: 1 },
  status: {
    addresses: [{ type: 'IPAddress', value: '192.0.2.1' }],
    conditions: CONDITIONS,
    listeners: listeners.map(({ name }) => ({ name, attachedRoutes: 1, conditions: CONDITIONS })),
  },
});

const FRONT_DOOR = ends.frontDoor(['10.96.0.0/12'], {
  status: { address: '192.0.2.1', addresses: ['192.0.2.1', '2001:db8::1'], url: 'https://models.example.com:8443' },
});

const reported = (object: KubernetesObject): KubernetesObject => {
  const { manifest } = (object.spec as { forProvider?: { manifest?: object } }).forProvider ?? {};
  return { ...object, status: { conditions: CONDITIONS, atProvider: { manifest: { ...manifest, ...gateway(EDGE) } } } };
};

const endpoint = (spec: object) => {
  const { status, observed = {} } = ends.settled({ url: 'https://h.example', tls: { caBundle: btoa(ends.PEM) } });
  return {
    xr: ends.endpoint(spec, { ...status, formerScheme: 'http', authority: CA }),
    observed,
    required: {
      ...{ gateway: FRONT_DOOR, clusters: CLUSTER, routes: ROUTE },
      ...{ authority: ends.holding(CA.kind, CA.name), formerAuthority: ends.holding(CA.kind, CA.name) },
    },
  };
};

const cluster = (over: object) => {
  const xr = { ...CLUSTER, spec: { ...(CLUSTER.spec as object), ...over } };
  const { desired } = composeWith(inferenceCluster, { xr: CLUSTER });
  const observed = Object.fromEntries(Object.entries(desired).map(([key, object]) => [key, reported(object)]));
  return { xr, observed, required: {} };
};

const door = (spec: object) => {
  const xr: KubernetesObject = {
    apiVersion: 'modelplane.ai/v1alpha1',
    kind: 'InferenceGateway',
    metadata: { name: 'default' },
    spec: { backend: 'Traefik', traefik: { version: '41.4.0', replicas: 2 }, ...spec },
    status: { address: '192.0.2.1', url: 'http://192.0.2.1', gatewayRef: EDGE, formerGatewayRefs: [EDGE] },
  };
  const guard = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'g' },
    data: { namespace: 'a', gateway: 'b' },
  };
  const [gatewayAPI, middlewares] = [front.GATEWAY_API[0], front.MIDDLEWARES[0]] as [
    KubernetesObject,
    KubernetesObject,
  ];
  return {
    xr,
    observed: { ...front.running, gateway: gateway({ name: 'modelplane' }), configmap: guard },
    required: {
      ...{
        gatewayAPI,
        middlewares,
        deployment: front.deployment(2),
        routes: ROUTE,
        gatewayClasses: front.TRAEFIK_CLASS,
      },
      ...{ gateway: gateway(EDGE), formerGateway: gateway(EDGE) },
    },
  };
};

/** A service whose route is taken, with one endpoint that is well and one that is not. */
const split = (spec: object) => {
  const well = services.endpoint('well');
  const ill = services.endpoint('ill', {}, false);
  const xr = services.service(spec, { serving: ['well'], endpoints: { ready: 1 }, conditions: CONDITIONS });
  const { desired } = composeWith(modelService, {
    xr,
    required: { gateway: [services.RETRYING], 'endpoints-0': [well, ill] },
  });
  const { httproute, ...others } = desired;
  return {
    xr,
    observed: { ...others, httproute: services.taken(httproute as KubernetesObject) },
    required: { gateway: services.RETRYING, 'endpoints-0': well, 'endpoints-1': ill },
  };
};

const TWO = ['first', 'second'].map((entry, tier) => ({ weight: 1, tier, selector: { matchLabels: { entry } } }));

interface World {
  readonly xr: KubernetesObject;
  readonly observed: Readonly<Record<string, KubernetesObject>>;
  readonly required: Readonly<Record<string, KubernetesObject>>;
}

/** Each found object is the only one of its requirement. */
const givenOf = ({ xr }: World, observed: World['observed'], required: World['required']): Given => ({
  xr,
  observed,
  required: Object.fromEntries(Object.entries(required).map(([key, object]) => [key, [object]])),
});

test.each([
  { name: 'a ModelEndpoint', fn: modelEndpoint, world: endpoint({ url: 'https://h.example' }) },
  { name: 'a ModelEndpoint that moves', fn: modelEndpoint, world: endpoint({ url: 'http://203.0.113.10:8080/ml/q' }) },
  {
    name: 'a ModelEndpoint with an authority',
    fn: modelEndpoint,
    world: endpoint({ url: 'https://h.example', tls: { caCertificateRef: CA } }),
  },
  { name: 'a refused ModelEndpoint', fn: modelEndpoint, world: endpoint({ url: 'http://h.example:0' }) },
  { name: 'an InferenceCluster', fn: inferenceCluster, world: cluster({}) },
  {
    name: 'a refused InferenceCluster',
    fn: inferenceCluster,
    world: cluster({ gateway: { ...EDGE, address: '10.0.0.5:80' } }),
  },
  { name: 'an InferenceGateway', fn: inferenceGateway, world: door({}) },
  { name: 'an InferenceGateway that is brought', fn: inferenceGateway, world: door({ gatewayRef: EDGE }) },
  { name: 'a ModelService', fn: modelService, world: split({ endpoints: TWO }) },
  { name: 'a ModelService that holds', fn: modelService, world: split({ endpoints: TWO, whenEmpty: 'Hold' }) },
  { name: 'a refused ModelService', fn: modelService, world: split({ endpoints: TWO, paths: ['/no such'] }) },
  { name: 'a refused InferenceGateway', fn: inferenceGateway, world: door({ hostname: 'a.1' }) },
])('no part that is missing of what is there is an exception of $name', ({ fn, world }) => {
  fc.assert(
    fc.property(partialObjects(world.observed), partialObjects(world.required), (observed, required) => {
      const answer = composeWith(fn as typeof modelEndpoint, givenOf(world, observed, required));
      expect(answer.conditions.length).toBeGreaterThanOrEqual(1);
    }),
    { numRuns: 100 },
  );
});
