import { Agent } from 'node:http';
import { expect } from 'vitest';
import { chat, waitUntilServed } from '../client.ts';
import { engines, takesLong } from '../inference/engines.ts';
import { metric, pickers } from '../inference/pickers.ts';
import { deployment, poolOf, test } from '../inference/testing.ts';
import { applyReady } from '../objects.ts';
import { eventually } from '../testing.ts';
import { admin, frontDoor } from '../world.ts';
import { accessList, bearer, entry, keyOf, MINUTES } from './door.ts';

const US = { clusterSelector: { matchLabels: { region: 'us' } } };

/** What one caller has in flight all the time: many times what a picker lets go between two looks at its engines. */
const FLOOD = 300;

/** What the other caller asks for, one after the other. */
const SINGLE = 12;

const AT_ONCE = 8;
const ANSWER_MS = 100;

/** As flow control is where nobody says otherwise: first come, first served. */
const FIRST_COME = {
  featureGates: ['flowControl'],
  plugins: [
    { type: 'queue-scorer' },
    { type: 'kv-cache-utilization-scorer' },
    { type: 'max-score-picker' },
    { type: 'utilization-detector', parameters: { metricsStalenessThreshold: '2s' } },
  ],
  schedulingProfiles: [
    {
      name: 'default',
      plugins: [
        { pluginRef: 'queue-scorer', weight: 2 },
        { pluginRef: 'kv-cache-utilization-scorer', weight: 2 },
        { pluginRef: 'max-score-picker' },
      ],
    },
  ],
  flowControl: { defaultRequestTTL: '60s' },
};

const qwen = (endpointPicker: object) =>
  deployment('qwen', {
    model: 'Qwen/Qwen3-8B',
    endpointPicker,
    placements: [{ name: 'only', ...US }],
    template: { spec: { containers: [{ name: 'engine', args: [`--max-num-seqs=${AT_ONCE}`] }] } },
  });

interface Times {
  readonly flood: number;
  readonly single: number;
}

const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

/** How long one caller's flood and another one's single requests take: their medians, in milliseconds. */
async function timesOf(namespace: string): Promise<Times> {
  const path = `/${namespace}/qwen`;
  const to = await frontDoor();
  const agent = new Agent({ keepAlive: true, maxSockets: FLOOD + 1 });
  const timed = async (caller: string): Promise<number> => {
    const began = performance.now();
    const headers = bearer(keyOf(`${namespace}-${caller}`));
    const { status } = await chat(path, { model: 'qwen', headers, to, agent, timeoutMs: MINUTES });
    expect(status).toBe(200);
    return performance.now() - began;
  };
  const flood: number[] = [];
  let flooding = true;
  const clients = Array.from({ length: FLOOD }, async () => {
    while (flooding) flood.push(await timed('alice'));
  });
  await eventually(
    async () => (await metric(namespace, /^inference_extension_flow_control_queue_size/)) > FLOOD / 3,
    () => 'the flood should wait in the picker',
  );
  const single: number[] = [];
  for (let i = 0; i < SINGLE; i++) single.push(await timed('bob'));
  flooding = false;
  await Promise.all(clients);
  agent.destroy();
  return { flood: median(flood), single: median(single) };
}

/** Fairness between callers at the picker: with what we compose, and with what it does by itself. */
export const fairness = () =>
  test(
    'a flood of one caller holds up another one with first come, first served, and not with the flow control that we compose',
    async ({ namespace }) => {
      await admin.apply(accessList(namespace, { alice: entry(`${namespace}-alice`), bob: entry(`${namespace}-bob`) }));
      const measured: Record<string, Times> = {};
      for (const [name, picker] of Object.entries({ ours: { flowControl: true }, firstCome: { config: FIRST_COME } })) {
        await applyReady(namespace, qwen(picker));
        await untilCallersAreKnown(namespace);
        await eventually(
          async () => (await pickers(namespace)).length === 1,
          () => 'the picker of before should be gone',
        );
        const pool = await poolOf('us', namespace, 'only');
        const [engine] = (await engines('us')).filter((one) => one.pool === pool);
        await takesLong(engine?.address ?? '', ANSWER_MS);
        measured[name] = await timesOf(namespace);
        await takesLong(engine?.address ?? '', 0);
      }
      console.log(JSON.stringify(measured));
      const { ours, firstCome } = measured as { ours: Times; firstCome: Times };
      expect(ours.flood / ours.single).toBeGreaterThan(2);
      expect(firstCome.flood / firstCome.single).toBeLessThan(2);
    },
    8 * MINUTES,
  );

/** Their own fairness ids come to the picker once the cluster's route tells tenants apart by another header. */
async function untilCallersAreKnown(namespace: string): Promise<void> {
  const headers = bearer(keyOf(`${namespace}-bob`));
  await waitUntilServed(`/${namespace}/qwen`, { model: 'qwen', headers });
  await eventually(
    async () => {
      const routes = await admin.list('gateway.networking.k8s.io/v1', 'HTTPRoute', { namespace });
      const text = JSON.stringify(routes.map(({ spec }) => spec));
      return text.includes('x-modelplane-tenant') && !text.includes('x-llm-d-inference-fairness-id');
    },
    () => 'the route should leave the fairness id to the front door',
    2 * MINUTES,
  );
}
