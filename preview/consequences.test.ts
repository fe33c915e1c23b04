import { describe, expect, test } from 'vitest';
import { storeObject } from './cluster.ts';
import { changedNodes, goneOf, splitChanges } from './consequences.ts';
import type { Node } from './print/nodes.ts';
import { begunWith, testWorld } from './testing.ts';
import type { Share, Split } from './traffic.ts';

const share = (name: string | undefined, percent: number): Share => ({
  weight: 1,
  percent,
  name,
  upstream: name && `http://${name}`,
});
const SERVICE = { apiVersion: 'modelplane.ai/v1alpha1', kind: 'ModelService', name: 'a' };
const split = (...shares: readonly Share[]): Split => ({ request: '/a', service: SERVICE, shares, standby: [] });

describe('the shares of a path', () => {
  test.each([
    {
      name: 'that moved',
      before: [split(share('us', 90), share('eu', 10))],
      after: [split(share('eu', 100))],
      want: [
        { name: 'us', before: 90, percent: 0 },
        { name: 'eu', before: 10, percent: 100 },
      ],
    },
    {
      name: 'that somebody new gets',
      before: [split(share('us', 100))],
      after: [split(share('groq', 100))],
      want: [
        { name: 'us', before: 100, percent: 0 },
        { name: 'groq', before: 0, percent: 100 },
      ],
    },
    {
      name: 'that nobody serves count as one',
      before: [split(share(undefined, 30), share(undefined, 70))],
      after: [split(share(undefined, 100))],
      want: [{ name: undefined, before: 100, percent: 100 }],
    },
    {
      name: 'of which there were none',
      before: [],
      after: [split(share('us', 100))],
      want: [{ name: 'us', before: 0, percent: 100 }],
    },
    {
      name: 'of which none is left',
      before: [split(share('us', 100))],
      after: [],
      want: [{ name: 'us', before: 100, percent: 0 }],
    },
  ])('$name', ({ before, after, want }) => {
    const [change, ...others] = splitChanges(before, after);
    expect(others).toEqual([]);
    expect(change?.request).toBe('/a');
    expect(change?.shares.map(({ name, before, percent }) => ({ name, before, percent }))).toEqual(want);
  });

  test('are told with why the front door does not serve them now', () => {
    const [change] = splitChanges([split()], [{ ...split(), refused: 'NotAllowed' }]);
    expect(change).toEqual({ ...split(), refused: 'NotAllowed' });
  });
});

const node = (uid: string, more: Partial<Node> = {}): Node => ({
  uid,
  mark: 'good',
  name: uid,
  isRoot: false,
  detail: '',
  site: '',
  notes: [],
  children: [],
  ...more,
});

const state = () => begunWith(testWorld([], {}), '');

describe('what is not as it was', () => {
  test('is shown below what it belongs to, without what is as it was', () => {
    const before = [node('a', { children: [node('b'), node('c')] }), node('d')];
    const changed = node('c', { mark: 'wait', notes: [{ kind: 'failure', message: 'No.' }] });
    const after = [node('a', { children: [node('b'), changed] }), node('d')];
    expect(changedNodes(state(), state(), { before, after })).toEqual([node('a', { children: [changed] })]);
  });

  test('may be an object that was not there', () => {
    expect(changedNodes(state(), state(), { before: [], after: [node('a')] })).toEqual([node('a')]);
  });

  const deployment = (...placements: readonly object[]) => {
    const one = state();
    storeObject(one.cluster, {
      apiVersion: 'modelplane.ai/v1alpha1',
      kind: 'ModelDeployment',
      metadata: { name: 'qwen', namespace: 'ml', uid: 'a' },
      status: { placements },
    });
    return one;
  };
  const placement = (phase: string, cluster?: string) => ({ name: 'stable', phase, ...(cluster && { cluster }) });
  test.each([
    {
      name: 'its phase',
      was: [placement('Ready', 'us')],
      is: [placement('Unknown', 'us')],
      want: ['placement stable on us', 'Ready', 'Unknown'],
    },
    {
      name: 'its cluster',
      was: [placement('Ready', 'us')],
      is: [placement('Starting', 'eu')],
      want: ['placement stable', 'Ready on us', 'Starting on eu'],
    },
    {
      name: 'that it has a cluster',
      was: [placement('Unscheduled')],
      is: [placement('Starting', 'eu')],
      want: ['placement stable', 'no cluster', 'Starting on eu'],
    },
    {
      name: 'that it has none',
      was: [placement('Ready', 'us')],
      is: [placement('Unscheduled')],
      want: ['placement stable', 'Ready on us', 'no cluster'],
    },
    {
      name: 'that it is there',
      was: [],
      is: [placement('Unscheduled')],
      want: ['placement stable', 'not there', 'Unscheduled'],
    },
  ])('of a placement is $name', ({ was, is, want: [what, before, after] }) => {
    const nodes = { before: [node('a')], after: [node('a')] };
    expect(changedNodes(deployment(...was), deployment(...is), nodes)).toEqual([
      node('a', { notes: [{ kind: 'change', what, before, after } as never] }),
    ]);
  });

  test('of a placement is nothing while it is as it was', () => {
    const nodes = { before: [node('a')], after: [node('a')] };
    const one = () => deployment(placement('Ready', 'us'));
    expect(changedNodes(one(), one(), nodes)).toEqual([]);
  });

  test('may be gone', () => {
    expect(goneOf(deployment(), state())).toEqual(['ModelDeployment ml/qwen']);
    expect(goneOf(deployment(), deployment())).toEqual([]);
  });
});
