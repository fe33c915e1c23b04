import { Ajv } from 'ajv';
import { isRecord } from '../objects.ts';
import type { FieldError } from '../problem.ts';
import { fieldErrors } from './messages.ts';
import type { Schema } from './schema.ts';

/** What an API server's schema validation, and kubectl's strict field validation, find wrong: one error per field. */
export function structureErrors(value: unknown, schema: Schema): FieldError[] {
  const validate = validator(concerning(schema, [value]));
  validate(value);
  return fieldErrors(validate.errors ?? [], value);
}

// What these leave out is of no use here and takes longer than the validation: a schema is compiled once and used a few
// times, and an API server has checked it before.
const QUICKLY = { meta: false, validateSchema: false, code: { optimize: false } } as const;
const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, validateFormats: false, ...QUICKLY });
ajv.addKeyword({ keyword: 'x-kubernetes-list-map-keys', type: 'array', validate: distinctKeys, errors: false });

const compiled = new Map<string, ReturnType<typeof ajv.compile>>();

function validator(schema: Schema): ReturnType<typeof ajv.compile> {
  const key = JSON.stringify(schema);
  const validate = compiled.get(key) ?? ajv.compile(toJsonSchema(schema));
  compiled.set(key, validate);
  return validate;
}

/**
 * The part of a schema that says something about these values: of a field that none of them has, its name is enough.
 * Most claims have no Pod template, whose schema would take most of the time to compile.
 */
function concerning(schema: Schema, values: readonly unknown[]): Schema {
  const { properties = {}, additionalProperties, items, description: _description, ...rest } = schema;
  const records = values.filter(isRecord);
  const others = records.flatMap((record) => Object.entries(record)).filter(([key]) => !Object.hasOwn(properties, key));
  const known = Object.entries(properties).map(([key, property]) => {
    const present = records.filter((record) => Object.hasOwn(record, key)).map((record) => record[key]);
    return [key, present.length === 0 ? {} : concerning(property, present)] as const;
  });
  return {
    ...rest,
    ...(schema.properties && { properties: Object.fromEntries(known) }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === 'object'
          ? concerning(
              additionalProperties,
              others.map(([, value]) => value),
            )
          : additionalProperties,
    }),
    ...(items && { items: concerning(items, values.filter(Array.isArray).flat()) }),
  };
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
