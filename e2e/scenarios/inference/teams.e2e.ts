import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import type { EngineSeen } from '../../inference/catalogue.ts';
import type { AnyObject, Kube } from '../../kube.ts';
import { load } from '../client.ts';
import { apply, eventually, waitUntilReady } from '../testing.ts';
import { admin } from '../world.ts';
import { leaveNamespace, makeNamespace } from './namespaces.ts';
import { ask, test as base, deployment, deploymentRef, inside, leftIn } from './testing.ts';

const on = (...clusters: readonly string[]): object => ({
  model: 'Qwen/Qwen3-8B',
  placements: clusters.map((name) => ({ name, clusterSelector: { matchLabels: { region: name } } })),
});

/** A second team, whose namespace begins like the first one's. */
const test = base.extend<{ other: string }>({
  other: async ({ namespace }, use) => {
    const other = await makeNamespace(`${namespace}x`);
    await use(other);
    await leaveNamespace(other);
  },
});

/** Where both teams are. */
const SHARED = ['us', 'eu'] as const;

/** Five pickers start at once. */
const ALL_READY_MS = 120_000;

/** What is composed for a team on the control plane, but for what it named itself. */
const COMPOSED = [
  ['modelplane.ai/v1alpha1', 'ModelEndpoint'],
  ['kubernetes.m.crossplane.io/v1alpha1', 'Object'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  ['traefik.io/v1alpha1', 'Middleware'],
  ['discovery.k8s.io/v1', 'EndpointSlice'],
  ['v1', 'Service'],
] as const;

/** What is composed for a deployment in a cluster, and what comes of it. */
const REMOTE = [
  ['v1', 'Pod'],
  ['v1', 'Service'],
  ['v1', 'ConfigMap'],
  ['v1', 'ServiceAccount'],
  ['apps/v1', 'Deployment'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  ['inference.networking.k8s.io/v1', 'InferencePool'],
  ['inference.networking.x-k8s.io/v1alpha2', 'InferenceObjective'],
] as const;

const all = async (
  kube: Kube,
  kinds: readonly (readonly [string, string])[],
  options: { namespace: string; labels?: string },
): Promise<AnyObject[]> =>
  (await Promise.all(kinds.map(([apiVersion, kind]) => kube.list(apiVersion, kind, options)))).flat();

const nameOf = ({ kind, metadata }: AnyObject): string => `${kind} ${metadata?.name}`;

const composedNames = async (namespace: string): Promise<string[]> =>
  (await all(admin, COMPOSED, { namespace })).map(nameOf);

interface Rule {
  readonly matches: readonly { readonly path: { readonly value: string } }[];
}

/** The paths that a team's routes claim at a gateway. */
const pathsOf = async (kube: Kube, namespace: string): Promise<string[]> =>
  (await kube.list('gateway.networking.k8s.io/v1', 'HTTPRoute', { namespace })).flatMap(({ spec }) =>
    (spec.rules as Rule[]).flatMap(({ matches }) => matches.map(({ path }) => path.value)),
  );

async function expectOwnPaths(kube: Kube, namespace: string, team: string): Promise<void> {
  const paths = await pathsOf(kube, namespace);
  expect(paths).not.toEqual([]);
  for (const path of paths) expect(path).toMatch(new RegExp(`^/${team}/`));
}

function expectNothingInCommon(these: readonly string[], those: readonly string[]): void {
  expect([these.length, those.length]).not.toContain(0);
  expect(these.filter((one) => those.includes(one))).toEqual([]);
}

/** A request gets to the pool of its own deployment, with its own team's objective and name. */
async function expectOwnPool(team: string, name: string): Promise<void> {
  const { engine } = await ask(`/${team}/${name}`, { model: 'Qwen/Qwen3-8B' });
  expect(engine).toMatchObject({
    namespace: `mp-${team}`,
    pool: expect.stringMatching(new RegExp(`^${name}-(us|eu)-[0-9a-f]+$`)),
    headers: {
      'x-gateway-inference-fairness-id': team,
      'x-gateway-inference-objective': `${engine?.pool}-default`,
      'x-envoy-original-path': expect.stringMatching(new RegExp(`^/${team}/${name}/`)),
    },
  });
}

/** An edit of any of these shows in its generation, and another one of the same name in its uid. */
async function snapshot(kube: Kube, kinds: typeof COMPOSED | typeof REMOTE, namespace: string, labels?: string) {
  const objects = await all(kube, kinds, { namespace, ...(labels !== undefined && { labels }) });
  return objects.map((object) => `${nameOf(object)} ${object.metadata?.uid} ${object.metadata?.generation}`).sort();
}

/** What a gateway may still have to hear after the last object is gone. */
const SETTLED_MS = 2_500;

/** Deletes a deployment, and waits until nothing of it is left in any cluster. */
async function removeAll(namespace: string, name: string): Promise<void> {
  const labels = `modelplane.ai/deployment=${name}`;
  const left = async () => {
    const lists = SHARED.map((cluster) => all(inside(cluster), REMOTE, { namespace: `mp-${namespace}`, labels }));
    return (await Promise.all(lists)).flat().map(nameOf);
  };
  await admin.remove(deploymentRef(namespace, name));
  let last: string[] = [];
  await eventually(
    async () => {
      last = await left();
      return last.length === 0;
    },
    () => `nothing of ${name} should be left, but there is ${last.join(', ')}`,
  );
  await delay(SETTLED_MS);
}

test('two teams with the same model on the same clusters meet nowhere, and one that leaves takes nothing with it', async ({
  namespace,
  other,
}) => {
  const ours = await apply([deployment('qwen', on('us', 'eu')), deployment('qwen-2', on('us'))], namespace);
  const theirs = await apply([deployment('qwen', on('us', 'eu'))], other);
  await Promise.all([...ours, ...theirs].map((ref) => waitUntilReady(ref, ALL_READY_MS)));

  expectNothingInCommon(await composedNames(namespace), await composedNames(other));
  for (const team of [namespace, other]) await expectOwnPaths(admin, team, team);
  for (const cluster of SHARED) {
    expectNothingInCommon(await leftIn(cluster, namespace), await leftIn(cluster, other));
    for (const team of [namespace, other]) await expectOwnPaths(inside(cluster), `mp-${team}`, team);
  }
  await expectOwnPool(namespace, 'qwen');
  await expectOwnPool(namespace, 'qwen-2');
  await expectOwnPool(other, 'qwen');

  const others = async () => [
    await snapshot(admin, COMPOSED, other),
    await snapshot(admin, COMPOSED, namespace, 'modelplane.ai/deployment=qwen-2'),
    await snapshot(inside('us'), REMOTE, `mp-${namespace}`, 'modelplane.ai/deployment=qwen-2'),
    await snapshot(inside('us'), REMOTE, `mp-${other}`),
    await snapshot(inside('eu'), REMOTE, `mp-${other}`),
  ];
  const before = await others();
  for (const one of before) expect(one).not.toEqual([]);
  const clients = [
    await load(`/${namespace}/qwen-2`, { model: 'qwen-2', rate: 25, by: (seen) => (seen as EngineSeen).pool }),
    await load(`/${other}/qwen`, { model: 'qwen', rate: 25, by: (seen) => (seen as EngineSeen).namespace }),
  ];
  await removeAll(namespace, 'qwen');
  const [own, another] = await Promise.all(clients.map((client) => client.stop()));
  expect([own?.failures, another?.failures]).toEqual([[], []]);
  expect(Object.keys(own?.answeredBy ?? {})).toEqual([expect.stringMatching(/^qwen-2-us-/)]);
  expect(Object.keys(another?.answeredBy ?? {})).toEqual([`mp-${other}`]);
  expect(await others()).toEqual(before);
});
