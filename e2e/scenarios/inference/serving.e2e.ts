import { describe, expect } from 'vitest';
import { applyReady } from '../objects.ts';
import { eventually, waitFor, waitUntilGone } from '../testing.ts';
import { admin } from '../world.ts';
import { behave, engines, SATURATED, takesLong } from './engines.ts';
import { ask, calm, deployment, deploymentRef, inside, leftIn, poolOf, tally, test } from './testing.ts';

const US = { clusterSelector: { matchLabels: { region: 'us' } } };
const EU = { clusterSelector: { matchLabels: { region: 'eu' } } };

/** At the stand-in for a gateway, and at the real one. */
describe.each(['us', 'envoy'] as const)('in %s', (cluster) => {
  const place = { clusterSelector: { matchLabels: { region: cluster } } };

  test('a claim is answered by an engine that the picker of its pool chose, behind both gateways', async ({
    namespace,
  }) => {
    await applyReady(
      namespace,
      deployment('qwen', { model: 'Qwen/Qwen3-8B', placements: [{ name: 'only', ...place }] }),
    );
    const { status, headers, engine } = await ask(`/${namespace}/qwen`, { model: 'Qwen/Qwen3-8B' });
    const pool = await poolOf(cluster, namespace, 'only');
    expect({ status, engine }).toEqual({
      status: 200,
      engine: {
        ...{ cluster, namespace: `mp-${namespace}`, pool, model: 'Qwen/Qwen3-8B' },
        ...{ method: 'POST', path: '/v1/chat/completions' },
        ...{ pod: expect.stringContaining(`${pool}-`), address: expect.stringMatching(/^10\.244\./) },
        headers: expect.objectContaining({
          'x-hop-gateway': cluster,
          'x-gateway-inference-objective': `${pool}-default`,
          'x-gateway-inference-fairness-id': namespace,
          'x-gateway-destination-endpoint': `${engine?.address}:8000`,
        }),
      },
    });
    expect(headers).toMatchObject({ 'x-hop-cluster': cluster, 'x-hop-engine': `${engine?.address}:8000` });
  });

  test('a saturated pool serves Critical, sheds BestEffort, and takes no word of a client for it', async ({
    namespace,
    onTestFinished,
  }) => {
    const trafficClasses = [{ name: 'batch', criticality: 'BestEffort' }];
    const placements = [{ name: 'only', replicas: 2, ...place }];
    const spec = { model: 'Qwen/Qwen3-8B', criticality: 'Critical', trafficClasses, placements };
    await applyReady(namespace, deployment('qwen', spec));
    const pool = await poolOf(cluster, namespace, 'only');
    onTestFinished(() => calm([[cluster, pool]]));
    const forged = {
      'x-gateway-inference-objective': `${pool}-default`,
      'x-llm-d-inference-objective': `${pool}-default`,
    };
    const statuses = async () => ({
      critical: (await ask(`/${namespace}/qwen`, { model: 'qwen' })).status,
      bestEffort: (await ask(`/${namespace}/qwen-batch`, { model: 'qwen' })).status,
      forged: (await ask(`/${namespace}/qwen-batch`, { model: 'qwen', headers: forged })).status,
    });
    await behave(cluster, pool, SATURATED);
    await eventually(
      async () => (await ask(`/${namespace}/qwen-batch`, { model: 'qwen' })).status === 429,
      () => 'the pool should shed BestEffort',
    );
    expect(await statuses()).toEqual({ critical: 200, bestEffort: 429, forged: 429 });
    await behave(cluster, pool, {});
    await eventually(
      async () => (await ask(`/${namespace}/qwen-batch`, { model: 'qwen' })).status === 200,
      () => 'the pool should serve BestEffort again',
    );
    expect(await statuses()).toEqual({ critical: 200, bestEffort: 200, forged: 200 });
  });

  test('the same prompt goes to the same engine while it can', async ({ namespace }) => {
    const placements = [{ name: 'only', replicas: 4, ...place }];
    await applyReady(namespace, deployment('qwen', { model: 'Qwen/Qwen3-8B', placements }));
    const prompt = 'A long prompt that many questions begin with. '.repeat(100);
    const pods = new Set<string | undefined>();
    for (let i = 0; i < 30; i++) pods.add((await ask(`/${namespace}/qwen`, { model: 'qwen', prompt })).engine?.pod);
    expect(pods.size).toBe(1);
  });
});

