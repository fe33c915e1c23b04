import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { InferenceClusterName } from '../../inference/catalogue.ts';
import type { AnyObject } from '../../kube.ts';
import { load } from '../client.ts';
import { kubectl } from '../kubectl.ts';
import { applyReady, serviceRef } from '../objects.ts';
import { waitFor } from '../testing.ts';
import { admin } from '../world.ts';
import { behave } from './engines.ts';
import { test as base, calm, deploymentRef, example, poolOf } from './testing.ts';

/** Own engines in tier 0, Groq in tier 1: what docs/model-services.md tells users to do. */
const test = base.extend<{ own: readonly [InferenceClusterName, string] }>({
  own: async ({ namespace }, use) => {
    // At the stand-in: where another scenario's pool goes, the real gateway answers 500 once for each connection.
    const manifests = await example('failover-to-groq/deployment.yaml', namespace);
    await applyReady(namespace, ...manifests.map(inUs));
    const { status } = await admin.get(deploymentRef(namespace, 'gpt-oss'));
    const { cluster, name } = status?.placements[0] ?? {};
    const pool = await poolOf(cluster, namespace, name);
    await servesFrom(namespace, 'own');
    await use([cluster, pool]);
    await calm([[cluster, pool]]);
  },
});

const inUs = (object: AnyObject): AnyObject =>
  object.kind === 'ModelDeployment'
    ? { ...object, spec: { ...object.spec, clusterSelector: { matchLabels: { region: 'us' } } } }
    : object;

/** What Traefik may still have to read after our status says so: it takes up changes once a second. */
const SETTLED_MS = 2_500;

/** All of the traffic is an entry's, and the front door has read so. */
async function servesFrom(namespace: string, entry: 'own' | 'groq'): Promise<void> {
  await waitFor(
    serviceRef(namespace, 'assistant'),
    ({ status }) => {
      const share = status?.entries?.find(({ name }: { name: string }) => name === entry)?.percent;
      const others = status?.serving?.filter((name: string) => (name === 'groq') !== (entry === 'groq'));
      return share === 100 && others?.length === 0;
    },
    `should be served from ${entry} alone`,
  );
  await delay(SETTLED_MS);
}

const begin = (namespace: string) => load(`/${namespace}/assistant`, { model: 'openai/gpt-oss-20b', rate: 50 });

test('a provider takes over before the last engines are given up and gives back to new ones, and no request fails', async ({
  namespace,
  own: [cluster],
}) => {
  const client = await begin(namespace);
  const scale = (replicas: number) =>
    kubectl('scale', 'md/gpt-oss', '--namespace', namespace, `--replicas=${replicas}`);
  await scale(0);
  await servesFrom(namespace, 'groq');
  await waitFor(
    deploymentRef(namespace, 'gpt-oss'),
    ({ status }) => status?.placements[0].phase === 'ScaledToZero',
    'should have no engines',
  );
  await scale(1);
  await servesFrom(namespace, 'own');
  const { failures, answeredBy } = await client.stop();
  expect(failures).toEqual([]);
  expect(Object.keys(answeredBy).sort()).toEqual([cluster, 'groq'].sort());
});

test('a provider takes over when engines fail, and no request fails once it has', async ({ namespace, own }) => {
  const [cluster, pool] = own;
  const during = await begin(namespace);
  const began = Date.now();
  await behave(cluster, pool, { absent: true });
  await servesFrom(namespace, 'groq');
  const { sent, failures } = await during.stop();
  console.log(`${failures.length} of ${sent} requests failed in the ${(Date.now() - began) / 1000} s that it took`);
  const after = await begin(namespace);
  await behave(cluster, pool, {});
  await servesFrom(namespace, 'own');
  const taken = await after.stop();
  expect(taken.failures).toEqual([]);
  expect(Object.keys(taken.answeredBy).sort()).toEqual([cluster, 'groq'].sort());
});
