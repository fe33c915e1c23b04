import { describe, expect, test } from 'vitest';
import { formatPath } from '../problem.ts';
import type { Schema } from './schema.ts';
import { structureErrors } from './structure.ts';

const check = (value: unknown, schema: Schema) =>
  structureErrors(value, schema).map(({ path, message }) => `${formatPath(path)}: ${message}`);

const spec = (properties: Record<string, Schema>, more: Schema = {}): Schema => ({
  type: 'object',
  properties: { spec: { type: 'object', properties, ...more } },
});

describe('what a schema refuses, in a sentence', () => {
  test.each([
    {
      name: 'a required field',
      schema: spec({ url: {} }, { required: ['url'] }),
      value: {},
      want: 'spec.url: is required',
    },
    {
      name: 'a mistyped field',
      schema: spec({ weight: {} }),
      value: { wieght: 1 },
      want: 'spec.wieght: is not a field; did you mean weight?',
    },
    {
      name: 'a made-up field',
      schema: spec({ url: {}, tls: {} }),
      value: { colour: 1 },
      want: 'spec.colour: is not a field; the fields there are url, tls',
    },
    {
      name: 'a field in an object that has none',
      schema: spec({}),
      value: { colour: 1 },
      want: 'spec.colour: is not a field; the fields there are none',
    },
    {
      name: 'text for a number',
      schema: spec({ weight: { type: 'integer' } }),
      value: { weight: '90' },
      want: 'spec.weight: must be a whole number, not "90"',
    },
    {
      name: 'a number for text',
      schema: spec({ version: { type: 'string' } }),
      value: { version: 1.1 },
      want: 'spec.version: must be text (in quotes, if it looks like a number or a boolean), not 1.1',
    },
    {
      name: 'an object for a list',
      schema: spec({ endpoints: { type: 'array' } }),
      value: { endpoints: {} },
      want: 'spec.endpoints: must be a list, not {}',
    },
    {
      name: 'a fraction',
      schema: spec({ weight: { type: 'integer' } }),
      value: { weight: 1.5 },
      want: 'spec.weight: must be a whole number, not 1.5',
    },
    {
      name: 'a word that is not in the list',
      schema: spec({ http: { type: 'string', enum: ['Enabled', 'Disabled'] } }),
      value: { http: 'enabled' },
      want: 'spec.http: must be one of Enabled, Disabled, not "enabled"; did you mean Enabled?',
    },
    {
      name: 'too little',
      schema: spec({ w: { type: 'integer', minimum: 1 } }),
      value: { w: 0 },
      want: 'spec.w: must be at least 1, not 0',
    },
    {
      name: 'too much',
      schema: spec({ w: { type: 'integer', maximum: 9 } }),
      value: { w: 10 },
      want: 'spec.w: must be at most 9, not 10',
    },
    {
      name: 'text that does not match',
      schema: spec({ a: { type: 'string', pattern: '^/' } }),
      value: { a: 'x' },
      want: 'spec.a: must match ^/, not "x"',
    },
    {
      name: 'empty text',
      schema: spec({ a: { type: 'string', minLength: 1 } }),
      value: { a: '' },
      want: 'spec.a: must have at least 1 character, not ""',
    },
    {
      name: 'long text',
      schema: spec({ a: { type: 'string', maxLength: 3 } }),
      value: { a: 'abcd' },
      want: 'spec.a: must have at most 3 characters, and has 4',
    },
    {
      name: 'an empty list',
      schema: spec({ a: { type: 'array', minItems: 1 } }),
      value: { a: [] },
      want: 'spec.a: must hold at least 1 item, and has 0',
    },
    {
      name: 'a long list',
      schema: spec({ a: { type: 'array', maxItems: 1 } }),
      value: { a: [1, 2] },
      want: 'spec.a: must hold at most 1 items, and has 2',
    },
    {
      name: 'an empty selector',
      schema: spec({ a: { type: 'object', minProperties: 1, additionalProperties: {} } }),
      value: { a: {} },
      want: 'spec.a: must hold at least 1 field, and has 0',
    },
    {
      name: 'the same item twice in a set',
      schema: spec({ a: { type: 'array', 'x-kubernetes-list-type': 'set' } }),
      value: { a: ['x', 'y', 'x'] },
      want: 'spec.a: must not hold the same item twice (items 0 and 2)',
    },
    {
      name: 'the same key twice in a keyed list',
      schema: spec({ a: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] } }),
      value: { a: [{ name: 'y' }, { name: 'x' }, { name: 'x' }] },
      want: 'spec.a: must not hold two items with the same name: x is there again as item 2',
    },
    {
      name: 'a value of a map, by its key',
      schema: spec({ labels: { type: 'object', additionalProperties: { type: 'string' } } }),
      value: { labels: { 'a/b~c': 1 } },
      want: 'spec.labels[a/b~c]: must be text (in quotes, if it looks like a number or a boolean), not 1',
    },
    {
      name: 'an item of a list, by its number',
      schema: spec({ list: { type: 'array', items: { type: 'object', properties: { n: { type: 'integer' } } } } }),
      value: { list: [{}, { n: 'x' }] },
      want: 'spec.list[1].n: must be a whole number, not "x"',
    },
    {
      name: 'a keyword of no words of our own',
      schema: spec({ n: { type: 'integer', multipleOf: 5 } }),
      value: { n: 7 },
      want: 'spec.n: must be multiple of 5, not 7',
    },
  ])('$name', ({ schema, value, want }) => expect(check({ spec: value }, schema)).toEqual([want]));

  test('every field that is wrong is named, each once', () => {
    const schema = spec({ a: { type: 'string', enum: ['x'] }, b: { type: 'integer' } });
    expect(check({ spec: { a: 1, b: 'y' } }, schema)).toHaveLength(2);
  });
});

describe('what a schema lets through', () => {
  test.each([
    {
      name: 'fields that are to be preserved',
      schema: spec({ a: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }),
      value: { a: { anything: [1] } },
    },
    {
      name: 'a map of any keys',
      schema: spec({ a: { type: 'object', additionalProperties: { type: 'string' } } }),
      value: { a: { b: 'c' } },
    },
    {
      name: 'a number or text where both are allowed',
      schema: spec({ a: { 'x-kubernetes-int-or-string': true }, b: { 'x-kubernetes-int-or-string': true } }),
      value: { a: 1, b: '1' },
    },
    { name: 'null where it is allowed', schema: spec({ a: { type: 'string', nullable: true } }), value: { a: null } },
  ])('$name', ({ schema, value }) => expect(check({ spec: value }, schema)).toEqual([]));
});
