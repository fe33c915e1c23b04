import { expect, test } from 'vitest';
import type { ClusterObject, Json } from '../../preview/objects.ts';
import type { State } from '../../preview/world.ts';
import {
  all,
  cluster,
  controlPlane,
  deployment,
  edit,
  enginesOf,
  FRONT_DOOR,
  manifestOf,
  one,
  placements,
  remote,
  settle,
  withAvailable,
} from './testing.ts';

const on = (name: string): Json => ({ name, weight: 1, clusterName: 'us' });

const ofKind = (state: State, kind: string): ClusterObject[] =>
  all(state, 'Object')
    .filter((object) => object.metadata.labels?.['modelplane.ai/placement'] === 'a')
    .map(manifestOf)
    .filter((manifest) => manifest.kind === kind);

/** Where requests for placement `a` go, which Gateway its route is on, and whose proxies its engines let in. */
function wayOf(state: State) {
  const [endpoint] = all(state, 'ModelEndpoint').filter(
    ({ metadata }) => metadata.labels?.['modelplane.ai/placement'] === 'a',
  );
  const [route] = ofKind(state, 'HTTPRoute').map(({ spec }) => (spec as { parentRefs: Json[] }).parentRefs[0]?.name);
  const proxies = /"app":"(proxy-\w+)"/.exec(JSON.stringify(ofKind(state, 'NetworkPolicy')))?.[1];
  return { url: (endpoint?.spec as { url?: string } | undefined)?.url, route, proxies };
}

const gateway = (name: string, address: string): Json => ({
  ...{ name, namespace: 'inference', address },
  proxies: { namespace: 'envoy', labels: { app: `proxy-${name}` } },
});

/** No engine of placement `b` ever starts. */
const nobodyFollows = (now: State): void => {
  if (remote(now).includes('us/b/Deployment')) withAvailable(now, enginesOf(now, 'b'), 0);
};

test.each([
  {
    name: 'whose claim is refused',
    spec: { endpointPicker: { config: { nonsense: true, plugins: [] } } },
    want: { 'a@us': 'Ready' },
  },
  {
    name: 'that is left and has no successor yet',
    spec: { placements: [on('b')] },
    want: { 'a@us': 'Leaving', 'b@us': 'Starting' },
  },
])('a placement $name moves to another Gateway of its cluster with the requests', ({ spec, want }) => {
  const state = controlPlane(FRONT_DOOR, cluster('us'), deployment({ placements: [on('a')] }));
  edit(state, 'InferenceCluster', 'us', { gateway: gateway('before', '203.0.113.1') });
  settle(state);
  expect(wayOf(state)).toEqual({ url: 'http://203.0.113.1', route: 'before', proxies: 'proxy-before' });
  edit(state, 'ModelDeployment', 'qwen', spec);
  settle(state, nobodyFollows);
  expect(placements(state)).toEqual(want);
  edit(state, 'InferenceCluster', 'us', { gateway: gateway('now', '203.0.113.2') });
  settle(state, nobodyFollows);
  expect(wayOf(state)).toEqual({ url: 'http://203.0.113.2', route: 'now', proxies: 'proxy-now' });
  expect(one(state, 'InferenceCluster', 'us').status).toMatchObject({ parentRef: { name: 'now' } });
});
