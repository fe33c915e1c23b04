import { Ajv } from 'ajv';
import type { FieldError } from '../problem.ts';
import { fieldErrors } from './messages.ts';
import type { Schema } from './schema.ts';

/** What an API server's schema validation, and kubectl's strict field validation, find wrong: one error per field. */
export function structureErrors(value: unknown, schema: Schema): FieldError[] {
  const validate = validator(schema);
  validate(value);
  return fieldErrors(validate.errors ?? [], value);
}

// What these leave out is of no use here and takes longer than the validation: a schema is compiled once and used a few
// times, and an API server has checked it before.
const QUICKLY = { meta: false, validateSchema: false, code: { optimize: false } } as const;
const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, validateFormats: false, ...QUICKLY });
ajv.addKeyword({ keyword: 'x-kubernetes-list-map-keys', type: 'array', validate: distinctKeys, errors: false });

const compiled = new WeakMap<Schema, ReturnType<typeof ajv.compile>>();

function validator(schema: Schema): ReturnType<typeof ajv.compile> {
  const validate = compiled.get(schema) ?? ajv.compile(toJsonSchema(schema));
  compiled.set(schema, validate);
  return validate;
}

function distinctKeys(keys: readonly string[], items: readonly Record<string, unknown>[]): boolean {
  const identities = items.map((item) => JSON.stringify(keys.map((key) => item?.[key])));
  return new Set(identities).size === items.length;
}

/** A structural schema as JSON Schema: unknown fields are refused, and Kubernetes' own keywords are spelled out. */
function toJsonSchema(schema: Schema): object {
  const { properties, additionalProperties, items, ...rest } = schema;
  const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
  return {
    ...rest,
    ...(schema['x-kubernetes-int-or-string'] && { type: ['integer', 'string'] }),
    ...(schema['x-kubernetes-list-type'] === 'set' && { uniqueItems: true }),
    ...(properties && { properties: mapValues(properties, toJsonSchema) }),
    ...(items && { items: toJsonSchema(items) }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: toJsonSchema(additionalProperties) }
      : schema.type === 'object' && !open && additionalProperties !== true && { additionalProperties: false }),
  };
}

const mapValues = <T, U>(record: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
