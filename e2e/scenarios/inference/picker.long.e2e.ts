import { expect } from 'vitest';
import { conditionsOf } from '../../front-door.ts';
import type { AnyObject } from '../../kube.ts';
import { load } from '../client.ts';
import { applyReady } from '../objects.ts';
import { apply, eventually, waitFor, waitUntilReady } from '../testing.ts';
import { behave, SATURATED } from './engines.ts';
import { metric, pickers } from './pickers.ts';
import { ask, calm, deployment, deploymentRef, poolOf, test } from './testing.ts';

const US = { clusterSelector: { matchLabels: { region: 'us' } } };

/** Our own configuration, but for how much it counts that an engine has seen a prompt's beginning before. */
const configWith = (prefixWeight: number, parameters?: object) => ({
  plugins: [
    { type: 'queue-scorer' },
    { type: 'kv-cache-utilization-scorer' },
    { type: 'prefix-cache-scorer' },
    { type: 'max-score-picker', ...(parameters && { parameters }) },
  ],
  schedulingProfiles: [
    {
      name: 'default',
      plugins: [
        { pluginRef: 'queue-scorer', weight: 2 },
        { pluginRef: 'kv-cache-utilization-scorer', weight: 2 },
        { pluginRef: 'prefix-cache-scorer', weight: prefixWeight },
        { pluginRef: 'max-score-picker' },
      ],
    },
  ],
});

const qwen = (config?: object): AnyObject =>
  deployment('qwen', {
    model: 'Qwen/Qwen3-8B',
    ...(config && { endpointPicker: { config } }),
    placements: [{ name: 'only', replicas: 3, ...US }],
  });

/** Which engine answers a prompt. */
const answering = async (path: string, prompt: string): Promise<string> =>
  (await ask(path, { model: 'qwen', prompt })).engine?.pod ?? '';

/** Whether a prompt goes to the engine that knows its beginning although requests wait there and nowhere else. */
async function prefersPrefixToQueue(namespace: string): Promise<boolean> {
  const path = `/${namespace}/qwen`;
  const prompt = `${Math.random()} is what many questions begin with. `.repeat(100);
  const knows = await answering(path, prompt);
  await behave('us', `mp-${namespace}/${knows}`, { waiting: 4 });
  let elsewhere = 0;
  await eventually(
    async () => {
      elsewhere = (await answering(path, `${Math.random()}`)) === knows ? 0 : elsewhere + 1;
      return elsewhere === 10;
    },
    () => `the picker should see that requests wait at ${knows}`,
  );
  const again = await answering(path, prompt);
  await behave('us', `mp-${namespace}/${knows}`, {});
  return again === knows;
}

test("the weights by which a picker chooses are the user's to set", async ({ namespace }) => {
  await applyReady(namespace, qwen());
  expect(await prefersPrefixToQueue(namespace)).toBe(true);
  await apply([qwen(configWith(1))], namespace);
  await eventually(
    async () => !(await prefersPrefixToQueue(namespace)),
    () => 'a queue of weight 2 should count more than a prefix of weight 1',
  );
  await waitUntilReady(deploymentRef(namespace, 'qwen'));
});

test('a configuration that a picker would not start with never replaces a good one, and the status says so', async ({
  namespace,
}) => {
  const ref = deploymentRef(namespace, 'qwen');
  await applyReady(namespace, qwen());
  const [good] = await pickers(namespace);
  const client = await load(`/${namespace}/qwen`, { model: 'qwen', rate: 25 });

  await apply([qwen({ ...configWith(1), scorers: [] })], namespace);
  await waitFor(
    ref,
    (object) =>
      conditionsOf(object).some(({ message = '' }) => message.includes('config.scorers is not a known field')),
    'is refused',
  );

  // What only the picker itself knows to be wrong.
  await apply([qwen(configWith(1, { maxNumOfEndpoints: 'many' }))], namespace);
  await eventually(
    async () => (await pickers(namespace)).some(({ status }) => status?.containerStatuses?.[0]?.restartCount > 0),
    () => 'the picker should end at its start',
  );
  await waitFor(
    ref,
    ({ status }) => status?.placements[0].reason.includes('the one before goes on until it is ready'),
    'should say that a picker is starting',
  );
  const [serving, failing] = await pickers(namespace);
  expect([serving?.metadata?.uid, serving?.status?.containerStatuses[0].ready]).toEqual([good?.metadata?.uid, true]);
  expect(failing?.status?.containerStatuses[0].ready).toBe(false);

  await apply([qwen(configWith(1))], namespace);
  await waitFor(
    ref,
    ({ status }) => !status?.placements[0].reason.includes('picker'),
    'should say no more of its picker',
  );
  await waitUntilReady(ref);
  await eventually(
    async () => (await pickers(namespace)).every(({ metadata }) => metadata?.uid !== good?.metadata?.uid),
    () => 'the picker of before should be gone',
  );
  const { failures } = await client.stop();
  expect(failures).toEqual([]);
});

const EACH = 15;

test('with flow control a burst at saturated engines waits, and is served Critical first', async ({
  namespace,
  onTestFinished,
}) => {
  const spec = {
    model: 'Qwen/Qwen3-8B',
    criticality: 'Critical',
    trafficClasses: [{ name: 'batch', criticality: 'BestEffort' }],
    endpointPicker: { flowControl: true },
    placements: [{ name: 'only', ...US }],
  };
  await applyReady(namespace, deployment('qwen', spec));
  const pool = await poolOf('us', namespace, 'only');
  onTestFinished(() => calm([['us', pool]]));
  // It begins to look at how saturated its engines are when it has something to hold back.
  for (const name of ['qwen', 'qwen-batch']) {
    expect((await ask(`/${namespace}/${name}`, { model: 'qwen' })).status).toBe(200);
  }
  await behave('us', pool, SATURATED);
  await eventually(
    async () => (await metric(namespace, /^inference_extension_flow_control_pool_saturation/)) >= 1,
    () => 'the picker should see that the engines are saturated',
  );
  const order: string[] = [];
  const burst = (name: string) =>
    Array.from({ length: EACH }, async () => {
      const { status } = await ask(`/${namespace}/${name}`, { model: 'qwen' });
      order.push(`${name} ${status}`);
    });
  const held = (requests: number) =>
    eventually(
      async () => (await metric(namespace, /^inference_extension_flow_control_queue_size/)) === requests,
      () => `the picker should hold ${requests} requests`,
    );
  const batch = burst('qwen-batch');
  await held(EACH);
  const critical = burst('qwen');
  await held(2 * EACH);
  expect(order).toEqual([]);
  await behave('us', pool, {});
  await Promise.all([...batch, ...critical]);
  console.log(order.join(', '));
  expect(new Set(order)).toEqual(new Set(['qwen 200', 'qwen-batch 200']));
  expect(pairsInOrder(order, 'qwen 200', 'qwen-batch 200')).toBeGreaterThan(0.75);
});

/** The share of all pairs of a first and a second thing in which the first comes first: 1 in order, 0 in reverse. */
function pairsInOrder(order: readonly string[], first: string, second: string): number {
  const firsts = order.flatMap((one, at) => (one === first ? [at] : []));
  const seconds = order.flatMap((one, at) => (one === second ? [at] : []));
  const right = firsts.flatMap((a) => seconds.filter((b) => a < b));
  return right.length / (firsts.length * seconds.length);
}
