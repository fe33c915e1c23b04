import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { isReady } from '../../front-door.ts';
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
    await admin.remove(deploymentRef(namespace, 'qwen'));
    await eventually(
      async () => (await objectsIn(namespace)).length === 0,
      () => 'nothing should be left of the claim',
    );
    await removeCluster(NAME);
    await admin.remove(refOf(secretOf(KUBECONFIG, '')));
    await inside('us').remove({ ...ACCOUNT, name: 'modelplane-next' });
    await install();
  }
});
