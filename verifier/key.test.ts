import { describe, expect, test } from 'vitest';
import { accessOf, readList } from './access.ts';
import { keyHash } from './credentials.ts';
import { type ConfigMap, type ListStore, listKeys, newKey, revokeKey } from './key.ts';
import { PLATFORM } from './testing.ts';

function memory(): ListStore & { readonly lists: Map<string, ConfigMap> } {
  const lists = new Map<string, ConfigMap>();
  return {
    lists,
    get: async (namespace, name) => lists.get(`${namespace}/${name}`),
    list: async (namespace) => [...lists.values()].filter(({ metadata }) => metadata.namespace === namespace),
    apply: async (list) => void lists.set(`${list.metadata.namespace}/${list.metadata.name}`, list),
  };
}

const WISH = { namespace: 'ml-team', list: 'callers', caller: 'alice', services: ['qwen'] };

/** Who a verifier lets in by a key. */
function callersOf({ lists }: ReturnType<typeof memory>, key: string): string[] {
  const read = [...lists.values()].map(({ metadata, data = {} }) =>
    readList({ ...metadata, created: 0, data }, PLATFORM),
  );
  return (
    accessOf(read)
      .keys.get(keyHash(key))
      ?.map(({ caller }) => caller) ?? []
  );
}

describe('a key', () => {
  test('opens by its hash, and is nowhere', async () => {
    const store = memory();
    const { key } = await newKey(store, WISH, PLATFORM);
    expect(key).toMatch(/^mpk_[\w-]{43}$/);
    expect(callersOf(store, key)).toEqual(['ml-team/alice']);
    expect(JSON.stringify([...store.lists])).not.toContain(key);
    expect(store.lists.get('ml-team/callers')?.metadata.labels).toEqual({ 'modelplane.ai/access': '' });
  });

  test('is replaced by a second one beside it, and then revoked by its hash', async () => {
    const store = memory();
    const [old, fresh] = [await newKey(store, WISH, PLATFORM), await newKey(store, WISH, PLATFORM)];
    expect([callersOf(store, old.key), callersOf(store, fresh.key)]).toEqual([['ml-team/alice'], ['ml-team/alice']]);
    await revokeKey(store, { ...WISH, hash: keyHash(old.key).slice(7, 19) });
    expect([callersOf(store, old.key), callersOf(store, fresh.key)]).toEqual([[], ['ml-team/alice']]);
  });

  test('is revoked with its caller, and nobody else is', async () => {
    const store = memory();
    const alice = await newKey(store, WISH, PLATFORM);
    const bob = await newKey(store, { ...WISH, caller: 'bob' }, PLATFORM);
    await revokeKey(store, WISH);
    expect([callersOf(store, alice.key), callersOf(store, bob.key)]).toEqual([[], ['ml-team/bob']]);
  });

  test('adds nothing else to an entry that is there', async () => {
    const store = memory();
    await newKey(store, { ...WISH, requestsPerMinute: 5 }, PLATFORM);
    await newKey(store, { ...WISH, services: ['*'] }, PLATFORM);
    expect(await listKeys(store, 'ml-team', PLATFORM)).toEqual([
      {
        list: 'callers',
        caller: 'alice',
        hashes: [expect.any(String), expect.any(String)],
        services: ['ml-team/qwen'],
        expires: undefined,
        problem: undefined,
      },
    ]);
  });

  test.each([
    { name: 'a time without its zone', wish: { ...WISH, expires: '2027-01-01' }, says: 'expires must be a time' },
    { name: "another namespace's service", wish: { ...WISH, services: ['shop/llama'] }, says: 'only its owner opens' },
    { name: 'a limit that is none', wish: { ...WISH, requestsPerMinute: Number.NaN }, says: 'requestsPerMinute' },
  ])('is not made with $name', async ({ wish, says }) => {
    const store = memory();
    await expect(newKey(store, wish, PLATFORM)).rejects.toThrow(says);
    expect(store.lists.size).toBe(0);
  });

  test.each([
    { name: 'of nobody', what: { ...WISH, caller: 'carol' }, says: 'has no entry carol' },
    { name: 'that is not there', what: { ...WISH, hash: 'ffffffffffff' }, says: 'no key whose hash begins with' },
  ])('$name is not revoked', async ({ what, says }) => {
    const store = memory();
    await newKey(store, WISH, PLATFORM);
    await expect(revokeKey(store, what)).rejects.toThrow(says);
  });
});
