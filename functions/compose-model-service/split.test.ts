import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Endpoint, Entry } from './endpoints.ts';
import { entryPercent, lastSplit, MAX_BACKENDS, type Split, splitOf } from './split.ts';
import { isAtLeast, type Seen, standingOf } from './standing.ts';

const STATES = {
  usable: {},
  serving: { serves: true },
  draining: { draining: true, serves: true },
  drained: { draining: true },
  unready: { ready: false, serves: true },
  last: { leaving: true, serves: true },
  withdrawn: { leaving: true },
  dead: { ready: false },
} as const satisfies Record<string, Partial<Seen>>;
type State = keyof typeof STATES;

function endpoint(name: string, partial: Partial<Seen>): Endpoint {
  const seen = {
    ready: true,
    draining: false,
    leaving: false,
    dead: false,
    serves: false,
    composed: false,
    ...partial,
  };
  const unknown = { routing: undefined, problem: undefined, lastResort: seen.leaving };
  return { ...seen, ...unknown, name, backend: `service-${name}`, standing: standingOf(seen) };
}

const entryOf = (weight: number, tier: number, endpoints: Endpoint[]): Entry => ({
  name: undefined,
  weight,
  tier,
  labels: 'model=qwen',
  endpoints,
  claimed: [],
});

const entry = (weight: number, tier: number, ...states: State[]): Entry =>
  entryOf(
    weight,
    tier,
    states.map((state, index) => endpoint(`e${weight}-${tier}-${index}`, STATES[state])),
  );

const OPTIONS = {
  Redistribute: { keepsShares: false, canHold: false },
  Hold: { keepsShares: true, canHold: true },
  'Hold, before there is anywhere to hold it': { keepsShares: true, canHold: false },
} as const;

const weightsOf = (split: Split | undefined) =>
  split?.backends.map(({ endpoint: to, weight }) => `${to?.name ?? 'held'} ${weight}`);

test.each([
  {
    name: 'traffic is split by weight',
    entries: [entry(90, 0, 'usable'), entry(10, 0, 'usable')],
    want: ['e90-0-0 9', 'e10-0-0 1'],
  },
  {
    name: "an endpoint that is not ready gives its share to its entry's others",
    entries: [entry(90, 0, 'usable', 'dead', 'unready'), entry(10, 0, 'usable')],
    want: ['e90-0-0 9', 'e10-0-0 1'],
  },
  {
    name: 'one that drains gives its share away too',
    entries: [entry(90, 0, 'draining'), entry(10, 0, 'usable')],
    want: ['e10-0-0 1'],
  },
  {
    name: 'a higher tier gets nothing while a lower one is usable',
    entries: [entry(1, 0, 'usable'), entry(5, 1, 'usable')],
    want: ['e1-0-0 1'],
  },
  {
    name: 'a higher tier takes over when no lower one is usable, though some of it drains or may answer',
    entries: [entry(1, 0, 'draining', 'unready'), entry(5, 1, 'usable')],
    want: ['e5-1-0 1'],
  },
  {
    name: 'those that drain and serve go on before those that have given their traffic away',
    entries: [entry(1, 0, 'draining', 'last', 'dead'), entry(3, 0, 'drained')],
    want: ['e1-0-0 1'],
  },
  {
    name: 'those that have given it away have it back where nobody else is, in the lowest tier',
    entries: [entry(1, 0, 'drained'), entry(3, 0, 'drained'), entry(9, 1, 'drained')],
    want: ['e1-0-0 1', 'e3-0-0 3'],
  },
  {
    name: 'one that was looked at once and was not ready goes on before any last resort',
    entries: [entry(1, 0, 'unready'), entry(9, 0, 'last', 'withdrawn')],
    want: ['e1-0-0 1'],
  },
  {
    name: 'a last resort that serves goes on before one that does not',
    entries: [entry(1, 0, 'withdrawn'), entry(9, 0, 'last')],
    want: ['e9-0-0 1'],
  },
  { name: 'a last resort is better than nobody', entries: [entry(1, 0, 'withdrawn', 'dead')], want: ['e1-0-0 1'] },
  { name: 'nobody is no split', entries: [entry(1, 0, 'dead'), entry(1, 0)], want: undefined },
])('$name', ({ entries, want }) => expect(weightsOf(splitOf(entries, OPTIONS.Redistribute))).toEqual(want));

