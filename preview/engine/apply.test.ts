import { expect, test } from 'vitest';
import { applied } from './apply.ts';

test.each([
  { name: 'what is wanted is set', existing: {}, last: {}, wanted: { a: 1, b: { c: 2 } }, want: { a: 1, b: { c: 2 } } },
  {
    name: 'what others wrote stays',
    existing: { a: 1, status: { x: 1 }, b: { theirs: 1 } },
    last: {},
    wanted: { b: { ours: 2 } },
    want: { a: 1, status: { x: 1 }, b: { theirs: 1, ours: 2 } },
  },
  {
    name: 'what was wanted last time and is no more goes',
    existing: { a: 1, b: 2 },
    last: { a: 1, b: 2 },
    wanted: { a: 1 },
    want: { a: 1 },
  },
  {
    name: 'and so does a field in an object that goes whole',
    existing: { m: { ours: 1, theirs: 2 } },
    last: { m: { ours: 1 } },
    wanted: {},
    want: { m: { theirs: 2 } },
  },
  {
    name: 'an object that was ours alone goes with its fields',
    existing: { m: { ours: 1 } },
    last: { m: { ours: 1 } },
    wanted: {},
    want: {},
  },
  {
    name: 'a list is replaced whole',
    existing: { l: [1, 2] },
    last: { l: [1, 2] },
    wanted: { l: [3] },
    want: { l: [3] },
  },
  {
    name: 'a value that becomes an object is replaced',
    existing: { a: 1 },
    last: { a: 1 },
    wanted: { a: { b: 1 } },
    want: { a: { b: 1 } },
  },
])('$name', ({ existing, last, wanted, want }) => expect(applied(existing, last, wanted)).toEqual(want));
