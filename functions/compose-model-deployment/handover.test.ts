import { describe, expect, test } from 'vitest';
import type { Json } from '../../preview/objects.ts';
import type { State } from '../../preview/world.ts';
import { depart } from './handover.ts';
import type { Service } from './services.ts';
import { endpointName } from './site.ts';
import {
  all,
  cluster,
  conditions,
  controlPlane,
  deployment,
  edit,
  enginesOf,
  FRONT_DOOR,
  heal,
  manifestOf,
  nobodyIsSentIntoTheVoid,
  one,
  placements,
  put,
  reconcile,
  remote,
  remove,
  served,
  settle,
  withAvailable,
} from './testing.ts';

const on = (clusterName: string, name: string, fields: Json = {}): Json => ({ name, clusterName, ...fields });

const begin = (...given: Json[]): State =>
  settle(controlPlane(FRONT_DOOR, cluster('us'), cluster('eu'), cluster('asia'), deployment({ placements: given })));

const drain = (state: State, name: string): State => {
  edit(state, 'InferenceCluster', name, { draining: true });
  return settle(state, nobodyIsSentIntoTheVoid);
};

test('a site that is left has its engines until its route in the cluster is gone', () => {
  const state = begin(on('us', 'a'), on('eu', 'b'));
  edit(state, 'ModelDeployment', 'qwen', { placements: [on('eu', 'b')] });
  const kindsLeft: string[][] = [];
  settle(state, (now) => {
    const left = remote(now).filter((name) => name.startsWith('us/'));
    kindsLeft.push(left.map((name) => name.split('/')[2] ?? ''));
  });
  const withoutRoute = kindsLeft.find((kinds) => !kinds.includes('HTTPRoute'));
  expect(withoutRoute).toEqual(expect.arrayContaining(['Deployment', 'InferencePool', 'Service']));
  expect(kindsLeft.at(-1)).toEqual([]);
});

test.each(['HTTPRoute', 'Deployment'])(
  'a site to which its placement comes back has no endpoint by a %s that is being removed',
  (kind) => {
    const state = begin(on('us', 'a'));
    for (const endpoint of all(state, 'ModelEndpoint')) remove(state, endpoint);
    for (const object of all(state, 'Object').filter((one) => manifestOf(one).kind === kind))
      put(state, { ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } } as never);
    reconcile(state, 'ModelDeployment');
    expect(all(state, 'ModelEndpoint')).toEqual([]);
  },
);

describe('a placement that names a cluster which drains', () => {
  test('serves on where it is the only one, and is Ready', () => {
    const state = drain(begin(on('us', 'a')), 'us');
    expect(served(state, 'qwen')).toEqual({ 'a@us': 1 });
    expect(conditions(state)).toMatchObject({ RoutingReady: 'True RouteConfigured', Ready: 'True Available' });
  });

  test('gives its share to one elsewhere, and takes over when that one fails', () => {
    const state = drain(begin(on('us', 'a'), on('eu', 'b')), 'us');
    expect(served(state, 'qwen')).toEqual({ 'b@eu': 1 });
    withAvailable(state, enginesOf(state, 'b'), 0);
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'a@us': 1 });
  });

  test('takes over from a sibling there whose engines are gone', () => {
    const state = drain(begin(on('us', 'a'), on('us', 'b')), 'us');
    withAvailable(state, enginesOf(state, 'a'), 0);
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'b@us': 1 });
  });

  test('gets its share back from a sibling there when its engines are back', () => {
    const state = drain(begin(on('us', 'a', { weight: 9 }), on('us', 'b')), 'us');
    const engines = enginesOf(state, 'a');
    withAvailable(state, engines, 0);
    settle(state);
    heal(state, engines);
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'a@us': 9, 'b@us': 1 });
  });

  test('gets no requests while it moves, which its sibling has had since', () => {
    const state = drain(begin(on('us', 'a'), on('eu', 'b')), 'us');
    edit(state, 'ModelDeployment', 'qwen', { placements: [on('asia', 'a'), on('eu', 'b')] });
    settle(state, (now) => expect(Object.keys(served(now, 'qwen'))).not.toContain('a@us'));
    expect(served(state, 'qwen')).toEqual({ 'a@asia': 1, 'b@eu': 1 });
  });

  test('gets none back when its cluster leaves the catalogue', () => {
    const state = drain(begin(on('us', 'a'), on('eu', 'b')), 'us');
    remove(state, one(state, 'InferenceCluster', 'us'));
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'b@eu': 1 });
  });

  test('keeps its engines on the way to zero until the route names its draining sibling alone', () => {
    const state = drain(begin(on('us', 'stable'), on('us', 'canary')), 'us');
    edit(state, 'ModelDeployment', 'qwen', { placements: [on('us', 'stable'), on('us', 'canary', { replicas: 0 })] });
    for (const kind of ['ModelDeployment', 'ModelEndpoint', 'ModelDeployment', 'ModelDeployment'])
      reconcile(state, kind);
    expect(Object.keys(served(state, 'qwen')).sort()).toEqual(['canary@us', 'stable@us']);
    nobodyIsSentIntoTheVoid(state);
  });

  test('follows an edit of its weight', () => {
    const state = drain(begin(on('us', 'a'), on('us', 'b')), 'us');
    edit(state, 'ModelDeployment', 'qwen', { placements: [on('us', 'a', { weight: 9 }), on('us', 'b')] });
    settle(state, nobodyIsSentIntoTheVoid);
    expect(served(state, 'qwen')).toEqual({ 'a@us': 9, 'b@us': 1 });
  });

  test.for([
    { name: 'is removed', after: [on('us', 'stable', { weight: 9 })], want: { 'stable@us': 'Ready' } },
    {
      name: 'is scaled to zero',
      after: [on('us', 'stable', { weight: 9 }), on('us', 'canary', { replicas: 0 })],
      want: { 'stable@us': 'Ready', 'canary@us': 'ScaledToZero' },
    },
  ])('takes over from a sibling there that $name', ({ after, want }) => {
    const state = drain(begin(on('us', 'stable', { weight: 9 }), on('us', 'canary')), 'us');
    edit(state, 'ModelDeployment', 'qwen', { placements: after });
    settle(state, nobodyIsSentIntoTheVoid);
    expect(served(state, 'qwen')).toEqual({ 'stable@us': 1 });
    expect(placements(state)).toEqual(want);
  });
});

