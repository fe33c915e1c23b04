import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limiter } from './limiter.ts';
import { memoryRates, WINDOW_MS } from './rates.ts';

const MINUTE = WINDOW_MS;

/** When requests are let in, of those that come at these times. */
function admitted(limit: number, times: readonly number[]): number[] {
  const rates = memoryRates();
  const bucket = [{ key: 'k', limit }];
  return times.filter((now) => {
    if (rates.waitFor(bucket, now) > 0) return false;
    rates.take(bucket, now);
    return true;
  });
}

/** How many of these times are in the minute that ends with one of them. */
const within = (times: readonly number[], end: number): number =>
  times.filter((time) => time > end - MINUTE && time <= end).length;

const limits = fc.integer({ min: 1, max: 20 });
// Bursts, pauses around a minute, and pauses of many: whatever a window or a bucket that is forgotten would let slip.
const pauses = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 0, max: 5_000 }),
  fc.integer({ min: MINUTE - 2, max: MINUTE + 2 }),
  fc.integer({ min: 0, max: 10 * MINUTE }),
);
const arrivals = fc.array(pauses, { maxLength: 200 }).map((gaps) => {
  let now = 0;
  return gaps.map((gap) => {
    now += gap;
    return now;
  });
});

test('of one key never more than its limit in any minute, whatever the pauses', () => {
  fc.assert(
    fc.property(limits, arrivals, (limit, times) => {
      const came = admitted(limit, times);
      for (const time of came) expect(within(came, time)).toBeLessThanOrEqual(limit);
    }),
  );
});

test('nobody is refused who has made fewer than his limit in the last minute', () => {
  fc.assert(
    fc.property(limits, arrivals, (limit, times) => {
      const came = admitted(limit, times);
      const refused = times.filter((time) => !came.includes(time));
      for (const time of refused) expect(within(came, time)).toBe(limit);
    }),
  );
});

test('who waits for as long as he is told is let in, and not a millisecond before', () => {
  fc.assert(
    fc.property(limits, arrivals, (limit, times) => {
      const rates = memoryRates();
      const bucket = [{ key: 'k', limit }];
      for (const now of times) {
        const wait = rates.waitFor(bucket, now);
        if (wait === 0) rates.take(bucket, now);
        else expect([rates.waitFor(bucket, now + wait - 1) > 0, rates.waitFor(bucket, now + wait)]).toEqual([true, 0]);
        if (wait > 0) break;
      }
    }),
  );
});

test('keys do not meet, and who is in two buckets is held to both', () => {
  const rates = memoryRates();
  const [a, b] = [
    { key: 'a', limit: 2 },
    { key: 'b', limit: 1 },
  ];
  rates.take([a, b], 0);
  expect([rates.waitFor([a], 1_000), rates.waitFor([b], 1_000), rates.waitFor([a, b], 1_000)]).toEqual([
    0, 59_000, 59_000,
  ]);
});

test('a limit that is lowered holds from the next request on', () => {
  const rates = memoryRates();
  for (const now of [0, 10, 20]) rates.take([{ key: 'k', limit: 3 }], now);
  expect(rates.waitFor([{ key: 'k', limit: 1 }], 30)).toBe(MINUTE + 20 - 30);
});

test('callers who are gone are forgotten', () => {
  const rates = memoryRates();
  for (let caller = 0; caller < 2_000; caller++) rates.take([{ key: `${caller}`, limit: 1 }], 0);
  rates.take([{ key: 'last', limit: 1 }], 2 * MINUTE);
  expect(rates.size).toBe(1);
});

const twice = async (limits: ReturnType<typeof limiter>, count: number) => {
  const bucket = [{ key: 'k', limit: 3 }];
  const waits = [];
  for (let i = 0; i < count; i++) waits.push((await limits.admit(bucket)) > 0);
  return waits.filter((refused) => !refused).length;
};

test.each([
  { name: 'without Redis', shared: undefined, want: 3 },
  { name: 'while Redis does not answer', shared: async () => undefined, want: 3 },
  { name: 'when Redis has forgotten everything', shared: async () => 0, want: 3 },
  { name: 'when others have used all of it', shared: async () => 5_000, want: 0 },
])('a verifier holds a caller to his limit $name', async ({ shared, want }) => {
  const rates = shared && { take: shared, up: true, close: () => {} };
  expect(
    await twice(
      limiter(rates, () => 0),
      10,
    ),
  ).toBe(want);
});

test('requests that come at once are counted each, while Redis does not answer', async () => {
  const late = {
    take: () => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 5)),
    up: false,
    close: () => {},
  };
  const limits = limiter(late, () => 0);
  const waits = await Promise.all(Array.from({ length: 10 }, () => limits.admit([{ key: 'k', limit: 3 }])));
  expect(waits.filter((wait) => wait === 0)).toHaveLength(3);
});