describe('an entry that keeps its share', () => {
  test.each([
    {
      name: 'has nobody: it is held',
      entries: [entry(9, 0), entry(1, 0, 'usable')],
      want: ['e1-0-0 1', 'held 9'],
    },
    {
      name: 'has somebody who drains: he takes it',
      entries: [entry(9, 0, 'drained'), entry(1, 0, 'usable')],
      want: ['e9-0-0 9', 'e1-0-0 1'],
    },
    {
      name: 'has somebody who was looked at once and was not ready: he takes it',
      entries: [entry(9, 0, 'unready'), entry(1, 0, 'draining')],
      want: ['e9-0-0 9', 'e1-0-0 1'],
    },
    {
      name: 'has last resorts alone: it is held, because they may be dead while others live',
      entries: [entry(9, 0, 'last', 'withdrawn'), entry(1, 0, 'usable')],
      want: ['e1-0-0 1', 'held 9'],
    },
    {
      name: 'is held together with others',
      entries: [entry(3, 0), entry(1, 0, 'usable'), entry(6, 0, 'dead')],
      want: ['e1-0-0 1', 'held 9'],
    },
    {
      name: 'is of another tier: nothing is held',
      entries: [entry(9, 0, 'dead'), entry(1, 1, 'usable')],
      want: ['e1-1-0 1'],
    },
  ])('$name', ({ entries, want }) => expect(weightsOf(splitOf(entries, OPTIONS.Hold))).toEqual(want));

  test('gives it to the others until there is somewhere to hold it', () => {
    const entries = [entry(9, 0), entry(1, 0, 'usable')];
    const split = splitOf(entries, OPTIONS['Hold, before there is anywhere to hold it']);
    expect(weightsOf(split)).toEqual(['e1-0-0 1']);
  });

  test('serves none of it, and the others keep their part of all traffic', () => {
    const entries = [entry(90, 0, 'dead'), entry(10, 0, 'usable')];
    const split = splitOf(entries, OPTIONS.Hold) as Split;
    expect(entries.map((one) => entryPercent(split, one))).toEqual([0, 10]);
  });
});

const many = (count: number, state: State): State[] => Array(count).fill(state);
const namesIn = (endpoints: readonly { readonly name: string }[] = []) => endpoints.map(({ name }) => name);
const takersIn = (split: Split | undefined) => namesIn(split?.backends.flatMap(({ endpoint: to }) => to ?? []));

describe('where a rule has too few places', () => {
  test('those that serve stay, and the next in order takes the place of one that is no good any more', () => {
    const [first = [], second = []] = [many(3, 'usable'), many(15, 'serving')];
    const split = splitOf([entry(1, 0, ...first, ...second, 'unready')], OPTIONS.Redistribute);
    expect(takersIn(split)).toEqual(namesIn(entry(1, 0, ...many(18, 'usable')).endpoints.toSpliced(1, 2)));
    expect(namesIn(split?.leftOut)).toEqual(['e1-0-1', 'e1-0-2']);
  });

  test('an entry that has somebody keeps one, and the ratio of the entries is exact', () => {
    const entries = [entry(90, 0, ...many(16, 'serving')), entry(10, 0, 'usable')];
    const split = splitOf(entries, OPTIONS.Redistribute) as Split;
    expect(takersIn(split)).toContain('e10-0-0');
    expect(entries.map((one) => entryPercent(split, one))).toEqual([90, 10]);
  });

  test('of more entries than places the ones that serve have one, and what the others keep is held', () => {
    const entries = Array.from({ length: 20 }, (_, index) =>
      entryOf(1, 0, [endpoint(`e${index}`, STATES[index < 10 ? 'usable' : 'serving'])]),
    );
    expect(takersIn(splitOf(entries, OPTIONS.Redistribute))).toEqual(
      [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19].map((index) => `e${index}`),
    );
    expect(weightsOf(splitOf(entries, OPTIONS.Hold))?.at(-1)).toBe('held 5');
  });
});

test('while nobody has a standing the last route is the split, the dead and the forgotten with it', () => {
  const entries = [entry(1, 0, 'dead')];
  const last = lastSplit(
    entries,
    [{ name: 'service-e1-0-0', weight: 3 }, { name: 'service-gone', weight: 6 }, { name: 'hold' }],
    'hold',
  );
  expect(last.backends.map(({ service, weight }) => [service, weight])).toEqual([
    ['service-e1-0-0', 3],
    ['service-gone', 6],
    [undefined, 1],
  ]);
  expect(last.standing).toBeUndefined();
  expect(entries.map((one) => entryPercent(last, one))).toEqual([30]);
});

