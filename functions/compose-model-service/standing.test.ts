import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestOf, canAnswer, type Seen, STANDINGS, standingOf } from './standing.ts';

const READY: Seen = { ready: true, draining: false, leaving: false, dead: false, serves: false, composed: false };

describe('an endpoint is', () => {
  test.each([
    { name: 'usable when it is ready and has no wish', seen: {}, want: 'Usable' },
    { name: 'draining while the route still names it', seen: { draining: true, serves: true }, want: 'Draining' },
    {
      name: 'draining for as long as its deployment keeps it',
      seen: { draining: true, composed: true },
      want: 'Draining',
    },
    { name: 'drained once it has given its traffic away', seen: { draining: true }, want: 'Drained' },
    {
      name: 'unready at a single look, while the route names it',
      seen: { ready: false, serves: true },
      want: 'Unready',
    },
    {
      name: 'unready whether or not it is to drain',
      seen: { ready: false, draining: true, serves: true },
      want: 'Unready',
    },
    { name: 'a last resort that serves', seen: { leaving: true, serves: true }, want: 'LastResort' },
    { name: 'withdrawn when it is a last resort that serves nobody', seen: { leaving: true }, want: 'Withdrawn' },
    { name: 'nobody when it is not ready and has never served', seen: { ready: false }, want: undefined },
    {
      name: 'nobody when it cannot answer and is to go',
      seen: { ready: false, leaving: true, serves: true },
      want: undefined,
    },
    {
      name: 'nobody when it is dead, whatever the route says',
      seen: { dead: true, serves: true },
      want: undefined,
    },
  ])('$name', ({ seen, want }) => expect(standingOf({ ...READY, ...seen })).toBe(want));
});

test('whoever is ready has a standing, and whoever answers is better than whoever may not', () => {
  const seen = fc.record({
    ready: fc.boolean(),
    draining: fc.boolean(),
    leaving: fc.boolean(),
    dead: fc.boolean(),
    serves: fc.boolean(),
    composed: fc.boolean(),
  });
  fc.assert(
    fc.property(seen, seen, (a, b) => {
      const [one, other] = [standingOf(a), standingOf(b)];
      if (a.ready && !a.dead) expect(one).toBeDefined();
      expect(canAnswer(one)).toBe(a.ready && !a.leaving && !a.dead);
      if (canAnswer(one) && !canAnswer(other)) expect(bestOf([other, one])).toBe(one);
    }),
  );
});

test('docs/model-services.md has the same table', () => {
  const page = readFileSync(new URL('../../docs/model-services.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| \d \| (\w+) \|/gm)].map(([, standing]) => standing);
  expect(rows).toEqual(STANDINGS.map(([standing]) => standing));
});
