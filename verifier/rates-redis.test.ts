import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { cachedRedis } from '../tools/redis.ts';
import { limiter } from './limiter.ts';
import { redisRates, type SharedRates } from './rates-redis.ts';

// `npm run e2e -- callers.long` fetches Debian's.
const redis = await cachedRedis();

const PASSWORD = 'secret';

interface Running {
  readonly process: ChildProcess;
  readonly url: string;
}

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function start(port?: number): Promise<Running> {
  const at = port ?? (await freePort());
  const flags = ['--port', `${at}`, '--bind', '127.0.0.1', '--save', '', '--requirepass', PASSWORD];
  const child = spawn(redis?.program ?? '', flags, {
    env: { ...process.env, ...redis?.env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ends.push(() => child.kill('SIGKILL'));
  for await (const text of child.stdout) if (String(text).includes('Ready to accept connections')) break;
  child.stdout.resume();
  return { process: child, url: `redis://127.0.0.1:${at}` };
}

/** What a verifier counts with, once it has a connection. A busy machine has more time than a request would give it. */
async function client(
  url: string,
  { password = PASSWORD, deadlineMs = 10_000 } = {},
): Promise<{ rates: SharedRates; said: string[] }> {
  const said: string[] = [];
  const rates = redisRates({ url, password, deadlineMs, changed: (up, why) => said.push(`${up} ${why}`) });
  ends.push(() => rates.close());
  for (let tries = 0; tries < 100 && !((await rates.take([{ key: `probe ${tries}`, limit: 1 }])) === 0); tries++)
    await delay(20);
  return { rates, said };
}

const bucket = (limit: number) => [{ key: 'service ml-team/qwen alice', limit }];

describe.skipIf(redis === undefined)('rates that verifiers share by a real Redis', () => {
  test('are exact over two verifiers that are asked at once', async () => {
    const { url } = await start();
    const verifiers = [limiter((await client(url)).rates), limiter((await client(url)).rates)];
    const waits = await Promise.all(Array.from({ length: 60 }, (_, index) => verifiers[index % 2]?.admit(bucket(25))));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(25);
    expect(waits.every((wait) => wait === 0 || (wait !== undefined && wait > 0 && wait <= 60_000))).toBe(true);
  });

  test('are taken of all limits or of none', async () => {
    const { url } = await start();
    const { rates } = await client(url);
    const both = [
      { key: 'small', limit: 1 },
      { key: 'large', limit: 3 },
    ];
    expect([await rates.take(both), (await rates.take(both)) !== 0]).toEqual([0, true]);
    const large = [{ key: 'large', limit: 3 }];
    expect([await rates.take(large), await rates.take(large), (await rates.take(large)) !== 0]).toEqual([0, 0, true]);
  });

  test('while it hangs a request waits for it once in a while, is held to what its verifier has let in, and it heals', async () => {
    const { url, process: server } = await start();
    const { rates, said } = await client(url, { deadlineMs: 500 });
    const one = limiter(rates);
    for (let i = 0; i < 3; i++) expect(await one.admit(bucket(5))).toBe(0);
    server.kill('SIGSTOP');
    const waits: (number | undefined)[] = [];
    for (let i = 0; i < 4; i++) waits.push(await one.admit(bucket(5)));
    // Two more of five, by what this verifier has counted itself.
    expect(waits.map((wait) => wait === 0)).toEqual([true, true, false, false]);
    expect(said.at(-1)).toBe('false no answer within 500 ms');
    server.kill('SIGCONT');
    await expect.poll(() => rates.take([{ key: 'again', limit: 100 }]), { timeout: 15_000 }).toBe(0);
    expect(said.at(-1)).toBe('true it answers');
  });

  test('when it is gone nobody waits, and when it is back it counts again', async () => {
    const { url, process: server } = await start();
    const { rates } = await client(url);
    const one = limiter(rates);
    expect(await one.admit(bucket(2))).toBe(0);
    server.kill('SIGKILL');
    await once(server, 'exit');
    await expect.poll(() => rates.up).toBe(false);
    expect([await one.admit(bucket(2)), (await one.admit(bucket(2))) > 0]).toEqual([0, true]);
    await start(Number(new URL(url).port));
    await expect.poll(() => rates.take([{ key: 'again', limit: 100 }]), { timeout: 15_000 }).toBe(0);
  });

  test('who it does not take is told so in words without a password, and counts by himself', async () => {
    const { url } = await start();
    const { rates, said } = await client(url, { password: 'wrong' });
    expect(rates.up).toBe(false);
    expect(said.length).toBeGreaterThan(0);
    expect(said.join()).not.toMatch(/wrong|secret/);
    expect(await limiter(rates).admit(bucket(1))).toBe(0);
  });
});
