import { join } from 'node:path';
import { expect } from 'vitest';
import { readApis } from '../../preview/apis.ts';
import { begin } from '../../preview/begin.ts';
import { removeObject } from '../../preview/cluster.ts';
import { reconcileComposite } from '../../preview/controller.ts';
import { FUNCTIONS } from '../../preview/functions.ts';
import { parseManifests } from '../../preview/manifests.ts';
import type { ClusterObject, Json } from '../../preview/objects.ts';
import { play } from '../../preview/play.ts';
import type { State } from '../../preview/world.ts';

const WORLD = { apis: readApis(join(import.meta.dirname, '../../apis')), functions: FUNCTIONS };

/** More than anything takes to settle. */
const MAX_ROUNDS = 40;

/** A control plane with these manifests, on which nothing has been reconciled yet. */
export function controlPlane(...yaml: readonly string[]): State {
  const { manifests, problems } = parseManifests(yaml.join('\n---\n'), 'story.yaml');
  const begun = begin(WORLD, manifests);
  if (!begun.ok || problems.length > 0) throw new Error(JSON.stringify([problems, begun]));
  return begun.state;
}

/** Plays until nothing changes any more, and looks at every round that is on the way. */
export function settle(state: State, look: (state: State) => void = () => {}): State {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const { restless } = play(state, { until: 1 });
    look(state);
    if (restless.length === 0) return state;
  }
  throw new Error('it does not settle');
}

export const all = (state: State, kind: string): ClusterObject[] =>
  [...state.cluster.values()].filter((object) => object.kind === kind);

export function one(state: State, kind: string, name: string): ClusterObject {
  const found = all(state, kind).find((object) => object.metadata.name === name);
  if (found === undefined) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

/** Writes an object as a user or another controller would. */
export function put(state: State, object: ClusterObject): void {
  const [key] = [...state.cluster].find(([, other]) => isSame(other, object)) ?? [];
  if (key === undefined) throw new Error(`there is no ${object.kind} ${object.metadata.name}`);
  const generation = (object.metadata.generation ?? 1) + 1;
  state.cluster.set(key, { ...object, metadata: { ...object.metadata, generation } });
}

const isSame = (a: ClusterObject, b: ClusterObject): boolean =>
  a.kind === b.kind && a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace;

/** An object that is deleted, with what its owner composed to look at another cluster. */
export function remove(state: State, object: ClusterObject): void {
  for (const other of [...state.cluster.values()])
    if (other.kind === 'Object' && other.metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid))
      removeObject(state.cluster, other);
  removeObject(state.cluster, object);
}

/** Reconciles every XR of a kind once, and nobody else: as it comes where Crossplane is quicker than others. */
export function reconcile(state: State, kind: string): void {
  for (const object of all(state, kind)) {
    const api = state.world.apis.find(object.apiVersion, kind);
    if (api !== undefined) reconcileComposite(state, one(state, kind, object.metadata.name), api);
  }
}

export function edit(state: State, kind: string, name: string, spec: Json): void {
  const object = one(state, kind, name);
  put(state, { ...object, spec: { ...(object.spec as Json), ...spec } });
}

interface RemoteSpec {
  readonly forProvider: { readonly manifest: ClusterObject };
  readonly managementPolicies?: readonly string[];
}

export const manifestOf = (object: ClusterObject): ClusterObject =>
  (object.spec as unknown as RemoteSpec).forProvider.manifest;

/** Objects in inference clusters, as `<cluster>/<placement>/<kind>`, without those that are only looked at. */
export const remote = (state: State): string[] =>
  all(state, 'Object')
    .filter((object) => object.metadata.labels?.['modelplane.ai/placement'] !== undefined)
    .map(siteAndKind)
    .sort();

const siteAndKind = (object: ClusterObject): string => {
  const labels = object.metadata.labels ?? {};
  return `${labels['modelplane.ai/cluster']}/${labels['modelplane.ai/placement']}/${manifestOf(object).kind}`;
};

/** The Object of a placement's engines in a cluster. */
export function enginesOf(state: State, placement: string, cluster?: string): ClusterObject {
  const found = all(state, 'Object').filter(
    (object) =>
      manifestOf(object).kind === 'Deployment' &&
      !manifestOf(object).metadata.name.endsWith('-epp') &&
      (object.spec as unknown as RemoteSpec).managementPolicies === undefined &&
      object.metadata.labels?.['modelplane.ai/placement'] === placement &&
      (cluster === undefined || object.metadata.labels?.['modelplane.ai/cluster'] === cluster),
  );
  const [engines] = found;
  if (engines === undefined || found.length > 1) throw new Error(`there are ${found.length} engines of ${placement}`);
  return engines;
}

