import { afterAll, expect } from 'vitest';
import { schedule } from '../../../functions/compose-model-deployment/schedule.ts';
import { FAIRNESS_HEADERS } from '../../../functions/shared/headers.ts';
import { temporaryFolder } from '../../../packages/folders.ts';
import { keys, lose } from '../../etcd.ts';
import { GATEWAY } from '../../front-door.ts';
import { INFERENCE_CLUSTERS } from '../../inference/catalogue.ts';
import { applyFolder } from '../../install.ts';
import { ROOT } from '../../instance.ts';
import type { AnyObject } from '../../kube.ts';
import { withMirror } from '../../registry.ts';
import { load, waitUntilServed } from '../client.ts';
import { documented, typed } from '../docs.ts';
import { applyReady, endpoint, service, serviceRef, to, URLS } from '../objects.ts';
import { apply, eventually, waitFor, waitUntilReady } from '../testing.ts';
import { admin, processes } from '../world.ts';
import { ask, deployment, deploymentRef, inside, test } from './testing.ts';

const TIMEOUT_MS = 900_000;

/** Crossplane and its RBAC manager run beside the pods. */
const CROSSPLANE = ['crossplane', 'crossplane-rbac-manager'];
const SYSTEM = 'crossplane-system';

/** A placement that, if it were new, would not be put in `us`. */
function placementElsewhere(namespace: string): string {
  const clusters = Object.keys(INFERENCE_CLUSTERS).map((name) => ({
    name,
    labels: {},
    cordoned: false,
    draining: false,
    problem: undefined,
  }));
  const isElsewhere = (placement: string) =>
    schedule(
      { namespace, name: 'qwen' },
      [{ placement, clusterName: undefined, matchLabels: {}, current: undefined }],
      clusters,
    ).at(0)?.cluster !== 'us';
  const found = 'abcdefghijklmnopqrstuvwxyz'.split('').find(isElsewhere);
  if (!found) throw new Error('every placement would be put in us');
  return found;
}

/** All that a tenant has in a cluster, by what makes it the same one. */
async function remote(namespace: string): Promise<string[]> {
  const us = inside('us');
  const kinds = [
    ['v1', 'Pod'],
    ['v1', 'Service'],
    ['v1', 'ConfigMap'],
    ['apps/v1', 'Deployment'],
    ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
    ['inference.networking.k8s.io/v1', 'InferencePool'],
  ] as const;
  const lists = await Promise.all(
    kinds.map(async ([apiVersion, kind]) =>
      (await us.list(apiVersion, kind, { namespace: `mp-${namespace}` })).map((one) => ({ ...one, kind })),
    ),
  );
  return lists
    .flat()
    .map(({ kind, metadata }: AnyObject) => `${kind} ${metadata?.name} ${metadata?.uid} ${metadata?.generation ?? ''}`)
    .sort();
}

const isProvider = ({ metadata }: AnyObject): boolean => metadata?.name?.includes('-provider-') ?? false;

const providers = async (replicas: number): Promise<void> => {
  const found = (await admin.list('apps/v1', 'Deployment', { namespace: SYSTEM })).filter(isProvider);
  expect(found).toHaveLength(2);
  for (const { metadata } of found) {
    const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: SYSTEM, name: metadata?.name ?? '' };
    await admin.merge(ref, { spec: { replicas } });
  }
  await eventually(
    async () => replicas > 0 || !(await admin.list('v1', 'Pod', { namespace: SYSTEM })).some(isProvider),
    () => 'providers should stand still',
  );
};

/** What is gone with a control plane, but for what the install page makes again. */
function isLost(key: string, namespaces: readonly string[]): boolean {
  const ofUs =
    /^\/registry\/(modelplane\.ai|kubernetes\.m\.crossplane\.io|helm\.m\.crossplane\.io|gateway\.networking\.k8s\.io|traefik\.io|protection\.crossplane\.io)\//;
  return ofUs.test(key) || namespaces.some((one) => key.includes(`/${one}/`) || key === `/registry/namespaces/${one}`);
}

async function stop(): Promise<void> {
  for (const name of CROSSPLANE) await processes.stop(name);
  await providers(0);
}

async function start(): Promise<void> {
  for (const name of CROSSPLANE) await processes.start(name);
  await providers(1);
}

let stopped = false;
afterAll(async () => {
  if (stopped) await start();
});

test('a control plane that is lost and restored as the page says moves nothing, restarts nothing, and no request to an inference gateway fails', {
  timeout: TIMEOUT_MS,
}, async ({ namespace }) => {
  const name = placementElsewhere(namespace);
  const spec = (placement: object) => ({ model: 'Qwen/Qwen3-8B', placements: [{ name, ...placement }] });
  await apply([deployment('qwen', spec({ clusterName: 'us' }))], namespace);
  await waitUntilReady(deploymentRef(namespace, 'qwen'));
  // From now on it is there because it was.
  await apply([deployment('qwen', spec({}))], namespace);
  await applyReady(namespace, endpoint('a', { url: URLS.first }), service('model', [to('a')]));
  const [before, placed] = [await remote(namespace), await placements(namespace)];
  expect(placed).toEqual([`${name} on us`]);

  await using folder = await temporaryFolder('backup');
  const there = (command: string) => typed(`cd ${folder.path}\n${command}`);
  await there(documented('backup.md', 'Back up'));

  const client = await load(`/${namespace}/qwen/${name}`, {
    to: `http://${INFERENCE_CLUSTERS.us.gateway}`,
    model: 'qwen',
    rate: 50,
    // As the front door says it, and nobody else may: the cluster's route lets in its own tenant alone.
    headers: { [FAIRNESS_HEADERS[0]]: namespace },
  });
  await stop();
  stopped = true;
  const tenants = [namespace, 'modelplane-system'];
  await lose((await keys()).filter((key) => isLost(key, tenants)));
  await eventually(
    async () => (await ask(`/${namespace}/qwen`, { model: 'qwen' }).catch(() => undefined))?.status !== 200,
    () => 'the front door should be lost',
  );
  await applyFolder(admin, `${ROOT}/install`, withMirror);
  await start();
  stopped = false;
  await there(documented('backup.md', 'Restore', 'clean='));
  await there(documented('backup.md', 'Restore', '--subresource status'));

  await waitUntilReady(GATEWAY, 240_000);
  await waitFor(deploymentRef(namespace, 'qwen'), ({ status }) => status?.available === '1/1', 'serves again', 240_000);
  await waitUntilReady(deploymentRef(namespace, 'qwen'), 120_000);
  await waitUntilReady(serviceRef(namespace, 'model'), 120_000);
  expect(await placements(namespace)).toEqual(placed);
  expect(await remote(namespace)).toEqual(before);
  await waitUntilServed(`/${namespace}/qwen`, { model: 'qwen' });
  await waitUntilServed(`/${namespace}/model`);
  const { failures, sent } = await client.stop();
  expect(failures).toEqual([]);
  expect(sent).toBeGreaterThan(500);
  // It follows edits again, without making anything anew.
  await apply([deployment('qwen', { ...spec({}), criticality: 'Critical' })], namespace);
  await waitFor(
    deploymentRef(namespace, 'qwen'),
    ({ status }) => status?.trafficClasses?.[0]?.priority === 100,
    'follows an edit',
  );
});

async function placements(namespace: string): Promise<string[]> {
  const { status } = await admin.get(deploymentRef(namespace, 'qwen'));
  return (status?.placements ?? []).map(
    ({ name, cluster }: { name: string; cluster: string }) => `${name} on ${cluster}`,
  );
}
