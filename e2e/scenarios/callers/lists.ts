import { describe, expect } from 'vitest';
import { chat } from '../client.ts';
import { eventually, test } from '../testing.ts';
import { admin } from '../world.ts';
import { accessList, bearer, entry, eventsOf, hashOf, keyOf, statusFor, untilLetIn, withCallers } from './door.ts';

/** Past the admission policy, as a list that was there before it, or that is longer than it reads. */
const unchecked = (namespace: string, data: Readonly<Record<string, string>>, name: string) =>
  admin.call({
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/configmaps`,
    body: accessList(namespace, data, name),
  });

const fillers = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, entry(`c${index}`)]));

/** Access lists that somebody got wrong: who was in stays in, and nobody else comes in. */
export const badLists = () =>
  describe('a bad list', () => {
    test('of 10,000 entries and one that is bad opens for the others', async ({ namespace }) => {
      const { qwen } = await withCallers(namespace);
      // As many as the 1 MiB of a ConfigMap hold with room for fields of their own.
      const short = (index: number) => JSON.stringify({ keyHash: hashOf(keyOf(`c${index}`)), services: ['*'] });
      const half = (from: number) =>
        Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`c${from + index}`, short(from + index)]));
      await unchecked(namespace, { ...half(0), bad: 'nobody' }, 'many');
      await unchecked(namespace, half(5_000), 'more');
      await untilLetIn(qwen, keyOf('c0'));
      await untilLetIn(qwen, keyOf('c9999'));
      expect(await statusFor(qwen, keyOf(`${namespace}-alice`))).toBe(200);
      await eventually(
        async () => (await eventsOf(namespace, 'many')).some((message) => message.startsWith('bad lets nobody in: ')),
        () => 'an Event should say which entry is bad',
      );
    });

    test('says in one sentence what is wrong with each entry, and lets nobody in by it', async ({ namespace }) => {
      const { qwen } = await withCallers(namespace);
      const hash = hashOf(keyOf(`${namespace}-twice`));
      // Too long for the admission policy to read it all, so that the verifier is alone with it.
      await unchecked(
        namespace,
        {
          ...fillers(501),
          clear: JSON.stringify({ keyHash: keyOf(`${namespace}-clear`).replace('mpk_', 'key-'), services: ['*'] }),
          alice: entry(`${namespace}-second-alice`),
          same: entry(`${namespace}-bob`),
          twice: JSON.stringify({ keyHash: [hash, hash], services: ['*'] }),
          past: entry(`${namespace}-past`, ['*'], { expires: '2020-01-01T00:00:00Z' }),
          limit: entry(`${namespace}-limit`, ['*'], { limits: { requestsPerMinute: 0 } }),
          missing: entry(`${namespace}-missing`, ['is-not-there']),
        },
        'wrong',
      );
      await untilLetIn(qwen, keyOf('c500'));
      await eventually(
        async () => (await eventsOf(namespace, 'wrong')).length >= 7,
        () => 'Events should say what is wrong',
      );
      const said = (await eventsOf(namespace, 'wrong')).sort();
      expect(said).toEqual([
        expect.stringMatching(/^alice lets nobody in: list callers has an entry of this name already; rename one\.$/),
        expect.stringMatching(/^clear lets nobody in: keyHash must be sha256: .* never a key itself\.$/),
        expect.stringMatching(/^limit lets nobody in: limits\.requestsPerMinute must be a whole number/),
        expect.stringMatching(/^missing: there is no ModelService [-a-z0-9]+\/is-not-there, so nothing is opened/),
        expect.stringMatching(/^past: it expired on 2020-01-01T00:00:00\.000Z, so it lets nobody in/),
        expect.stringMatching(/^same lets nobody in: bob has a keyHash of it already/),
        expect.stringMatching(/^twice lets nobody in: keyHash has the same hash twice/),
      ]);
      const statuses = Object.fromEntries(
        await Promise.all(
          ['clear', 'second-alice', 'twice', 'past', 'limit', 'missing', 'bob', 'alice'].map(async (caller) => [
            caller,
            await statusFor(qwen, keyOf(`${namespace}-${caller}`)),
          ]),
        ),
      );
      expect(statuses).toEqual({
        clear: 401,
        'second-alice': 401,
        twice: 401,
        past: 401,
        limit: 401,
        missing: 403,
        bob: 200,
        alice: 200,
      });
      const { seen } = await chat(qwen, { headers: bearer(keyOf(`${namespace}-bob`)) });
      expect(seen?.headers['x-modelplane-caller']).toBe(`${namespace}/bob`);
    });
  });
