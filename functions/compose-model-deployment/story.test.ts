import { beforeEach, describe, expect, test } from 'vitest';
import type { State } from '../../preview/world.ts';
import {
  all,
  at,
  cluster,
  conditions,
  controlPlane,
  deployment,
  edit,
  enginesOf,
  FRONT_DOOR,
  heal,
  nobodyIsSentIntoTheVoid,
  one,
  placements,
  remote,
  report,
  scale,
  served,
  settle,
  withAvailable,
} from './testing.ts';

const TWO = { placements: [at('us', { weight: 90, replicas: 2 }), at('eu', { weight: 10 })] };

describe('two placements on two clusters', () => {
  let state: State;
  beforeEach(() => {
    state = settle(controlPlane(FRONT_DOOR, cluster('us'), cluster('eu'), deployment(TWO)), nobodyIsSentIntoTheVoid);
  });

  test('serve by weight, and everything is ready', () => {
    expect(served(state, 'qwen')).toEqual({ 'us@us': 9, 'eu@eu': 1 });
    expect(placements(state)).toEqual({ 'us@us': 'Ready', 'eu@eu': 'Ready' });
    expect(conditions(state)).toMatchObject({
      Ready: 'True Available',
      PlacementsScheduled: 'True Scheduled',
      PlacementsReady: 'True Ready',
      RoutingReady: 'True RouteConfigured',
    });
  });

  test('one whose engines are gone gives its share to the other, and takes it back', () => {
    withAvailable(state, enginesOf(state, 'us'), 0);
    settle(state, nobodyIsSentIntoTheVoid);
    expect(served(state, 'qwen')).toEqual({ 'eu@eu': 1 });
    expect(placements(state)).toEqual({ 'us@us': 'NotReady', 'eu@eu': 'Ready' });
    expect(conditions(state)).toMatchObject({ Ready: 'False Creating', PlacementsReady: 'False SomeNotReady' });
    heal(state, enginesOf(state, 'us'));
    settle(state, nobodyIsSentIntoTheVoid);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 9, 'eu@eu': 1 });
  });

  test('one that lacks an engine keeps its share, and says so', () => {
    const engines = enginesOf(state, 'us');
    withAvailable(state, engines, 1);
    report(state, engines, { conditions: [{ type: 'Ready', status: 'False' }] });
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 9, 'eu@eu': 1 });
    expect(placements(state)).toMatchObject({ 'us@us': 'Degraded' });
    const [us] = (one(state, 'ModelDeployment', 'qwen').status as { placements: { reason: string }[] }).placements;
    expect(us?.reason).toMatch(/1 of 2 engines are available\.$/);
  });

  test('while no engine of either is there the route stays as it is', () => {
    for (const name of ['us', 'eu']) withAvailable(state, enginesOf(state, name), 0);
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 9, 'eu@eu': 1 });
    expect(conditions(state)).toMatchObject({ Ready: 'False Creating', RoutingReady: 'False HoldingLastRoute' });
  });

  test('one on a cluster whose API server is gone keeps its share, and is Unknown', () => {
    const [gateway] = all(state, 'Object').filter(({ metadata }) => metadata.name.startsWith('us-gateway'));
    if (gateway === undefined) throw new Error('no Gateway is looked at');
    const message = 'observe failed: cannot get object: dial tcp 10.0.0.1:6443: connect: connection refused';
    report(state, gateway, { conditions: [{ type: 'Synced', status: 'False', message }] });
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 9, 'eu@eu': 1 });
    expect(placements(state)).toEqual({ 'us@us': 'Unknown', 'eu@eu': 'Ready' });
    expect(conditions(state)).toMatchObject({ Ready: 'True Available', PlacementsReady: 'Unknown Unknown' });
  });

  test('one that is removed serves until no route names it, and leaves nothing behind', () => {
    edit(state, 'ModelDeployment', 'qwen', { placements: [TWO.placements[1]] });
    settle(state, nobodyIsSentIntoTheVoid);
    expect(served(state, 'qwen')).toEqual({ 'eu@eu': 1 });
    expect(remote(state).filter((name) => name.startsWith('us/'))).toEqual([]);
    expect(placements(state)).toEqual({ 'eu@eu': 'Ready' });
    expect(all(state, 'ModelEndpoint').map(({ metadata }) => metadata.labels?.['modelplane.ai/placement'])).toEqual([
      'eu',
    ]);
  });

  test('one that is removed stays while the other cannot serve', () => {
    withAvailable(state, enginesOf(state, 'eu'), 0);
    edit(state, 'ModelDeployment', 'qwen', { placements: [TWO.placements[1]] });
    settle(state, nobodyIsSentIntoTheVoid);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 1 });
    expect(placements(state)).toEqual({ 'eu@eu': 'NotReady', 'us@us': 'Leaving' });
    expect(conditions(state)).toMatchObject({ RoutingReady: 'True RouteConfigured' });
    heal(state, enginesOf(state, 'eu'));
    settle(state, nobodyIsSentIntoTheVoid);
    expect(served(state, 'qwen')).toEqual({ 'eu@eu': 1 });
    expect(remote(state).filter((name) => name.startsWith('us/'))).toEqual([]);
  });

  test('both may be replaced at once: each is served by somebody at every moment', () => {
    edit(state, 'ModelDeployment', 'qwen', {
      placements: [at('new', { clusterName: 'us', clusterSelector: undefined })],
    });
    const seen = new Set<string>();
    settle(state, (now) => {
      nobodyIsSentIntoTheVoid(now);
      seen.add(Object.keys(served(now, 'qwen')).sort().join(' and '));
      expect(conditions(now)).toMatchObject({ RoutingReady: 'True RouteConfigured' });
    });
    expect([...seen]).toEqual(['eu@eu and us@us', 'new@us']);
    expect(placements(state)).toEqual({ 'new@us': 'Ready' });
  });

  test('one that is scaled to zero stops only when its share has moved, and comes back', () => {
    edit(state, 'ModelDeployment', 'qwen', { placements: [{ ...TWO.placements[0], replicas: 0 }, TWO.placements[1]] });
    settle(state, nobodyIsSentIntoTheVoid);
    expect(served(state, 'qwen')).toEqual({ 'eu@eu': 1 });
    expect(scale(state, 'us')).toBe(0);
    expect(placements(state)).toEqual({ 'us@us': 'ScaledToZero', 'eu@eu': 'Ready' });
    edit(state, 'ModelDeployment', 'qwen', TWO);
    settle(state, nobodyIsSentIntoTheVoid);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 9, 'eu@eu': 1 });
    expect(scale(state, 'us')).toBe(2);
  });

  test('one that is scaled to zero goes on while the other does not serve yet', () => {
    withAvailable(state, enginesOf(state, 'eu'), 0);
    settle(state, nobodyIsSentIntoTheVoid);
    edit(state, 'ModelDeployment', 'qwen', { placements: [{ ...TWO.placements[0], replicas: 0 }, TWO.placements[1]] });
    settle(state, nobodyIsSentIntoTheVoid);
    expect(scale(state, 'us')).toBe(2);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 1 });
    expect(placements(state)).toEqual({ 'us@us': 'Stopping', 'eu@eu': 'NotReady' });
    heal(state, enginesOf(state, 'eu'));
    settle(state, nobodyIsSentIntoTheVoid);
    expect(scale(state, 'us')).toBe(0);
    expect(served(state, 'qwen')).toEqual({ 'eu@eu': 1 });
  });

  test('both scaled to zero stop, although no route can move', () => {
    edit(state, 'ModelDeployment', 'qwen', { placements: TWO.placements.map((given) => ({ ...given, replicas: 0 })) });
    settle(state);
    expect([scale(state, 'us'), scale(state, 'eu')]).toEqual([0, 0]);
    expect(conditions(state)).toMatchObject({ Ready: 'False Creating', PlacementsReady: 'False ScaledToZero' });
  });

  test('new weights move traffic and nothing else', () => {
    const before = remote(state);
    edit(state, 'ModelDeployment', 'qwen', {
      placements: [at('us', { weight: 1, replicas: 2 }), at('eu', { weight: 1 })],
    });
    settle(state, nobodyIsSentIntoTheVoid);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 1, 'eu@eu': 1 });
    expect(remote(state)).toEqual(before);
  });

  test('a placement is added beside them, and gets traffic once it serves', () => {
    edit(state, 'ModelDeployment', 'qwen', {
      placements: [...TWO.placements, at('us2', { weight: 100, clusterSelector: { matchLabels: { region: 'us' } } })],
    });
    settle(state, (now) => {
      nobodyIsSentIntoTheVoid(now);
      if (placements(now)['us2@us'] === 'Starting') expect(served(now, 'qwen')).not.toHaveProperty('us2@us');
    });
    expect(served(state, 'qwen')).toEqual({ 'us@us': 9, 'eu@eu': 1, 'us2@us': 10 });
  });

  test('a selector that matches no cluster any more removes nothing', () => {
    const before = remote(state);
    edit(state, 'ModelDeployment', 'qwen', {
      placements: [
        at('us', { weight: 90, replicas: 2, clusterSelector: { matchLabels: { region: 'mars' } } }),
        TWO.placements[1],
      ],
    });
    settle(state, nobodyIsSentIntoTheVoid);
    expect(remote(state)).toEqual(before);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 9, 'eu@eu': 1 });
    expect(conditions(state)).toMatchObject({ PlacementsScheduled: 'False SomeUnscheduled' });
  });

  test('a cluster that leaves the catalogue keeps what it serves', () => {
    const before = remote(state);
    const [key] =
      [...state.cluster].find(([, { kind, metadata }]) => kind === 'InferenceCluster' && metadata.name === 'us') ?? [];
    state.cluster.delete(key ?? '');
    settle(state, nobodyIsSentIntoTheVoid);
    expect(remote(state)).toEqual(before);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 9, 'eu@eu': 1 });
    expect(placements(state)).toEqual({ 'us@us': 'Unknown', 'eu@eu': 'Ready' });
  });

  test('a bad template changes nothing', () => {
    const before = remote(state);
    edit(state, 'ModelDeployment', 'qwen', {
      template: { spec: { containers: [{ name: 'sidecar' }] } },
      placements: [TWO.placements[1]],
    });
    settle(state, nobodyIsSentIntoTheVoid);
    expect(remote(state)).toEqual(before);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 9, 'eu@eu': 1 });
    expect(conditions(state)).toMatchObject({
      SpecAccepted: 'False InvalidTemplate',
      PlacementsScheduled: 'True Scheduled',
      PlacementsReady: 'True Ready',
      RoutingReady: 'True RouteConfigured',
    });
  });
});
