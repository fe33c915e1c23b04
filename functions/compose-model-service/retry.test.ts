import { expect, test } from 'vitest';
import { attempts } from './retry.ts';

test.each([
  { name: 'a single backend gets a few attempts, for it may be restarting', weights: [1], want: 3 },
  { name: 'no backend is no reason for more', weights: [], want: 3 },
  { name: 'behind a dead half, ten draws miss the sibling once in a thousand', weights: [1, 1], want: 10 },
  { name: 'behind a dead 90 percent it takes many more', weights: [9, 1], want: 64 },
  { name: 'with many siblings a few are enough', weights: Array(16).fill(1), want: 3 },
])('$name', ({ weights, want }) => expect(attempts(weights)).toBe(want));
