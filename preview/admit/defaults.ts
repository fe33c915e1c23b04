import { isRecord } from '../objects.ts';
import type { Schema } from './schema.ts';

/**
 * A copy of `value` with the schema's defaults, as an API server sets them: for a field that is missing, or null where
 * null is not allowed, and then inside what is there. A null without a default is dropped.
 */
export function withDefaults(value: unknown, schema: Schema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => withDefaults(orDefault(item, schema?.items), schema?.items));
  if (!isRecord(value)) return value;
  const missing = Object.entries(schema?.properties ?? {})
    .filter(([key, property]) => !Object.hasOwn(value, key) && property.default !== undefined)
    .map(([key, property]) => [key, property.default] as const);
  const fields = [...Object.entries(value), ...missing].map(([key, field]) => {
    const property = fieldSchema(schema, key);
    return [key, withDefaults(orDefault(field, property), property)] as const;
  });
  return Object.fromEntries(fields.filter(([key, field]) => field !== null || mayBeNull(fieldSchema(schema, key))));
}

/** The schema of one field of an object, be it declared by name or by additionalProperties. */
export function fieldSchema(schema: Schema | undefined, key: string): Schema | undefined {
  const { properties, additionalProperties } = schema ?? {};
  if (properties && Object.hasOwn(properties, key)) return properties[key];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

const orDefault = (value: unknown, schema: Schema | undefined): unknown =>
  value === null && !mayBeNull(schema) ? (structuredClone(schema?.default) ?? null) : value;

/** What no schema describes is kept as it is. */
const mayBeNull = (schema: Schema | undefined): boolean => schema === undefined || schema.nullable === true;
