import { describe, expect, test } from 'vitest';
import { storeObject } from './cluster.ts';
import type { ClusterObject } from './objects.ts';
import { begunWith, testWorld } from './testing.ts';
import { siteOfShare, trafficOf } from './traffic.ts';

const owner = (kind: string, name: string) => ({
  ownerReferences: [{ apiVersion: 'modelplane.ai/v1alpha1', kind, name, uid: `uid-of-${name}`, controller: true }],
});

const gateway = (url?: string): ClusterObject => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'InferenceGateway',
  metadata: { name: 'default' },
  status: { url },
});

/** What a ModelEndpoint composes. */
function backend(
  name: string,
  address: string,
  port: number,
  { appProtocol = 'http', verified = false, ready = true } = {},
): ClusterObject[] {
  const metadata = { name: `${name}-svc`, namespace: 'ml', ...owner('ModelEndpoint', name) };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ name: 'api', port: 80, appProtocol }] } },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...metadata, name: `${name}-slice`, labels: { 'kubernetes.io/service-name': `${name}-svc` } },
      ports: [{ name: 'api', port }],
      endpoints: [{ addresses: [address], conditions: { ready } }],
    },
    ...(verified
      ? [
          {
            apiVersion: 'gateway.networking.k8s.io/v1',
            kind: 'BackendTLSPolicy',
            metadata,
            spec: { targetRefs: [{ name: `${name}-svc` }] },
          },
        ]
      : []),
  ];
}

const rewriteTo = (replacePrefixMatch: string) => ({
  type: 'URLRewrite',
  urlRewrite: { path: { replacePrefixMatch } },
});
const setting = (name: string, value: string) => ({
  type: 'RequestHeaderModifier',
  requestHeaderModifier: { set: [{ name, value }] },
});

const backendRef = (name: string, weight: number | undefined, ...filters: object[]) => ({
  name: `${name}-svc`,
  port: 80,
  filters,
  ...(weight !== undefined && { weight }),
});

const ACCEPTED = { parents: [{ conditions: [{ type: 'Accepted', status: 'True' }] }] };

function route(rules: Record<string, object[]>, status: object = ACCEPTED): ClusterObject {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'r', namespace: 'ml', ...owner('ModelService', 'qwen') },
    spec: {
      rules: Object.entries(rules).map(([value, backendRefs]) => ({ matches: [{ path: { value } }], backendRefs })),
    },
    status,
  };
}

function trafficWith(...objects: readonly ClusterObject[]) {
  const state = begunWith(testWorld([], {}), '');
  for (const object of objects) storeObject(state.cluster, object);
  return trafficOf(state);
}

const FRONT = gateway('http://models.example.com');
const US = backend('us', '10.0.0.7', 8000);

describe('where the requests of a path go', () => {
  test('shares by weight, and the path as Traefik rewrites it', () => {
    const rules = { '/ml/qwen': [backendRef('us', 9, rewriteTo('/ml/qwen/us')), backendRef('eu', 1, rewriteTo('/'))] };
    expect(trafficWith(FRONT, ...US, ...backend('eu', 'fd00::7', 80), route(rules))).toEqual([
      {
        request: 'http://models.example.com/ml/qwen/v1/chat/completions',
        service: { apiVersion: 'modelplane.ai/v1alpha1', kind: 'ModelService', namespace: 'ml', name: 'qwen' },
        shares: [
          { weight: 9, percent: 90, name: 'us', upstream: 'http://10.0.0.7:8000/ml/qwen/us/v1/chat/completions' },
          { weight: 1, percent: 10, name: 'eu', upstream: 'http://[fd00::7]/v1/chat/completions' },
        ],
        standby: [],
      },
    ]);
  });

  test('where /v1 has a rule of its own, the other is shown by a path that only it gets', () => {
    const rules = {
      '/ml/qwen/v1': [backendRef('us', 1, rewriteTo('/openai/v1/'))],
      '/ml/qwen': [backendRef('us', 1, rewriteTo('/openai'))],
    };
    expect(
      trafficWith(FRONT, ...US, route(rules)).map(({ request, shares }) => [request, shares[0]?.upstream]),
    ).toEqual([
      ['http://models.example.com/ml/qwen/v1/chat/completions', 'http://10.0.0.7:8000/openai/v1/chat/completions'],
      ['http://models.example.com/ml/qwen/tokenize', 'http://10.0.0.7:8000/openai/tokenize'],
    ]);
  });

  test('before the front door has an address, paths are shown alone', () => {
    expect(trafficWith(gateway(), ...US, route({ '/ml/qwen': [backendRef('us', 1)] }))[0]?.request).toBe(
      '/ml/qwen/v1/chat/completions',
    );
  });

  test('a weight that is left out is 1, and weights of 0 get nothing', () => {
    const rules = { '/ml/qwen': [backendRef('us', undefined), backendRef('us', 0), backendRef('us', 3)] };
    expect(trafficWith(FRONT, ...US, route(rules))[0]?.shares.map(({ percent }) => percent)).toEqual([25, 0, 75]);
    expect(trafficWith(FRONT, ...US, route({ '/a': [backendRef('us', 0)] }))[0]?.shares[0]?.percent).toBe(0);
  });

  test.each([
    {
      name: 'appProtocol says so',
      more: backend('us', 'api.groq.com', 8443, { appProtocol: 'https' }),
      want: 'https://api.groq.com:8443/v1/chat/completions',
    },
    {
      name: 'a policy verifies it',
      more: backend('us', 'api.groq.com', 8443, { verified: true }),
      want: 'https://api.groq.com:8443/v1/chat/completions',
    },
    {
      name: 'its port is 443',
      more: backend('us', 'api.groq.com', 443),
      want: 'https://api.groq.com/v1/chat/completions',
    },
  ])('an upstream is spoken to in TLS when $name', ({ more, want }) => {
    expect(trafficWith(FRONT, ...more, route({ '/ml/qwen': [backendRef('us', 1)] }))[0]?.shares[0]?.upstream).toBe(
      want,
    );
  });

  test('a Host of its own and an objective are named', () => {
    const filters = [setting('Host', 'models.internal'), setting('X-Gateway-Inference-Objective', 'critical')];
    expect(
      trafficWith(FRONT, ...US, route({ '/ml/qwen': [backendRef('us', 1, ...filters)] }))[0]?.shares[0],
    ).toMatchObject({ host: 'models.internal', objective: 'critical' });
    const same = trafficWith(
      FRONT,
      ...US,
      route({ '/ml/qwen': [backendRef('us', 1, setting('Host', '10.0.0.7:8000'))] }),
    );
    expect(same[0]?.shares[0]).not.toHaveProperty('host');
  });

  test("a placement of a deployment goes by its own name and its cluster's", () => {
    const endpoint: ClusterObject = {
      apiVersion: 'modelplane.ai/v1alpha1',
      kind: 'ModelEndpoint',
      metadata: {
        name: 'us',
        namespace: 'ml',
        uid: 'uid-of-us',
        labels: { 'modelplane.ai/placement': 'stable', 'modelplane.ai/cluster': 'us-east' },
      },
    };
    expect(trafficWith(FRONT, ...US, endpoint, route({ '/ml/qwen': [backendRef('us', 1)] }))[0]?.shares[0]?.name).toBe(
      'stable on us-east',
    );
  });
});

