import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import type { Cluster } from '../cluster.ts';
import { storeObject } from '../cluster.ts';
import { crds } from '../kinds.ts';
import { formatPath } from '../problem.ts';
import { testApi, testApis } from '../testing.ts';
import { admit } from './admit.ts';
import type { Schema } from './schema.ts';

const SPEC: Schema = {
  required: ['size'],
  'x-kubernetes-validations': [{ rule: 'self.size < 10', message: 'size is for small shops' }],
  properties: {
    size: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'size is for good' }] },
    open: { type: 'boolean', default: true },
  },
};
const APIS = testApis(testApi('Shop', SPEC), testApi('Mall', {}, { namespaced: false }));
const CLUSTER: Cluster = new Map();
for (const crd of crds('foreign.org', 'v1', 'Cluster', { planets: 'Planet' })) storeObject(CLUSTER, crd);

const shop = (spec: unknown, metadata: object = {}): KubernetesObject =>
  ({ apiVersion: 'shop.example.org/v1', kind: 'Shop', metadata: { name: 'a', ...metadata }, spec }) as KubernetesObject;

function outcome(object: object, old?: KubernetesObject) {
  const admitted = admit(object as KubernetesObject, APIS, CLUSTER, old as never);
  return admitted.ok ? admitted.object : admitted.errors.map(({ path, message }) => `${formatPath(path)}: ${message}`);
}

describe('an object that is taken', () => {
  test('gets its defaults and its namespace, and loses its status', () => {
    expect(outcome({ ...shop({ size: 3 }), status: { forged: true } })).toEqual({
      apiVersion: 'shop.example.org/v1',
      kind: 'Shop',
      metadata: { name: 'a', namespace: 'default' },
      spec: { size: 3, open: true },
    });
  });

  test.each([
    {
      name: 'a kind of the cluster has no namespace',
      object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a', namespace: 'b' } },
      want: undefined,
    },
    {
      name: 'a composite of the cluster has none either',
      object: { apiVersion: 'shop.example.org/v1', kind: 'Mall', metadata: { name: 'a', namespace: 'b' }, spec: {} },
      want: undefined,
    },
    {
      name: 'a kind that a CRD brings is placed as the CRD says',
      object: { apiVersion: 'foreign.org/v1', kind: 'Planet', metadata: { name: 'a', namespace: 'b' } },
      want: undefined,
    },
    {
      name: 'a Secret without a namespace is in default',
      object: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } },
      want: 'default',
    },
    {
      name: 'a kind that nobody knows stays where it is',
      object: { apiVersion: 'other.org/v1', kind: 'Thing', metadata: { name: 'a' } },
      want: undefined,
    },
  ])('$name', ({ object, want }) => {
    expect((outcome(object) as KubernetesObject).metadata?.namespace).toBe(want);
  });
});

describe('an object that is refused', () => {
  test.each([
    {
      name: 'a kind that is mistyped',
      object: { ...shop({}), kind: 'Shopp' },
      want: ['kind: Shopp is not a kind of shop.example.org; did you mean Shop?'],
    },
    {
      name: 'a kind that is made up',
      object: { ...shop({}), kind: 'Library' },
      want: ['kind: Library is not a kind of shop.example.org; its kinds are Shop, Mall'],
    },
    {
      name: 'a version that there is not',
      object: { ...shop({}), apiVersion: 'shop.example.org/v2' },
      want: ['apiVersion: must be shop.example.org/v1 for Shop, not shop.example.org/v2'],
    },
    { name: 'no spec', object: shop(undefined), want: ['spec: is required'] },
    {
      name: 'a field at the top that there is not',
      object: { ...shop({ size: 1 }), data: {} },
      want: ['data: is not a field; the fields there are apiVersion, kind, metadata, spec, status'],
    },
    {
      name: 'an error of the schema, before any rule is run',
      object: shop({ size: 'x' }),
      want: ['spec.size: must be a whole number, not "x"'],
    },
    { name: 'a broken rule', object: shop({ size: 10 }), want: ['spec: size is for small shops'] },
    {
      name: 'a name that does not fit a label',
      object: shop({ size: 1 }, { name: 'a'.repeat(64) }),
      want: ['metadata.name: must have at most 63 characters, and has 64'],
    },
    {
      name: 'bad metadata, before anything else',
      object: shop({ size: 'x' }, { name: 'A' }),
      want: [expect.stringContaining('metadata.name: must be lower-case')],
    },
  ])('$name', ({ object, want }) => expect(outcome(object)).toEqual(want));

  test('a change is held to the rules about changes', () => {
    expect(outcome(shop({ size: 4 }), shop({ size: 3 }))).toEqual(['spec.size: size is for good']);
    expect(outcome(shop({ size: 3 }), shop({ size: 3 }))).toMatchObject({ spec: { size: 3 } });
  });
});
