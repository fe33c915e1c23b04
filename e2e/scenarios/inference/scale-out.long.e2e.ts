import { describe, expect } from 'vitest';
import type { AnyObject } from '../../kube.ts';
import { load } from '../client.ts';
import { apply, eventually, waitFor, waitUntilGone, waitUntilReady } from '../testing.ts';
import { admin } from '../world.ts';
import { installKeda, SCALED_OBJECTS, whyNoKeda } from './keda.ts';
import { EU, enginePods, US } from './placements.ts';
import { deployment, deploymentRef, inside, test } from './testing.ts';

const TIMEOUT_MS = 420_000;

/** Each step of it on a machine that others use too. */
const STEP_MS = 120_000;

/** An engine takes a second for each answer, so that as many requests run as come in a second. */
const SLOW = { spec: { containers: [{ name: 'engine', args: ['--time-to-first-token=1000ms'] }] } };

const SCALING = { min: 1, max: 3, running: 4, window: '5s' };

const claim = (spec: object): AnyObject => deployment('qwen', { model: 'Qwen/Qwen3-8B', template: SLOW, ...spec });

const at = (name: string, place: object, more: object) => ({ name, ...place, ...more });

const engineDeployment = async (namespace: string): Promise<AnyObject> => {
  const all = await inside('us').list('apps/v1', 'Deployment', { namespace: `mp-${namespace}` });
  const engines = all.find(({ metadata }) => !metadata?.name?.endsWith('-epp'));
  if (engines === undefined) throw new Error('there are no engines');
  return engines;
};

const running = async (cluster: 'us' | 'eu', namespace: string): Promise<number> =>
  (await enginePods(cluster, namespace)).filter(({ metadata }) => metadata?.deletionTimestamp === undefined).length;

const says = (namespace: string, reason: string): Promise<AnyObject> =>
  waitFor(
    deploymentRef(namespace, 'qwen'),
    ({ status }) => conditionOf(status, 'ScalingReady')?.reason === reason,
    `should say ${reason}`,
    STEP_MS,
  );

const conditionOf = (status: AnyObject['status'], type: string) =>
  ((status?.conditions ?? []) as { type: string; status: string; reason: string; message: string }[]).find(
    (one) => one.type === type,
  );

const client = (namespace: string, rate: number) => load(`/${namespace}/qwen`, { model: 'qwen', rate });

describe.skipIf(whyNoKeda !== undefined)(`with KEDA${whyNoKeda ? ` (skipped: ${whyNoKeda})` : ''}`, () => {
  test('load comes, engines follow in both clusters and shares with them; load goes, engines go, and no request fails', {
    timeout: TIMEOUT_MS,
  }, async ({ namespace }) => {
    await installKeda('us');
    await installKeda('eu');
    const placements = [at('us', US, { scaling: SCALING }), at('eu', EU, { scaling: { ...SCALING, max: 2 } })];
    await apply([claim({ weightBy: 'Replicas', placements })], namespace);
    const ref = deploymentRef(namespace, 'qwen');
    await waitUntilReady(ref, STEP_MS);
    await says(namespace, 'Scaling');
    await waitFor(ref, ({ status }) => status?.split === 'us 50%, eu 50%', 'should split in halves', STEP_MS);
    const busy = await client(namespace, 24);
    const grown = ({ status }: AnyObject) => status?.split === 'us 60%, eu 40%';
    await waitFor(ref, grown, 'should have three engines and two', STEP_MS);
    expect([await running('us', namespace), await running('eu', namespace)]).toEqual([3, 2]);
    const after = await busy.stop();
    const idle = await client(namespace, 2);
    await waitFor(ref, ({ status }) => status?.split === 'us 50%, eu 50%', 'should have one engine each', STEP_MS);
    const { failures, answeredBy } = await idle.stop();
    expect({ busy: after.failures, idle: failures }).toEqual({ busy: [], idle: [] });
    expect(Object.keys(answeredBy).sort()).toEqual(['eu', 'us']);
  });

  test('the number of engines changes hands under load, both ways, and none is lost', { timeout: TIMEOUT_MS }, async ({
    namespace,
  }) => {
    await installKeda('us');
    const ref = deploymentRef(namespace, 'qwen');
    await apply([claim({ placements: [at('us', US, { replicas: 3 })] })], namespace);
    await waitUntilReady(ref, STEP_MS);
    const busy = await client(namespace, 10);
    const numbers = new Set<number>();
    const look = setInterval(() => {
      engineDeployment(namespace).then(
        ({ spec }) => numbers.add(spec.replicas),
        () => {},
      );
    }, 200);
    await apply([claim({ placements: [at('us', US, { scaling: { ...SCALING, min: 3, max: 4 } })] })], namespace);
    await says(namespace, 'Scaling');
    await apply([claim({ placements: [at('us', US, { replicas: 3 })] })], namespace);
    await says(namespace, 'NotWanted');
    await waitUntilReady(ref, STEP_MS);
    clearInterval(look);
    const { failures } = await busy.stop();
    expect(failures).toEqual([]);
    expect([...numbers].filter((number) => number < 3)).toEqual([]);
    expect((await engineDeployment(namespace)).spec.replicas).toBe(3);
  });

  test('a measure that is gone takes no engine away, nor does KEDA that is gone, and both are said', {
    timeout: TIMEOUT_MS,
  }, async ({ namespace }) => {
    const keda = await installKeda('us');
    const ref = deploymentRef(namespace, 'qwen');
    await apply([claim({ placements: [at('us', US, { scaling: { ...SCALING, min: 2 } })] })], namespace);
    await waitUntilReady(ref, STEP_MS);
    await says(namespace, 'Scaling');
    const idle = await client(namespace, 2);
    await keda.adapter.stop();
    await says(namespace, 'MetricsMissing');
    await keda.operator.stop();
    const finalizers = { metadata: { finalizers: null } };
    for (const { metadata } of await inside('us').list('keda.sh/v1alpha1', 'ScaledObject'))
      await inside('us').merge(
        {
          apiVersion: 'keda.sh/v1alpha1',
          kind: 'ScaledObject',
          namespace: metadata?.namespace ?? '',
          name: metadata?.name ?? '',
        },
        finalizers,
      );
    await inside('us').remove(SCALED_OBJECTS);
    const object = await says(namespace, 'KEDAMissing');
    expect(conditionOf(object.status, 'Ready')?.status).toBe('True');
    expect(await running('us', namespace)).toBe(2);
    const { failures } = await idle.stop();
    expect(failures).toEqual([]);
    // What could not be deleted any more is not waited for.
    await admin.remove(ref);
    await waitUntilGone(ref, STEP_MS);
  });

  test('a tight quota is said, and what is there serves', { timeout: TIMEOUT_MS }, async ({ namespace }) => {
    await installKeda('us');
    const ref = deploymentRef(namespace, 'qwen');
    await apply([claim({ placements: [at('us', US, { scaling: SCALING })] })], namespace);
    await waitUntilReady(ref, STEP_MS);
    await inside('us').apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { namespace: `mp-${namespace}`, name: 'tight' },
      spec: { hard: { 'requests.nvidia.com/gpu': '2' } },
    });
    const busy = await client(namespace, 16);
    const object = await says(namespace, 'EnginesRefused');
    expect(conditionOf(object.status, 'ScalingReady')?.message).toContain('exceeded quota: tight');
    await eventually(
      async () => (await running('us', namespace)) === 2,
      () => 'there should be two engines',
    );
    const { failures } = await busy.stop();
    expect(failures).toEqual([]);
    expect(conditionOf((await admin.get(ref)).status, 'Ready')?.status).toBe('True');
  });
});
