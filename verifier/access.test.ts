import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Access, type AccessList, accessOf, NOBODY, opens, readList } from './access.ts';
import { keyHash } from './credentials.ts';
import { entry, keyOf, list, PLATFORM } from './testing.ts';

const accessTo = (lists: readonly AccessList[], before: Access = NOBODY): Access =>
  accessOf(
    lists.map((one) => readList(one, PLATFORM)),
    before,
  );

/** Who has a key: namespace and entry. */
const holdersOf = (access: Access, caller: string) =>
  access.keys.get(keyHash(keyOf(caller)))?.map((one) => one.caller) ?? [];

const sentences = ({ problems }: Access) => problems.map(({ entry = '?', sentence }) => `${entry}: ${sentence}`);

const HASH = keyHash('x');
const good = { bob: entry('bob') };
const alone = (alice: object | string) => accessTo([list('ml-team', { alice, ...good })]);

describe('a bad entry lets nobody in, says so in one sentence, and closes no other', () => {
  test.each([
    { name: 'a clear key', bad: { keyHash: keyOf('alice'), services: ['*'] }, says: 'never a key itself' },
    {
      name: 'a hash without its name',
      bad: { keyHash: HASH.slice(7), services: ['*'] },
      says: 'keyHash must be sha256:',
    },
    {
      name: 'a hash in capital letters',
      bad: { keyHash: `sha256:${'A'.repeat(64)}`, services: ['*'] },
      says: 'keyHash must be',
    },
    {
      name: 'another hash function',
      bad: { keyHash: `sha1:${'a'.repeat(40)}`, services: ['*'] },
      says: 'keyHash must be',
    },
    { name: 'no hashes', bad: { keyHash: [], services: ['*'] }, says: 'keyHash must be' },
    { name: 'a key beside a hash', bad: { keyHash: [HASH, keyOf('alice')], services: ['*'] }, says: 'keyHash must be' },
    {
      name: 'nine hashes',
      bad: { keyHash: Array.from({ length: 9 }, (_, i) => keyHash(`${i}`)), services: ['*'] },
      says: 'at most 8',
    },
    { name: 'a hash twice', bad: { keyHash: [HASH, HASH], services: ['*'] }, says: 'the same hash twice' },
    { name: 'nobody', bad: { services: ['*'] }, says: 'there is no keyHash, callers or groups' },
    { name: 'no services', bad: { keyHash: HASH }, says: 'services must be a list' },
    { name: 'a service that is no list', bad: { keyHash: HASH, services: '*' }, says: 'services must be a list' },
    {
      name: "another namespace's service",
      bad: { keyHash: HASH, services: ['shop/llama'] },
      says: 'only its owner opens',
    },
    { name: 'every namespace', bad: { keyHash: HASH, services: ['*/*'] }, says: 'only its owner opens' },
    { name: 'a service that climbs', bad: { keyHash: HASH, services: ['../x'] }, says: 'only its owner opens' },
    {
      name: 'a date alone',
      bad: { keyHash: HASH, services: ['*'], expires: '2027-01-31' },
      says: 'expires must be a time with its zone',
    },
    {
      name: 'an impossible time',
      bad: { keyHash: HASH, services: ['*'], expires: '2027-13-31T00:00:00Z' },
      says: 'expires must be',
    },
    {
      name: 'a day that no month has',
      bad: { keyHash: HASH, services: ['*'], expires: '2027-02-30T00:00:00Z' },
      says: 'expires must be',
    },
    {
      name: 'an hour that is the next day',
      bad: { keyHash: HASH, services: ['*'], expires: '2027-01-31T24:00:00Z' },
      says: 'expires must be',
    },
    {
      name: 'a year of five digits',
      bad: { keyHash: HASH, services: ['*'], expires: '+09999-01-31T00:00:00Z' },
      says: 'expires must be',
    },
    { name: 'a number as time', bad: { keyHash: HASH, services: ['*'], expires: 1 }, says: 'expires must be' },
    {
      name: 'a limit of nothing',
      bad: { keyHash: HASH, services: ['*'], limits: { requestsPerMinute: 0 } },
      says: 'from 1 to 100000',
    },
    {
      name: 'a limit that is a text',
      bad: { keyHash: HASH, services: ['*'], limits: { requestsPerMinute: '5' } },
      says: 'from 1 to',
    },
    {
      name: 'a limit by another name',
      bad: { keyHash: HASH, services: ['*'], limits: { rpm: 5 } },
      says: 'requestsPerMinute and nothing else',
    },
    {
      name: 'concurrency',
      bad: { keyHash: HASH, services: ['*'], limits: { concurrent: 5 } },
      says: "a service's to set",
    },
    {
      name: 'an unknown field',
      bad: { keyHash: HASH, services: ['*'], scopes: ['*'] },
      says: 'field number 3 is unknown',
    },
    {
      name: 'a field of a prototype',
      bad: '{"keyHash":"x","services":["*"],"__proto__":{}}',
      says: 'field number 3 is unknown',
    },
    { name: 'a text', bad: keyOf('alice'), says: 'no map of keyHash and services' },
    { name: 'a list', bad: '[]', says: 'no map' },
    { name: 'nothing', bad: '', says: 'no map' },
    { name: 'broken JSON', bad: `{"keyHash": "${keyOf('alice')}"`, says: 'neither JSON nor YAML' },
    { name: 'broken YAML', bad: `keyHash: "${keyOf('alice')}`, says: 'neither JSON nor YAML' },
    { name: 'YAML that multiplies', bad: 'a: &a [x,x]\nb: [*a,*a]\n', says: 'neither JSON nor YAML' },
    {
      name: 'YAML that takes a reader minutes',
      bad: Array.from({ length: 100_000 }, (_, index) => `k${index}: `).join('\n'),
      says: 'YAML of more than 8192 characters; write it as JSON',
    },
    { name: 'a field twice', bad: 'services: [a]\nservices: ["*"]\n', says: 'neither JSON nor YAML' },
    { name: 'a group without its issuer', bad: { groups: ['ml'], services: ['*'] }, says: 'groups must be a list' },
  ])('$name', ({ bad, says }) => {
    const access = alone(bad);
    expect(sentences(access)).toEqual([expect.stringContaining(says)]);
    expect(access.problems[0]).toMatchObject({ namespace: 'ml-team', list: 'callers', entry: 'alice' });
    expect(access.entries.map(({ caller }) => caller)).toEqual(['ml-team/bob']);
    expect(holdersOf(access, 'bob')).toEqual(['ml-team/bob']);
    expect(JSON.stringify(access.problems)).not.toContain(keyOf('alice'));
  });

  test.each(['Alice', keyOf('alice'), 'a_b', '-a', 'a'.repeat(64), ''])(
    'a name that is none is not quoted: %s',
    (name) => {
      const access = accessTo([list('ml-team', { [name]: entry('alice'), ...good })]);
      expect(access.problems).toEqual([
        { namespace: 'ml-team', list: 'callers', entry: undefined, sentence: expect.stringContaining('lower-case') },
      ]);
      expect(holdersOf(access, 'bob')).toEqual(['ml-team/bob']);
      expect(holdersOf(access, 'alice')).toEqual([]);
    },
  );

  test('among 10,000 others', () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`c${i}`, entry(`c${i}`)]));
    const access = accessTo([list('ml-team', { ...many, c5000: 'mistake' })]);
    expect({ entries: access.entries.length, problems: access.problems.length }).toEqual({
      entries: 9_999,
      problems: 1,
    });
  });
});

