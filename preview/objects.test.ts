import { expect, describe as suite, test } from 'vitest';
import { describe, groupKindOf, groupOf, uidOf, versionOf } from './objects.ts';

// The first is what `crossplane composition render` gave an object of these names.
test.each([
  {
    name: 'a composite gets the uid that Crossplane gives it',
    object: { apiVersion: 'example.org/v1', kind: 'Shop', metadata: { name: 'one', namespace: 'ns1' } },
    want: '87cfe771-7e45-51be-aee0-8c23a4ae85bc',
  },
  {
    name: 'a uid that is there is kept',
    object: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'a', uid: 'mine' } },
    want: 'mine',
  },
])('$name', ({ object, want }) => expect(uidOf(object)).toBe(want));

suite('the parts of an apiVersion', () => {
  test.each([
    { apiVersion: 'v1', group: '', version: 'v1', groupKind: 'Secret' },
    { apiVersion: 'apps/v1', group: 'apps', version: 'v1', groupKind: 'Secret.apps' },
  ])('$apiVersion', ({ apiVersion, group, version, groupKind }) => {
    expect([groupOf(apiVersion), versionOf(apiVersion), groupKindOf({ apiVersion, kind: 'Secret' })]).toEqual([
      group,
      version,
      groupKind,
    ]);
  });
});

suite('the name of an object for a person', () => {
  test.each([
    { object: { kind: 'Secret', metadata: { name: 'a', namespace: 'b' } }, want: 'Secret b/a' },
    { object: { kind: 'Namespace', metadata: { name: 'a' } }, want: 'Namespace a' },
    { object: { kind: 'Secret' }, want: 'Secret (no name)' },
    { object: {}, want: 'object (no name)' },
    { object: { kind: ['a'], metadata: { name: {}, namespace: 7 } }, want: 'object (no name)' },
  ])('$want', ({ object, want }) => expect(describe(object as never)).toBe(want));
});