/** What provider-kubernetes reports of an object from now on, instead of what it would. */
export function report(state: State, object: ClusterObject, status: Json): void {
  (state.withStatus as Set<string>).add(object.metadata.uid ?? '');
  const { status: before } = one(state, object.kind, object.metadata.name);
  put(state, { ...object, status: { ...(before as Json), ...status } });
}

/** Engines of which so many are available. */
export function withAvailable(state: State, object: ClusterObject, availableReplicas: number): void {
  const manifest = manifestOf(object);
  const ready = availableReplicas > 0 ? 'True' : 'False';
  report(state, object, {
    atProvider: { manifest: { ...manifest, status: { replicas: 1, availableReplicas, observedGeneration: 1 } } },
    conditions: [
      { type: 'Ready', status: ready },
      { type: 'Synced', status: 'True' },
    ],
  });
}

/** Lets the played provider report again. */
export const heal = (state: State, object: ClusterObject): boolean =>
  (state.withStatus as Set<string>).delete(object.metadata.uid ?? '');

/** Who is sent requests, with the weight: the endpoints of the route of a service. */
export function served(state: State, service: string): Record<string, number> {
  const route = all(state, 'HTTPRoute').find((object) => object.metadata.name.startsWith(`${service}-`));
  const rules =
    (route?.spec as { rules?: { backendRefs?: { name: string; weight?: number }[] }[] } | undefined)?.rules ?? [];
  const refs = rules[0]?.backendRefs ?? [];
  return Object.fromEntries(refs.map(({ name, weight }) => [placementAt(state, name), weight ?? 1]));
}

/** The site behind a backend's Service, as `<placement>@<cluster>`. */
function placementAt(state: State, backend: string): string {
  const endpoint = all(state, 'ModelEndpoint').find(
    ({ status }) => (status as { routing?: { backendName?: string } } | undefined)?.routing?.backendName === backend,
  );
  const labels = endpoint?.metadata.labels ?? {};
  return endpoint === undefined
    ? `nothing (${backend})`
    : `${labels['modelplane.ai/placement']}@${labels['modelplane.ai/cluster']}`;
}

export const placements = (state: State, name = 'qwen'): Record<string, string> =>
  Object.fromEntries(
    ((one(state, 'ModelDeployment', name).status as { placements?: Json[] }).placements ?? []).map((report) => [
      `${report.name}@${report.cluster ?? '-'}`,
      String(report.phase),
    ]),
  );

export const conditions = (state: State, name = 'qwen'): Record<string, string> =>
  Object.fromEntries(
    ((one(state, 'ModelDeployment', name).status as { conditions?: Json[] }).conditions ?? []).map((condition) => [
      String(condition.type),
      `${condition.status} ${condition.reason}`,
    ]),
  );

export const FRONT_DOOR = `
apiVersion: modelplane.ai/v1alpha1
kind: InferenceGateway
metadata: { name: default }
spec: { backend: Traefik }`;

export const cluster = (name: string): string => `
apiVersion: modelplane.ai/v1alpha1
kind: InferenceCluster
metadata: { name: ${name}, labels: { region: ${name} } }
spec:
  kubeconfigSecretRef: { namespace: modelplane-system, name: ${name} }
  gateway: { namespace: inference, name: inference-gateway }`;

export const deployment = (spec: Json): string => `
apiVersion: modelplane.ai/v1alpha1
kind: ModelDeployment
metadata: { name: qwen, namespace: ml-team }
spec: ${JSON.stringify({ model: 'Qwen/Qwen3-8B', ...spec })}`;

export const at = (name: string, fields: Json = {}): Json => ({
  name,
  clusterSelector: { matchLabels: { region: name } },
  ...fields,
});

/** Whoever is sent requests is there, with engines that run: looked at after every round of reconciles. */
export function nobodyIsSentIntoTheVoid(state: State): void {
  for (const site of Object.keys(served(state, 'qwen'))) {
    expect(site).not.toMatch(/^nothing/);
    const [placement = '', on] = site.split('@');
    const { replicas } = manifestOf(enginesOf(state, placement, on)).spec as { replicas: number };
    expect({ site, replicas: replicas > 0 }).toEqual({ site, replicas: true });
  }
}

export const scale = (state: State, placement: string): number =>
  (manifestOf(enginesOf(state, placement)).spec as { replicas: number }).replicas;
