import { describe, expect, test } from 'vitest';
import { formatPath } from '../problem.ts';
import { metadataErrors } from './metadata.ts';

const errors = (object: Record<string, unknown>) =>
  metadataErrors(object).map(({ path, message }) => `${formatPath(path)}: ${message}`);

const GOOD = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a' } };
const meta = (metadata: object) => ({ ...GOOD, metadata: { name: 'a', ...metadata } });

describe('metadata that is taken', () => {
  test.each([
    { name: 'a name of labels', object: meta({ name: 'a.b-c.9' }) },
    { name: 'colons in the name of a role', object: { ...GOOD, kind: 'ClusterRole', metadata: { name: 'system:a' } } },
    { name: 'labels with a domain, without one, and empty ones', object: meta({ labels: { 'a.b/C_d': 'x', e: '' } }) },
    { name: 'annotations of any text', object: meta({ annotations: { a: 'two words, and more' } }) },
    { name: 'what an API server has written', object: meta({ uid: 'x', resourceVersion: '1', managedFields: [] }) },
  ])('$name', ({ object }) => expect(errors(object)).toEqual([]));
});

describe('metadata that is refused', () => {
  test.each([
    {
      name: 'nothing at all',
      object: {},
      want: ['apiVersion: is required', 'kind: is required', 'metadata.name: is required'],
    },
    { name: 'no name', object: { ...GOOD, metadata: { namespace: 'a' } }, want: ['metadata.name: is required'] },
    {
      name: 'a name in capitals',
      object: meta({ name: 'Qwen' }),
      want: [
        'metadata.name: must be lower-case letters, digits, - and ., beginning and ending with a letter or digit, not "Qwen"',
      ],
    },
    {
      name: 'a name that is a number',
      object: meta({ name: 8 }),
      want: ['metadata.name: must be text, not 8; write it in quotes'],
    },
    {
      name: 'a kind and a name that are no text at all',
      object: { ...GOOD, kind: {}, metadata: { name: [] } },
      want: ['kind: must be text, not {}', 'metadata.name: must be text, not []'],
    },
    {
      name: 'a name that is too long',
      object: meta({ name: 'a'.repeat(254) }),
      want: ['metadata.name: must have at most 253 characters, and has 254'],
    },
    {
      name: 'a namespace that YAML takes for a boolean',
      object: meta({ namespace: false }),
      want: ['metadata.namespace: must be text, not false; write it in quotes'],
    },
    {
      name: 'a namespace with a dot',
      object: meta({ namespace: 'a.b' }),
      want: [
        'metadata.namespace: must be at most 63 lower-case letters, digits and -, beginning and ending with a letter or digit, not "a.b"',
      ],
    },
    {
      name: 'a label that is a boolean',
      object: meta({ labels: { on: true } }),
      want: ['metadata.labels.on: must be text, not true; write it in quotes'],
    },
    {
      name: 'a label with a space',
      object: meta({ labels: { a: 'b c' } }),
      want: [
        'metadata.labels.a: must be at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit, not "b c"',
      ],
    },
    {
      name: 'a label key of two slashes',
      object: meta({ labels: { 'a/b/c': 'd' } }),
      want: [
        'metadata.labels[a/b/c]: has a key that is not [domain/]name with at most 63 letters, digits, -, _ and . in the name',
      ],
    },
    {
      name: 'labels that are a list',
      object: meta({ labels: ['a'] }),
      want: ['metadata.labels: must be an object, not ["a"]'],
    },
    {
      name: 'a field that metadata does not have',
      object: meta({ lables: {} }),
      want: ['metadata.lables: is not a field; did you mean labels?'],
    },
  ])('$name', ({ object, want }) => expect(errors(object)).toEqual(want));
});
