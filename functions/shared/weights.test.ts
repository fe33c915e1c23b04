import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_WEIGHT, percent, splitWeights } from './weights.ts';

describe('splitWeights', () => {
  test.each([
    {
      name: 'a canary of 90 and 10 keeps its ratio in the smallest numbers',
      shares: [
        [90, 1],
        [10, 1],
      ],
      want: [[9], [1]],
    },
    {
      name: 'a share is spread evenly over its parts',
      shares: [
        [90, 2],
        [10, 3],
      ],
      want: [
        [27, 27],
        [2, 2, 2],
      ],
    },
    { name: 'one backend gets everything', shares: [[7, 1]], want: [[1]] },
    {
      name: 'a share without parts gets nothing',
      shares: [
        [3, 0],
        [1, 1],
      ],
      want: [[], [1]],
    },
    { name: 'no shares are no weights', shares: [], want: [] },
    {
      name: 'the smallest share is lifted to 1 and the largest pays',
      shares: [
        [1, 15],
        [MAX_WEIGHT, 1],
      ],
      want: [Array(15).fill(1), [MAX_WEIGHT - 15]],
    },
  ])('$name', ({ shares, want }) => {
    expect(splitWeights(shares.map(([weight = 0, parts = 0]) => ({ weight, parts })))).toEqual(want);
  });

  /** At most 16 parts, as a route has at most 16 backends. */
  const shares = fc
    .array(fc.record({ weight: fc.integer({ min: 1, max: MAX_WEIGHT }), parts: fc.integer({ min: 1, max: 16 }) }), {
      minLength: 1,
      maxLength: 16,
    })
    .filter((all) => all.reduce((sum, { parts }) => sum + parts, 0) <= 16);

  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

  test('no part gets nothing, and all of them together at most the maximum', () => {
    fc.assert(
      fc.property(shares, (some) => {
        const weights = splitWeights(some).flat();
        expect(Math.min(...weights)).toBeGreaterThanOrEqual(1);
        expect(sum(weights)).toBeLessThanOrEqual(MAX_WEIGHT);
      }),
    );
  });

  test('every part is within one unit of its exact share, but for what lifting the smallest costs the largest', () => {
    fc.assert(
      fc.property(shares, (some) => {
        const weights = splitWeights(some);
        const total = sum(weights.flat());
        const whole = sum(some.map(({ weight }) => weight));
        const exact = some.flatMap(({ weight, parts }) => Array(parts).fill((weight / parts / whole) * total));
        const lifted = sum(exact.map((share) => Math.max(0, 1 - share)));
        const largest = Math.max(...exact);
        for (const [index, weight] of weights.flat().entries())
          expect(Math.abs(weight - exact[index])).toBeLessThan(1 + (exact[index] === largest ? lifted : 0) + 1e-6);
      }),
    );
  });

  test('the sum and each share of it do not depend on the order of the shares', () => {
    fc.assert(
      fc.property(shares, (some) => {
        const backwards = splitWeights(some.toReversed()).toReversed();
        expect(sum(backwards.flat())).toBe(sum(splitWeights(some).flat()));
        for (const [index, parts] of splitWeights(some).entries())
          expect(Math.abs(sum(parts) - sum(backwards[index] ?? []))).toBeLessThanOrEqual(16);
      }),
    );
  });
});

test.each([
  { part: 1, whole: 3, want: 33.33 },
  { part: 9, whole: 10, want: 90 },
  { part: 0, whole: 0, want: 0 },
])('$part of $whole is $want percent', ({ part, whole, want }) => expect(percent(part, whole)).toBe(want));
