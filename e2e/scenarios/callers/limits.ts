import { describe, expect } from 'vitest';
import { chat } from '../client.ts';
import { service, to } from '../objects.ts';
import { eventually, test } from '../testing.ts';
import { admin } from '../world.ts';
import { bearer, codeOf, keyOf, statusFor, withCallers } from './door.ts';

const limited = (namespace: string, limits: object) =>
  admin.apply({ ...service('qwen', [to('a')], { limits }), metadata: { name: 'qwen', namespace } });

export const limitsWithoutRedis = () =>
  describe('limits', () => {
    test('hold each caller to his share of a minute, over both verifiers together at most twice', async ({
      namespace,
    }) => {
      const { qwen } = await withCallers(namespace);
      await limited(namespace, { requestsPerMinute: 5 });
      await eventually(
        async () => (await statusFor(qwen, keyOf(`${namespace}-bob`))) === 429,
        () => 'a limit should hold',
      );
      // Of two verifiers that count apart one may still have room.
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => chat(qwen, { headers: bearer(keyOf(`${namespace}-bob`)) })),
      );
      const [over] = answers.filter(({ status }) => status === 429);
      expect([codeOf(over?.body ?? ''), Number(over?.headers['retry-after']) > 0]).toEqual([
        'rate_limit_exceeded',
        true,
      ]);
      let served = 0;
      for (let i = 0; i < 20; i++) if ((await statusFor(qwen, keyOf(`${namespace}-alice`))) === 200) served++;
      expect(served).toBeGreaterThanOrEqual(5);
      expect(served).toBeLessThanOrEqual(10);
    });
  });
