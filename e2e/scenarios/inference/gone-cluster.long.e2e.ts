import { expect } from 'vitest';
import { isReady } from '../../front-door.ts';
import { type AnyObject, type Ref, refOf } from '../../kube.ts';
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

/** Its controllers and its node take a while to come back as well: they have when they have replaced every pod. */
async function untilItWorks(namespace: string): Promise<void> {
  const us = inside('us');
  const within = { namespace: `mp-${namespace}` };
  const former = (await us.list('v1', 'Pod', within)).map(refOf);
  for (const pod of former) await us.remove(pod);
  const isReplaced = async () => {
    const pods = await us.list('v1', 'Pod', within);
    const deployments = await us.list('apps/v1', 'Deployment', within);
    return (
      !pods.some(({ metadata }) => former.some(({ name }) => name === metadata?.name)) &&
      deployments.every(({ spec, status }) => status?.availableReplicas === spec.replicas)
    );
  };
  await eventually(isReplaced, () => 'the cluster should run pods again', 180_000);
}

test('a deployment is deleted although a cluster of it is gone for good, as docs/clusters.md says', {
  timeout: 600_000,
}, async ({ namespace, onTestFinished }) => {
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
  await eventually(
    // Its API server says that it is ready before it serves every kind.
    async () => (await leftIn('us', namespace).catch(() => [])).length === before.length,
    () => `what was in the cluster should still be there: ${before.join(', ')}`,
  );
  await untilItWorks(namespace);
  await inside('us').remove({ apiVersion: 'v1', kind: 'Namespace', name: `mp-${namespace}` });
});
