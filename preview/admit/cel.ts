import { Environment, Optional } from '@marcbachmann/cel-js';
import { isRecord } from '../objects.ts';
import type { FieldError, Path } from '../problem.ts';
import { withKubernetesFunctions } from './cel-functions.ts';
import { fieldSchema } from './defaults.ts';
import type { Rule, Schema } from './schema.ts';

const environmentWith = (oldSelf: string): Environment =>
  withKubernetesFunctions(new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false }))
    .registerVariable('object', 'dyn')
    .registerVariable('self', 'dyn')
    .registerVariable('oldSelf', oldSelf);

/** With optionalOldSelf, a rule finds the old value in an optional, so that it can be about a creation too. */
const ENVIRONMENTS = { value: environmentWith('dyn'), optional: environmentWith('optional<dyn>') };

type OldSelf = keyof typeof ENVIRONMENTS;
type Program = ReturnType<Environment['parse']>;
const programs = new Map<string, Program>();

/** Compiles an expression once. It throws where an API server would not take the rule: no CEL, or an unknown function. */
export function compile(expression: string, oldSelf: OldSelf = 'value'): Program {
  const key = `${oldSelf} ${expression}`;
  const known = programs.get(key);
  if (known) return known;
  const checked = ENVIRONMENTS[oldSelf].check(expression);
  if (!checked.valid) throw checked.error;
  const program = ENVIRONMENTS[oldSelf].parse(expression);
  programs.set(key, program);
  return program;
}

/**
 * Every x-kubernetes-validations rule that `value` breaks, here and below. A rule that names oldSelf is about a change:
 * it is left out on creation, where there is no old value, unless it says that it can do without.
 */
export function ruleErrors(value: unknown, schema: Schema | undefined, old?: unknown, path: Path = []): FieldError[] {
  if (!schema || value === undefined) return [];
  const here = (schema['x-kubernetes-validations'] ?? []).flatMap((rule) => breaks(rule, value, schema, old, path));
  return [
    ...here,
    ...children(value, schema, old).flatMap((child) =>
      ruleErrors(child.value, child.schema, child.old, [...path, child.key]),
    ),
  ];
}

interface Child {
  readonly key: string | number;
  readonly value: unknown;
  readonly schema: Schema | undefined;
  readonly old: unknown;
}

function children(value: unknown, schema: Schema, old: unknown): Child[] {
  if (Array.isArray(value)) {
    return value.map((item, key) => ({ key, value: item, schema: schema.items, old: formerItem(item, schema, old) }));
  }
  if (!isRecord(value)) return [];
  return Object.entries(value).map(([key, field]) => ({
    key,
    value: field,
    schema: fieldSchema(schema, key),
    old: isRecord(old) ? old[key] : undefined,
  }));
}

/** Items of two lists belong together only where the schema gives them keys. */
function formerItem(item: unknown, schema: Schema, old: unknown): unknown {
  const keys = schema['x-kubernetes-list-map-keys'];
  if (!keys || !Array.isArray(old) || !isRecord(item)) return undefined;
  return old.find((former) => isRecord(former) && keys.every((key) => former[key] === item[key]));
}

function breaks(rule: Rule, value: unknown, schema: Schema, old: unknown, path: Path): FieldError[] {
  const isTransition = /\boldSelf\b/.test(rule.rule);
  if (isTransition && old === undefined && !rule.optionalOldSelf) return [];
  const oldSelf = rule.optionalOldSelf ? toOptional(old, schema) : toCel(old, schema);
  const variables = { self: toCel(value, schema), oldSelf };
  const mode = rule.optionalOldSelf ? 'optional' : 'value';
  const at = [...path, ...(rule.fieldPath?.split('.').filter(Boolean) ?? [])];
  const outcome = evaluate(rule.rule, variables, mode);
  if (!outcome.ok) return [{ path: at, message: `rule ${rule.rule} cannot be evaluated: ${outcome.message}` }];
  return outcome.value === true ? [] : [{ path: at, message: messageOf(rule, variables, mode) }];
}

function messageOf(rule: Rule, variables: object, mode: OldSelf): string {
  const computed = rule.messageExpression ? evaluate(rule.messageExpression, variables, mode) : undefined;
  if (computed?.ok && typeof computed.value === 'string') return computed.value;
  return rule.message ?? `breaks the rule ${rule.rule}`;
}

export type Evaluated =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string };

/** Runs an expression. That a field it reads is missing is an answer about the object, not a failure of ours. */
export function evaluate(expression: string, variables: object, oldSelf: OldSelf = 'value'): Evaluated {
  try {
    return { ok: true, value: compile(expression, oldSelf)(variables as never) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error) };
  }
}

const toOptional = (value: unknown, schema: Schema): unknown =>
  value === undefined ? Optional.none() : Optional.of(toCel(value, schema));

/** A value with the types that CEL gives it: whole numbers of the schema are int, and fields carry their escaped names. */
export function toCel(value: unknown, schema: Schema | undefined): unknown {
  if (typeof value === 'number') return isWhole(value, schema) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((item) => toCel(item, schema?.items));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => {
      const declared = schema?.properties && Object.hasOwn(schema.properties, key);
      return [declared ? escapeName(key) : key, toCel(field, fieldSchema(schema, key))];
    }),
  );
}

const isWhole = (value: number, schema: Schema | undefined): boolean =>
  Number.isInteger(value) && schema?.type !== 'number';

/** The words that CEL keeps for itself; Kubernetes writes a field of such a name between double underscores. */
const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

const ESCAPES: readonly (readonly [string, string])[] = [
  ['__', '__underscores__'],
  ['.', '__dot__'],
  ['-', '__dash__'],
  ['/', '__slash__'],
];

const escapeName = (name: string): string =>
  RESERVED.has(name) ? `__${name}__` : ESCAPES.reduce((text, [from, to]) => text.replaceAll(from, to), name);
