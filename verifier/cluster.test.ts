import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { expect, test, vi } from 'vitest';
import { watchCluster } from './cluster.ts';
import { knowledge } from './knowledge.ts';
import { PLATFORM } from './testing.ts';

vi.setConfig({ testTimeout: 60_000 });

type Watched = (res: ServerResponse, what: string) => void;

/** Watches an API server that has nothing, and does with each watch what a test says. */
async function watching(answer: Watched, silenceMs?: number) {
  const server = createServer(({ url = '' }, res) => {
    if (url.includes('watch=true')) return answer(res, url.includes('configmaps') ? 'access lists' : 'model services');
    res.writeHead(200, { 'content-type': 'application/json' });
    return res.end(JSON.stringify({ kind: 'List', metadata: { resourceVersion: '1' }, items: [] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'fake', server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, skipTLSVerify: true },
    { name: 'fake' },
  );
  const heard: Record<string, boolean> = {};
  const watched = watchCluster(
    config,
    knowledge(PLATFORM),
    {
      watching: (what, ok) => {
        heard[what] = ok;
      },
      unreadable: () => {},
    },
    silenceMs,
  );
  return {
    heard,
    [Symbol.asyncDispose]: async () => {
      await watched.stop();
      server.close();
      server.closeAllConnections();
    },
  };
}

test('an API server that ends every watch in order is asked again within a second, however often it does', async () => {
  const asked: number[] = [];
  await using _ = await watching((res, what) => {
    if (what === 'access lists') asked.push(performance.now());
    res.writeHead(200).end();
  });
  while (asked.length < 6) await delay(20);
  const gaps = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
  expect(Math.max(...gaps)).toBeLessThan(2_000);
});

test('an API server that takes a watch and says nothing is not heard, until it answers', async () => {
  let isHung = true;
  await using api = await watching((res) => {
    if (isHung) return;
    res.writeHead(200);
    res.flushHeaders();
  }, 200);
  await delay(500);
  expect(api.heard).toEqual({ 'access lists': false, 'model services': false });
  isHung = false;
  await vi.waitUntil(() => Object.values(api.heard).every(Boolean), 5_000);
  await delay(500);
  expect(api.heard).toEqual({ 'access lists': true, 'model services': true });
});
