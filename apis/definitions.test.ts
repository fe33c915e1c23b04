import { describe, expect, test } from 'vitest';
import { type Admitted, admit } from '../preview/admit/admit.ts';
import type { Rule, Schema } from '../preview/admit/schema.ts';
import { readApis } from '../preview/apis.ts';
import { formatPath } from '../preview/problem.ts';
import { type KindCases, manifestOf, type RefusedCase } from './case.ts';
import { CASES } from './cases.ts';

const APIS = readApis(import.meta.dirname);

/** What the API server would say of an object, by the definitions beside this file. */
function judge(kind: KindCases, spec: object, { as, before }: Partial<RefusedCase> = {}): Admitted {
  const former = before && admit(manifestOf(kind, 'ml', before, as), APIS, new Map());
  return admit(manifestOf(kind, 'ml', spec, as), APIS, new Map(), former?.ok ? former.object : undefined);
}

const problems = (judged: Admitted): string[] =>
  judged.ok ? [] : judged.errors.map(({ path, message }) => `${formatPath(path)}: ${message}`);

/** What is said of all that is refused, with a list's items all alike: `spec.placements[]: …`. */
const broken = (kind: KindCases): string[] =>
  kind.refused.flatMap((one) => problems(judge(kind, one.spec, one)).map((said) => said.replaceAll(/\[\d+\]/g, '[]')));

/** The rules of a schema, here and below, as they speak. */
function rulesOf(schema: Schema, path = ''): string[] {
  const { properties = {}, items, additionalProperties, 'x-kubernetes-validations': rules = [] } = schema;
  const below = (name: string) => (path === '' ? name : `${path}.${name}`);
  return [
    ...rules.map(({ rule, message }: Rule) => `${path}: ${message ?? `breaks the rule ${rule}`}`),
    ...Object.entries(properties).flatMap(([name, field]) => rulesOf(field, below(name))),
    ...(items ? rulesOf(items, `${path}[]`) : []),
    ...(typeof additionalProperties === 'object' ? rulesOf(additionalProperties, `${path}[]`) : []),
  ];
}

test('every kind has cases', () => {
  expect(CASES.map(({ kind }) => kind).sort()).toEqual(
    APIS.all()
      .map(({ kind }) => kind)
      .sort(),
  );
});

describe.each(CASES)('of a $kind', (kind) => {
  test.each(kind.accepted)('the API server takes $name', ({ spec }) => {
    expect(problems(judge(kind, spec))).toEqual([]);
  });

  test.each(kind.refused)('the API server refuses $name, names the field, and takes what it says', (one) => {
    const { spec, at, says = '', before, instead } = one;
    const said = problems(judge(kind, spec, one));
    expect(said).toEqual([expect.stringContaining(says)]);
    expect(said[0]?.slice(0, at.length + 1)).toBe(`${at}:`);
    expect(problems(judge(kind, instead, before && { before }))).toEqual([]);
  });

  test('every rule has a case that breaks it', () => {
    const schema = APIS.find('modelplane.ai/v1alpha1', kind.kind)?.schema ?? {};
    const said = new Set(broken(kind));
    // A status is no user's to write; what it copies of the spec was judged there.
    const users = rulesOf(schema).filter((rule) => !rule.startsWith('status.'));
    expect(users.filter((rule) => !said.has(rule))).toEqual([]);
  });
});