test.for([9, 16])('%i placements move although both sites of each are more than a route can hold', (count) => {
  const all = (clusterName: string) => Array.from({ length: count }, (_, index) => on(clusterName, `p${index}`));
  const state = begin(...all('us'));
  edit(state, 'ModelDeployment', 'qwen', { placements: all('eu') });
  settle(state, nobodyIsSentIntoTheVoid);
  expect(Object.keys(served(state, 'qwen')).sort()).toEqual(
    Array.from({ length: count }, (_, index) => `p${index}@eu`).sort(),
  );
  expect(conditions(state).Ready).toBe('True Available');
});

describe('endpoints that an earlier release composed, which do not say their shares,', () => {
  const SITE = { deployment: { namespace: 'ml-team', name: 'qwen' } };
  const former = (): State => {
    const state = begin(on('us', 'a', { weight: 9 }), on('eu', 'b'), on('asia', 'c'));
    for (const endpoint of all(state, 'ModelEndpoint')) {
      const { 'modelplane.ai/weight': _weight, ...annotations } = endpoint.metadata.annotations ?? {};
      put(state, { ...endpoint, metadata: { ...endpoint.metadata, annotations } });
    }
    return state;
  };
  const leaves = (state: State): State => {
    edit(state, 'ModelDeployment', 'qwen', { placements: [on('asia', 'c')], endpointPicker: null });
    reconcile(state, 'ModelDeployment');
    withAvailable(state, enginesOf(state, 'c'), 0);
    return settle(state);
  };

  test('have those of their services when they are removed and needed again', () =>
    expect(served(leaves(former()), 'qwen')).toEqual({ 'a@us': 9, 'b@eu': 1 }));

  test('have them though the spec was refused in between', () => {
    const state = former();
    edit(state, 'ModelDeployment', 'qwen', { endpointPicker: { config: { nonsense: true } } });
    expect(served(leaves(settle(state)), 'qwen')).toEqual({ 'a@us': 9, 'b@eu': 1 });
  });

  test.each(['', 'many', '-3', '2.5', '1e99'])('have them where somebody has written %j', (weight) => {
    const state = begin(on('us', 'a', { weight: 9 }), on('eu', 'b'), on('asia', 'c'));
    const endpoint = one(state, 'ModelEndpoint', endpointName({ ...SITE, placement: 'a', cluster: 'us' }));
    edit(state, 'ModelDeployment', 'qwen', { placements: [on('asia', 'c')] });
    const annotations = { ...endpoint.metadata.annotations, 'modelplane.ai/weight': weight };
    put(state, { ...endpoint, metadata: { ...endpoint.metadata, annotations } });
    expect(served(leaves(state), 'qwen')).toEqual({ 'a@us': 9, 'b@eu': 1 });
  });
});

describe('a site that is to go, where the deployment wants no engines at all,', () => {
  const site = { deployment: { namespace: 'ml-team', name: 'qwen' }, placement: 'a', cluster: 'us' };
  const endpoint = {
    key: 'modelendpoint-a',
    resource: {
      apiVersion: 'modelplane.ai/v1alpha1',
      kind: 'ModelEndpoint',
      metadata: { name: 'qwen-a' },
      spec: { url: 'http://gateway', authorization: 'Forward', draining: true, lastResort: true },
      status: { routing: { ready: true, draining: true, lastResort: true } },
    },
  } as const;
  const service = (ready: number): Service =>
    ({ metadata: { name: 'chat' }, status: { serving: ['qwen-a'], endpoints: { ready } } }) as unknown as Service;

  test.for([
    { name: 'waits for a service that can send its requests elsewhere', seen: [service(1)], waits: true },
    { name: 'does not wait for one that cannot', seen: [service(0)], waits: false },
    { name: 'waits until the services have been looked at', seen: undefined, waits: true },
  ])('$name', ({ seen, waits }) => {
    const departure = depart({ site, objects: [], endpoint }, true, 'Nobody', seen);
    expect(endpoint.key in (departure?.desired ?? {})).toBe(waits);
  });
});
