import { describe, expect, test } from 'vitest';
import { formatPath } from '../problem.ts';
import { compile, evaluate, ruleErrors } from './cel.ts';
import type { Rule, Schema } from './schema.ts';

const check = (value: unknown, schema: Schema, old?: unknown) =>
  ruleErrors(value, schema, old).map(({ path, message }) => `${formatPath(path)}: ${message}`);

const ruled = (rule: string, schema: Schema = {}, more: Partial<Rule> = {}): Schema => ({
  ...schema,
  'x-kubernetes-validations': [{ rule, message: 'broken', ...more }],
});
const fields = (properties: Record<string, Schema>): Schema => ({ type: 'object', properties });

describe('a rule', () => {
  test.each([
    {
      name: 'that holds says nothing',
      schema: ruled('self.a == 1', fields({ a: { type: 'integer' } })),
      value: { a: 1 },
      want: [],
    },
    { name: 'that is broken says its message', schema: ruled('self.a == 1'), value: { a: 2 }, want: [': broken'] },
    {
      name: 'says itself when it has no message',
      schema: { 'x-kubernetes-validations': [{ rule: 'false' }] },
      value: {},
      want: [': breaks the rule false'],
    },
    {
      name: 'may compute its message',
      schema: ruled('false', {}, { messageExpression: "'not ' + self.a" }),
      value: { a: 'x' },
      want: [': not x'],
    },
    {
      name: 'falls back on its message when that cannot be computed',
      schema: ruled('false', {}, { messageExpression: 'self.b' }),
      value: {},
      want: [': broken'],
    },
    {
      name: 'may point at a field',
      schema: ruled('false', {}, { fieldPath: '.a.b' }),
      value: {},
      want: ['a.b: broken'],
    },
    {
      name: 'on a field is about that field',
      schema: fields({ url: ruled("self.startsWith('http')", { type: 'string' }) }),
      value: { url: 'ftp' },
      want: ['url: broken'],
    },
    { name: 'on a field that is missing is not run', schema: fields({ url: ruled('false') }), value: {}, want: [] },
    {
      name: 'on items is run for each',
      schema: { type: 'array', items: ruled('self > 1', { type: 'integer' }) },
      value: [1, 2, 0],
      want: ['[0]: broken', '[2]: broken'],
    },
    {
      name: 'on values of a map is run for each',
      schema: { type: 'object', additionalProperties: ruled("self != ''") },
      value: { a: '', b: 'x' },
      want: ['a: broken'],
    },
    {
      name: 'that reads what is not there is broken',
      schema: ruled('self.b == 1'),
      value: {},
      want: [': rule self.b == 1 cannot be evaluated: No such key: b'],
    },
    {
      name: 'finds a field with a reserved name in underscores',
      schema: ruled("self.__namespace__ == 'x'", fields({ namespace: { type: 'string' } })),
      value: { namespace: 'x' },
      want: [],
    },
    {
      name: 'finds a field with a dash in its name',
      schema: ruled('self.a__dash__b', fields({ 'a-b': { type: 'boolean' } })),
      value: { 'a-b': true },
      want: [],
    },
    {
      name: 'finds keys of a map as they are',
      schema: ruled("'a-b' in self", { type: 'object', additionalProperties: {} }),
      value: { 'a-b': 1 },
      want: [],
    },
    {
      name: 'divides whole numbers as whole numbers',
      schema: ruled('self.a / 2 == 2', fields({ a: { type: 'integer' } })),
      value: { a: 5 },
      want: [],
    },
    {
      name: 'takes a number for a fraction though it is whole',
      schema: ruled('self.a / 2.0 == 2.5', fields({ a: { type: 'number' } })),
      value: { a: 5 },
      want: [],
    },
    {
      name: 'may use has, all, exists, size and matches',
      schema: ruled(
        "has(self.l) && self.l.all(x, x.matches('^[a-c]$')) && self.l.exists(x, x == 'a') && size(self.l) == 2",
      ),
      value: { l: ['a', 'b'] },
      want: [],
    },
  ])('$name', ({ schema, value, want }) => expect(check(value, schema)).toEqual(want));
});

describe('a rule about a change', () => {
  const KEPT = ruled('self == oldSelf', { type: 'string' });
  const KEYED: Schema = { type: 'array', 'x-kubernetes-list-map-keys': ['name'], items: fields({ name: {}, v: KEPT }) };
  test.each([
    { name: 'is not run on creation', schema: fields({ a: KEPT }), value: { a: 'x' }, old: undefined, want: [] },
    { name: 'is not run for a field that is new', schema: fields({ a: KEPT }), value: { a: 'x' }, old: {}, want: [] },
    {
      name: 'compares with the old value',
      schema: fields({ a: KEPT }),
      value: { a: 'x' },
      old: { a: 'y' },
      want: ['a: broken'],
    },
    {
      name: 'finds the old item of a keyed list by its key',
      schema: KEYED,
      value: [
        { name: 'b', v: 'x' },
        { name: 'a', v: 'x' },
      ],
      old: [
        { name: 'a', v: 'y' },
        { name: 'b', v: 'x' },
      ],
      want: ['[1].v: broken'],
    },
    {
      name: 'is not run for items of any other list',
      schema: { type: 'array', items: KEPT },
      value: ['x'],
      old: ['y'],
      want: [],
    },
    {
      name: 'is run on creation if it can do without the old value',
      schema: ruled('oldSelf.hasValue()', {}, { optionalOldSelf: true }),
      value: 'x',
      old: undefined,
      want: [': broken'],
    },
    {
      name: 'and finds the old value in an optional',
      schema: ruled('!oldSelf.hasValue() || oldSelf.value().a == self.a', {}, { optionalOldSelf: true }),
      value: { a: 1 },
      old: { a: 2 },
      want: [': broken'],
    },
  ])('$name', ({ schema, value, old, want }) => expect(check(value, schema, old)).toEqual(want));
});

describe('an expression that an API server would not take', () => {
  test.each(['self ==', 'nope(self)', 'self.nope()', 'nobody == 1', '1 + true'])(
    '%s is found before it is run',
    (expression) => {
      expect(() => compile(expression)).toThrow();
      expect(evaluate(expression, { self: {} })).toMatchObject({ ok: false });
    },
  );
});
