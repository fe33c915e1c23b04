import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Cluster,
  controlledBy,
  getObject,
  listObjects,
  objectWithUid,
  putObject,
  removeObject,
} from './cluster.ts';
import { type ClusterObject, controllerOf, uidOf } from './objects.ts';

const object = (name: string, namespace: string, more: object = {}): ClusterObject => ({
  apiVersion: 'apps/v1',
  kind: 'Thing',
  metadata: { name, namespace },
  ...more,
});

function clusterOf(...objects: readonly ClusterObject[]): Cluster {
  const cluster: Cluster = new Map();
  for (const one of objects) putObject(cluster, one);
  return cluster;
}

describe('listing', () => {
  const labelled = { ...object('c', 'a'), metadata: { name: 'c', namespace: 'a', labels: { x: '1', y: '2' } } };
  const cluster = clusterOf(object('b', 'b'), object('b', 'a'), object('a', 'b'), labelled, {
    ...object('a', 'a'),
    kind: 'Other',
  });
  test.each([
    { name: 'all of a kind, sorted by namespace and name', selector: {}, want: ['a/b', 'a/c', 'b/a', 'b/b'] },
    { name: 'those of a namespace', selector: { namespace: 'b' }, want: ['b/a', 'b/b'] },
    { name: 'no namespace means all', selector: { namespace: '' }, want: ['a/b', 'a/c', 'b/a', 'b/b'] },
    { name: 'those with every label', selector: { labels: { x: '1', y: '2' } }, want: ['a/c'] },
    { name: 'none where one label differs', selector: { labels: { x: '1', y: '3' } }, want: [] },
    {
      name: 'a kind in another version of its group',
      selector: { apiVersion: 'apps/v2' },
      want: ['a/b', 'a/c', 'b/a', 'b/b'],
    },
    { name: 'nothing of the same kind in another group', selector: { apiVersion: 'other/v1' }, want: [] },
  ])('$name', ({ selector, want }) => {
    const found = listObjects(cluster, { apiVersion: 'apps/v1', kind: 'Thing', ...selector });
    expect(found.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual(want);
  });
});

describe('storing', () => {
  const reference = { apiVersion: 'apps/v1', kind: 'Thing', namespace: 'n', name: 'a' };
  const stored = (cluster: Cluster) => getObject(cluster, reference);

  test('gives an object a uid and a first generation', () => {
    expect(stored(clusterOf(object('a', 'n')))?.metadata).toEqual({
      name: 'a',
      namespace: 'n',
      uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      generation: 1,
    });
  });

  test.each([
    { name: 'a change of the spec', change: { spec: { x: 2 } }, changed: true, generation: 2 },
    { name: 'a change of the status', change: { spec: { x: 1 }, status: { y: 1 } }, changed: true, generation: 1 },
    { name: 'the same again', change: { spec: { x: 1 } }, changed: false, generation: 1 },
  ])('$name', ({ change, changed, generation }) => {
    const cluster = clusterOf(object('a', 'n', { spec: { x: 1 } }));
    expect(putObject(cluster, object('a', 'n', change))).toBe(changed);
    expect(stored(cluster)?.metadata.generation).toBe(generation);
  });

  test('a change of labels is news, and no new generation', () => {
    const cluster = clusterOf(object('a', 'n'));
    expect(
      putObject(cluster, { ...object('a', 'n'), metadata: { name: 'a', namespace: 'n', labels: { x: '1' } } }),
    ).toBe(true);
    expect(stored(cluster)?.metadata.generation).toBe(1);
  });

  test('what is removed is gone', () => {
    const cluster = clusterOf(object('a', 'n'));
    expect(removeObject(cluster, object('a', 'n'))).toBe(true);
    expect(removeObject(cluster, object('a', 'n'))).toBe(false);
    expect(stored(cluster)).toBeUndefined();
  });
});

describe('what is looked up is what looking through everything would find', () => {
  const step = fc.record({
    name: fc.constantFrom('a', 'b', 'c'),
    kind: fc.constantFrom('Thing', 'Other'),
    owner: fc.option(fc.constantFrom('x', 'y'), { nil: undefined }),
    what: fc.constantFrom('put', 'put', 'remove', 'copy' as const),
  });
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

  function taken(cluster: Cluster, { name, kind, owner: uid, what }: Step): Cluster {
    if (what === 'copy') return new Map(cluster);
    const ownerReferences = uid ? [{ apiVersion: 'v1', kind: 'X', name: uid, uid, controller: true }] : [];
    const one = { apiVersion: 'v1', kind, metadata: { name, namespace: 'n', ownerReferences } };
    if (what === 'put') putObject(cluster, one);
    else removeObject(cluster, one);
    return cluster;
  }

  const sorted = (objects: readonly ClusterObject[]) => objects.map(uidOf).sort();

  test('whatever was put, replaced, removed or copied before', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const cluster = steps.reduce(taken, new Map() as Cluster);
        const all = [...cluster.values()];
        for (const uid of ['x', 'y'])
          expect(sorted(controlledBy(cluster, { uid }))).toEqual(
            sorted(all.filter((object) => controllerOf(object)?.uid === uid)),
          );
        for (const kind of ['Thing', 'Other'])
          expect(sorted(listObjects(cluster, { apiVersion: 'v1', kind }))).toEqual(
            sorted(all.filter((object) => object.kind === kind)),
          );
        expect(all.map((object) => objectWithUid(cluster, uidOf(object)))).toEqual(all);
      }),
    );
  });
});
