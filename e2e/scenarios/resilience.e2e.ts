import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { conditionsOf } from '../front-door.ts';
import type { AnyObject, Ref } from '../kube.ts';
import { load } from './client.ts';
import { documented, typed } from './docs.ts';
import { applyReady, endpoint, service, serviceRef, to, URLS } from './objects.ts';
import { apply, eventually, test, waitFor } from './testing.ts';
import { admin, processes } from './world.ts';

/** Kills the pods of a function, again and again for some seconds. */
async function killPods(functionName: string, forMs: number): Promise<void> {
  const until = Date.now() + forMs;
  while (Date.now() < until) {
    const labels = `pkg.crossplane.io/function=${functionName}`;
    for (const { metadata } of await admin.list('v1', 'Pod', { namespace: 'crossplane-system', labels }))
      await admin.remove({ apiVersion: 'v1', kind: 'Pod', namespace: 'crossplane-system', name: metadata?.name ?? '' });
    await delay(1_000);
  }
}

const RUNTIME: Ref = {
  apiVersion: 'pkg.crossplane.io/v1beta1',
  kind: 'DeploymentRuntimeConfig',
  name: 'modelplane-functions',
};

/** Runs every function so many times, and waits until it is so. */
async function scaleFunctions(replicas: number): Promise<void> {
  await admin.merge(RUNTIME, { spec: { deploymentTemplate: { spec: { replicas } } } });
  await typed(documented('install.md', '3. What no package may carry', 'kubectl annotate'));
  const functions = await admin.list('pkg.crossplane.io/v1', 'Function');
  await eventually(
    async () => (await functionPods()).filter(isPodReady).length === replicas * functions.length,
    () => `every function should run ${replicas} times`,
  );
}

const functionPods = (): Promise<AnyObject[]> =>
  admin.list('v1', 'Pod', { namespace: 'crossplane-system', labels: 'pkg.crossplane.io/function' });

const isPodReady = (pod: AnyObject): boolean =>
  conditionsOf(pod).some(({ type, status }) => type === 'Ready' && status === 'True');

describe('what serves goes on serving while', () => {
  test.for([
    {
      name: 'the function of services is killed, again and again',
      trouble: () => killPods('modelplane-compose-model-service', 15_000),
    },
    {
      name: 'the function of the front door is killed, again and again',
      trouble: () => killPods('modelplane-compose-inference-gateway', 15_000),
    },
    {
      name: 'no function is there for a minute',
      trouble: async () => {
        try {
          await scaleFunctions(0);
          await delay(60_000);
        } finally {
          await scaleFunctions(2);
        }
      },
    },
    {
      name: 'Crossplane is away, and when it comes back',
      trouble: async () => {
        await processes.stop('crossplane', 'SIGKILL');
        await delay(15_000);
        await processes.start('crossplane');
        await delay(10_000);
      },
    },
    {
      name: 'the API server is away, and when it comes back',
      trouble: async () => {
        await processes.stop('control-plane-apiserver');
        await delay(10_000);
        await processes.start('control-plane-apiserver');
        await delay(10_000);
      },
    },
  ])('$name', async ({ trouble }, { namespace }) => {
    await applyReady(
      namespace,
      endpoint('a', { url: URLS.first }),
      endpoint('b', { url: URLS.second }),
      service('model', [to('a'), to('b')]),
    );
    await delay(2_000);
    const client = await load(`/${namespace}/model`);
    await trouble();
    const { failures, answeredBy } = await client.stop();
    expect(failures).toEqual([]);
    expect(Object.keys(answeredBy).sort()).toEqual(['first', 'second']);
    // And an edit made afterwards is carried out.
    await apply([service('model', [to('a')])], namespace);
    await waitFor(
      serviceRef(namespace, 'model'),
      ({ status }) => status?.serving?.join() === 'a',
      'serves from a alone',
    );
  });
});
