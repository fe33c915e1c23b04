import { spawn } from 'node:child_process';
import { describe, expect } from 'vitest';
import { cachedRedis, type Redis } from '../../../tools/redis.ts';
import { MOCKS } from '../../mocks/catalogue.ts';
import { chat } from '../client.ts';
import { service, to } from '../objects.ts';
import { eventually, test } from '../testing.ts';
import { admin } from '../world.ts';
import { bearer, codeOf, KEYS_AND_TOKENS, keyOf, MINUTES, shutDoor, statusFor, withCallers } from './door.ts';

const limited = (namespace: string, limits?: object) =>
  admin.apply({ ...service('qwen', [to('a')], limits && { limits }), metadata: { name: 'qwen', namespace } });

const TRAEFIK = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'modelplane-system', name: 'traefik' };

/** Requests at a time: Traefik's own counting. */
export const limitsAtATime = () =>
  test('a caller has so many requests at a time at each pod of the front door, and others are not held by it', async ({
    namespace,
  }) => {
    const { qwen } = await withCallers(namespace);
    const [alice, bob] = [bearer(keyOf(`${namespace}-alice`)), bearer(keyOf(`${namespace}-bob`))];
    const slowly = { 'x-mock': JSON.stringify({ delayMs: 2_000 }) };
    await limited(namespace, { concurrent: 2 });
    const replicas = (await admin.get(TRAEFIK)).spec.replicas as number;
    const atOnce = () =>
      Promise.all(Array.from({ length: 12 }, () => chat(qwen, { headers: { ...alice, ...slowly } })));
    await eventually(
      async () => (await atOnce()).some(({ status }) => status === 429),
      () => 'a limit should hold',
    );
    const [answers, other] = await Promise.all([atOnce(), chat(qwen, { headers: bob })]);
    const served = answers.filter(({ status }) => status === 200).length;
    expect(answers.filter(({ status }) => ![200, 429].includes(status))).toEqual([]);
    expect(served).toBeGreaterThanOrEqual(2);
    expect(served).toBeLessThanOrEqual(2 * replicas);
    expect(other.status).toBe(200);
    // What is over is free again: nothing leaks.
    expect(await statusFor(qwen, keyOf(`${namespace}-alice`))).toBe(200);
    // Without the limit the route lets go of it, and nobody is held.
    await limited(namespace);
    await eventually(
      async () => (await atOnce()).every(({ status }) => status === 200),
      () => 'nobody should be held',
    );
  });

/** Rates over both verifiers, by a Redis that is brought. */
export const limitsWithRedis = () =>
  test(
    'with Redis both verifiers count together, and while it hangs or is gone callers are served',
    async ({ namespace, skip }) => {
      const redis = await cachedRedis();
      skip(redis === undefined, process.env.E2E_NO_REDIS ?? 'Redis is not in the cache');
      const server = startRedis(redis as Redis);
      try {
        const { qwen } = await withCallers(namespace);
        const secretRef = { name: 'redis' };
        await admin.apply({
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { namespace: 'modelplane-system', ...secretRef },
          stringData: { password: PASSWORD },
        });
        await shutDoor({ ...KEYS_AND_TOKENS, redis: { address: `${MOCKS.first.address}:${PORT}`, secretRef } });
        await bothVerifiers('verifier_redis_up 1');
        await limited(namespace, { requestsPerMinute: 10 });
        await eventually(
          async () => (await statusesOf(qwen, `${namespace}-bob`, 12)).includes(429),
          () => 'a limit should hold',
        );
        const statuses = await statusesOf(qwen, `${namespace}-alice`, 30);
        expect(statuses.filter((status) => status === 200)).toHaveLength(10);
        server.kill('SIGSTOP');
        await limited(namespace, { requestsPerMinute: 1_000 });
        await eventually(
          async () => (await statusesOf(qwen, `${namespace}-alice`, 20)).every((status) => status === 200),
          () => 'callers should be served while Redis hangs',
        );
        await bothVerifiers('verifier_redis_up 0');
        server.kill('SIGCONT');
        await bothVerifiers('verifier_redis_up 1', qwen, `${namespace}-alice`);
      } finally {
        server.kill('SIGKILL');
        await shutDoor();
        await admin.remove({ apiVersion: 'v1', kind: 'Secret', namespace: 'modelplane-system', name: 'redis' });
      }
    },
    8 * MINUTES,
  );

const PASSWORD = 'not-a-password-that-anybody-else-has';
const PORT = 6379;

function startRedis({ program, env }: Redis) {
  const flags = ['--bind', MOCKS.first.address, '--port', `${PORT}`, '--save', '', '--requirepass', PASSWORD];
  return spawn(program, flags, { env: { ...process.env, ...env }, stdio: 'ignore' });
}

const statusesOf = async (path: string, caller: string, count: number): Promise<number[]> => {
  const statuses: number[] = [];
  for (let i = 0; i < count; i++) statuses.push(await statusFor(path, keyOf(caller)));
  return statuses;
};

/** Waits until the metrics of both verifiers say so; with a path and a caller they are asked meanwhile. */
const bothVerifiers = (line: string, path?: string, caller?: string) =>
  eventually(
    async () => {
      if (path !== undefined && caller !== undefined) await statusesOf(path, caller, 4);
      const pods = await admin.list('v1', 'Pod', {
        namespace: 'modelplane-system',
        labels: 'app.kubernetes.io/name=verifier',
      });
      // One that is just being made has no address yet, or does not listen.
      const metrics = await Promise.all(
        pods
          .filter(({ status }) => status?.podIP)
          .map(({ status }) =>
            fetch(`http://${status?.podIP}:8080/metrics`).then(
              (answer) => answer.text(),
              () => '',
            ),
          ),
      );
      return metrics.length === 2 && metrics.every((text) => text.includes(`\n${line}\n`));
    },
    () => `both verifiers should say ${line}`,
    MINUTES,
  );

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
