import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { EngineSeen, InferenceClusterName } from '../../inference/catalogue.ts';
import { ROOT } from '../../instance.ts';
import { type AnyObject, type Kube, kubeFrom, objectsOf, type Ref } from '../../kube.ts';
import { type Answer, type ChatOptions, chat } from '../client.ts';
import { test as base } from '../testing.ts';
import { impersonating } from '../world.ts';
import { behave, engines } from './engines.ts';
import { leaveNamespace, makeNamespace } from './namespaces.ts';

/** Every scenario has a namespace of its own, and lets go of its deployments. */
export const test = base.extend<{ readonly namespace: string }>({
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from the pattern which other fixtures are wanted.
  namespace: async ({}, use) => {
    const name = await makeNamespace();
    await use(name);
    await leaveNamespace(name);
  },
});

/** The manifests of an example, in a namespace of the scenario's. */
export async function example(file: string, namespace: string): Promise<AnyObject[]> {
  const manifests = objectsOf(await readFile(join(ROOT, 'examples', file), 'utf8'));
  return manifests.map((object) => ({ ...object, metadata: { ...object.metadata, namespace } }));
}

/** The kubeconfig of an inference cluster's administrator. */
export const administratorOf = (cluster: InferenceClusterName): string =>
  join(dirname(process.env.E2E_KUBECONFIG ?? ''), 'inference', cluster, 'admin.kubeconfig');

/** An inference cluster by its administrator. */
export const inside = (cluster: InferenceClusterName): Kube => kubeFrom(administratorOf(cluster));

/** A user of an inference cluster, with the rights that were bound to that name and no others. */
export const userInside = (cluster: InferenceClusterName, name: string): Kube =>
  impersonating(administratorOf(cluster), name);

export const deployment = (name: string, spec: object): AnyObject => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'ModelDeployment',
  metadata: { name },
  spec,
});

export const deploymentRef = (namespace: string, name: string): Ref => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'ModelDeployment',
  namespace,
  name,
});

/** Which engine answered, or undefined where none did. */
export interface Asked extends Pick<Answer, 'status' | 'headers' | 'body'> {
  readonly engine: EngineSeen | undefined;
}

/** A question to a model that no engine was asked before. */
export async function ask(path: string, options: ChatOptions): Promise<Asked> {
  const { seen, ...answer } = await chat(path, { prompt: `hello ${Math.random()}`, ...options });
  return { ...answer, engine: seen as unknown as EngineSeen | undefined };
}

const AT_ONCE = 20;

/** How often each cluster answered, or whatever is told apart, or each status came that is not 200. */
export async function tally(
  path: string,
  model: string,
  requests: number,
  by: (engine: EngineSeen) => string = ({ cluster }) => cluster,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let sent = 0; sent < requests; sent += AT_ONCE) {
    const size = Math.min(AT_ONCE, requests - sent);
    for (const { status, engine } of await Promise.all(Array.from({ length: size }, () => ask(path, { model })))) {
      const who = status === 200 ? (engine ? by(engine) : 'nobody') : String(status);
      counts[who] = (counts[who] ?? 0) + 1;
    }
  }
  return counts;
}

/** Name of the pool of a placement, by the path that leads to it. */
export async function poolOf(cluster: InferenceClusterName, namespace: string, placement: string): Promise<string> {
  const pods = await engines(cluster);
  const labelled = await inside(cluster).list('v1', 'Pod', {
    namespace: `mp-${namespace}`,
    labels: `modelplane.ai/placement=${placement},modelplane.ai/pool`,
  });
  const names = new Set(labelled.map(({ metadata }) => metadata?.name));
  const pool = pods.find(({ pod }) => names.has(pod))?.pool;
  if (pool === undefined) throw new Error(`no engine of placement ${placement} runs in ${cluster}`);
  return pool;
}

/** Every engine of every cluster as it is by itself. */
export async function calm(pools: readonly (readonly [InferenceClusterName, string])[]): Promise<void> {
  for (const [cluster, pool] of pools) await behave(cluster, pool, {});
}

/** What a tenant has in a cluster, its own Namespace and what every namespace has aside. */
export async function leftIn(cluster: InferenceClusterName, namespace: string): Promise<string[]> {
  const kinds = [
    ['v1', 'Pod'],
    ['v1', 'Service'],
    ['v1', 'ConfigMap'],
    ['v1', 'ServiceAccount'],
    ['apps/v1', 'Deployment'],
    ['rbac.authorization.k8s.io/v1', 'Role'],
    ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
    ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
    ['inference.networking.k8s.io/v1', 'InferencePool'],
    ['inference.networking.x-k8s.io/v1alpha2', 'InferenceObjective'],
  ] as const;
  const lists = kinds.map(([apiVersion, kind]) =>
    inside(cluster).list(apiVersion, kind, { namespace: `mp-${namespace}` }),
  );
  return (await Promise.all(lists))
    .flat()
    .map(({ kind, metadata }) => `${kind} ${metadata?.name}`)
    .filter((name) => !['ConfigMap kube-root-ca.crt', 'ServiceAccount default'].includes(name));
}
