import { expect } from 'vitest';
import { INFERENCE_CLUSTER_NAMES } from '../../inference/catalogue.ts';
import { kubectl, rowsOf } from '../kubectl.ts';
import { apply, eventually, waitUntilReady } from '../testing.ts';
import { frontDoor } from '../world.ts';
import { callsInTheEnd } from './calls.ts';
import { ask, deploymentRef, example, inside, test } from './testing.ts';

/** Engines of the namespace that can serve, wherever they are. */
async function availableEngines(namespace: string): Promise<number> {
  const options = { namespace: `mp-${namespace}` };
  const lists = INFERENCE_CLUSTER_NAMES.map((cluster) => inside(cluster).list('apps/v1', 'Deployment', options));
  const engines = (await Promise.all(lists)).flat().filter(({ metadata }) => !metadata?.name?.endsWith('-epp'));
  return engines.reduce((sum, { status }) => sum + (status?.availableReplicas ?? 0), 0);
}

/**
 * Crossplane calls a function when an object changes that it composed or asked for, and again when it has written the
 * XR's own status. Of a deployment that is thirteen objects, most of which report twice; of a service its endpoint's five
 * reports, and what two pods of Traefik say of three versions of its route. Seen: 15 to 20, 6 to 7 and 16 to 17 calls. What
 * comes at once is one call, and how much does is the machine's: half as many again.
 */
const MOST_CALLS = { ModelDeployment: 30, ModelEndpoint: 11, ModelService: 25 };

test('the smallest claim there is becomes an answer in few calls of functions, and kubectl shows where', async ({
  namespace,
}) => {
  const began = Date.now();
  const seconds = async (done: Promise<unknown>) => done.then(() => (Date.now() - began) / 1000);
  await apply(await example('smallest-claim/deployment.yaml', namespace));
  const [engines, ready, answered] = await Promise.all([
    seconds(
      eventually(
        async () => (await availableEngines(namespace)) > 0,
        () => 'an engine should be available',
      ),
    ),
    seconds(waitUntilReady(deploymentRef(namespace, 'qwen'))),
    seconds(
      eventually(
        async () => (await ask(`/${namespace}/qwen`, { model: 'qwen' })).status === 200,
        () => 'it should be answered',
      ),
    ),
  ]);
  const calls = await callsInTheEnd(namespace);
  console.log(`engines after ${engines} s, first answer after ${answered} s, Ready after ${ready} s;`, calls);
  expect(Object.keys(calls).sort()).toEqual(Object.keys(MOST_CALLS).sort());
  for (const [kind, most] of Object.entries(MOST_CALLS)) expect(calls[kind], kind).toBeLessThanOrEqual(most);

  const [row] = rowsOf(await kubectl('get', 'modeldeployments', '--namespace', namespace));
  expect(row).toMatchObject({
    NAME: 'qwen',
    READY: 'True',
    URL: `${await frontDoor()}/${namespace}/qwen/v1`,
    REPLICAS: '1/1',
    SPLIT: 'default 100%',
  });
});
