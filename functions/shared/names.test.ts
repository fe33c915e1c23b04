import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_LABEL_LENGTH, remoteNamespace, uniqueName } from './names.ts';

const RFC_1123_LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/** What a Service's name must be, which is stricter (RFC 1035). */
const RFC_1035_LABEL = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
const name = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/);

describe('uniqueName', () => {
  test.each([
    { name: 'a person recognises it', readable: 'qwen-us', key: ['a'], starts: 'qwen-us-' },
    { name: 'dots become dashes', readable: 'qwen3.5', key: ['a'], starts: 'qwen3-5-' },
    { name: 'a Service name cannot start with a digit', readable: '3-small', key: ['a'], starts: 'small-' },
    { name: 'nothing readable still is a name', readable: '42', key: ['a'], starts: 'x-' },
  ])('$name', ({ readable, key, starts }) =>
    expect(uniqueName(readable, key)).toMatch(new RegExp(`^${starts}[0-9a-f]{10}$`)),
  );

  test('it is a valid name of a Service and a valid label value, whatever goes in', () => {
    fc.assert(
      fc.property(name, fc.array(fc.string()), fc.integer({ min: 20, max: MAX_LABEL_LENGTH }), (readable, key, max) => {
        const unique = uniqueName(readable, key, max);
        expect(unique).toMatch(RFC_1035_LABEL);
        expect(unique.length).toBeLessThanOrEqual(max);
      }),
    );
  });

  test('two tenants never get the same name, even where their names join to the same text', () => {
    fc.assert(
      fc.property(label, name, label, name, (namespace, one, otherNamespace, other) => {
        fc.pre(namespace !== otherNamespace || one !== other);
        expect(uniqueName('qwen', [namespace, one])).not.toBe(uniqueName('qwen', [otherNamespace, other]));
      }),
    );
    expect(uniqueName('qwen', ['a-b', 'c'])).not.toBe(uniqueName('qwen', ['a', 'b-c']));
  });
});

describe('remoteNamespace', () => {
  test('of a name that is too long begins as no other tenant’s does', () => {
    expect(remoteNamespace('n'.repeat(63))).toMatch(/^mp--n+-[0-9a-f]{10}$/);
  });

  test('a tenant cannot become a namespace of the cluster itself', () => {
    expect(remoteNamespace('kube-system')).toBe('mp-kube-system');
  });

  test('it is a namespace of its own for every tenant, however long the name', () => {
    fc.assert(
      fc.property(label, label, (one, other) => {
        fc.pre(one !== other);
        expect(remoteNamespace(one)).toMatch(RFC_1123_LABEL);
        expect(remoteNamespace(one).length).toBeLessThanOrEqual(MAX_LABEL_LENGTH);
        expect(remoteNamespace(one)).not.toBe(remoteNamespace(other));
      }),
    );
  });
});