describe('whoever there is', () => {
  const anybody = fc.record({
    ready: fc.boolean(),
    draining: fc.boolean(),
    leaving: fc.boolean(),
    dead: fc.boolean(),
    serves: fc.boolean(),
    composed: fc.boolean(),
  });
  const good = fc.constantFrom<Partial<Seen>>(STATES.usable, STATES.serving);
  /** More often than not with more who are as good as each other than there are places. */
  const seen: fc.Arbitrary<Partial<Seen>> = fc.oneof({ weight: 1, arbitrary: anybody }, { weight: 2, arbitrary: good });
  const anyEntries = fc
    .array(
      fc.record({
        weight: fc.integer({ min: 1, max: 100 }),
        tier: fc.constantFrom(0, 0, 0, 1, 2),
        endpoints: fc.array(seen, { maxLength: 24 }),
      }),
      { minLength: 1, maxLength: 20 },
    )
    .map((all) =>
      all.map(({ weight, tier, endpoints }, index) =>
        entryOf(
          weight,
          tier,
          endpoints.map((one, which) => endpoint(`e${index}-${which}`, one)),
        ),
      ),
    );
  const options = fc.constantFrom(...Object.values(OPTIONS));
  const holds = (law: (entries: Entry[], split: Split, given: (typeof OPTIONS)[keyof typeof OPTIONS]) => void) =>
    fc.assert(
      fc.property(anyEntries, options, (entries, given) => {
        const split = splitOf(entries, given);
        if (split === undefined)
          expect(entries.flatMap((one) => one.endpoints).some((one) => one.ready && !one.dead)).toBe(false);
        else law(entries, split, given);
      }),
    );

  test('somebody is sent requests, a rule has places for all, and each of them gets some', () => {
    holds((_, { backends }) => {
      expect(backends.some((backend) => backend.endpoint !== undefined)).toBe(true);
      expect(backends.length).toBeLessThanOrEqual(MAX_BACKENDS);
      expect(Math.min(...backends.map(({ weight }) => weight))).toBeGreaterThanOrEqual(1);
    });
  });

  test('nobody is sent requests beside a better one, unless his entry keeps its share and he may well answer', () => {
    holds((_, { backends, standing, tier }, { keepsShares }) => {
      for (const { endpoint: to } of backends)
        if (to !== undefined && to.standing !== standing) {
          expect(keepsShares && tier !== undefined).toBe(true);
          expect(to.standing && isAtLeast(to.standing, 'Unready')).toBe(true);
        }
    });
  });

  test('the entries that are served have their exact ratio', () => {
    holds((entries, split) => {
      const total = split.backends.reduce((sum, { weight }) => sum + weight, 0);
      const served = entries.map((one) => ({
        weight: one.weight,
        given: split.backends
          .filter(({ endpoint: to }) => to !== undefined && one.endpoints.includes(to))
          .reduce((sum, { weight }) => sum + weight, 0),
      }));
      const [first, ...others] = served.filter(({ given }) => given > 0);
      expect(first?.given).toBeLessThanOrEqual(total);
      for (const other of others) expect(other.given * (first?.weight ?? 0)).toBe((first?.given ?? 0) * other.weight);
    });
  });

  test('once the route is as it was said, it is said again', () => {
    holds((entries, split, given) => {
      const serving = new Set(split.backends.map(({ service }) => service));
      const after = entries.map((one) => ({
        ...one,
        endpoints: one.endpoints.map((each) => endpoint(each.name, { ...each, serves: serving.has(each.backend) })),
      }));
      expect(weightsOf(splitOf(after, given))).toEqual(weightsOf(split));
    });
  });

  test('who serves and is as good as the others stays, unless an entry would have nobody', () => {
    holds((entries, split) => {
      const inTier = entries.filter(({ tier }) => tier === split.tier);
      const staying = inTier.flatMap(({ endpoints }) =>
        endpoints.filter((one) => one.serves && one.standing === split.standing),
      );
      const room = MAX_BACKENDS - inTier.length - 1;
      if (staying.length <= room) expect(takersIn(split)).toEqual(expect.arrayContaining(namesIn(staying)));
    });
  });
});
