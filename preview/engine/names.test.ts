import { expect, test } from 'vitest';
import { childName } from './names.ts';

// What Crossplane's own tests expect of the same inputs (internal/names/generate_test.go), and what render printed.
const UID = '75e4a668-035f-4ce8-8c45-f4d3ac850155';
test.each([
  {
    name: 'a prefix and a hash',
    prefix: 'one-',
    uid: '87cfe771-7e45-51be-aee0-8c23a4ae85bc',
    key: 'b',
    want: 'one-98d4c175ccf3',
  },
  {
    name: 'a long prefix is cut',
    prefix: 'cool-resource-with-a-really-long-name-that-can-not-fit-all-in-one-place-',
    uid: UID,
    key: 'pipeline-name-of-cool-resource',
    want: 'cool-resource-with-a-really-long-name-that-can-not-414af43727ed',
  },
])('$name', ({ prefix, uid, key, want }) => expect(childName(prefix, uid, key)).toBe(want));

test.each([0, 1, 30, 48, 49, 50, 51, 52, 63, 200])('a prefix of %d characters makes a name of at most 63', (length) => {
  const name = childName('a'.repeat(length), UID, 'key');
  expect(name.length).toBeLessThanOrEqual(63);
  expect(name).toMatch(length === 0 ? /^[0-9a-f]{12}$/ : /^a+-[0-9a-f]{12}$/);
});