test('90 and 10 over two clusters is what 2,000 requests get, within four standard deviations', async ({
  namespace,
}) => {
  const placements = [
    { name: 'stable', weight: 90, ...US },
    { name: 'canary', weight: 10, model: 'Qwen/Qwen3-8B-FP8', ...EU },
  ];
  await applyReady(namespace, deployment('qwen', { model: 'Qwen/Qwen3-8B', placements }));
  const { us = 0, eu = 0, ...failed } = await tally(`/${namespace}/qwen`, 'qwen', 2000);
  expect({ answered: us + eu, failed }).toEqual({ answered: 2000, failed: {} });
  expect(Math.abs(eu - 200)).toBeLessThan(4 * Math.sqrt(2000 * 0.9 * 0.1));
});

test('requests that really wait at an engine make its picker shed BestEffort, and every Critical one is answered', async ({
  namespace,
}) => {
  const trafficClasses = [{ name: 'batch', criticality: 'BestEffort' }];
  const placements = [{ name: 'only', ...US }];
  const template = { spec: { containers: [{ name: 'engine', args: ['--max-num-seqs=1'] }] } };
  const spec = { model: 'Qwen/Qwen3-8B', criticality: 'Critical', trafficClasses, placements, template };
  await applyReady(namespace, deployment('qwen', spec));
  const pool = await poolOf('us', namespace, 'only');
  const [engine] = (await engines('us')).filter((one) => one.pool === pool);
  await takesLong(engine?.address ?? '', 1000);
  const critical = Array.from({ length: 12 }, () => ask(`/${namespace}/qwen`, { model: 'qwen' }));
  const batch = async () => (await ask(`/${namespace}/qwen-batch`, { model: 'qwen' })).status;
  await eventually(
    async () => (await batch()) === 429,
    () => 'the pool should shed BestEffort',
  );
  expect((await Promise.all(critical)).map(({ status }) => status)).toEqual(critical.map(() => 200));
  await takesLong(engine?.address ?? '', 0);
  await eventually(
    async () => (await batch()) === 200,
    () => 'the pool should serve BestEffort again',
  );
});

test('a placement whose engines are gone gives its share to its sibling, and gets it back', async ({
  namespace,
  onTestFinished,
}) => {
  const placements = [
    { name: 'a', ...US },
    { name: 'b', ...EU },
  ];
  await applyReady(namespace, deployment('qwen', { model: 'Qwen/Qwen3-8B', placements }));
  const pool = await poolOf('us', namespace, 'a');
  onTestFinished(() => calm([['us', pool]]));
  const split = (us: number, eu: number) =>
    waitFor(
      deploymentRef(namespace, 'qwen'),
      ({ status }) =>
        JSON.stringify(status?.placements?.map(({ percent }: { percent: number }) => percent)) ===
        JSON.stringify([us, eu]),
      `should split ${us} to ${eu}`,
    );
  await split(50, 50);
  await behave('us', pool, { absent: true });
  await split(0, 100);
  expect(await tally(`/${namespace}/qwen`, 'qwen', 100)).toEqual({ eu: 100 });
  await behave('us', pool, {});
  await split(50, 50);
  const { us = 0, eu = 0 } = await tally(`/${namespace}/qwen`, 'qwen', 100);
  expect([us + eu, us > 0, eu > 0]).toEqual([100, true, true]);
});

test("a deployment that is deleted leaves the tenant's empty Namespace in its cluster, and nothing else", async ({
  namespace,
}) => {
  await applyReady(namespace, deployment('qwen', { model: 'Qwen/Qwen3-8B', placements: [{ name: 'only', ...EU }] }));
  await admin.remove(deploymentRef(namespace, 'qwen'));
  await waitUntilGone(deploymentRef(namespace, 'qwen'));
  let left: string[] = [];
  await eventually(
    async () => {
      left = await leftIn('eu', namespace);
      return left.length === 0;
    },
    () => `nothing should be left, but there is ${left.join(', ')}`,
  );
  const kept = await inside('eu').find({ apiVersion: 'v1', kind: 'Namespace', name: `mp-${namespace}` });
  expect(kept?.status?.phase).toBe('Active');
});
