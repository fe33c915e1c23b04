import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { isReady } from '../../front-door.ts';
import { secretName } from '../../inference/manifests.ts';
import { ROOT } from '../../instance.ts';
import { refOf } from '../../kube.ts';
import { HOST_ADDRESS } from '../../netns.ts';
import { load } from '../client.ts';
import { documented, typed } from '../docs.ts';
import { applyReady } from '../objects.ts';
import { apply, eventually, waitFor, waitUntilReady } from '../testing.ts';
import { admin } from '../world.ts';
import { behave } from './engines.ts';
import { objectsIn } from './namespaces.ts';
import { ownCluster, removeCluster, SECRET, secretOf } from './own-clusters.ts';
import { administratorOf, calm, deployment, deploymentRef, inside, poolOf, test } from './testing.ts';

/** As docs/clusters.md calls it. */
const NAME = 'us-east';
const KUBECONFIG = `${NAME}-kubeconfig`;

/** Contexts as a platform team has them: its control plane, and an inference cluster as the docs call it. */
async function contexts(dir: string): Promise<string> {
  const own = JSON.parse(await readFile(process.env.E2E_KUBECONFIG ?? '', 'utf8'));
  const theirs = JSON.parse(await readFile(administratorOf('us'), 'utf8'));
  const server = new URL(theirs.clusters[0].cluster.server);
  // That of the loopback address is nobody's but this machine's.
  server.hostname = HOST_ADDRESS;
  const cluster = { ...theirs.clusters[0].cluster, server: server.href.replace(/\/$/, '') };
  const file = join(dir, 'config');
  const merged = {
    ...own,
    clusters: [...own.clusters, { name: NAME, cluster }],
    users: [...own.users, { name: NAME, user: theirs.users[0].user }],
    contexts: [...own.contexts, { name: NAME, context: { cluster: NAME, user: NAME } }],
  };
  await writeFile(file, JSON.stringify(merged), { mode: 0o600 });
  return file;
}

const command = (words: string): string => documented('clusters.md', 'The kubeconfig', words);

/** Deletes the claim, whose clusters are needed until nothing of it is left. */
async function takeOut(namespace: string): Promise<void> {
  await admin.remove(deploymentRef(namespace, 'qwen'));
  await eventually(
    async () => (await objectsIn(namespace)).length === 0,
    () => 'nothing should be left of the claim',
  );
}

const ACCOUNT = { apiVersion: 'v1', kind: 'Secret', namespace: SECRET.namespace };

test('the commands of docs/clusters.md make a kubeconfig, and give it another token without a failed request', async ({
  namespace,
}) => {
  const dir = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
  const kubeconfig = await contexts(dir);
  const install = () => typed(command('apply --server-side -f install/'), { cwd: ROOT, kubeconfig });
  await install();
  try {
    await typed(command('create secret generic'), { cwd: dir, kubeconfig });
    await apply([ownCluster(NAME, KUBECONFIG)]);
    await waitUntilReady(refOf(ownCluster(NAME, '')));
    const placements = [{ name: 'only', clusterName: NAME }];
    await applyReady(namespace, deployment('qwen', { model: 'Qwen/Qwen3-8B', placements }));

    const client = await load(`/${namespace}/qwen`, { model: 'qwen', rate: 50 });
    await typed(command('modelplane-next'), { cwd: dir, kubeconfig });
    expect(await inside('us').find({ ...ACCOUNT, name: 'modelplane' })).toBeUndefined();
    const pool = await poolOf('us', namespace, 'only');
    await waitUntilReady(refOf(ownCluster(NAME, '')));
    const { sent, failures } = await client.stop();
    expect(sent).toBeGreaterThan(0);
    expect(failures).toEqual([]);

    // By a watch: who is asked every ten minutes alone is not heard in a minute.
    await behave('us', pool, { absent: true });
    await waitFor(deploymentRef(namespace, 'qwen'), (object) => !isReady(object), 'should say that its engine is gone');
    await calm([['us', pool]]);
    await waitUntilReady(deploymentRef(namespace, 'qwen'));
  } finally {
    await takeOut(namespace);
    await removeCluster(NAME);
    await admin.remove(refOf(secretOf(KUBECONFIG, '')));
    await inside('us').remove({ ...ACCOUNT, name: 'modelplane-next' });
    await install();
  }
});

test('a cluster is renamed by a second name and a drain, and no request fails', async ({ namespace }) => {
  const labels = { scenario: namespace };
  const [before, after] = [`${namespace}-before`, `${namespace}-after`];
  const secret = secretName('us');
  await apply([ownCluster(before, secret, {}, labels)]);
  try {
    await waitUntilReady(refOf(ownCluster(before, '')));
    const placements = [{ name: 'only', clusterSelector: { matchLabels: labels } }];
    await applyReady(namespace, deployment('qwen', { model: 'Qwen/Qwen3-8B', placements }));
    const client = await load(`/${namespace}/qwen`, { model: 'qwen', rate: 50 });
    await apply([ownCluster(after, secret, {}, labels)]);
    await waitUntilReady(refOf(ownCluster(after, '')));
    await apply([ownCluster(before, secret, { draining: true }, labels)]);
    await waitFor(
      deploymentRef(namespace, 'qwen'),
      (object) =>
        isReady(object) &&
        object.status?.placements.map(({ cluster }: { cluster: string }) => cluster).join() === after,
      'should have moved to the new name alone',
    );
    const { sent, failures } = await client.stop();
    expect(sent).toBeGreaterThan(0);
    expect(failures).toEqual([]);
  } finally {
    await takeOut(namespace);
    for (const name of [before, after]) await removeCluster(name);
  }
});
