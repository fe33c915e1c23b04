import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_WEIGHT } from '#shared/weights.ts';
import { countedEngines, weightsByEngines } from './shares.ts';

const engines = fc.integer({ min: 0, max: 1000 });

describe('the engines that a share is for', () => {
  test.each([
    { name: 'are those that can serve, where nobody counted before', available: 3, before: undefined, want: 3 },
    { name: 'are one where none ever could', available: 0, before: undefined, want: 1 },
    {
      name: 'stay where none can any more, for the route leaves such a placement out',
      available: 0,
      before: 4,
      want: 4,
    },
    { name: 'follow one more of a few', available: 2, before: 1, want: 2 },
    { name: 'follow one fewer of a few', available: 3, before: 4, want: 3 },
    { name: 'do not follow one more of five', available: 6, before: 5, want: 5 },
    { name: 'follow two more of five', available: 7, before: 5, want: 7 },
    { name: 'do not follow two fewer of ten', available: 8, before: 10, want: 10 },
    { name: 'follow three fewer of ten', available: 7, before: 10, want: 7 },
  ])('$name', ({ available, before, want }) => expect(countedEngines(available, before)).toBe(want));

  test('are never more than a fifth away from those that can serve, and never none', () => {
    fc.assert(
      fc.property(engines, fc.option(fc.integer({ min: 1, max: 1000 }), { nil: undefined }), (available, before) => {
        const counted = countedEngines(available, before);
        expect(counted).toBeGreaterThanOrEqual(1);
        if (available > 0) expect(Math.abs(counted - available)).toBeLessThanOrEqual(counted / 5);
      }),
    );
  });

  test('are the same at the second look, and while no number is more than a fifth away', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.array(fc.integer({ min: -20, max: 20 })), (first, percents) => {
        const counted = countedEngines(first, undefined);
        for (const percent of percents)
          expect(countedEngines(Math.max(1, first + Math.trunc((first * percent) / 100)), counted)).toBe(counted);
      }),
    );
  });
});

test('weights are those of the engines, each at least 1 and none more than a route takes', () => {
  const placement = fc.record({
    weight: fc.integer({ min: 1, max: MAX_WEIGHT }),
    engines: fc.integer({ min: 1, max: 1000 }),
  });
  fc.assert(
    fc.property(fc.array(placement, { minLength: 1, maxLength: 16 }), (placements) => {
      const weights = weightsByEngines(placements);
      expect(Math.min(...weights)).toBeGreaterThanOrEqual(1);
      expect(Math.max(...weights)).toBeLessThanOrEqual(MAX_WEIGHT);
      const products = placements.map((one) => one.weight * one.engines);
      const unit = Math.max(1, ...products.map((product) => product / MAX_WEIGHT));
      for (const [index, product] of products.entries()) {
        const weight = weights[index] ?? 0;
        // To one unit of the largest, which is the floor as well.
        expect(Math.abs(weight - product / unit)).toBeLessThanOrEqual(weight === 1 ? 1 : 0.5);
      }
    }),
  );
});
