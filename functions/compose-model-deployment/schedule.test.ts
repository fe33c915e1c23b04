import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Assignment, type Candidate, schedule, type Wish } from './schedule.ts';

const TENANT = { namespace: 'ml-team', name: 'qwen' };

const cluster = (name: string, fields: Partial<Candidate> = {}): Candidate => ({
  name,
  labels: {},
  cordoned: false,
  draining: false,
  problem: undefined,
  ...fields,
});

const wish = (placement: string, fields: Partial<Wish> = {}): Wish => ({
  placement,
  clusterName: undefined,
  matchLabels: {},
  current: undefined,
  ...fields,
});

const US = cluster('us', { labels: { region: 'us' } });
const EU = cluster('eu', { labels: { region: 'eu' } });
const ASIA = cluster('asia', { labels: { region: 'asia' }, cordoned: true });

describe('a placement', () => {
  test.each([
    {
      name: 'takes the only cluster there is',
      wish: wish('default'),
      clusters: [US],
      want: { cluster: 'us', settled: true, reason: 'Chose us: any cluster may have it.' },
    },
    {
      name: 'takes the cluster that has its labels, and says what is wrong with the others',
      wish: wish('default', { matchLabels: { region: 'eu' } }),
      clusters: [US, EU, ASIA],
      want: {
        cluster: 'eu',
        settled: true,
        reason: 'Chose eu: it has the labels. Others: asia: has no label region=eu; us: has no label region=eu.',
      },
    },
    {
      name: 'avoids cordoned, draining and unreachable clusters',
      wish: wish('default'),
      clusters: [ASIA, cluster('a', { draining: true }), cluster('b', { problem: 'not connected' }), US],
      want: {
        cluster: 'us',
        settled: true,
        reason: 'Chose us: any cluster may have it. Others: a: draining; asia: cordoned; b: not connected.',
      },
    },
    {
      name: 'stays where it is although another one would do as well',
      wish: wish('default', { current: 'eu' }),
      clusters: [US, EU],
      want: {
        cluster: 'eu',
        settled: true,
        reason: 'Chose eu: any cluster may have it. Others: us: would do as well.',
      },
    },
    {
      name: 'stays on a cluster that is cordoned, or that cannot be reached',
      wish: wish('default', { current: 'asia' }),
      clusters: [US, { ...ASIA, problem: 'not connected' }],
      want: {
        cluster: 'asia',
        settled: true,
        reason: 'Chose asia: any cluster may have it. Others: us: would do as well.',
      },
    },
    {
      name: 'leaves a cluster that is draining',
      wish: wish('default', { current: 'eu' }),
      clusters: [US, { ...EU, draining: true }],
      want: { cluster: 'us', settled: true, reason: 'Chose us: any cluster may have it. Others: eu: draining.' },
    },
    {
      name: 'leaves a cluster that no longer has its labels',
      wish: wish('default', { current: 'eu', matchLabels: { region: 'us' } }),
      clusters: [US, EU],
      want: {
        cluster: 'us',
        settled: true,
        reason: 'Chose us: it has the labels. Others: eu: has no label region=us.',
      },
    },
    {
      name: 'stays where it is while no other cluster can take it, and says why none can',
      wish: wish('default', { current: 'eu' }),
      clusters: [{ ...EU, draining: true }, ASIA],
      want: {
        cluster: 'eu',
        settled: false,
        reason:
          'It stays on eu for now. No cluster can take it: asia: cordoned; eu: draining. ' +
          'Change clusterSelector, or make a cluster fit.',
      },
    },
    {
      name: 'stays on a cluster that has left the catalogue',
      wish: wish('default', { current: 'gone' }),
      clusters: [US],
      want: {
        cluster: 'gone',
        settled: true,
        reason:
          'InferenceCluster gone is no longer there, and what it serves stays; create it again, or choose another cluster.',
      },
    },
    {
      name: 'has no cluster while none fits',
      wish: wish('default', { matchLabels: { region: 'mars', gpu: 'h100' } }),
      clusters: [US, EU],
      want: {
        cluster: undefined,
        settled: false,
        reason:
          'No cluster can take it: eu: has no label gpu=h100, region=mars; us: has no label gpu=h100, region=mars. ' +
          'Change clusterSelector, or make a cluster fit.',
      },
    },
    {
      name: 'has no cluster where there is none',
      wish: wish('default'),
      clusters: [],
      want: {
        cluster: undefined,
        settled: false,
        reason: 'There is no InferenceCluster; the platform team creates one.',
      },
    },
    {
      name: 'goes to the cluster that it names',
      wish: wish('default', { clusterName: 'eu', current: 'us' }),
      clusters: [US, EU],
      want: { cluster: 'eu', settled: true, reason: 'The placement names eu.' },
    },
    {
      name: 'that names its cluster stays there while it drains',
      wish: wish('default', { clusterName: 'eu', current: 'eu' }),
      clusters: [US, { ...EU, draining: true }],
      want: { cluster: 'eu', settled: true, reason: 'The placement names eu, which is draining.' },
    },
    {
      name: 'does not go to a cordoned cluster although it names it',
      wish: wish('default', { clusterName: 'asia' }),
      clusters: [US, ASIA],
      want: { cluster: undefined, settled: false, reason: 'It names asia: cordoned.' },
    },
    {
      name: 'that names a cluster which is not there stays where it is, and is told what there is',
      wish: wish('default', { clusterName: 'mars', current: 'us' }),
      clusters: [US, EU],
      want: {
        cluster: 'us',
        settled: false,
        reason: 'It stays on us for now. There is no InferenceCluster mars; there are: us, eu.',
      },
    },
  ])('$name', ({ wish: one, clusters, want }) =>
    expect(schedule(TENANT, [one], clusters)).toEqual([{ placement: 'default', ...want }]),
  );

  test('a reason speaks of six other clusters at most', () => {
    const clusters = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'us'].map((name) =>
      cluster(name, { cordoned: name !== 'us' }),
    );
    expect(schedule(TENANT, [wish('default')], clusters)[0]?.reason).toMatch(/f: cordoned; and 2 more\.$/);
  });
});

