import { expect } from 'vitest';
import type { EngineSeen } from '../../inference/catalogue.ts';
import type { AnyObject } from '../../kube.ts';
import { load } from '../client.ts';
import { kubectl, rowsOf } from '../kubectl.ts';
import { applyReady } from '../objects.ts';
import { apply, eventually, waitFor, waitUntilReady } from '../testing.ts';
import { admin } from '../world.ts';
import { engines } from './engines.ts';
import { deployment, deploymentRef, inside, poolOf, tally, test } from './testing.ts';

const US = { clusterSelector: { matchLabels: { region: 'us' } } };

const STABLE = { name: 'stable', weight: 90, replicas: 1, ...US };
const CANARY = { name: 'canary', weight: 10, replicas: 1, model: 'Qwen/Qwen3-8B-FP8', ...US };

const qwen = (stable: object = {}, canary: object = {}): AnyObject =>
  deployment('qwen', {
    model: 'Qwen/Qwen3-8B',
    placements: [
      { ...STABLE, ...stable },
      { ...CANARY, ...canary },
    ],
  });

const splits = (namespace: string, split: string): Promise<AnyObject> =>
  waitFor(deploymentRef(namespace, 'qwen'), ({ status }) => status?.split === split, `should split ${split}`);

/** The model that the engines of a pool were started with. */
async function modelOf(namespace: string, pool: string): Promise<string> {
  const engine = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: `mp-${namespace}`, name: pool };
  return (await inside('us').get(engine)).spec.template.spec.containers[0].args[0];
}

/** How many engines of each pool there are. */
async function enginesOf(...pools: string[]): Promise<number[]> {
  const all = await engines('us');
  return pools.map((pool) => all.filter((engine) => engine.pool === pool).length);
}

const REQUESTS = 400;

/** Within four standard deviations of one in ten. */
const ONE_IN_TEN = 4 * Math.sqrt(REQUESTS * 0.9 * 0.1);

test('a canary of another model on the same cluster gets one request in ten, however many engines either side has', async ({
  namespace,
}) => {
  await applyReady(namespace, qwen());
  const stable = await poolOf('us', namespace, 'stable');
  const canary = await poolOf('us', namespace, 'canary');
  expect(await modelOf(namespace, stable)).toBe('Qwen/Qwen3-8B');
  expect(await modelOf(namespace, canary)).toBe('Qwen/Qwen3-8B-FP8');

  const answers = () => tally(`/${namespace}/qwen`, 'Qwen/Qwen3-8B', REQUESTS, ({ pool }) => pool);
  const expectNineToOne = async () => {
    const { [stable]: nine = 0, [canary]: one = 0, ...failed } = await answers();
    expect({ answered: nine + one, failed }).toEqual({ answered: REQUESTS, failed: {} });
    expect(Math.abs(one - REQUESTS / 10)).toBeLessThan(ONE_IN_TEN);
  };
  await expectNineToOne();
  await applyReady(namespace, qwen({ replicas: 3 }));
  expect(await enginesOf(stable, canary)).toEqual([3, 1]);
  await expectNineToOne();
});

test('a placement with no replicas gives its share to its sibling and takes it back, and no request fails', async ({
  namespace,
}) => {
  await applyReady(namespace, qwen());
  await splits(namespace, 'stable 90%, canary 10%');
  const stable = await poolOf('us', namespace, 'stable');
  const canary = await poolOf('us', namespace, 'canary');
  const client = await load(`/${namespace}/qwen`, { model: 'qwen', rate: 50, by: (seen) => (seen as EngineSeen).pool });
  await apply([qwen({ replicas: 0 })], namespace);
  await splits(namespace, 'stable 0%, canary 100%');
  await eventually(
    async () => (await enginesOf(stable, canary)).join() === '0,1',
    () => 'the engines of the stable placement should be gone',
  );
  expect(await tally(`/${namespace}/qwen`, 'qwen', 100, ({ pool }) => pool)).toEqual({ [canary]: 100 });
  await applyReady(namespace, qwen());
  await splits(namespace, 'stable 90%, canary 10%');
  const back = await tally(`/${namespace}/qwen`, 'qwen', 100, ({ pool }) => pool);
  const { failures, answeredBy } = await client.stop();
  expect(failures).toEqual([]);
  expect([Object.keys(back).sort(), Object.keys(answeredBy).sort()]).toEqual([
    [canary, stable].sort(),
    [canary, stable].sort(),
  ]);
});

test('kubectl scale changes the engines of the placements that have no number of their own, and reads them back', async ({
  namespace,
}) => {
  const placements = [
    { name: 'follows', ...US },
    { name: 'fixed', replicas: 1, ...US },
  ];
  await applyReady(namespace, deployment('qwen', { model: 'Qwen/Qwen3-8B', placements }));
  const ref = deploymentRef(namespace, 'qwen');
  const pools = [await poolOf('us', namespace, 'follows'), await poolOf('us', namespace, 'fixed')];
  for (const replicas of [3, 1]) {
    await kubectl('scale', 'modeldeployment/qwen', '--namespace', namespace, `--replicas=${replicas}`);
    await waitFor(ref, ({ status }) => status?.replicas === replicas, `should have ${replicas} replicas`);
    await waitUntilReady(ref);
    await eventually(
      async () => (await enginesOf(...pools)).join() === `${replicas},1`,
      () => `there should be ${replicas} engines and one`,
    );
    const path = `/apis/modelplane.ai/v1alpha1/namespaces/${namespace}/modeldeployments/qwen/scale`;
    const scale = await admin.call({ method: 'GET', path });
    expect([scale.spec.replicas, scale.status.replicas]).toEqual([replicas, replicas]);
    const [row] = rowsOf(await kubectl('get', 'md/qwen', '--namespace', namespace));
    expect(row?.REPLICAS).toBe(`${replicas + 1}/${replicas + 1}`);
  }
});
