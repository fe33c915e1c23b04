import { describe, expect, test } from 'vitest';
import { outageAt, outageProblems } from './outage.ts';
import { begunWith, testWorld } from './testing.ts';
import { withOutages } from './world.ts';

const CLUSTER = { apiVersion: 'modelplane.ai/v1alpha1', kind: 'InferenceCluster' };

function stateWith(...names: readonly string[]) {
  const state = begunWith(testWorld([], {}), '');
  for (const name of names) state.cluster.set(name, { ...CLUSTER, metadata: { name } });
  return state;
}

describe('a name that no cluster has', () => {
  test.each([
    { name: 'is answered with those that there are', clusters: ['us', 'eu'], want: 'which have eu, us' },
    { name: 'is answered plainly where there is none', clusters: [], want: 'which have none' },
  ])('$name', ({ clusters, want }) =>
    expect(outageProblems(stateWith(...clusters).cluster, [{ what: 'engines', site: 'asia' }])).toEqual([
      { message: `--fail engines=asia names no InferenceCluster of these manifests, ${want}` },
    ]),
  );

  test('is the only problem', () => {
    expect(outageProblems(stateWith('us').cluster, [{ what: 'cluster', site: 'us' }])).toEqual([]);
  });
});

test.each([
  { name: 'nothing fails in another cluster', outages: [{ what: 'cluster', site: 'us' }], site: 'eu', want: undefined },
  {
    name: 'nothing fails that is in no cluster',
    outages: [{ what: 'cluster', site: 'us' }],
    site: '',
    want: undefined,
  },
  { name: 'engines fail', outages: [{ what: 'engines', site: 'us' }], site: 'us', want: 'engines' },
  {
    name: 'a cluster that cannot be reached says nothing of its engines',
    outages: [
      { what: 'engines', site: 'us' },
      { what: 'cluster', site: 'us' },
    ],
    site: 'us',
    want: 'cluster',
  },
] as const)('$name', ({ outages, site, want }) => expect(outageAt(outages, site)).toBe(want));

test('what is played with a failure leaves no trace in what was played before', () => {
  const before = stateWith('us');
  const after = withOutages(before, [{ what: 'cluster', site: 'us' }]);
  after.cluster.clear();
  for (const collection of [after.lastApplied, after.readiness, after.failures])
    collection.set('x', undefined as never);
  after.said.add('x');
  expect([...before.cluster.keys()]).toContain('us');
  expect([before.lastApplied, before.readiness, before.failures, before.said].map(({ size }) => size)).toEqual([
    0, 0, 0, 0,
  ]);
  expect(before.outages).toEqual([]);
});
