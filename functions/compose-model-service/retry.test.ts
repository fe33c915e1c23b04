import { expect, test } from 'vitest';
import { attempts } from './retry.ts';

test.each([
  { name: 'a single backend gets a few attempts, for it may be restarting', weights: [1], want: 3 },
  { name: 'no backend is no reason for more', weights: [], want: 3 },
  { name: 'behind a dead half, twenty draws miss the sibling once in a million', weights: [1, 1], want: 20 },
  { name: 'behind a dead 90 percent it takes many more', weights: [9, 1], want: 132 },
  { name: 'behind a dead 99 percent it gives up before its client does', weights: [99, 1], want: 256 },
  { name: 'with many siblings half of them may be dead', weights: Array(16).fill(1), want: 20 },
])('$name', ({ weights, want }) => expect(attempts(weights)).toBe(want));
