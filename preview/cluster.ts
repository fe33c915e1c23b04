import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { type ClusterMeta, type ClusterObject, compareText, groupKindOf, uidOf } from './objects.ts';

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

export const getObject = (cluster: Cluster, reference: Reference): ClusterObject | undefined =>
  cluster.get(keyOf(reference));

/** Objects of a kind, in one namespace or in all, that carry all of the labels; sorted by namespace and name. */
export function listObjects(cluster: Cluster, { apiVersion, kind, namespace, labels = {} }: Selector): ClusterObject[] {
  const groupKind = groupKindOf({ apiVersion, kind });
  return [...cluster.values()]
    .filter((object) => groupKindOf(object) === groupKind)
    .filter(({ metadata }) => !namespace || metadata.namespace === namespace)
    .filter(({ metadata }) => Object.entries(labels).every(([key, value]) => metadata.labels?.[key] === value))
    .sort(byNamespaceAndName);
}

export const byNamespaceAndName = (a: ClusterObject, b: ClusterObject): number => compareText(sortKey(a), sortKey(b));

const sortKey = ({ metadata }: ClusterObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

/** Stores an object exactly as it is. */
export const storeObject = (cluster: Cluster, object: ClusterObject): Cluster =>
  cluster.set(keyOf(referenceTo(object)), object);

/** Stores an object with what an API server gives it, and tells whether that changed anything. */
export function putObject(cluster: Cluster, object: ClusterObject): boolean {
  const key = keyOf(referenceTo(object));
  const former = cluster.get(key);
  const stored = asStored(object, former);
  if (isDeepStrictEqual(former, stored)) return false;
  cluster.set(key, stored);
  return true;
}

export const removeObject = (cluster: Cluster, object: ClusterObject): boolean =>
  cluster.delete(keyOf(referenceTo(object)));

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