describe('an entry', () => {
  test('may be YAML, with two hashes while a key is replaced', () => {
    const text = `keyHash:\n  - ${keyHash(keyOf('old'))}\n  - ${keyHash(keyOf('new'))}\nservices: [qwen]\nexpires: 2027-01-31T00:00:00Z\nmetadata: {team: search}\n`;
    const access = accessTo([list('ml-team', { alice: text })]);
    expect(access.problems).toEqual([]);
    expect([holdersOf(access, 'old'), holdersOf(access, 'new')]).toEqual([['ml-team/alice'], ['ml-team/alice']]);
  });

  test.each([
    { name: 'names of its namespace', namespace: 'ml-team', services: ['qwen'], open: ['ml-team/qwen'] },
    {
      name: 'every service of its namespace',
      namespace: 'ml-team',
      services: ['*'],
      open: ['ml-team/qwen', 'ml-team/llama'],
    },
    { name: "the platform's, one anywhere", namespace: PLATFORM, services: ['shop/qwen'], open: ['shop/qwen'] },
    { name: "the platform's, a namespace", namespace: PLATFORM, services: ['shop/*'], open: ['shop/qwen'] },
    {
      name: "the platform's, everything",
      namespace: PLATFORM,
      services: ['*'],
      open: ['ml-team/qwen', 'ml-team/llama', 'shop/qwen'],
    },
  ])('opens $name', ({ namespace, services, open }) => {
    const [one] = accessTo([list(namespace, { a: entry('a', services) })]).entries;
    const all = ['ml-team/qwen', 'ml-team/llama', 'shop/qwen'];
    const opened = all.filter((path) => {
      const [namespace = '', name = ''] = path.split('/');
      return one !== undefined && opens(one, { namespace, name });
    });
    expect(opened).toEqual(open);
  });
});

