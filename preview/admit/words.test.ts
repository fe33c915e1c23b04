import { describe, expect, test } from 'vitest';
import { closest, list, quote } from './words.ts';

describe('what a mistyped word was meant to be', () => {
  const words = ['weight', 'tier', 'selector', 'name'];
  test.each([
    { name: 'two letters changed places', word: 'wieght', want: 'weight' },
    { name: 'two letters of a short word changed places', word: 'nmae', want: 'name' },
    { name: 'one letter is missing', word: 'selctor', want: 'selector' },
    { name: 'only the case differs', word: 'Tier', want: 'tier' },
    { name: 'a word of its own means nothing else', word: 'colour', want: undefined },
    { name: 'a short word is not taken for another short one', word: 'abcd', want: undefined },
  ])('$name', ({ word, want }) => expect(closest(word, words)).toBe(want));

  test('nothing is meant where there is nothing', () => expect(closest('a', [])).toBeUndefined());
});

test('a long value is cut, so that the sentence stays one', () => {
  expect(quote('x'.repeat(100))).toBe(`"${'x'.repeat(56)}...`);
});

test('no words are none', () => expect(list([])).toBe('none'));
