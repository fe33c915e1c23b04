import { beforeEach, describe, expect, test } from 'vitest';
import type { ClusterObject, Json } from '../../../preview/objects.ts';
import type { State } from '../../../preview/world.ts';
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
  manifestOf,
  one,
  placements,
  report,
  served,
  settle,
} from '../testing.ts';

const SCALING = { min: 2, max: 6, queue: 2, window: '5m' };

const scaledObjects = (state: State): ClusterObject[] =>
  all(state, 'Object').filter((object) => manifestOf(object).kind === 'ScaledObject');

/** What the engines' Deployment is told, and who else is told it. */
const told = (state: State, placement: string): unknown =>
  (manifestOf(enginesOf(state, placement)).spec as { replicas?: number }).replicas;

const isScaled = (state: State): string[] =>
  scaledObjects(state).map(({ metadata }) => metadata.labels?.['modelplane.ai/placement'] ?? '');

interface Placements {
  readonly placements: readonly { readonly name: string; readonly replicas: Json; readonly reason: string }[];
}

const statusOf = (state: State) => one(state, 'ModelDeployment', 'qwen').status as unknown as Placements & Json;

/** Engines as they are after an autoscaler's write: so many wanted, and so many that can serve. */
function scaledTo(state: State, placement: string, replicas: number, availableReplicas: number, more: Json[] = []) {
  const engines = enginesOf(state, placement);
  const manifest = manifestOf(engines);
  const status = { replicas, availableReplicas, updatedReplicas: replicas, observedGeneration: 1, conditions: more };
  const available = availableReplicas >= replicas ? 'True' : 'False';
  report(state, engines, {
    atProvider: { manifest: { ...manifest, spec: { ...(manifest.spec as Json), replicas }, status } },
    conditions: [
      { type: 'Ready', status: available },
      { type: 'Synced', status: 'True' },
    ],
  } as unknown as Json);
}

function says(state: State, conditionsSaid: Readonly<Record<string, string | undefined>>) {
  const [object] = scaledObjects(state);
  if (object === undefined) throw new Error('no ScaledObject');
  const all = Object.entries({
    Ready: 'True',
    Active: 'False',
    Fallback: 'False',
    Paused: 'False',
    HPAActive: 'True',
    ...conditionsSaid,
  });
  const said = all.map(([type, status]) => ({ type, status, reason: `${type}${status}`, message: 'in its own words' }));
  const seen = { ...manifestOf(object), status: { hpaName: 'keda-hpa-x', conditions: said } };
  report(state, object, {
    atProvider: { manifest: seen },
    conditions: [{ type: 'Synced', status: 'True' }],
  } as unknown as Json);
}

const world = (spec: Json): State => settle(controlPlane(FRONT_DOOR, cluster('us'), cluster('eu'), deployment(spec)));

