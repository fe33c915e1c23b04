import { expect } from 'vitest';
import { load, waitUntilServed } from '../client.ts';
import { applyReady, endpoint, service, to, URLS } from '../objects.ts';
import { test } from '../testing.ts';
import { admin } from '../world.ts';
import { accessList, bearer, entry, keyOf, MINUTES, openDoor, shutDoor } from './door.ts';

/**
 * Clients that come all along, one who may and one who may not. Who may opens a connection each time: a pod that stops
 * closes the ones that it has, and what is sent on one at just that moment is lost, with authentication or without.
 */
async function clients(namespace: string) {
  const qwen = `/${namespace}/qwen`;
  const headers = bearer(keyOf(`${namespace}-alice`));
  return { mayCome: await load(qwen, { rate: 50, headers, keepAlive: false }), mayNot: await load(qwen, { rate: 50 }) };
}

/** Not let in: a pod that leaves may answer 500 for want of its verifiers, and only to whoever has no key to be let in by. */
const isRefusal = (why: string): boolean => /^(401|500)/.test(why) || why === 'socket hang up';

/** One service, and a key for it, before anybody asks for keys. */
async function oneService(namespace: string): Promise<string> {
  await admin.apply(accessList(namespace, { alice: entry(`${namespace}-alice`) }));
  await applyReady(namespace, endpoint('a', { url: URLS.first }), service('qwen', [to('a')]));
  return `/${namespace}/qwen`;
}

export const switchingOn = () =>
  test(
    'switched on under load: who has a key is served all along, and once it is enforced nobody else is',
    async ({ namespace }) => {
      const qwen = await oneService(namespace);
      await waitUntilServed(qwen);
      const { mayCome, mayNot } = await clients(namespace);
      await shutDoor();
      const enforcedAt = Date.now();
      const later = await load(qwen, { rate: 50 });
      await waitUntilServed(qwen, { headers: bearer(keyOf(`${namespace}-alice`)) });
      const [served, before, after] = [await mayCome.stop(), await mayNot.stop(), await later.stop()];
      expect(served.failures).toEqual([]);
      expect(after.failures).toHaveLength(after.sent);
      // Of connections that were open before too.
      expect(before.servedLastAt).toBeLessThanOrEqual(enforcedAt);
      expect(before.failures.filter(({ why }) => !isRefusal(why))).toEqual([]);
    },
    8 * MINUTES,
  );

export const switchingOff = () =>
  test(
    'switched off under load: who has a key is served all along',
    async ({ namespace }) => {
      const qwen = await oneService(namespace);
      await waitUntilServed(qwen, { headers: bearer(keyOf(`${namespace}-alice`)) });
      const { mayCome, mayNot } = await clients(namespace);
      await openDoor();
      await waitUntilServed(qwen);
      const [served, refused] = [await mayCome.stop(), await mayNot.stop()];
      expect(served.failures).toEqual([]);
      expect(refused.failures.filter(({ why }) => !isRefusal(why))).toEqual([]);
    },
    8 * MINUTES,
  );
