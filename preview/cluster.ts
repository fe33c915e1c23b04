import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { type ClusterMeta, type ClusterObject, compareText, controllerOf, groupKindOf, uidOf } from './objects.ts';

/** The objects of a simulated cluster, in the order in which they came. */
export type Cluster = Map<string, ClusterObject>;

/** What names an object: a version is only a way of looking at it. */
export interface Reference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
}

export interface Selector {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly labels?: Readonly<Record<string, string>>;
}

export const referenceTo = ({ apiVersion, kind, metadata }: ClusterObject): Reference => ({
  apiVersion,
  kind,
  namespace: metadata.namespace,
  name: metadata.name,
});

const keyOf = (reference: Reference): string =>
  [groupKindOf(reference), reference.namespace ?? '', reference.name].join('/');

/** The objects of a cluster by what most of them are looked for by. Every function here that changes a cluster keeps it. */
interface Index {
  readonly byKind: Map<string, Map<string, ClusterObject>>;
  readonly byController: Map<string, Map<string, ClusterObject>>;
  readonly byUid: Map<string, ClusterObject>;
}

const INDEXES = new WeakMap<Cluster, Index>();

/** Made when it is first asked for, because a copy of a cluster has none of its own, and anew where others put objects. */
function indexOf(cluster: Cluster): Index {
  const known = INDEXES.get(cluster);
  if (known?.byUid.size === cluster.size) return known;
  const index: Index = { byKind: new Map(), byController: new Map(), byUid: new Map() };
  for (const [key, object] of cluster) enter(index, key, object);
  INDEXES.set(cluster, index);
  return index;
}

function enter({ byKind, byController, byUid }: Index, key: string, object: ClusterObject): void {
  at(byKind, groupKindOf(object)).set(key, object);
  const owner = controllerOf(object);
  if (owner) at(byController, owner.uid).set(key, object);
  byUid.set(uidOf(object), object);
}

function leave({ byKind, byController, byUid }: Index, key: string, object: ClusterObject): void {
  byKind.get(groupKindOf(object))?.delete(key);
  byController.get(controllerOf(object)?.uid ?? '')?.delete(key);
  byUid.delete(uidOf(object));
}

function at(maps: Map<string, Map<string, ClusterObject>>, key: string): Map<string, ClusterObject> {
  const known = maps.get(key) ?? new Map<string, ClusterObject>();
  maps.set(key, known);
  return known;
}

/** Stores under a key, which keeps its place in the order. */
function put(cluster: Cluster, key: string, object: ClusterObject): void {
  const index = indexOf(cluster);
  const former = cluster.get(key);
  const owner = controllerOf(object)?.uid;
  // What stays where it is in the index keeps its place there too.
  if (former && (controllerOf(former)?.uid !== owner || uidOf(former) !== uidOf(object))) leave(index, key, former);
  cluster.set(key, object);
  enter(index, key, object);
}

export const getObject = (cluster: Cluster, reference: Reference): ClusterObject | undefined =>
  cluster.get(keyOf(reference));

/** All objects of a kind, in the order in which they came. */
export const objectsOfKind = (cluster: Cluster, kind: { readonly apiVersion: string; readonly kind: string }) => [
  ...(indexOf(cluster).byKind.get(groupKindOf(kind))?.values() ?? []),
];

/** Objects of a kind, in one namespace or in all, that carry all of the labels; sorted by namespace and name. */
export function listObjects(cluster: Cluster, { apiVersion, kind, namespace, labels = {} }: Selector): ClusterObject[] {
  return objectsOfKind(cluster, { apiVersion, kind })
    .filter(({ metadata }) => !namespace || metadata.namespace === namespace)
    .filter(({ metadata }) => Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value))
    .sort(byNamespaceAndName);
}

/** What an object controls, in the order in which it came. */
export const controlledBy = (cluster: Cluster, { uid }: { readonly uid: string }): ClusterObject[] => [
  ...(indexOf(cluster).byController.get(uid)?.values() ?? []),
];

export const objectWithUid = (cluster: Cluster, uid: string): ClusterObject | undefined =>
  indexOf(cluster).byUid.get(uid);

export const byNamespaceAndName = (a: ClusterObject, b: ClusterObject): number => compareText(sortKey(a), sortKey(b));

const sortKey = ({ metadata }: ClusterObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

/** Stores an object exactly as it is. */
export function storeObject(cluster: Cluster, object: ClusterObject): Cluster {
  put(cluster, keyOf(referenceTo(object)), object);
  return cluster;
}

/** Stores an object with what an API server gives it, and tells whether that changed anything. */
export function putObject(cluster: Cluster, object: ClusterObject): boolean {
  const key = keyOf(referenceTo(object));
  const former = cluster.get(key);
  const stored = asStored(object, former);
  if (isDeepStrictEqual(former, stored)) return false;
  put(cluster, key, stored);
  return true;
}

export function removeObject(cluster: Cluster, object: ClusterObject): boolean {
  const key = keyOf(referenceTo(object));
  const former = cluster.get(key);
  if (former) leave(indexOf(cluster), key, former);
  return cluster.delete(key);
}

/** A generation counts the changes of what is wanted, which is all but metadata and status. */
function asStored(object: ClusterObject, former: ClusterObject | undefined): ClusterObject {
  const counted = former?.metadata.generation ?? object.metadata.generation ?? 1;
  const generation = former && !isDeepStrictEqual(wanted(former), wanted(object)) ? counted + 1 : counted;
  const metadata: ClusterMeta = { ...object.metadata, uid: former?.metadata.uid ?? uidOf(object), generation };
  return { ...object, metadata };
}

function wanted(object: KubernetesObject): object {
  const { metadata: _metadata, status: _status, ...rest } = object;
  return rest;
}
