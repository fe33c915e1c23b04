import { describe, expect, test } from 'vitest';
import { difference } from './compare.ts';

const documents = (...all: object[]) => ({ documents: all });

describe('two renders that say the same', () => {
  test.each([
    {
      name: 'documents that are equal as data, whatever the order of fields',
      ours: documents({ a: 1, b: 2 }),
      theirs: documents({ b: 2, a: 1 }),
    },
    { name: 'an error that Crossplane wraps', ours: { error: 'no' }, theirs: { error: 'crossplane: error: no' } },
  ])('$name', ({ ours, theirs }) => expect(difference(ours, theirs)).toBeUndefined());
});

describe('two renders that differ', () => {
  test.each([
    { name: 'a value', ours: documents({ a: 1 }), theirs: documents({ a: 2 }), want: /\+ {2,}a: 1\n- {2,}a: 2/ },
    { name: 'a number and its text', ours: documents({ a: 1 }), theirs: documents({ a: '1' }), want: /a: '1'/ },
    { name: 'an extra field', ours: documents({ a: 1, b: null }), theirs: documents({ a: 1 }), want: /\+ {2,}b: null/ },
    {
      name: 'the order of documents',
      ours: documents({ a: 1 }, { a: 2 }),
      theirs: documents({ a: 2 }, { a: 1 }),
      want: /a: 1/,
    },
    { name: 'a document more', ours: documents({ a: 1 }), theirs: documents(), want: /a: 1/ },
    {
      name: 'an error and documents',
      ours: { error: 'no' },
      theirs: documents({}),
      want: /preview: {4}no\ncrossplane: rendered without an error/,
    },
    {
      name: 'documents and an error',
      ours: documents({}),
      theirs: { error: 'no' },
      want: /preview: {4}rendered without an error\ncrossplane: no/,
    },
    { name: 'two errors', ours: { error: 'no' }, theirs: { error: 'yes' }, want: /preview: {4}no\ncrossplane: yes/ },
  ])('$name', ({ ours, theirs, want }) => expect(difference(ours, theirs)).toMatch(want));
});
