import { expect, test } from 'vitest';
import { isAtLeast } from './go.ts';

test.each([
  { version: '1.26.8', floor: '1.26.7', want: true },
  { version: '1.26.7', floor: '1.26.7', want: true },
  { version: '1.26', floor: '1.26.0', want: true },
  { version: '1.9.9', floor: '1.26.0', want: false },
  { version: '1.26.6', floor: '1.26.7', want: false },
  { version: '2.0', floor: '1.26.7', want: true },
])('Go $version, where $floor is wanted: $want', ({ version, floor, want }) => {
  expect(isAtLeast(version, floor)).toBe(want);
});