describe('a request that cannot be brought to a backend', () => {
  const middleware = (spec: object): ClusterObject => ({
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'Middleware',
    metadata: { name: 'again', namespace: 'ml' },
    spec,
  });
  const referring = (...filters: object[]): ClusterObject => {
    const rules = [{ matches: [{ path: { value: '/ml/qwen' } }], backendRefs: [backendRef('us', 1)], filters }];
    return { ...route({}), spec: { rules } };
  };
  const extension = { type: 'ExtensionRef', extensionRef: { name: 'again' } };
  test.each([
    {
      name: 'is tried again by a Middleware that does so',
      objects: [middleware({ retry: {} }), referring(extension)],
      want: true,
    },
    { name: 'is not by another one', objects: [middleware({ headers: {} }), referring(extension)], want: undefined },
    { name: 'is not by one that is not there', objects: [referring(extension)], want: undefined },
    { name: 'is not without one', objects: [middleware({ retry: {} }), referring()], want: undefined },
  ])('$name', ({ objects, want }) => expect(trafficWith(FRONT, ...US, ...objects)[0]?.retries).toBe(want));
});

test('the cluster of a share is that of its placement', () => {
  const labels = { 'modelplane.ai/cluster': 'us-east' };
  const endpoint = { apiVersion: 'modelplane.ai/v1alpha1', kind: 'ModelEndpoint', metadata: { name: 'us', labels } };
  const share = { weight: 1, percent: 100, name: 'us', upstream: 'http://us' };
  const cluster = storeObject(new Map(), endpoint);
  const reference = { apiVersion: 'modelplane.ai/v1alpha1', kind: 'ModelEndpoint', name: 'us' };
  expect(siteOfShare({ cluster }, { ...share, endpoint: reference })).toBe('us-east');
  expect(siteOfShare({ cluster }, { ...share, endpoint: { ...reference, name: 'gone' } })).toBeUndefined();
  expect(siteOfShare({ cluster }, share)).toBeUndefined();
});

describe('requests that nobody answers', () => {
  test.each([
    { name: 'a backend whose Service is not there', objects: [], want: undefined },
    {
      name: 'a backend without a ready endpoint',
      objects: backend('us', '10.0.0.7', 8000, { ready: false }),
      want: undefined,
    },
  ])('$name', ({ objects, want }) => {
    const [split] = trafficWith(FRONT, ...objects, route({ '/ml/qwen': [backendRef('us', 1)] }));
    expect(split?.shares).toEqual([{ weight: 1, percent: 100, name: want, upstream: want }]);
  });

  test('a rule without backends has no shares', () => {
    expect(trafficWith(FRONT, route({ '/ml/qwen': [] }))[0]?.shares).toEqual([]);
  });

  test.each([
    {
      name: 'a route that the front door refuses',
      status: { parents: [{ conditions: [{ type: 'Accepted', status: 'False', reason: 'NotAllowedByListeners' }] }] },
      want: 'NotAllowedByListeners',
    },
    { name: 'a route that nobody has looked at', status: {}, want: 'not accepted yet' },
  ])('$name', ({ status, want }) => {
    expect(trafficWith(FRONT, ...US, route({ '/ml/qwen': [backendRef('us', 1)] }, status))[0]?.refused).toBe(want);
  });
});

test('a route that nobody composed is none of our business', () => {
  const own = route({ '/ml/qwen': [backendRef('us', 1)] });
  expect(trafficWith(FRONT, ...US, { ...own, metadata: { name: 'r', namespace: 'ml' } })).toEqual([]);
});
