import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_WEIGHT } from '#shared/weights.ts';
import type { Endpoint, Entry } from './endpoints.ts';
import { entryPercent, mostBackends, splitOfDraining, splitOfReady, splitOfUsable } from './split.ts';

type State = 'usable' | 'draining' | 'last' | 'unready';

const endpoint = (name: string, state: State): Endpoint => ({
  name,
  composed: false,
  routing: undefined,
  ready: state !== 'unready',
  lastResort: state === 'last',
  wanted: state === 'usable' || state === 'unready',
  willing: state === 'usable' || state === 'draining',
  usable: state === 'usable',
});

const entry = (weight: number, tier: number, ...states: State[]): Entry => ({
  name: undefined,
  weight,
  tier,
  labels: 'model=qwen',
  endpoints: states.map((state, index) => endpoint(`e${weight}-${tier}-${index}`, state)),
  claimed: [],
});

const weightsOf = (split: ReturnType<typeof splitOfUsable>) =>
  split.backends.map(({ endpoint: to, weight }) => [to?.name ?? 'held', weight]);

describe('splitOfUsable', () => {
  test.each([
    {
      name: 'traffic is split by weight',
      entries: [entry(90, 0, 'usable'), entry(10, 0, 'usable')],
      hold: false,
      want: [
        ['e90-0-0', 9],
        ['e10-0-0', 1],
      ],
    },
    {
      name: "an endpoint that is not ready gives its share to its entry's others",
      entries: [entry(90, 0, 'usable', 'unready'), entry(10, 0, 'usable')],
      hold: false,
      want: [
        ['e90-0-0', 9],
        ['e10-0-0', 1],
      ],
    },
    {
      name: 'one that drains gives its share away too',
      entries: [entry(90, 0, 'draining'), entry(10, 0, 'usable')],
      hold: false,
      want: [['e10-0-0', 1]],
    },
    {
      name: 'a held share goes to nobody',
      entries: [entry(90, 0, 'draining'), entry(10, 0, 'usable')],
      hold: true,
      want: [
        ['held', 9],
        ['e10-0-0', 1],
      ],
    },
    {
      name: 'a higher tier gets nothing while a lower one is usable',
      entries: [entry(1, 0, 'usable'), entry(5, 1, 'usable')],
      hold: false,
      want: [['e1-0-0', 1]],
    },
    {
      name: 'a higher tier takes over when no lower one is usable',
      entries: [entry(1, 0, 'unready'), entry(5, 1, 'usable')],
      hold: true,
      want: [['e5-1-0', 1]],
    },
    { name: 'nobody usable is no split', entries: [entry(1, 0, 'unready'), entry(1, 0)], hold: true, want: [] },
  ])('$name', ({ entries, hold, want }) => expect(weightsOf(splitOfUsable(entries, hold))).toEqual(want));

  test('every usable endpoint of the serving tier gets traffic, nobody else does, in the ratio of the entries', () => {
    const state = fc.constantFrom<State>('usable', 'draining', 'last', 'unready');
    const anyEntry = fc
      .tuple(fc.integer({ min: 1, max: MAX_WEIGHT }), fc.integer({ min: 0, max: 2 }), fc.array(state, { maxLength: 4 }))
      .map(([weight, tier, states]) => entry(weight, tier, ...states));
    fc.assert(
      fc.property(fc.array(anyEntry, { maxLength: 4 }), (entries) => {
        const split = splitOfUsable(entries, false);
        const serving = entries.filter(({ tier }) => tier === split.tier);
        expect(split.backends.map(({ endpoint: to }) => to)).toEqual(
          serving.flatMap(({ endpoints }) => endpoints.filter(({ usable }) => usable)),
        );
        expect(split.backends.every(({ weight }) => weight >= 1)).toBe(true);
      }),
    );
  });
});

describe('while nobody is usable', () => {
  const entries = [entry(1, 0, 'draining', 'last', 'unready'), entry(3, 0, 'draining')];

  test.each([
    {
      name: 'endpoints that drain take the traffic',
      served: [],
      want: [
        ['e1-0-0', 1],
        ['e3-0-0', 3],
      ],
    },
    { name: 'those that serve come before those that gave all away', served: ['e3-0-0'], want: [['e3-0-0', 1]] },
    {
      name: 'a last resort that serves comes after one that gave all away',
      served: ['e1-0-1'],
      want: [
        ['e1-0-0', 1],
        ['e3-0-0', 3],
      ],
    },
  ])('$name', ({ served, want }) => expect(weightsOf(splitOfDraining(entries, false, new Set(served)))).toEqual(want));

  test('a placement that drains gets its share back from one that serves, for its deployment says when it is to go', () => {
    const composed = entries.map((one) => ({
      ...one,
      endpoints: one.endpoints.map((each) => ({ ...each, composed: true })),
    }));
    expect(weightsOf(splitOfDraining(composed, false, new Set(['e3-0-0'])))).toEqual([
      ['e1-0-0', 1],
      ['e3-0-0', 3],
    ]);
  });

  test('an empty share is held as ever', () => {
    const held = [entry(1, 0, 'draining'), entry(9, 0, 'unready')];
    expect(weightsOf(splitOfDraining(held, true, new Set()))).toEqual([
      ['e1-0-0', 1],
      ['held', 9],
    ]);
  });

  test('and nobody drains either, a last resort takes it', () => {
    const last = [entry(1, 0, 'last', 'unready')];
    expect(splitOfDraining(last, false, new Set()).tier).toBeUndefined();
    expect(weightsOf(splitOfReady(last, false))).toEqual([['e1-0-0', 1]]);
  });
});

test.each([
  {
    name: 'all endpoints of the fullest tier count that are to serve, usable or not',
    entries: [entry(1, 0, 'unready', 'usable', 'draining', 'last'), entry(1, 1, 'usable')],
    hold: false,
    want: 2,
  },
  {
    name: 'an empty entry counts where its share is held',
    entries: [entry(1, 0), entry(2, 0, 'usable')],
    hold: true,
    want: 2,
  },
  { name: 'nothing is no backends', entries: [], hold: true, want: 0 },
])('$name', ({ entries, hold, want }) => expect(mostBackends(entries, hold)).toBe(want));

test('an entry that is held serves nothing, and the others keep their part of all traffic', () => {
  const [stable, canary] = [entry(90, 0, 'unready'), entry(10, 0, 'usable')];
  const split = splitOfUsable([stable, canary], true);
  expect([entryPercent(split, stable), entryPercent(split, canary)]).toEqual([0, 10]);
});
