import { Environment } from '@marcbachmann/cel-js';
import { describe, expect, test } from 'vitest';
import { DEPLOYMENT_READY, POOL_READY, routeReady } from './readiness-queries.ts';

/** As provider-kubernetes evaluates a query: an error, such as a missing field, is not ready. */
const environment = new Environment().registerVariable('object', 'dyn');

function isReady(query: string, object: object): boolean {
  try {
    return environment.evaluate(query, { object: withIntegers(object) }) === true;
  } catch {
    return false;
  }
}

/** CEL's integers are big: the Go library reads a whole number of JSON as one. */
const withIntegers = (value: object): object =>
  JSON.parse(JSON.stringify(value), (_key, item) => (Number.isInteger(item) ? BigInt(item) : item));

const condition = (type: string, status: string, observedGeneration?: number) => ({
  type,
  status,
  ...(observedGeneration !== undefined && { observedGeneration }),
});

const deployment = (status: object | undefined, replicas = 2) => ({
  metadata: { generation: 3 },
  spec: { replicas },
  ...(status && { status }),
});

describe('a Deployment', () => {
  const available = [condition('Progressing', 'True'), condition('Available', 'True')];
  test.each([
    { name: 'is not ready before its controller has seen it', object: deployment(undefined), want: false },
    {
      name: 'is ready when it is available',
      object: deployment({ observedGeneration: 3, conditions: available }),
      want: true,
    },
    {
      name: 'is not ready by what was so before an edit',
      object: deployment({ observedGeneration: 2, conditions: available }),
      want: false,
    },
    {
      name: 'is not ready while it is not available',
      object: deployment({ observedGeneration: 3, conditions: [condition('Available', 'False')] }),
      want: false,
    },
    {
      name: 'is ready with no replicas where none are wanted',
      object: deployment({ observedGeneration: 3 }, 0),
      want: true,
    },
  ])('$name', ({ object, want }) => expect(isReady(DEPLOYMENT_READY, object)).toBe(want));
});

const parents = (...conditions: object[]) => ({
  metadata: { generation: 4 },
  status: { parents: [{ parentRef: { name: 'gateway' }, conditions }] },
});

describe('an InferencePool', () => {
  test.each([
    { name: 'is not ready before a gateway has taken it', object: { metadata: {}, status: {} }, want: false },
    {
      name: 'is ready when a gateway has taken it and found its picker',
      object: parents(condition('Accepted', 'True'), condition('ResolvedRefs', 'True')),
      want: true,
    },
    {
      name: 'is not ready without its picker',
      object: parents(condition('Accepted', 'True'), condition('ResolvedRefs', 'False')),
      want: false,
    },
    { name: 'is not ready when it was only accepted', object: parents(condition('Accepted', 'True')), want: false },
  ])('$name', ({ object, want }) => expect(isReady(POOL_READY, object)).toBe(want));
});

describe('an HTTPRoute', () => {
  const taken = (generation?: number) =>
    parents(condition('Accepted', 'True', generation), condition('ResolvedRefs', 'True', generation));
  test.each([
    { name: 'is ready when the gateway has taken it', object: taken(4), gateway: 'gateway', want: true },
    { name: 'is not ready by what was so before an edit', object: taken(3), gateway: 'gateway', want: false },
    { name: 'is not ready when nobody says of which generation', object: taken(), gateway: 'gateway', want: false },
    { name: 'is not ready by the word of another gateway', object: taken(4), gateway: 'other', want: false },
    {
      name: 'of a gateway with a quote in its name is no way to say something else',
      object: taken(4),
      gateway: '" || true || "',
      want: false,
    },
  ])('$name', ({ object, gateway, want }) => expect(isReady(routeReady({ name: gateway }), object)).toBe(want));
});
