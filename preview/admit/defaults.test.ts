import { expect, test } from 'vitest';
import { withDefaults } from './defaults.ts';
import type { Schema } from './schema.ts';

const SCHEMA: Schema = {
  type: 'object',
  properties: {
    weight: { type: 'integer', default: 1 },
    off: { type: 'boolean', default: false },
    plain: { type: 'string' },
    maybe: { type: 'string', nullable: true, default: 'x' },
    nested: { type: 'object', default: {}, properties: { deep: { type: 'string', default: 'd' } } },
    bare: { type: 'object', properties: { deep: { type: 'string', default: 'd' } } },
    items: { type: 'array', items: { type: 'object', properties: { tier: { type: 'integer', default: 0 } } } },
    map: {
      type: 'object',
      additionalProperties: { type: 'object', properties: { n: { type: 'integer', default: 2 } } },
    },
  },
};
const DEFAULTS = { weight: 1, off: false, maybe: 'x', nested: { deep: 'd' } };

test.each([
  { name: 'what is missing is set, and set inside what was set', given: {}, want: DEFAULTS },
  {
    name: 'what is given stays, though it is 0 or empty',
    given: { weight: 0, off: true, maybe: '' },
    want: { ...DEFAULTS, weight: 0, off: true, maybe: '' },
  },
  {
    name: 'an object without a default of its own is not made up',
    given: { bare: {} },
    want: { ...DEFAULTS, bare: { deep: 'd' } },
  },
  {
    name: 'items of lists and values of maps are filled in',
    given: { items: [{}, { tier: 3 }], map: { a: {} } },
    want: { ...DEFAULTS, items: [{ tier: 0 }, { tier: 3 }], map: { a: { n: 2 } } },
  },
  {
    name: 'null means the default, unless null is allowed',
    given: { weight: null, maybe: null },
    want: { ...DEFAULTS, maybe: null },
  },
  { name: 'null without a default is dropped', given: { plain: null }, want: DEFAULTS },
  {
    name: 'what no schema describes is kept, null as well',
    given: { odd: null, other: { a: 1 } },
    want: { ...DEFAULTS, odd: null, other: { a: 1 } },
  },
])('$name', ({ given, want }) => expect(withDefaults(given, SCHEMA)).toEqual(want));

test('the given object and the schema stay as they are', () => {
  const given = { items: [{}] };
  const filled = withDefaults(given, SCHEMA) as { nested: Record<string, unknown> };
  filled.nested.deep = 'changed';
  expect(given).toEqual({ items: [{}] });
  expect(withDefaults({}, SCHEMA)).toEqual(DEFAULTS);
});
