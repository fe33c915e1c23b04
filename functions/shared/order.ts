import type { Desired } from './desired.ts';
import type { KubernetesObject } from './kubernetes.ts';
import { conditionOf, conditionsOf } from './readiness.ts';
import { retain } from './retain.ts';

type Observed = Readonly<Record<string, KubernetesObject>>;

/**
 * Composed objects name each other: a policy its authority, a route its backends, a Deployment its configuration.
 * Crossplane deletes what is no longer desired before it applies the rest, and applies the rest in no order that could
 * be relied on. So, for whatever is composed: nothing goes while somebody that is there names it, and nobody that serves
 * is told to name what has not been seen. Nor is anybody in another cluster, where each object is applied by itself: a
 * gateway that reads a route before its backend remembers for seconds that there is none.
 */
export function inOrder(desired: Readonly<Record<string, Desired>>, observed: Observed): Record<string, Desired> {
  const keys = new Map(Object.entries(desired).map(([key, { resource }]) => [identity(resource as never), key]));
  const isThere = (key: string) => isSeen(observed[key], desired[key]?.resource as KubernetesObject);
  const due = Object.entries(desired).flatMap(([key, one]) => {
    const before = observed[key];
    const names = newlyNamed(one.resource as KubernetesObject, before).flatMap((name) => keys.get(name) ?? []);
    // What is new and names nothing that is there yet can break nothing, so it is made at once.
    const isNew = before === undefined && !names.some((name) => isThere(name) || isRemote(desired[name]?.resource));
    if (isNew || names.every(isThere)) return [[key, one] as const];
    return before === undefined ? [] : [[key, retain(before, one.ready)] as const];
  });
  return { ...stillNamed(desired, keys, observed), ...Object.fromEntries(due) };
}

/** What is not desired any more, under whatever key, and is named by an object that is there as it is there. */
function stillNamed(
  desired: Readonly<Record<string, Desired>>,
  keys: ReadonlyMap<string, string>,
  observed: Observed,
): Record<string, Desired> {
  const going = Object.entries(observed).filter(([key]) => !Object.hasOwn(desired, key));
  if (going.length === 0) return {};
  const named = new Set(Object.values(observed).flatMap(namedNow));
  const objects = going.map(([key, object]) => ({ key, object, name: identity(object) }));
  const stay = objects.filter(({ name }) => named.has(name) && !keys.has(name));
  return Object.fromEntries(stay.map(({ key, object }) => [key, retain(object, true)]));
}

/** What an object is to name that it does not name yet. */
function newlyNamed(object: KubernetesObject, before: KubernetesObject | undefined): string[] {
  const already = new Set(before === undefined ? [] : namedBy(before));
  return references(object).filter((name) => !already.has(name));
}

interface ProviderObject {
  readonly spec?: {
    readonly providerConfigRef?: { readonly name?: string };
    readonly forProvider?: { readonly manifest?: KubernetesObject };
  };
  readonly status?: { readonly atProvider?: { readonly manifest?: KubernetesObject } };
}

/** What provider-kubernetes is to put into another cluster; undefined for an object of this one. */
const manifestIn = (object: KubernetesObject | undefined): KubernetesObject | undefined =>
  object?.kind === 'Object' ? (object as ProviderObject).spec?.forProvider?.manifest : undefined;

const isRemote = (object: object | undefined): boolean => manifestIn(object as KubernetesObject) !== undefined;

/** The cluster that an object is in, as a part of its identity: by the configuration that leads there. */
const clusterOf = (object: KubernetesObject): string =>
  manifestIn(object) === undefined ? '' : ((object as ProviderObject).spec?.providerConfigRef?.name ?? '');

/** An object as others name it. Names of ours hold a hash of what they are of, so a namespace would add nothing. */
const identity = (object: KubernetesObject): string => {
  const { kind, metadata } = manifestIn(object) ?? object;
  return called(clusterOf(object), kind, metadata?.name);
};

const called = (cluster: string, kind: unknown, name: unknown): string => JSON.stringify([cluster, kind, name]);

/** Made at least once: in another cluster that is the provider's to say, of this very object. */
function isSeen(observed: KubernetesObject | undefined, desired: KubernetesObject): boolean {
  if (observed === undefined || identity(observed) !== identity(desired)) return false;
  if (manifestIn(observed) === undefined) return true;
  const { status } = observed as ProviderObject;
  return isSynced(observed) === 'True' || status?.atProvider?.manifest !== undefined;
}

const isSynced = (object: KubernetesObject): string | undefined => conditionOf(conditionsOf(object), 'Synced')?.status;

/** Who goes from a cluster that does not answer names nobody any more: it might never answer again. */
function namedNow(object: KubernetesObject): string[] {
  const isLost = object.metadata?.deletionTimestamp !== undefined && isSynced(object) === 'False';
  return isLost ? [] : namedBy(object);
}

/** By what was asked for last, and by what is there. */
function namedBy(object: KubernetesObject): string[] {
  const seen = (object as ProviderObject).status?.atProvider?.manifest;
  return [
    ...references(object),
    ...(isRemote(object) && seen !== undefined ? namesIn(withoutStatus(seen), clusterOf(object)) : []),
  ];
}

/** Everything that an object names by kind and name; in another cluster its namespace too, which must be there first. */
function references(object: KubernetesObject): string[] {
  const manifest = manifestIn(object);
  const cluster = clusterOf(object);
  const namespace = manifest?.metadata?.namespace;
  return [
    ...namesIn(withoutStatus(manifest ?? object), cluster),
    ...(manifest === undefined ? [] : namesIn((object as ProviderObject).spec?.providerConfigRef, '')),
    ...(namespace === undefined ? [] : [called(cluster, 'Namespace', namespace)]),
  ];
}

const withoutStatus = ({ status: _status, metadata: _metadata, kind: _kind, ...rest }: KubernetesObject): object =>
  rest;

/** Fields that name an object whose kind their own name says (Kubernetes API, core/v1). */
const BY_FIELD: Readonly<Record<string, { readonly kind: string; readonly names: readonly string[] }>> = {
  configMap: { kind: 'ConfigMap', names: ['name'] },
  configMapRef: { kind: 'ConfigMap', names: ['name'] },
  configMapKeyRef: { kind: 'ConfigMap', names: ['name'] },
  // Of a volume, and of a source of a projected one.
  secret: { kind: 'Secret', names: ['secretName', 'name'] },
  secretRef: { kind: 'Secret', names: ['name'] },
  secretKeyRef: { kind: 'Secret', names: ['name'] },
  persistentVolumeClaim: { kind: 'PersistentVolumeClaim', names: ['claimName'] },
};

function namesIn(value: unknown, cluster: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => namesIn(item, cluster));
  if (typeof value !== 'object' || value === null) return [];
  const { kind, name, serviceAccountName } = value as Record<string, unknown>;
  return [
    ...(kind !== undefined && name !== undefined ? [called(cluster, kind, name)] : []),
    ...(serviceAccountName === undefined ? [] : [called(cluster, 'ServiceAccount', serviceAccountName)]),
    ...Object.entries(value).flatMap(([field, inner]) => [
      ...byField(field, inner, cluster),
      ...namesIn(inner, cluster),
    ]),
  ];
}

function byField(field: string, value: unknown, cluster: string): string[] {
  const of = Object.hasOwn(BY_FIELD, field) ? BY_FIELD[field] : undefined;
  if (of === undefined || typeof value !== 'object' || value === null) return [];
  const named = of.names.map((field) => (value as Record<string, unknown>)[field]);
  return named.filter((name) => typeof name === 'string').map((name) => called(cluster, of.kind, name));
}