describe('laws of placement', () => {
  const name = fc.stringMatching(/^[a-z]{1,6}$/);
  const labels = fc.dictionary(fc.constantFrom('region', 'gpu'), fc.constantFrom('a', 'b'));
  const candidate = fc.record({
    name,
    labels,
    cordoned: fc.boolean(),
    draining: fc.boolean(),
    problem: fc.constantFrom(undefined, 'not connected'),
  });
  const catalogue = fc.uniqueArray(candidate, { selector: (one) => one.name, maxLength: 8 });
  const fresh = fc.record({
    placement: name,
    clusterName: fc.option(name, { nil: undefined }),
    matchLabels: labels,
    current: fc.constant(undefined),
  });
  const wishes = fc.uniqueArray(fresh, { selector: (one) => one.placement, minLength: 1, maxLength: 8 });

  const byPlacement = (assignments: readonly Assignment[]) =>
    Object.fromEntries(assignments.map((one) => [one.placement, one]));

  const settled = (before: readonly Wish[], assignments: readonly Assignment[]): Wish[] =>
    before.map((one, index) => ({ ...one, current: assignments[index]?.cluster }));

  test('the order of placements and of clusters does not matter', () =>
    fc.assert(
      fc.property(wishes, catalogue, (some, clusters) => {
        const forwards = schedule(TENANT, some, clusters);
        const backwards = schedule(TENANT, some.toReversed(), clusters.toReversed());
        const where = (all: readonly Assignment[]) => all.map(({ placement, cluster: on }) => [placement, on]).sort();
        expect(where(backwards)).toEqual(where(forwards));
      }),
    ));

  test('what is placed stays placed, however often it is asked', () =>
    fc.assert(
      fc.property(wishes, catalogue, (some, clusters) => {
        const first = schedule(TENANT, some, clusters);
        const again = schedule(TENANT, settled(some, first), clusters);
        expect(again.map((one) => one.cluster)).toEqual(first.map((one) => one.cluster));
      }),
    ));

  test('nothing moves because a cluster or a placement was added', () =>
    fc.assert(
      fc.property(wishes, catalogue, candidate, fresh, (some, clusters, another, more) => {
        fc.pre(
          clusters.every((one) => one.name !== another.name) && some.every((one) => one.placement !== more.placement),
        );
        const before = schedule(TENANT, some, clusters);
        const kept = settled(some, before).filter(({ current }) => current !== undefined);
        const after = byPlacement(schedule(TENANT, [...kept, more], [...clusters, another]));
        for (const { placement, current } of kept) expect(after[placement]?.cluster).toBe(current);
      }),
    ));

  test('nothing that was somewhere is nowhere, whatever happens to the clusters', () =>
    fc.assert(
      fc.property(wishes, catalogue, catalogue, (some, before, after) => {
        const placed = settled(some, schedule(TENANT, some, before)).filter(({ current }) => current !== undefined);
        for (const { cluster: on } of schedule(TENANT, placed, after)) expect(on).toBeDefined();
      }),
    ));

  test('nothing new goes to a cluster that is cordoned, draining, unreachable or without the labels', () =>
    fc.assert(
      fc.property(wishes, catalogue, (some, clusters) => {
        schedule(TENANT, some, clusters).forEach(({ cluster: on }, index) => {
          if (on === undefined) return;
          const chosen = clusters.find((one) => one.name === on);
          expect(chosen).toMatchObject({ cordoned: false, draining: false, problem: undefined });
          if (some[index]?.clusterName === undefined)
            expect(chosen?.labels).toMatchObject(some[index]?.matchLabels ?? {});
        });
      }),
    ));

  test('siblings that may go anywhere are spread evenly', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 6 }), (placements, clusters) => {
        const some = Array.from({ length: placements }, (_, index) => wish(`p${index}`));
        const all = Array.from({ length: clusters }, (_, index) => cluster(`c${index}`));
        const counts = all.map((one) => schedule(TENANT, some, all).filter((a) => a.cluster === one.name).length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }),
    ));

  test('deployments of two tenants prefer different clusters, although they have the same name', () => {
    const all = Array.from({ length: 32 }, (_, index) => cluster(`c${index}`));
    const on = (namespace: string) => schedule({ namespace, name: 'qwen' }, [wish('default')], all)[0]?.cluster;
    expect(new Set(['a', 'b', 'c', 'd'].map(on)).size).toBeGreaterThan(1);
  });
});
