import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { type Read, readFor } from '../why/read.ts';
import { gapAt, objectAt, objectsAt, type Unseen, type View } from '../why/view.ts';
import { isWhole } from '../why/word.ts';
import { stateOf } from './begin.ts';
import { type Cluster, getObject, putObject, referenceTo, storeObject } from './cluster.ts';
import { isComposite } from './family.ts';
import { crds, findKind, installedDefinitions } from './kinds.ts';
import type { Manifest } from './manifests.ts';
import { type ClusterObject, describe, groupOf, isRecord, specOf, statusOf, uidOf, versionOf } from './objects.ts';
import type { Problem } from './problem.ts';
import type { State, World } from './world.ts';

/** A control plane as it is. */
export interface Live {
  readonly state: State;
  /** What the given manifests were when they were applied last, where they were. */
  readonly former: readonly Manifest[];
  /** What could not be seen. */
  readonly unseen: readonly Unseen[];
}

/** Reads of a control plane what has to do with some manifests: the platform's, and all of the namespaces that they name. */
export async function readLive(read: Read, world: World, manifests: readonly Manifest[]): Promise<Live> {
  const objects = manifests.map(({ object }) => object as ClusterObject);
  const namespaces = [...new Set(objects.flatMap(({ metadata }) => metadata?.namespace ?? []))];
  const { view, result: composites } = await readFor(read, { world, now: 0 }, (seen) =>
    look(seen, objects, namespaces),
  );
  const cluster: Cluster = new Map();
  for (const definition of installedDefinitions()) putObject(cluster, definition);
  for (const object of view.cluster.values()) storeObject(cluster, asRead(object));
  for (const name of [...namespaces, PLATFORM_NAMESPACE]) bringUnseen(cluster, name);
  for (const kind of kindsSeen(view)) bringKind(world, cluster, kind);
  const generations = new Map([...cluster.values()].map((one) => [uidOf(one), one.metadata.generation ?? 1]));
  const held = new Set(composites.filter((xr) => !isWhole(view, xr)).map(uidOf));
  const state: State = { ...stateOf(world, cluster, new Map()), withStatus: new Set(), live: { generations, held } };
  return { state, former: manifests.flatMap((one) => lastApplied(cluster, one)), unseen: view.unseen };
}

/** Every composite there, and what its function would look at. */
function look(view: View, objects: readonly ClusterObject[], namespaces: readonly string[]): ClusterObject[] {
  for (const object of objects) objectAt(view, referenceTo(object));
  for (const name of namespaces) objectAt(view, { apiVersion: 'v1', kind: 'Namespace', name });
  const composites = view.world.apis
    .all()
    .flatMap(({ apiVersion, kind, namespaced }) =>
      namespaced
        ? namespaces.flatMap((namespace) => listed(view, { apiVersion, kind, namespace }))
        : listed(view, { apiVersion, kind }),
    );
  for (const xr of composites) isWhole(view, xr);
  return composites;
}

function listed(
  view: View,
  place: { readonly apiVersion: string; readonly kind: string; readonly namespace?: string },
) {
  gapAt(view, place);
  return objectsAt(view, place);
}

/** Without what nobody compares, which is more than all the rest. */
function asRead(object: ClusterObject): ClusterObject {
  const { managedFields: _, ...metadata } = object.metadata as ClusterObject['metadata'] & { managedFields?: unknown };
  return { ...object, metadata: { ...metadata, generation: metadata.generation ?? 1 } };
}

/** A namespace that may not be read is there all the same. */
function bringUnseen(cluster: Cluster, name: string): void {
  const identity = { apiVersion: 'v1', kind: 'Namespace' };
  if (getObject(cluster, { ...identity, name })) return;
  putObject(cluster, { ...identity, metadata: { name, labels: { 'kubernetes.io/metadata.name': name } } });
}

/** Kinds that are there, whoever may read their definitions: objects are of them, or the front door says so. */
function kindsSeen({
  cluster,
}: View): { readonly apiVersion: string; readonly kind: string; readonly namespaced: boolean }[] {
  const objects = [...cluster.values()];
  const seen = objects.map(({ apiVersion, kind, metadata }) => ({
    apiVersion,
    kind,
    namespaced: !!metadata.namespace,
  }));
  const hasMiddlewares = objects.some((one) => one.kind === 'InferenceGateway' && statusOf(one).middlewares === true);
  return hasMiddlewares ? [...seen, { apiVersion: 'traefik.io/v1alpha1', kind: 'Middleware', namespaced: true }] : seen;
}

function bringKind(
  { apis }: World,
  cluster: Cluster,
  {
    apiVersion,
    kind,
    namespaced,
  }: { readonly apiVersion: string; readonly kind: string; readonly namespaced: boolean },
): void {
  if (findKind(cluster, apis, apiVersion, kind)) return;
  const scope = namespaced ? 'Namespaced' : 'Cluster';
  const plural = `${kind.toLowerCase()}s`;
  for (const one of crds(groupOf(apiVersion), versionOf(apiVersion), scope, { [plural]: kind }))
    putObject(cluster, one);
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * What whoever applies a manifest said of it the last time: what he says no more goes. By kubectl's own note, where that
 * was left; else all of the spec is taken for his, as of who applies on the server's side.
 */
function lastApplied(cluster: Cluster, manifest: Manifest): Manifest[] {
  const object = getObject(cluster, referenceTo(manifest.object as ClusterObject));
  if (object === undefined) return [];
  const { status: _status, metadata, ...rest } = object;
  const { name, namespace, labels, annotations = {} } = metadata;
  const { [LAST_APPLIED]: noted, ...others } = annotations;
  const written = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels && { labels }),
    annotations: others,
  };
  const { crossplane: _machinery, ...spec } = specOf(object);
  const all = { ...rest, metadata: written, ...(object.spec !== undefined && { spec }) };
  return [{ ...manifest, object: (parsed(noted) ?? all) as ClusterObject }];
}

function parsed(noted: string | undefined): object | undefined {
  try {
    const value: unknown = JSON.parse(noted ?? '');
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** As kubectl does it: what names no namespace is in the one that is asked for. */
export const inNamespace = ({ apis }: World, manifests: readonly Manifest[], namespace: string): Manifest[] =>
  manifests.map((manifest) => {
    const { object } = manifest;
    const isPlaced = !isRecord(object.metadata) || object.metadata.namespace !== undefined;
    if (isPlaced || findKind(new Map(), apis, object.apiVersion, object.kind)?.namespaced !== true) return manifest;
    return { ...manifest, object: { ...object, metadata: { ...object.metadata, namespace } } };
  });

/** What is edited and could not be seen whole: nobody can tell what becomes of it. */
export const untold = (before: State, after: State): Problem[] =>
  [...after.cluster.values()]
    .filter((object) => isComposite(after, object) && before.live?.held.has(uidOf(object)) === true)
    .filter(
      (object) => getObject(before.cluster, referenceTo(object))?.metadata.generation !== object.metadata.generation,
    )
    .map((object) => ({
      object: describe(object),
      message: 'nobody can tell what becomes of it: you may not read all that it depends on',
    }));
