import { createHash } from 'node:crypto';
import type { KubernetesObject, ObjectMeta, StatusCondition } from '#shared/kubernetes.ts';

/** Any JSON object. */
export type Json = Readonly<Record<string, unknown>>;

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface ClusterMeta extends ObjectMeta {
  readonly name: string;
  readonly generateName?: string;
  readonly ownerReferences?: readonly OwnerReference[];
}

/** An object that is in the simulated cluster, and therefore has a name. */
export interface ClusterObject extends KubernetesObject {
  readonly metadata: ClusterMeta;
}

/** How Crossplane marks the children of a composite resource. */
export const RESOURCE_NAME = 'crossplane.io/composition-resource-name';
export const COMPOSITE = 'crossplane.io/composite';

export const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A copy of plain data. structuredClone, which looks for cycles and for much else, takes several times as long. */
export function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, copyOf(field)])) as T;
}

export const groupOf = (apiVersion: string): string => apiVersion.slice(0, Math.max(0, apiVersion.lastIndexOf('/')));
export const versionOf = (apiVersion: string): string => apiVersion.slice(apiVersion.lastIndexOf('/') + 1);
export const groupKindOf = ({ apiVersion, kind }: { apiVersion: string; kind: string }): string =>
  groupOf(apiVersion) === '' ? kind : `${kind}.${groupOf(apiVersion)}`;

export const specOf = (object: KubernetesObject): Json => (isRecord(object.spec) ? object.spec : {});
export const statusOf = (object: KubernetesObject): Json => (isRecord(object.status) ? object.status : {});

export function conditionsOf(object: KubernetesObject): readonly StatusCondition[] {
  const { conditions } = statusOf(object);
  return Array.isArray(conditions) ? conditions : [];
}

export const conditionOf = (object: KubernetesObject, type: string): StatusCondition | undefined =>
  conditionsOf(object).find((condition) => condition.type === type);

export const controllerOf = (object: ClusterObject): OwnerReference | undefined =>
  object.metadata.ownerReferences?.find((reference) => reference.controller);

/** The key under which a composition function composed this object. */
export const resourceName = (object: ClusterObject): string => object.metadata.annotations?.[RESOURCE_NAME] ?? '';

/** By this annotation Crossplane is told to leave an object as it is, and all that it composes. */
export const isPaused = ({ metadata }: ClusterObject): boolean =>
  metadata.annotations?.['crossplane.io/paused'] === 'true';

/** As a person would name it: "ModelService ml-team/qwen". A manifest that is wrong may have anything for a name. */
export function describe({ kind, metadata }: Partial<KubernetesObject>): string {
  const name = text(metadata?.name) ?? '(no name)';
  const namespace = text(metadata?.namespace);
  return `${text(kind) ?? 'object'} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** By code unit, because localeCompare depends on the machine's locale. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The UID that Crossplane's own render gives an object without one: a name-based UUID (version 5) in the nil namespace.
 * Nothing here is random, so generated names and outputs are the same on every run.
 */
export function uidOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  if (metadata?.uid) return metadata.uid;
  const gvk = `${groupOf(apiVersion)}/${versionOf(apiVersion)}, Kind=${kind}`;
  const name = [gvk, metadata?.namespace ?? '', metadata?.name ?? ''].join('\0');
  const hash = createHash('sha1').update(Buffer.alloc(16)).update(name).digest();
  hash[6] = (hash.readUInt8(6) & 0x0f) | 0x50;
  hash[8] = (hash.readUInt8(8) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
