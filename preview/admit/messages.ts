import type { AnySchemaObject, ErrorObject } from 'ajv';
import { isRecord } from '../objects.ts';
import type { FieldError, Path } from '../problem.ts';
import { shapeOf } from './patterns.ts';
import { closest, list, quote } from './words.ts';

/** What ajv finds wrong with `root`, in sentences, and once for each field. */
export function fieldErrors(errors: readonly ErrorObject[], root: unknown): FieldError[] {
  const found = errors.map((error) => fieldError(error, root));
  const seen = new Set<string>();
  return found.filter(({ path }) => !seen.has(path.join('\0')) && seen.add(path.join('\0')));
}

function fieldError(error: ErrorObject, root: unknown): FieldError {
  const { path, data } = follow(error.instancePath, root);
  const describe = MESSAGES[error.keyword];
  if (describe) return describe({ ...error, data }, path);
  return { path, message: `${error.message ?? 'is not valid'}, not ${quote(data)}` };
}

/** ajv names a field by JSON pointer, in which an index looks like a key. */
function follow(pointer: string, root: unknown): { readonly path: Path; readonly data: unknown } {
  let data = root;
  const path = pointer
    .split('/')
    .slice(1)
    .map((raw) => {
      const key = raw.replaceAll('~1', '/').replaceAll('~0', '~');
      const inList = Array.isArray(data);
      data = (data as Record<string, unknown>)[key];
      return inList ? Number(key) : key;
    });
  return { path, data };
}

/** The key that two items share, and which the second of them is. */
function twice(keys: readonly string[], data: unknown): string {
  const identities = (data as Record<string, unknown>[]).map((item) => keys.map((key) => String(item[key])).join('/'));
  const index = identities.findIndex((identity, at) => identities.indexOf(identity) < at);
  return `: ${identities[index]} is there again as item ${index}`;
}

type Describe = (error: ErrorObject, path: Path) => FieldError;

const limit =
  (words: (limit: unknown) => string): Describe =>
  ({ params, data }, path) => ({ path, message: `must ${words(params.limit)}, not ${quote(data)}` });

const count =
  (words: (limit: unknown) => string, of: (data: unknown) => number): Describe =>
  ({ params, data }, path) => ({ path, message: `must ${words(params.limit)}, and has ${of(data)}` });

const sizeOf = (data: unknown): number => (isRecord(data) ? Object.keys(data).length : (data as unknown[]).length);

const TYPES: Readonly<Record<string, string>> = {
  object: 'an object',
  array: 'a list',
  string: 'text (in quotes, if it looks like a number or a boolean)',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

const fieldsOf = (schema: AnySchemaObject | undefined): string => {
  const fields = Object.keys(schema?.properties ?? {});
  return fields.length === 0 ? '' : ` with ${list(fields)}`;
};

const MESSAGES: Readonly<Record<string, Describe>> = {
  required: ({ params }, path) => ({ path: [...path, params.missingProperty], message: 'is required' }),
  additionalProperties: ({ params, parentSchema }, path) => {
    const known = Object.keys(parentSchema?.properties ?? {});
    const meant = closest(params.additionalProperty, known);
    const wayOut = meant ? `did you mean ${meant}?` : `the fields there are ${list(known)}`;
    return { path: [...path, params.additionalProperty], message: `is not a field; ${wayOut}` };
  },
  type: ({ params, data, parentSchema }, path) => {
    const types: readonly string[] = [params.type].flat();
    // What stands where a reference to a Secret belongs may be the secret.
    if (types.includes('object') && typeof data === 'string')
      return { path, message: `must be ${TYPES.object}${fieldsOf(parentSchema)}, not a text` };
    return { path, message: `must be ${types.map((type) => TYPES[type] ?? type).join(' or ')}, not ${quote(data)}` };
  },
  enum: ({ params, data }, path) => {
    const allowed: readonly unknown[] = params.allowedValues;
    const meant = closest(String(data), allowed.map(String));
    return {
      path,
      message: `must be one of ${list(allowed.map(String))}, not ${quote(data)}${meant ? `; did you mean ${meant}?` : ''}`,
    };
  },
  pattern: ({ params, data }, path) => ({ path, message: `must ${shapeOf(params.pattern)}, not ${quote(data)}` }),
  minimum: limit((value) => `be at least ${value}`),
  maximum: limit((value) => `be at most ${value}`),
  exclusiveMinimum: limit((value) => `be more than ${value}`),
  exclusiveMaximum: limit((value) => `be less than ${value}`),
  minLength: limit((value) => `have at least ${value} character${value === 1 ? '' : 's'}`),
  maxLength: count((value) => `have at most ${value} characters`, sizeOf),
  minItems: count((value) => `hold at least ${value} item${value === 1 ? '' : 's'}`, sizeOf),
  maxItems: count((value) => `hold at most ${value} items`, sizeOf),
  minProperties: count((value) => `hold at least ${value} field${value === 1 ? '' : 's'}`, sizeOf),
  maxProperties: count((value) => `hold at most ${value} fields`, sizeOf),
  uniqueItems: ({ params }, path) => ({
    path,
    message: `must not hold the same item twice (items ${params.j} and ${params.i})`,
  }),
  'x-kubernetes-list-map-keys': ({ schema, data }, path) => ({
    path,
    message: `must not hold two items with the same ${list(schema as string[])}${twice(schema as string[], data)}`,
  }),
};
