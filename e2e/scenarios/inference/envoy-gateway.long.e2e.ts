import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { INFERENCE_CLUSTERS } from '../../inference/catalogue.ts';
import { GATEWAY } from '../../inference/manifests.ts';
import { type AnyObject, refOf } from '../../kube.ts';
import { load, stream } from '../client.ts';
import { applyReady } from '../objects.ts';
import { eventually } from '../testing.ts';
import { admin } from '../world.ts';
import { engines, speaksSlowly } from './engines.ts';
import { ask, deployment, deploymentRef, inside, leftIn, poolOf, test } from './testing.ts';

/** Where the real gateway is. */
const CLUSTER = 'envoy';
const place = { clusterSelector: { matchLabels: { region: CLUSTER } } };
const spec = { model: 'Qwen/Qwen3-8B', placements: [{ name: 'only', ...place }] };

const TIMES = 20;

describe('on the real gateway', () => {
  test(`the first request after Ready is answered, ${TIMES} times out of ${TIMES}`, { timeout: 900_000 }, async ({
    namespace,
  }) => {
    const statuses: number[] = [];
    for (let i = 0; i < TIMES; i++) {
      const name = `qwen-${i}`;
      await applyReady(namespace, deployment(name, spec));
      statuses.push((await ask(`/${namespace}/${name}`, { model: name })).status);
    }
    expect(statuses).toEqual(Array.from({ length: TIMES }, () => 200));
  });

  /** A minute and a half of an answer, at one a second. */
  const TOKENS = 90;

  /** As many connections as a front door's pods keep to a gateway under this load, at most (Traefik: 200 to a host). */
  const MOST_LOST = 100;

  test('a pool that goes costs others a request per open connection, all of them 500, and then no more', {
    timeout: 300_000,
  }, async ({ namespace, onTestFinished }) => {
    await applyReady(namespace, deployment('stays', spec));
    await applyReady(namespace, deployment('goes', spec));
    const client = await load(`/${namespace}/stays`, { model: 'stays', rate: 50 });
    onTestFinished(async () => void (await client.stop()));
    await delay(2_000);
    await admin.remove(deploymentRef(namespace, 'goes'));
    await eventually(
      async () => (await leftIn(CLUSTER, namespace)).every((name) => !name.includes(' goes-')),
      () => 'the deployment should go',
    );
    await delay(5_000);
    const { sent, failures } = await client.stop();
    console.log(`${failures.length} of ${sent} requests were lost when a pool went`);
    expect(failures.filter(({ why }) => !/\b500\b/.test(why))).toEqual([]);
    expect(failures.length).toBeLessThanOrEqual(MOST_LOST);
    const after = await load(`/${namespace}/stays`, { model: 'stays', rate: 50 });
    await delay(3_000);
    expect((await after.stop()).failures).toEqual([]);
  });

  const POOLS = 'inference.networking.k8s.io';

  /** A pool and a route to it which nobody is sent to, made by the platform beside the Gateway. */
  const lonely = (name: string): AnyObject[] => [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: GATEWAY.namespace, name },
      spec: { ports: [{ port: 9002 }] },
    },
    {
      apiVersion: `${POOLS}/v1`,
      kind: 'InferencePool',
      metadata: { namespace: GATEWAY.namespace, name },
      spec: {
        selector: { matchLabels: { nobody: 'has-it' } },
        targetPorts: [{ number: 8000 }],
        endpointPickerRef: { kind: 'Service', name, port: { number: 9002 } },
      },
    },
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { namespace: GATEWAY.namespace, name },
      spec: {
        parentRefs: [{ ...GATEWAY }],
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: `/${name}` } }],
            backendRefs: [{ group: POOLS, kind: 'InferencePool', name }],
          },
        ],
      },
    },
  ];

  /** Clients that each keep a connection of their own. */
  const CLIENTS = 10;

  test.for([
    { name: 'a route, and then its pool', goes: ['HTTPRoute', 3_000, 'InferencePool'] },
    { name: 'a route and its pool at once', goes: ['HTTPRoute', 0, 'InferencePool'] },
    { name: 'a pool, and then the route to it', goes: ['InferencePool', 3_000, 'HTTPRoute'] },
  ] as const)(
    '$name that go cost each open connection a request, and no more than two',
    {
      timeout: 300_000,
    },
    async ({ goes }, { namespace }) => {
      await applyReady(namespace, deployment('stays', spec));
      const name = `lonely-${namespace}`;
      const kube = inside(CLUSTER);
      const objects = lonely(name);
      for (const object of objects) await kube.apply(object);
      const to = `http://${INFERENCE_CLUSTERS[CLUSTER].gateway}`;
      const options = { model: 'stays', rate: 5, to, headers: { 'x-llm-d-inference-fairness-id': namespace } };
      try {
        await delay(5_000);
        const clients = await Promise.all(
          Array.from({ length: CLIENTS }, () => load(`/${namespace}/stays/only`, options)),
        );
        await delay(2_000);
        for (const step of goes) {
          if (typeof step === 'number') await delay(step);
          else await kube.remove(refOf(objects.find(({ kind }) => kind === step) as AnyObject));
        }
        await delay(5_000);
        const lost = (await Promise.all(clients.map((client) => client.stop()))).map(({ failures }) => failures.length);
        console.log(`${name}: each of ${CLIENTS} clients lost ${lost.join(', ')}`);
        expect(Math.max(...lost)).toBeLessThanOrEqual(2);
      } finally {
        for (const object of objects) await kube.remove(refOf(object));
      }
    },
  );

  test('a stream outlives the minute after another pool was made, by the drainTimeout of install/', {
    timeout: 300_000,
  }, async ({ namespace }) => {
    await applyReady(namespace, deployment('streams', spec));
    const pool = await poolOf(CLUSTER, namespace, 'only');
    const [engine] = (await engines(CLUSTER)).filter((one) => one.pool === pool);
    await speaksSlowly(engine?.address ?? '', 1_000);
    const body = JSON.stringify({
      ...{ model: 'streams', stream: true, max_tokens: TOKENS, ignore_eos: true },
      messages: [{ role: 'user', content: 'word '.repeat(TOKENS) }],
    });
    const streamed = stream(`/${namespace}/streams/v1/chat/completions`, {
      ...{ method: 'POST', body, timeoutMs: 120_000 },
      headers: { 'content-type': 'application/json' },
    });
    await delay(2_000);
    await applyReady(namespace, deployment('comes', spec));
    const { status, chunks } = await streamed;
    const text = chunks.map((chunk) => chunk.text).join('');
    expect({ status, isWhole: text.trimEnd().endsWith('data: [DONE]') }).toEqual({ status: 200, isWhole: true });
    // One that was over before the minute was would say nothing.
    expect(chunks.at(-1)?.atMs).toBeGreaterThan(70_000);
  });

  test('a placement has a policy of who may reach it, which names the proxies that there are', async ({
    namespace,
  }) => {
    await applyReady(namespace, deployment('qwen', spec));
    const kube = inside(CLUSTER);
    const [policy] = await kube.list('networking.k8s.io/v1', 'NetworkPolicy', { namespace: `mp-${namespace}` });
    const [, proxies] = policy?.spec.ingress ?? [];
    const { namespaceSelector, podSelector } = proxies.from[0];
    const pods = await kube.list('v1', 'Pod', {
      namespace: namespaceSelector.matchLabels['kubernetes.io/metadata.name'],
      labels: Object.entries(podSelector.matchLabels as Record<string, string>)
        .map(([key, value]) => `${key}=${value}`)
        .join(','),
    });
    expect(pods.map(({ spec: { containers } }) => containers[0].name)).toEqual(['envoy']);
  });
});