describe('a placement that is scaled from the first', () => {
  let state: State;
  beforeEach(() => {
    state = world({ placements: [at('us', { scaling: SCALING }), at('eu', { replicas: 1 })] });
  });

  test('never says how many engines it has, and is ready with as few as there must be', () => {
    expect([told(state, 'us'), told(state, 'eu')]).toEqual([undefined, 1]);
    expect(isScaled(state)).toEqual(['us']);
    expect(placements(state)).toEqual({ 'us@us': 'Ready', 'eu@eu': 'Ready' });
    expect(conditions(state)).toMatchObject({ Ready: 'True Available', ScalingReady: 'True Scaling' });
    expect(statusOf(state)).toMatchObject({ available: '3/3', replicas: 0 });
  });

  test('stays ready while it grows, and says how many are to come', () => {
    scaledTo(state, 'us', 5, 2);
    settle(state);
    expect(placements(state)).toMatchObject({ 'us@us': 'Ready' });
    expect(conditions(state)).toMatchObject({ Ready: 'True Available', ScalingReady: 'True Scaling' });
    expect(statusOf(state).placements[0]?.replicas).toEqual({ desired: 5, ready: 2 });
  });

  test('is not as it should be with fewer than there must be', () => {
    scaledTo(state, 'us', 2, 1);
    settle(state);
    expect(placements(state)).toMatchObject({ 'us@us': 'Degraded' });
    expect(statusOf(state).placements[0]?.reason).toMatch(/1 of 2 engines are available\.$/);
  });

  test('a cluster that makes no more engines is told of, and what is there serves', () => {
    const message = 'pods "x" is forbidden: exceeded quota: gpus';
    scaledTo(state, 'us', 5, 3, [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }]);
    settle(state);
    expect(placements(state)).toMatchObject({ 'us@us': 'Ready' });
    expect(conditions(state)).toMatchObject({ Ready: 'True Available', ScalingReady: 'False EnginesRefused' });
  });

  test('a spec that is refused meanwhile leaves engines and KEDA as they are', () => {
    scaledTo(state, 'us', 5, 5);
    edit(state, 'ModelDeployment', 'qwen', { rollout: { maxSurge: 0, maxUnavailable: '000%' } });
    settle(state);
    expect([told(state, 'us'), isScaled(state)]).toEqual([undefined, ['us']]);
    expect(placements(state)).toEqual({ 'us@us': 'Ready', 'eu@eu': 'Ready' });
    expect(conditions(state)).toMatchObject({ SpecAccepted: 'False InvalidTemplate', ScalingReady: 'True Scaling' });
  });

  test('one that is removed goes on being scaled until no route names it, and leaves nothing behind', () => {
    edit(state, 'ModelDeployment', 'qwen', { placements: [at('eu', { replicas: 1 })] });
    settle(state, (now) => {
      const engines = all(now, 'Object').some(
        (object) =>
          manifestOf(object).kind === 'Deployment' && object.metadata.labels?.['modelplane.ai/placement'] === 'us',
      );
      if (served(now, 'qwen')['us@us'] !== undefined) expect([engines, isScaled(now)]).toEqual([true, ['us']]);
    });
    expect(served(state, 'qwen')).toEqual({ 'eu@eu': 1 });
    expect(
      all(state, 'Object').filter(({ metadata }) => metadata.labels?.['modelplane.ai/placement'] === 'us'),
    ).toEqual([]);
  });
});

describe('what KEDA says', () => {
  test.each([
    { name: 'a dead source of the metric', said: { Fallback: 'True', Active: 'True' }, want: 'False MetricsMissing' },
    { name: 'no adapter', said: { HPAActive: 'False' }, want: 'False MetricsMissing' },
    { name: 'that it is paused, whatever else', said: { Paused: 'True' }, want: 'False Paused' },
    { name: 'that it cannot', said: { Ready: 'False' }, want: 'False CannotScale' },
    {
      name: 'nothing of its autoscaler yet',
      said: { HPAActive: 'Unknown', Active: 'Unknown' },
      want: 'False Starting',
    },
    { name: 'that engines are busy', said: { Active: 'True' }, want: 'True Scaling' },
  ])('$name is a condition and keeps nobody from serving', ({ said, want }) => {
    const state = world({ scaling: SCALING, placements: [at('us')] });
    says(state, said);
    settle(state);
    expect(conditions(state)).toMatchObject({
      Ready: 'True Available',
      PlacementsReady: 'True Ready',
      ScalingReady: want,
    });
    expect(placements(state)).toEqual({ 'us@us': 'Ready' });
  });

  test('without KEDA in the cluster what serves goes on, and what is asked for can be deleted', () => {
    const state = world({ placements: [at('us', { replicas: 2 })] });
    edit(state, 'ModelDeployment', 'qwen', { placements: [at('us', { scaling: { ...SCALING, min: 1 } })] });
    settle(state);
    const [object] = scaledObjects(state);
    if (object === undefined) throw new Error('no ScaledObject');
    const message =
      'observe failed: cannot get object: unable to retrieve the complete list of server APIs: keda.sh/v1alpha1: no matches for keda.sh/v1alpha1, Resource=';
    report(state, object, { conditions: [{ type: 'Synced', status: 'False', message }] });
    settle(state);
    expect(conditions(state)).toMatchObject({ Ready: 'True Available', ScalingReady: 'False KEDAMissing' });
    expect(placements(state)).toEqual({ 'us@us': 'Ready' });
    expect(scaledObjects(state)[0]?.spec).toMatchObject({ managementPolicies: ['Observe', 'Create', 'Update'] });
    heal(state, one(state, 'Object', object.metadata.name));
    settle(state);
    expect(conditions(state)).toMatchObject({ ScalingReady: 'True Scaling' });
    expect(scaledObjects(state)[0]?.spec).not.toHaveProperty('managementPolicies');
  });
});

