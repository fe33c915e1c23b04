import { expect, onTestFinished } from 'vitest';
import { conditionsOf } from '../../front-door.ts';
import { type AnyObject, type Ref, refOf } from '../../kube.ts';
import { load } from '../client.ts';
import { applyReady } from '../objects.ts';
import { apply, eventually, waitFor, waitUntilGone, waitUntilReady } from '../testing.ts';
import { admin } from '../world.ts';
import { ask, deployment, deploymentRef, inside, test } from './testing.ts';

const us = inside('us');

const STORAGE = 'storage.k8s.io/v1';

/** A class of the scenario's own, and volumes of 10Gi in it: real objects, bound by the real controllers. */
async function storage(name: string, volumes: number, mode: 'Immediate' | 'WaitForFirstConsumer'): Promise<void> {
  const objects: AnyObject[] = [
    {
      apiVersion: STORAGE,
      kind: 'StorageClass',
      metadata: { name },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: mode,
    },
    ...Array.from({ length: volumes }, (_, index) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `${name}-${index}` },
      spec: {
        storageClassName: name,
        accessModes: ['ReadWriteMany'],
        capacity: { storage: '10Gi' },
        persistentVolumeReclaimPolicy: 'Retain',
        hostPath: { path: `/volumes/${name}-${index}` },
      },
    })),
  ];
  for (const object of objects) await us.apply(object);
  onTestFinished(async () => {
    for (const object of objects) await us.remove(refOf(object));
  });
}

const qwen = (storageClassName: string, cache: object = {}, spec: object = {}): AnyObject =>
  deployment('qwen', {
    model: 'Qwen/Qwen3-8B',
    placements: [{ name: 'us', clusterSelector: { matchLabels: { region: 'us' } } }],
    cache: { size: '5Gi', storageClassName, ...cache },
    ...spec,
  });

const podsOf = (namespace: string, label: string): Promise<AnyObject[]> =>
  us.list('v1', 'Pod', { namespace: `mp-${namespace}`, labels: label });

const enginesOf = (namespace: string) => podsOf(namespace, 'modelplane.ai/pool');

/** The pod that fills a volume now, once it runs: whatever was before it has ended. */
async function filling(namespace: string): Promise<AnyObject> {
  let running: AnyObject | undefined;
  await eventually(
    async () => {
      const pods = await podsOf(namespace, 'modelplane.ai/fills');
      running = pods.find(({ metadata, status }) => status?.phase === 'Running' && !metadata?.deletionTimestamp);
      return running !== undefined;
    },
    () => 'a job should fill the volume',
  );
  return running as AnyObject;
}

/** What a download comes to: nobody downloads here. */
async function ends(pod: AnyObject, phase: 'Succeeded' | 'Failed'): Promise<void> {
  const terminated = { exitCode: phase === 'Succeeded' ? 0 : 1, reason: phase };
  const container = { name: 'fill', image: 'x', imageID: 'x', ready: false, restartCount: 0, state: { terminated } };
  await us.merge(
    { ...refOf(pod), apiVersion: 'v1', kind: 'Pod' },
    { status: { phase, containerStatuses: [container] } },
    'status',
  );
}

const fills = async (namespace: string): Promise<void> => ends(await filling(namespace), 'Succeeded');

const says = (namespace: string, reason: string, type = 'CacheReady'): Promise<AnyObject> =>
  waitFor(
    deploymentRef(namespace, 'qwen'),
    (object) => conditionsOf(object).some((one) => one.type === type && one.reason === reason),
    `${type} should say ${reason}`,
  );

const messageOf = (object: AnyObject, type = 'CacheReady'): string =>
  conditionsOf(object).find((one) => one.type === type)?.message ?? '';

const claims = (namespace: string): Promise<AnyObject[]> =>
  us.list('v1', 'PersistentVolumeClaim', { namespace: `mp-${namespace}` });

const claimRef = (namespace: string, name: string): Ref => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  namespace: `mp-${namespace}`,
  name,
});

test('a volume that waits for its first pod is bound by the job that fills it, and then engines start', async ({
  namespace,
}) => {
  await storage(namespace, 1, 'WaitForFirstConsumer');
  await apply([qwen(namespace)], namespace);
  const pod = await filling(namespace);
  expect(pod.spec.containers[0].command.slice(3)).toEqual(['Qwen/Qwen3-8B']);
  const [claim] = await claims(namespace);
  expect(claim?.status?.phase).toBe('Bound');
  expect(messageOf(await says(namespace, 'Filling'))).toContain('Its volume is being filled; kubectl describe pods');
  expect(await enginesOf(namespace)).toEqual([]);

  await ends(pod, 'Failed');
  expect(messageOf(await says(namespace, 'Failing'))).toContain('could not be filled in 1 of its attempts');
  await fills(namespace);
  const { status } = await waitUntilReady(deploymentRef(namespace, 'qwen'));
  expect(status.placements[0].cache).toEqual({
    claimName: claim?.metadata?.name,
    size: '10Gi',
    storageClassName: namespace,
    phase: 'Bound',
    filling: 'Filled',
    filledAt: expect.stringMatching(/^2\d{3}-/),
  });
  const [engine] = await enginesOf(namespace);
  const volume = { name: 'modelplane-cache', persistentVolumeClaim: { claimName: claim?.metadata?.name } };
  expect(engine?.spec.volumes).toContainEqual(volume);
  expect(await ask(`/${namespace}/qwen`, { model: 'qwen' })).toMatchObject({ status: 200 });
});

