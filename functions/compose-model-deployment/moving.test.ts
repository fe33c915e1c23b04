import { beforeEach, describe, expect, test } from 'vitest';
import type { Json } from '../../preview/objects.ts';
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
  manifestOf,
  nobodyIsSentIntoTheVoid,
  one,
  placements,
  put,
  remote,
  report,
  scale,
  served,
  settle,
  withAvailable,
} from './testing.ts';

describe('a placement on any cluster', () => {
  let state: State;
  let home: string;
  let other: string;
  beforeEach(() => {
    state = settle(controlPlane(FRONT_DOOR, cluster('us'), cluster('eu'), deployment({})), nobodyIsSentIntoTheVoid);
    home = Object.keys(served(state, 'qwen'))[0]?.split('@')[1] ?? '';
    other = home === 'us' ? 'eu' : 'us';
  });

  /** Whoever is placed on the other cluster never has an engine. */
  const nobodyStarts = (now: State): void => {
    const arrived = all(now, 'Object').some(
      (object) =>
        object.metadata.labels?.['modelplane.ai/cluster'] === other && manifestOf(object).kind === 'Deployment',
    );
    if (arrived) withAvailable(now, enginesOf(now, 'default', other), 0);
  };

  test('moves off a draining cluster, and serves on the new one before it leaves the old', () => {
    edit(state, 'InferenceCluster', home, { draining: true });
    const seen = new Set<string>();
    settle(state, (now) => {
      nobodyIsSentIntoTheVoid(now);
      seen.add(Object.keys(served(now, 'qwen')).sort().join(' and '));
    });
    expect([...seen].at(-1)).toBe(`default@${other}`);
    expect(placements(state)).toEqual({ [`default@${other}`]: 'Ready' });
    expect(remote(state).filter((name) => name.startsWith(`${home}/`))).toEqual([]);
  });

  test('is reached where the gateway of the cluster that it leaves is now', () => {
    edit(state, 'InferenceCluster', home, { draining: true });
    settle(state, nobodyStarts);
    const { gateway } = one(state, 'InferenceCluster', home).spec as { gateway: Json };
    edit(state, 'InferenceCluster', home, { gateway: { ...gateway, address: '203.0.113.99' } });
    settle(state, nobodyStarts);
    expect(served(state, 'qwen')).toEqual({ [`default@${home}`]: 1 });
    expect(all(state, 'ModelEndpoint').map(({ spec }) => (spec as { url?: string }).url)).toEqual([
      'http://203.0.113.99',
    ]);
  });

  test('stays on the Gateway that serves while its cluster’s spec is refused, whatever else that names', () => {
    const { gateway } = one(state, 'InferenceCluster', home).spec as { gateway: Json };
    const wrong = { namespace: 'elsewhere', name: 'another', proxies: { namespace: 'elsewhere', labels: { a: 'b' } } };
    edit(state, 'InferenceCluster', home, { gateway: { ...gateway, ...wrong, address: 'http://203.0.113.99' } });
    const before = remote(state);
    settle(state, nobodyIsSentIntoTheVoid);
    const routes = all(state, 'Object')
      .map(manifestOf)
      .filter(({ kind }) => kind === 'HTTPRoute');
    expect(routes).toMatchObject([{ spec: { parentRefs: [{ namespace: 'inference', name: 'inference-gateway' }] } }]);
    expect(remote(state)).toEqual(before);
    expect(served(state, 'qwen')).toEqual({ [`default@${home}`]: 1 });
  });

  test('stays on a draining cluster while the new one does not serve', () => {
    edit(state, 'InferenceCluster', home, { draining: true });
    settle(state, nobodyStarts);
    expect(served(state, 'qwen')).toEqual({ [`default@${home}`]: 1 });
    expect(placements(state)).toEqual({ [`default@${other}`]: 'Starting', [`default@${home}`]: 'Leaving' });
  });

  test('stays where it is when its cluster is cordoned', () => {
    edit(state, 'InferenceCluster', home, { cordoned: true });
    settle(state, nobodyIsSentIntoTheVoid);
    expect(served(state, 'qwen')).toEqual({ [`default@${home}`]: 1 });
  });

  test('that names its cluster only loses its traffic when that drains, and a sibling takes it', () => {
    edit(state, 'ModelDeployment', 'qwen', {
      placements: [
        { name: 'default', weight: 1, clusterName: home },
        { name: 'more', weight: 1, clusterName: other },
      ],
    });
    settle(state, nobodyIsSentIntoTheVoid);
    edit(state, 'InferenceCluster', home, { draining: true });
    settle(state, nobodyIsSentIntoTheVoid);
    expect(served(state, 'qwen')).toEqual({ [`more@${other}`]: 1 });
    expect(scale(state, 'default')).toBe(1);
  });

  test('finds its way back when its status was lost', () => {
    const { status: _status, ...claim } = one(state, 'ModelDeployment', 'qwen');
    put(state, claim as never);
    settle(state, nobodyIsSentIntoTheVoid);
    expect(placements(state)).toEqual({ [`default@${home}`]: 'Ready' });
  });

  /** Its picker, which from now on is what it was. */
  const pickerThatStays = () => {
    const [picker] = all(state, 'Object').filter(
      (object) => manifestOf(object).kind === 'Deployment' && manifestOf(object).metadata.name.endsWith('-epp'),
    );
    if (picker === undefined) throw new Error('there is no picker');
    report(state, picker, {});
    return picker;
  };

  test('gets priorities for a picker of another family beside those that the one before reads', () => {
    const groups = () =>
      all(state, 'Object').flatMap((object) =>
        manifestOf(object).kind === 'InferenceObjective' ? [manifestOf(object).apiVersion.split('/')[0]] : [],
      );
    const picker = pickerThatStays();
    edit(state, 'InferenceCluster', home, { pickerFamily: 'gie' });
    settle(state, nobodyIsSentIntoTheVoid);
    expect(groups()).toEqual(['llm-d.ai', 'inference.networking.x-k8s.io']);
    heal(state, picker);
    settle(state, nobodyIsSentIntoTheVoid);
    expect(groups()).toEqual(['inference.networking.x-k8s.io']);
  });

  test('gets a new picker configuration beside the old one, which goes when nobody runs it', () => {
    const names = () =>
      all(state, 'Object').flatMap((object) =>
        manifestOf(object).kind === 'ConfigMap' ? [manifestOf(object).metadata.name] : [],
      );
    const [before] = names();
    const picker = pickerThatStays();
    edit(state, 'ModelDeployment', 'qwen', { endpointPicker: { flowControl: true } });
    settle(state, nobodyIsSentIntoTheVoid);
    expect(names()).toContain(before);
    expect(names()).toHaveLength(2);
    heal(state, picker);
    settle(state, nobodyIsSentIntoTheVoid);
    expect(names()).toHaveLength(1);
    expect(names()).not.toContain(before);
  });
});

test('a service of the same name that somebody else made is left alone', () => {
  const foreign = `
apiVersion: modelplane.ai/v1alpha1
kind: ModelService
metadata: { name: qwen, namespace: ml-team }
spec: { endpoints: [{ selector: { matchLabels: { a: b } } }] }`;
  const state = settle(controlPlane(FRONT_DOOR, cluster('us'), foreign, deployment({})));
  expect((one(state, 'ModelService', 'qwen').spec as Json).endpoints).toEqual([
    { selector: { matchLabels: { a: 'b' } }, weight: 1, tier: 0 },
  ]);
  expect(conditions(state)).toMatchObject({ SpecAccepted: 'False NameTaken', Ready: 'False Creating' });
  expect(remote(state)).toEqual([]);
});

test('nothing but the namespace is asked of a cluster before that is there', () => {
  const state = controlPlane(FRONT_DOOR, cluster('us'), deployment({}));
  const kinds: string[][] = [];
  settle(state, (now) => kinds.push([...new Set(remote(now).map((name) => name.split('/')[2] ?? ''))]));
  expect(kinds.find((some) => some.length > 0)).toEqual(['Namespace']);
});
