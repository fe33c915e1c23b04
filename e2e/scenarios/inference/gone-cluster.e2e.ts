import { expect } from 'vitest';
import { isReady } from '../../front-door.ts';
import type { AnyObject, Ref } from '../../kube.ts';
import { documented, typed } from '../docs.ts';
import { applyReady } from '../objects.ts';
import { eventually, waitFor, waitUntilGone } from '../testing.ts';
import { admin, processes } from '../world.ts';
import { deployment, deploymentRef, inside, leftIn, test } from './testing.ts';

const clusterRef = (name: string): Ref => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'InferenceCluster',
  name,
});

const objectsOn = async (cluster: string, namespace: string): Promise<AnyObject[]> =>
  admin.list('kubernetes.m.crossplane.io/v1alpha1', 'Object', {
    namespace,
    labels: `modelplane.ai/cluster=${cluster}`,
  });

const APISERVER = 'us-apiserver';

async function comeBack(): Promise<void> {
  const { running } = (await processes.list()).find(({ name }) => name === APISERVER) ?? {};
  if (!running) await processes.start(APISERVER);
  await waitFor(clusterRef('us'), isReady, 'should be connected again');
}

test('a deployment is deleted although a cluster of it is gone for good, as docs/clusters.md says', async ({
  namespace,
  onTestFinished,
}) => {
  const placements = [
    { name: 'a', clusterName: 'us' },
    { name: 'b', clusterName: 'eu' },
  ];
  await applyReady(namespace, deployment('qwen', { model: 'Qwen/Qwen3-8B', placements }));
  const before = await leftIn('us', namespace);
  onTestFinished(comeBack);
  await processes.stop(APISERVER);

  await admin.remove(deploymentRef(namespace, 'qwen'));
  await waitUntilGone(deploymentRef(namespace, 'qwen'));
  await eventually(
    async () => (await objectsOn('eu', namespace)).length === 0 && (await leftIn('eu', namespace)).length === 0,
    () => 'the cluster that is there should be left empty',
  );
  expect((await objectsOn('us', namespace)).length).toBeGreaterThan(0);

  await typed(documented('clusters.md', 'A cluster that is gone for good').replaceAll('us-east', 'us'));
  await eventually(
    async () => (await objectsOn('us', namespace)).length === 0,
    () => 'the Objects should go without their cluster',
    180_000,
  );

  // It was not gone for good after all. What ran there is left to whoever brings it back.
  await comeBack();
  expect(await leftIn('us', namespace)).toEqual(before);
  await inside('us').remove({ apiVersion: 'v1', kind: 'Namespace', name: `mp-${namespace}` });
});