test('a rollout to another model fills the same volume while the engines before serve, and with keep it outlives them', async ({
  namespace,
}) => {
  await storage(namespace, 1, 'Immediate');
  const keep = { keep: true };
  await apply([qwen(namespace, keep)], namespace);
  await fills(namespace);
  await waitUntilReady(deploymentRef(namespace, 'qwen'));
  const [claim] = await claims(namespace);
  const model = async () => (await enginesOf(namespace)).map(({ spec }) => spec.containers[0].args[0]);

  const client = await load(`/${namespace}/qwen`, { model: 'qwen', rate: 10 });
  await apply([qwen(namespace, keep, { model: 'Qwen/Qwen3-32B' })], namespace);
  await eventually(
    async () => (await filling(namespace)).spec.containers[0].command[3] === 'Qwen/Qwen3-32B',
    () => 'the new model should be filled in',
  );
  await says(namespace, 'Filling');
  expect(await model()).toEqual(['Qwen/Qwen3-8B']);
  await fills(namespace);
  await eventually(
    async () => (await model()).join() === 'Qwen/Qwen3-32B',
    () => 'the engines should have the new model',
  );
  await waitUntilReady(deploymentRef(namespace, 'qwen'));
  expect((await client.stop()).failures).toEqual([]);

  await admin.remove(deploymentRef(namespace, 'qwen'));
  await waitUntilGone(deploymentRef(namespace, 'qwen'));
  await eventually(
    async () => (await enginesOf(namespace)).length === 0,
    () => 'the engines should be gone',
  );
  const uid = claim?.metadata?.uid;
  expect((await claims(namespace)).map(({ metadata, status }) => [metadata?.uid, status?.phase])).toEqual([
    [uid, 'Bound'],
  ]);
  await apply([qwen(namespace, { ...keep, keep: false })], namespace);
  await fills(namespace);
  await waitUntilReady(deploymentRef(namespace, 'qwen'));
  expect((await claims(namespace)).map(({ metadata }) => metadata?.uid)).toEqual([uid]);
  await admin.remove(deploymentRef(namespace, 'qwen'));
  await eventually(
    async () => (await us.find(claimRef(namespace, claim?.metadata?.name ?? ''))) === undefined,
    () => 'without keep the volume should be gone',
  );
});

test('what a cluster cannot give is said in its own words, and what serves goes on', async ({ namespace }) => {
  await apply([qwen(`${namespace}-nowhere`)], namespace);
  expect(messageOf(await says(namespace, 'StorageClassNotFound'))).toContain(
    `us: Cluster us has no StorageClass ${namespace}-nowhere (`,
  );
  await storage(namespace, 1, 'Immediate');
  await apply([qwen(namespace)], namespace);
  await eventually(
    async () =>
      (await claims(namespace)).some(
        ({ spec, status }) => spec.storageClassName === namespace && status?.phase === 'Bound',
      ),
    () => 'the volume of the class that is there should be bound',
  );
  await eventually(
    async () => (await filling(namespace)).spec.volumes.some((volume: AnyObject) => volume.persistentVolumeClaim),
    () => 'it should be filled',
  );
  await fills(namespace);
  await waitUntilReady(deploymentRef(namespace, 'qwen'));

  await apply([qwen(namespace, { size: '8Gi' })], namespace);
  expect(messageOf(await says(namespace, 'NotTaken'))).toContain('only dynamically provisioned pvc can be resized');
  await applyReady(namespace, qwen(namespace));
  await apply([qwen(namespace, { size: '1Gi' })], namespace);
  expect(messageOf(await says(namespace, 'InvalidCache', 'SpecAccepted'), 'SpecAccepted')).toContain(
    'placement us: cache.size is 1Gi, and the volume has 5Gi already, which cannot shrink; set 5Gi',
  );
  await apply([qwen(namespace, { accessModes: ['ReadWriteOnce'] }, { replicas: 2 })], namespace);
  await waitFor(
    deploymentRef(namespace, 'qwen'),
    (object) => messageOf(object, 'SpecAccepted').includes('a volume that one node mounts, and 2 replicas'),
    'SpecAccepted should say that one node mounts it',
  );
  const { status } = await admin.get(deploymentRef(namespace, 'qwen'));
  expect(status.placements).toMatchObject([{ phase: 'Ready' }]);
  expect(await ask(`/${namespace}/qwen`, { model: 'qwen' })).toMatchObject({ status: 200 });
});
