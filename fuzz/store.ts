import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import type { ClusterObject } from '../preview/objects.ts';

/** How many versions of an object a cache may lag behind. */
const HISTORY = 6;

interface Version {
  readonly at: number;
  readonly object: ClusterObject | undefined;
}

/** The API server of the control plane: its objects now, and what a cache that lags behind would still have. */
export interface Store {
  /** Counts every change, so that two moments can be compared. */
  version: number;
  nextUid: number;
  readonly objects: Map<string, ClusterObject>;
  /** By kind and then by key, the last versions of every object. */
  readonly history: Map<string, Map<string, readonly Version[]>>;
}

/** When each kind's cache was last brought up to date; a kind that is left out is read as it is now. */
export type Lag = Readonly<Record<string, number>>;

export const newStore = (): Store => ({ version: 0, nextUid: 1, objects: new Map(), history: new Map() });

/** Objects never change, so a copy of the maps is a copy of the world. */
export const copyOf = (store: Store): Store => ({
  ...store,
  objects: new Map(store.objects),
  history: new Map([...store.history].map(([kind, versions]) => [kind, new Map(versions)])),
});

/** No two kinds of ours are called alike, but for their versions. */
export const keyOf = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}/${namespace ?? ''}/${name}`;

export const keyOfObject = ({ kind, metadata }: KubernetesObject): string =>
  keyOf(kind, metadata?.namespace, metadata?.name ?? '');

/** An object as a cache of its kind has it. */
export function read(store: Store, key: string, lag: Lag = {}): ClusterObject | undefined {
  const kind = key.slice(0, key.indexOf('/'));
  const behind = lag[kind] ?? 0;
  if (behind === 0) return store.objects.get(key);
  return versionAt(store.history.get(kind)?.get(key), store.version - behind);
}

/** The objects of a kind as a cache has them, in the order in which they came. */
export function list(store: Store, kind: string, lag: Lag = {}): ClusterObject[] {
  const behind = lag[kind] ?? 0;
  const versions = [...(store.history.get(kind) ?? [])];
  const found = versions.map(([key, all]) =>
    behind === 0 ? store.objects.get(key) : versionAt(all, store.version - behind),
  );
  return found.filter((object) => object !== undefined);
}

const versionAt = (versions: readonly Version[] = [], at: number): ClusterObject | undefined =>
  (versions.findLast((version) => version.at <= at) ?? versions[0])?.object;

/** Writes an object as an API server does: with a uid, and with a generation that counts changes of what is wanted. */
export function put(store: Store, object: ClusterObject): ClusterObject {
  const key = keyOfObject(object);
  const before = store.objects.get(key);
  const generation = before?.metadata.generation ?? 0;
  const metadata = { ...object.metadata, uid: before?.metadata.uid ?? `uid-${store.nextUid++}` };
  const changed = before === undefined || !isDeepStrictEqual(wanted(before), wanted(object));
  const next = { ...object, metadata: { ...metadata, generation: changed ? generation + 1 : generation } };
  if (before !== undefined && isDeepStrictEqual(before, next)) return before;
  return remember(store, key, frozen(next)) ?? next;
}

const wanted = ({ metadata: _metadata, status: _status, ...rest }: KubernetesObject): object => rest;

/** Writes a status, which is no business of the generation. */
export function putStatus(store: Store, key: string, status: object | undefined): void {
  const object = store.objects.get(key);
  if (object === undefined) return;
  const { status: _status, ...rest } = object;
  put(store, (status === undefined ? rest : { ...rest, status }) as ClusterObject);
}

export function drop(store: Store, key: string): boolean {
  if (!store.objects.has(key)) return false;
  remember(store, key, undefined);
  return true;
}

function remember(store: Store, key: string, object: ClusterObject | undefined): ClusterObject | undefined {
  store.version += 1;
  if (object === undefined) store.objects.delete(key);
  else store.objects.set(key, object);
  const kind = key.slice(0, key.indexOf('/'));
  const versions = store.history.get(kind) ?? new Map<string, readonly Version[]>();
  versions.set(key, [...(versions.get(key) ?? [FIRST]), { at: store.version, object }].slice(-HISTORY));
  store.history.set(kind, versions);
  return object;
}

/** Whoever looks from now on begins anew, and has nothing of what was before. */
export function forgetHistory({ history }: Store): void {
  for (const versions of history.values()) for (const [key, all] of versions) versions.set(key, all.slice(-1));
}

const FIRST: Version = { at: -1, object: undefined };

/** Frozen, so that a function which changes what it is given fails at once. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const field of Object.values(value)) frozen(field);
  return Object.freeze(value);
}
