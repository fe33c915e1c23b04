import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { conditionsOf } from '../../front-door.ts';
import { ENVOY_GATEWAY_NAMESPACE } from '../../inference/envoy-gateway/charts.ts';
import { secretName } from '../../inference/manifests.ts';
import { ROOT } from '../../instance.ts';
import { type AnyObject, refOf } from '../../kube.ts';
import { applyReady } from '../objects.ts';
import { apply, eventually, waitFor, waitUntilReady } from '../testing.ts';
import { admin } from '../world.ts';
import { lookNow, ownCluster, ownName, removeCluster } from './own-clusters.ts';
import { clusterRef } from './placements.ts';
import { ask, deployment, deploymentRef, inside, test } from './testing.ts';

/** What a cluster says of one thing, in one line. */
const said = (object: AnyObject, type: string): string =>
  conditionsOf(object)
    .filter((condition) => condition.type === type)
    .map(({ status, reason, message }) => `${status} ${reason}: ${message}`)
    .join();

const untilSaid = (name: string, type: string, wanted: string): Promise<AnyObject> =>
  waitFor(refOf(ownCluster(name, '')), (object) => said(object, type) === wanted, `should say ${type} ${wanted}`);

/** Declares a cluster once more for as long as something is tried. */
async function declared(cluster: AnyObject, tried: (name: string) => Promise<unknown>): Promise<void> {
  const name = cluster.metadata?.name ?? '';
  await apply([cluster]);
  try {
    await tried(name);
  } finally {
    await removeCluster(name);
  }
}

test('the real gateway is known with its proxies, and every cluster is ours', async () => {
  await untilSaid('envoy', 'ProxiesFound', 'True Found: There are pods with the labels of spec.gateway.proxies.');
  for (const name of ['us', 'eu', 'envoy'])
    await untilSaid(name, 'Owned', 'True Owned: No other control plane places models in the cluster.');
});

test('labels that no proxy has are told by the budget that has them', async ({ onTestFinished }) => {
  const labels = { app: 'nobody' };
  const budget: AnyObject = {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { namespace: ENVOY_GATEWAY_NAMESPACE, name: 'nobody' },
    spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
  };
  await inside('envoy').apply(budget);
  onTestFinished(() => inside('envoy').remove(refOf(budget)));
  const proxies = { namespace: ENVOY_GATEWAY_NAMESPACE, labels, disruptionBudget: 'nobody' };
  await declared(ownCluster(ownName(), secretName('envoy'), { gateway: { proxies } }), (name) =>
    untilSaid(
      name,
      'ProxiesFound',
      `False NoneFound: No pod in namespace ${ENVOY_GATEWAY_NAMESPACE} has the labels of spec.gateway.proxies, so no request ` +
        'reaches an engine where NetworkPolicies are enforced; correct them: kubectl get pods ' +
        `--namespace=${ENVOY_GATEWAY_NAMESPACE} --show-labels`,
    ),
  );
});

test('a cluster without the kinds of its picker family takes nothing, and is ready when another is chosen', async () => {
  const name = ownName();
  await declared(ownCluster(name, secretName('us'), { pickerFamily: 'llm-d' }), async () => {
    await untilSaid(
      name,
      'GatewayReady',
      'False CRDsMissing: The cluster does not have InferenceObjective in llm-d.ai/v1alpha2, which pickers of family llm-d ' +
        'read; install its CRDs, or set spec.pickerFamily to the family whose CRDs are there.',
    );
    await apply([ownCluster(name, secretName('us'), { pickerFamily: 'gie' })]);
    await waitUntilReady(refOf(ownCluster(name, '')));
  });
});

const OWNER = { apiVersion: 'v1', kind: 'Namespace', name: 'mp--control-plane' };
const LABEL = 'modelplane.ai/control-plane';

test('in a cluster of another control plane nothing new is placed, what is there serves on, and one command takes it over', async ({
  namespace,
}) => {
  const eu = { model: 'Qwen/Qwen3-8B', placements: [{ name: 'only', clusterName: 'eu' }] };
  await applyReady(namespace, deployment('before', eu));
  const { metadata } = await inside('eu').get(OWNER);
  const ours = metadata?.labels?.[LABEL];
  const give = async (owner: string | undefined) => {
    await inside('eu').merge(OWNER, { metadata: { labels: { [LABEL]: owner } } });
    await lookNow('eu');
  };
  try {
    await give('theirs');
    await untilSaid(
      'eu',
      'Owned',
      'False OwnedByAnother: Namespace mp--control-plane in the cluster says that it is of control plane theirs, so nothing new ' +
        'is placed there; if no other control plane places models there any more, run there: kubectl label namespace ' +
        `mp--control-plane --overwrite ${LABEL}=${ours}`,
    );
    await apply([deployment('after', eu)], namespace);
    await waitFor(
      deploymentRef(namespace, 'after'),
      (object) => said(object, 'PlacementsScheduled').includes('it is not known to be ours alone'),
      'should not be placed',
    );
    expect((await ask(`/${namespace}/before`, { model: 'before' })).status).toBe(200);
  } finally {
    // What the command does.
    await give(ours);
  }
  await waitUntilReady(clusterRef('eu'));
  await waitUntilReady(deploymentRef(namespace, 'after'));
  expect((await admin.get(deploymentRef(namespace, 'after'))).status?.placements[0].cluster).toBe('eu');
});

test('the metric by which docs/clusters.md tells that nobody looks at clusters is there, and grows', async () => {
  const page = await readFile(join(ROOT, 'docs/clusters.md'), 'utf8');
  const [, name = '', label = ''] = /`rate\((\w+)\{(controller="[^"]+")\}\[5m\]\) == 0`/.exec(page) ?? [];
  const labels = 'pkg.crossplane.io/provider=crossplane-contrib-provider-kubernetes';
  const [pod] = await admin.list('v1', 'Pod', { namespace: 'crossplane-system', labels });
  const counted = async () => {
    const text = await (await fetch(`http://${pod?.status?.podIP}:8080/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(`${name}{`) && line.includes(label));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };
  const before = await counted();
  expect(before).toBeGreaterThan(0);
  await eventually(
    async () => (await counted()) > before,
    () => `${name} should grow, because every cluster is looked at every half minute`,
  );
});
