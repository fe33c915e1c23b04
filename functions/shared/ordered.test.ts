import { expect, test } from 'vitest';
import { ordered } from './ordered.ts';

test('the keys of maps are put in order at every depth, and lists stay as they are', () =>
  expect(JSON.stringify(ordered({ b: [{ d: 1, c: null }, 'x', 'a'], a: { Z: true, y: 'y' } }))).toBe(
    '{"a":{"Z":true,"y":"y"},"b":[{"c":null,"d":1},"x","a"]}',
  ));
