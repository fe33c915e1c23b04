import { describe, expect, test } from 'vitest';
import type { Json } from '../../preview/objects.ts';
import { play } from '../../preview/play.ts';
import type { State } from '../../preview/world.ts';
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
  one,
  placements,
  reconcile,
  remote,
  served,
  settle,
  withAvailable,
} from './testing.ts';

const on = (clusterName: string, name = clusterName, fields: Json = {}): Json => ({ name, clusterName, ...fields });

/** Edits that no deployment can carry out, whatever else they ask for. */
const REFUSED: readonly (readonly [what: string, spec: Json])[] = [
  ['a template without an image', { model: null, template: { spec: { containers: [{ name: 'sidecar' }] } } }],
  ['a picker’s configuration that it would not read', { endpointPicker: { config: { nonsense: true, plugins: [] } } }],
];

const begin = (...given: Json[]): State =>
  settle(controlPlane(FRONT_DOOR, cluster('us'), cluster('eu'), deployment({ placements: given })));

describe.each(REFUSED)('while a claim is refused for %s', (_what, bad) => {
  const refuse = (state: State, more: Json = {}): State => {
    edit(state, 'ModelDeployment', 'qwen', { ...bad, ...more });
    return settle(state);
  };

  test('it stays as it was, and is Ready because requests are answered', () => {
    const state = begin(on('us', 'us', { weight: 9 }), on('eu'));
    const before = { remote: remote(state), served: served(state, 'qwen'), placements: placements(state) };
    refuse(state, { placements: [on('eu', 'other')], trafficClasses: [{ name: 'batch' }], service: 'Disabled' });
    expect({ remote: remote(state), served: served(state, 'qwen'), placements: placements(state) }).toEqual(before);
    expect(all(state, 'ModelService').map(({ metadata }) => metadata.name)).toEqual(['qwen']);
    expect(conditions(state)).toMatchObject({ Ready: 'True Available', PlacementsReady: 'True Ready' });
    expect(conditions(state).SpecAccepted).toMatch(/^False /);
  });

  test('a placement whose engines die loses its share, and gets it back', () => {
    const state = refuse(begin(on('us', 'us', { weight: 9 }), on('eu')));
    const engines = enginesOf(state, 'us');
    withAvailable(state, engines, 0);
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'eu@eu': 1 });
    expect(conditions(state)).toMatchObject({ Ready: 'False Creating', PlacementsReady: 'False SomeNotReady' });
    heal(state, engines);
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 9, 'eu@eu': 1 });
  });

  test('a cluster that drains gives its share away', () => {
    const state = refuse(begin(on('us'), on('eu')));
    edit(state, 'InferenceCluster', 'us', { draining: true });
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'eu@eu': 1 });
  });

  test('requests follow a gateway whose address changes', () => {
    const state = refuse(begin(on('us')));
    const { gateway } = one(state, 'InferenceCluster', 'us').spec as { gateway: Json };
    edit(state, 'InferenceCluster', 'us', { gateway: { ...gateway, address: '198.51.100.9' } });
    settle(state);
    expect(all(state, 'ModelEndpoint')).toMatchObject([{ spec: { url: 'http://198.51.100.9' } }]);
  });

  test('a placement that was leaving goes on leaving', () => {
    const state = begin(on('us'), on('eu'));
    edit(state, 'ModelDeployment', 'qwen', { placements: [on('eu')] });
    reconcile(state, 'ModelDeployment');
    refuse(state);
    expect(placements(state)).toEqual({ 'eu@eu': 'Ready' });
    expect(remote(state).filter((name) => name.startsWith('us/'))).toEqual([]);
  });

  test('a placement that is still starting gets its endpoint, with its objectives, once it can serve', () => {
    const state = controlPlane(FRONT_DOOR, cluster('us'), deployment({ placements: [on('us')], criticality: 'High' }));
    for (let round = 0; !remote(state).includes('us/us/InferenceObjective') && round < 20; round++)
      play(state, { until: 1 });
    expect(all(state, 'ModelEndpoint')).toEqual([]);
    refuse(state);
    const objectives = { default: expect.stringMatching(/-default$/) };
    expect(all(state, 'ModelEndpoint')).toMatchObject([{ spec: { objectives } }]);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 1 });
  });

  test('what was wanted is carried out once the spec is mended', () => {
    const state = refuse(begin(on('us')), { placements: [on('us'), on('eu')] });
    edit(state, 'ModelDeployment', 'qwen', { model: 'Qwen/Qwen3-8B', template: null, endpointPicker: null });
    settle(state);
    expect(served(state, 'qwen')).toEqual({ 'us@us': 1, 'eu@eu': 1 });
    expect(conditions(state)).toMatchObject({ SpecAccepted: 'True Accepted', Ready: 'True Available' });
  });
});

test('a network that is denied later does not cut off the clusters whose gateways are in it', () => {
  const state = begin(on('us'));
  edit(state, 'InferenceGateway', 'default', { endpoints: { deniedCIDRs: ['198.18.0.0/15'] } });
  settle(state);
  expect(served(state, 'qwen')).toEqual({ 'us@us': 1 });
  expect(conditions(state)).toMatchObject({ Ready: 'True Available' });
  const [endpoint] = all(state, 'ModelEndpoint');
  expect((endpoint?.status as { conditions?: Json[] } | undefined)?.conditions).toContainEqual(
    expect.objectContaining({ type: 'SpecAccepted', status: 'False', reason: 'NotAllowed' }),
  );
});