describe('two of one kind', () => {
  test('a name twice: the older list counts', () => {
    const access = accessTo([list('t', { a: entry('new') }, 'b', 2), list('t', { a: entry('old') }, 'c', 1)]);
    expect([holdersOf(access, 'old'), holdersOf(access, 'new')]).toEqual([['t/a'], []]);
    expect(sentences(access)).toEqual(['a: list c has an entry of this name already; rename one']);
  });

  test('a key twice in a namespace: one entry has it, the other keeps its own', () => {
    const both = { keyHash: [keyHash(keyOf('a')), keyHash(keyOf('b'))], services: ['*'] };
    const access = accessTo([list('t', { a: entry('a'), b: both })]);
    expect([holdersOf(access, 'a'), holdersOf(access, 'b')]).toEqual([['t/a'], ['t/b']]);
    expect(sentences(access)).toEqual(['b: a has a keyHash of it already; give each caller a key of its own']);
  });

  test('whoever had a key keeps it, although the other one comes first by name', () => {
    const before = accessTo([list('t', { b: entry('k') })]);
    const access = accessTo([list('t', { a: entry('k'), b: entry('k') })], before);
    expect(holdersOf(access, 'k')).toEqual(['t/b']);
  });

  test('whoever had a name keeps it, although the other list is older', () => {
    const before = accessTo([list('t', { a: entry('k') }, 'young', 2)]);
    const access = accessTo(
      [list('t', { a: entry('other') }, 'old', 1), list('t', { a: entry('k') }, 'young', 2)],
      before,
    );
    expect([holdersOf(access, 'k'), holdersOf(access, 'other')]).toEqual([['t/a'], []]);
  });

  test('the second one has its turn when the first is gone', () => {
    const before = accessTo([list('t', { a: entry('k'), b: entry('k') })]);
    expect(holdersOf(accessTo([list('t', { b: entry('k') })], before), 'k')).toEqual(['t/b']);
  });

  test("a tenant who writes down another tenant's hash closes no door of his", () => {
    const access = accessTo([
      list('evil', { x: entry('k') }, 'callers', 0),
      list('t', { a: entry('k') }, 'callers', 9),
    ]);
    expect(holdersOf(access, 'k').sort()).toEqual(['evil/x', 't/a']);
    expect(access.problems).toEqual([]);
  });
});

test("a tenant who writes down everybody's group again and again keeps nobody busy, and shuts nobody out", () => {
  const group = { groups: ['corp:all', 'corp:some'], services: ['*'] };
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`c${index}`, group]));
  const access = accessTo([list('evil', many, 'callers', 0), list('t', { a: group }, 'callers', 9)]);
  const found = access.groups.get('corp:all') ?? [];
  expect([found.length, found.filter(({ namespace }) => namespace === 't').length]).toEqual([65, 1]);
  expect(access.problems).toHaveLength(936);
  expect(sentences(access)[0]).toMatch(
    /^c\d+: one of its groups is in 64 other entries; name all services in one of them$/,
  );
});

test('whatever somebody adds to any list, whoever was in stays in, and nobody else has his key', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const namespace = fc.constantFrom('t', 'u');
  const data = fc.dictionary(
    name,
    fc.oneof(
      name.map((key) => entry(key)),
      fc.constant({ keyHash: 'bad' }),
    ),
    { maxKeys: 3 },
  );
  const lists = fc.uniqueArray(fc.record({ namespace, name: fc.constantFrom('x', 'y'), created: fc.nat(3), data }), {
    selector: (one) => `${one.namespace}/${one.name}`,
    maxLength: 4,
  });
  const built = (all: readonly { namespace: string; name: string; created: number; data: Record<string, object> }[]) =>
    all.map((one) => list(one.namespace, one.data, one.name, one.created));
  fc.assert(
    fc.property(lists, namespace, data, fc.nat(3), (all, where, more, created) => {
      const before = accessTo(built(all));
      const after = accessTo([...built(all), list(where, more, 'added', created)], before);
      for (const [hash, holders] of before.keys)
        expect(after.keys.get(hash)).toEqual(
          expect.arrayContaining(holders.map((one) => expect.objectContaining({ caller: one.caller, list: one.list }))),
        );
    }),
  );
});
