import { describe, expect, test } from 'vitest';
import { type Condition, setConditions } from './conditions.ts';

const TIME = { lastTransitionTime: '2024-01-01T00:00:00Z' };
const of = (type: string, status: 'True' | 'False', more: object = {}): Condition => ({
  type,
  status,
  reason: 'R',
  ...more,
});

describe('setting conditions', () => {
  test.each([
    {
      name: 'a new one goes to the end',
      existing: [of('A', 'True', TIME)],
      added: [of('B', 'True')],
      want: [of('A', 'True', TIME), of('B', 'True', TIME)],
    },
    {
      name: 'a changed one keeps its place',
      existing: [of('A', 'True', TIME), of('B', 'True', TIME)],
      added: [of('A', 'False')],
      want: [of('A', 'False', TIME), of('B', 'True', TIME)],
    },
    {
      name: 'one that says the same stays as it was',
      existing: [of('A', 'True', { lastTransitionTime: 'before' })],
      added: [of('A', 'True')],
      want: [of('A', 'True', { lastTransitionTime: 'before' })],
    },
    {
      name: 'a generation that only one side has says nothing new',
      existing: [of('A', 'True', { observedGeneration: 2 })],
      added: [of('A', 'True')],
      want: [of('A', 'True', { observedGeneration: 2 })],
    },
    {
      name: 'another generation does',
      existing: [of('A', 'True', { observedGeneration: 2 })],
      added: [of('A', 'True', { observedGeneration: 3 })],
      want: [of('A', 'True', { observedGeneration: 3, ...TIME })],
    },
    {
      name: 'an empty message is left out',
      existing: [],
      added: [of('A', 'True', { message: '' })],
      want: [of('A', 'True', TIME)],
    },
  ])('$name', ({ existing, added, want }) => expect(setConditions(existing, added)).toEqual(want));
});