describe('the number of engines changes hands', () => {
  const seenReplicas = (state: State): unknown => {
    const status = enginesOf(state, 'us').status as { atProvider?: { manifest?: { spec?: { replicas?: number } } } };
    return status.atProvider?.manifest?.spec?.replicas;
  };

  test('to KEDA and back, and is at no moment less than it was', () => {
    const state = world({ placements: [at('us', { replicas: 3 })] });
    expect([told(state, 'us'), isScaled(state)]).toEqual([3, []]);
    edit(state, 'ModelDeployment', 'qwen', { placements: [at('us', { scaling: SCALING })] });
    const steps: unknown[] = [];
    settle(state, (now) => {
      expect(seenReplicas(now)).toBe(3);
      expect(placements(now)).toEqual({ 'us@us': 'Ready' });
      steps.push(`${told(now, 'us')} ${isScaled(now).length}`);
    });
    expect([...new Set(steps)]).toEqual(['3 0', 'undefined 0', 'undefined 1']);
    expect(conditions(state)).toMatchObject({ ScalingReady: 'True Scaling' });
    edit(state, 'ModelDeployment', 'qwen', { placements: [at('us', { replicas: 4 })] });
    steps.length = 0;
    settle(state, (now) => steps.push(`${told(now, 'us')} ${isScaled(now).length}`));
    expect([...new Set(steps)]).toEqual(['undefined 0', '4 0']);
    expect(conditions(state)).toMatchObject({ Ready: 'True Available', ScalingReady: 'True NotWanted' });
  });

  test('a placement that was scaled is stopped when its share has moved', () => {
    const state = world({ placements: [at('us', { scaling: SCALING }), at('eu', { replicas: 1 })] });
    edit(state, 'ModelDeployment', 'qwen', { placements: [at('us', { replicas: 0 }), at('eu', { replicas: 1 })] });
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'eu@eu': 1 });
    expect([told(state, 'us'), isScaled(state)]).toEqual([0, []]);
    expect(placements(state)).toEqual({ 'us@us': 'ScaledToZero', 'eu@eu': 'Ready' });
  });
});

describe('shares that follow engines', () => {
  const TWO = { weightBy: 'Replicas', placements: [at('us', { replicas: 3 }), at('eu', { replicas: 1 })] };

  test('are those of the engines that can serve', () => {
    const state = world(TWO);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 3, 'eu@eu': 1 });
    scaledTo(state, 'us', 3, 1);
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 1, 'eu@eu': 1 });
  });

  test('stay where one more or fewer is no matter', () => {
    const state = world({ ...TWO, placements: [at('us', { replicas: 10 }), at('eu', { replicas: 10 })] });
    scaledTo(state, 'us', 10, 9);
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 1, 'eu@eu': 1 });
    scaledTo(state, 'us', 10, 5);
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 1, 'eu@eu': 2 });
  });

  test('stay as they are through a spec that is refused, and the one that mends it', () => {
    const state = world({ ...TWO, placements: [at('us', { replicas: 10 }), at('eu', { replicas: 10 })] });
    scaledTo(state, 'us', 10, 9);
    settle(state);
    edit(state, 'ModelDeployment', 'qwen', { endpointPicker: { config: { nonsense: true, plugins: [] } } });
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 1, 'eu@eu': 1 });
    edit(state, 'ModelDeployment', 'qwen', { endpointPicker: null });
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 1, 'eu@eu': 1 });
  });

  test('are weighted by placement as well', () => {
    const state = world({ ...TWO, placements: [at('us', { replicas: 2, weight: 3 }), at('eu', { replicas: 4 })] });
    expect(served(state, 'qwen')).toEqual({ 'us@us': 3, 'eu@eu': 2 });
  });

  test('of a placement without engines go to the other, and come back with them', () => {
    const state = world(TWO);
    const engines = enginesOf(state, 'us');
    scaledTo(state, 'us', 3, 0);
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'eu@eu': 1 });
    heal(state, engines);
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 3, 'eu@eu': 1 });
  });
});
