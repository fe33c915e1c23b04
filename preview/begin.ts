import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { admit } from './admit/admit.ts';
import { type Cluster, getObject, putObject } from './cluster.ts';
import { installedDefinitions } from './kinds.ts';
import type { Manifest } from './manifests.ts';
import { type ClusterObject, describe, uidOf } from './objects.ts';
import { type FieldError, formatPath, type Problem } from './problem.ts';
import type { State, World } from './world.ts';

/** What the install page makes on the control plane, and install/metallb where MetalLB is asked for. */
export const INSTALLED_NAMESPACES: readonly string[] = [PLATFORM_NAMESPACE, 'modelplane-metallb'];

export type Begun =
  | { readonly ok: true; readonly state: State }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A cluster with what the install page asks for, and with the manifests as `kubectl apply` would have brought them. */
export function begin(world: World, manifests: readonly Manifest[]): Begun {
  const cluster: Cluster = new Map();
  for (const definition of installedDefinitions()) putObject(cluster, definition);
  const sources = new Map<string, Manifest>();
  // Definitions first, whatever the order of the files: they decide whether a kind has namespaces.
  const ordered = manifests.toSorted((a, b) => Number(isDefinition(b)) - Number(isDefinition(a)));
  const problems = ordered.flatMap((manifest) => bring(world, cluster, manifest, sources));
  if (problems.length > 0) return { ok: false, problems };
  for (const name of namespacesOf(cluster)) bringNamespace(cluster, name);
  return { ok: true, state: stateOf(world, cluster, sources) };
}

const isDefinition = ({ object }: Manifest): boolean => object.kind === 'CustomResourceDefinition';

function bring(world: World, cluster: Cluster, manifest: Manifest, sources: Map<string, Manifest>): Problem[] {
  const admitted = admit(manifest.object, world.apis, cluster);
  if (!admitted.ok) return manifestProblems(manifest, admitted.errors);
  const object = asNew(admitted.object);
  const former = sources.get(uidOf(object));
  if (former) {
    const message = `is there twice; the other one is at ${former.file}:${former.lineOf([])}`;
    return manifestProblems({ ...manifest, object }, [{ path: [], message }]);
  }
  putObject(cluster, object);
  sources.set(uidOf(object), manifest);
  return [];
}

/** Without what an API server wrote into it: a manifest may come out of a cluster. */
function asNew(object: ClusterObject): ClusterObject {
  const { name, namespace, labels, annotations } = object.metadata;
  const metadata = {
    name,
    ...(namespace && { namespace }),
    ...(labels && { labels }),
    ...(annotations && { annotations }),
  };
  return { ...object, metadata };
}

/** A cluster of which nothing has been played yet. */
export function stateOf(world: World, cluster: Cluster, manifests: ReadonlyMap<string, Manifest>): State {
  const withStatus = [...cluster.values()].filter(({ status }) => status !== undefined).map(uidOf);
  return {
    world,
    cluster,
    lastApplied: new Map(),
    readiness: new Map(),
    failures: new Map(),
    atRest: new Map(),
    said: new Set(),
    madeUp: new Set(),
    sources: new Map([...manifests].map(([uid, { file, lineOf }]) => [uid, `${file}:${lineOf([])}`])),
    withStatus: new Set(withStatus),
    outages: [],
    changed: new Set(),
  };
}

/** What an API server finds wrong with a manifest, and where in its file that is. */
export const manifestProblems = ({ object, file, lineOf }: Manifest, errors: readonly FieldError[]): Problem[] =>
  errors.map(({ path, message }) => ({
    where: `${file}:${lineOf(path)}`,
    object: describe(object),
    message: path.length === 0 ? message : `${formatPath(path)}: ${message}`,
  }));

/** The namespaces that objects are in are taken for granted: a user has made them, or is about to. */
const namespacesOf = (cluster: Cluster): Set<string> =>
  new Set([...INSTALLED_NAMESPACES, ...[...cluster.values()].flatMap(namespacesNamed)]);

function namespacesNamed({ kind, metadata }: ClusterObject): string[] {
  if (kind === 'Namespace') return [metadata.name];
  return metadata.namespace ? [metadata.namespace] : [];
}

/** With the label that Kubernetes gives every namespace, and that namespace selectors are written with. */
function bringNamespace(cluster: Cluster, name: string): void {
  const identity = { apiVersion: 'v1', kind: 'Namespace' };
  const given = getObject(cluster, { ...identity, name });
  const labels = { ...given?.metadata.labels, 'kubernetes.io/metadata.name': name };
  putObject(cluster, { ...given, ...identity, metadata: { ...given?.metadata, name, labels } });
}
