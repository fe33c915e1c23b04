import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compile } from './admit/cel.ts';
import type { Rule, Schema } from './admit/schema.ts';
import { readApis } from './apis.ts';
import { FUNCTIONS } from './functions.ts';
import { stepsOf } from './world.ts';

const APIS = readApis(join(import.meta.dirname, '..', 'apis'));

/** Every rule of a schema, with where it is. */
function rulesOf(schema: Schema, at: string): { at: string; rule: Rule }[] {
  const inner: [string, Schema][] = [
    ...Object.entries(schema.properties ?? {}),
    ...(schema.items ? [['[]', schema.items] as [string, Schema]] : []),
    ...(typeof schema.additionalProperties === 'object'
      ? [['{}', schema.additionalProperties] as [string, Schema]]
      : []),
  ];
  const own = (schema['x-kubernetes-validations'] ?? []).map((rule) => ({ at, rule }));
  return [...own, ...inner.flatMap(([key, one]) => rulesOf(one, `${at}.${key}`))];
}

describe('our own kinds', () => {
  test('are found by version and kind, and nothing else is', () => {
    expect(APIS.find('modelplane.ai/v1alpha1', 'ModelService')?.namespaced).toBe(true);
    expect(APIS.find('modelplane.ai/v1alpha1', 'InferenceGateway')?.namespaced).toBe(false);
    expect(APIS.find('modelplane.ai/v1', 'ModelService')).toBeUndefined();
    expect(APIS.find('modelplane.ai/v1alpha1', 'Model')).toBeUndefined();
  });

  test.each(APIS.all().map((api) => ({ kind: api.kind, api })))(
    '$kind is composed by a function that is here',
    ({ api }) => {
      expect(stepsOf({ apis: APIS, functions: FUNCTIONS }, api)).toHaveLength(api.steps.length);
    },
  );

  const rules = APIS.all().flatMap(({ kind, schema }) => rulesOf(schema, kind));

  test('have rules', () => expect(rules.length).toBeGreaterThan(10));

  test.each(rules)('the rule of $at is CEL that preview understands: $rule.rule', ({ rule }) => {
    expect(() => compile(rule.rule, rule.optionalOldSelf ? 'optional' : 'value')).not.toThrow();
    expect(rule.message).toBeTruthy();
  });
});
