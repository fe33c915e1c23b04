import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { refOf } from '../../kube.ts';
import { load } from '../client.ts';
import { applyReady } from '../objects.ts';
import { eventually } from '../testing.ts';
import { pickers } from './pickers.ts';
import { ask, deployment, inside, poolOf, test } from './testing.ts';

/** Where the real gateway is. */
const CLUSTER = 'envoy';

const SPEC = { model: 'Qwen/Qwen3-8B', placements: [{ name: 'only', clusterName: CLUSTER }] };

/** By the arguments of the process, which is one of this machine's. */
async function kill(pool: string): Promise<void> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const args = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (args.startsWith('/epp\0') && args.includes(`--pool-name=${pool}\0`))
      return void process.kill(Number(pid), 'SIGKILL');
  }
  throw new Error(`no picker of ${pool} runs`);
}

async function deletePod(namespace: string): Promise<void> {
  const [pod] = await pickers(namespace, CLUSTER);
  if (pod === undefined) throw new Error('there is no picker');
  await inside(CLUSTER).remove(refOf({ ...pod, apiVersion: 'v1', kind: 'Pod' }));
}

const RATE = 50;

/** In a row, after which it is over. */
const ANSWERED = 20;

test.for([
  // As by who empties a node: it goes on for fifteen seconds, in which another one starts.
  { name: 'whose pod is evicted costs no request', harm: deletePod, most: 0 },
  // Another one starts in its place.
  {
    name: 'whose process dies costs the requests of its start, and no more',
    harm: async (_namespace: string, pool: string) => kill(pool),
    most: 30 * RATE,
  },
])('a picker $name', async ({ harm, most }, { namespace }) => {
  await applyReady(namespace, deployment('qwen', SPEC));
  const pool = await poolOf(CLUSTER, namespace, 'only');
  const client = await load(`/${namespace}/qwen`, { model: 'qwen', rate: RATE });
  await delay(1_000);
  const began = Date.now();
  await harm(namespace, pool);
  // Longer than the one that was there is about to go.
  await delay(20_000);
  let inARow = 0;
  await eventually(
    async () => {
      inARow = (await ask(`/${namespace}/qwen`, { model: 'qwen' })).status === 200 ? inARow + 1 : 0;
      return inARow === ANSWERED;
    },
    () => 'requests should be answered again',
  );
  const { sent, failures } = await client.stop();
  const [first, last] = [failures[0]?.sentAt ?? began, failures.at(-1)?.failedAt ?? began];
  const reasons = [...new Set(failures.map(({ why }) => why.slice(0, 80)))].join('; ');
  const when = `from ${first - began} to ${last - began} ms after it`;
  console.log(`${failures.length} of ${sent} requests failed, ${when}: ${reasons}`);
  expect(failures.length).toBeLessThanOrEqual(most);
});
