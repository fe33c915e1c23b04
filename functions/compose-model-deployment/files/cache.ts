import type { IPersistentVolumeClaim } from 'kubernetes-models/v1';
import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { Desired } from '#shared/desired.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { uniqueName } from '#shared/names.ts';
import { retain } from '#shared/retain.ts';
import { type Manifest, remoteKey, remoteObject } from '../cluster/object.ts';
import { amountOf } from '../engine/quantities.ts';
import { type ObservedObject, type ObservedSite, objectOf, toldOf } from '../observed.ts';
import { type Cluster, namespaceAt, poolName, remoteLabels, type Site } from '../site.ts';

export type Cache = NonNullable<ModelDeployment['spec']['cache']>;

export const CLAIM = 'PersistentVolumeClaim';

const SHARED = 'ReadWriteMany';

/** Whether pods of several nodes can have it at once. */
export const isShared = ({ accessModes }: Cache): boolean => accessModes.includes(SHARED);

/** What can never change of a volume is in its name, so that another class is another volume, which is filled first. */
export const claimName = (site: Site, { storageClassName, accessModes }: Cache): string =>
  uniqueName(`${site.deployment.name}-${site.placement}-cache`, [
    'cache',
    poolName(site),
    storageClassName ?? '',
    ...[...accessModes].sort(),
  ]);

interface Claim {
  readonly spec?: {
    readonly storageClassName?: string;
    readonly resources?: { readonly requests?: { readonly storage?: string | number } };
  };
  readonly status?: { readonly phase?: string; readonly capacity?: { readonly storage?: string } };
}

export const claimIn = (object: ObservedObject | undefined): Claim => (object?.seen ?? {}) as Claim;

/** On the Object of a claim: the size that the deployment wanted last, where the claim itself may ask for more. */
const SIZE = 'modelplane.ai/cache-size';

/** What a claim can be asked for no less of: what was wanted and given; more than that is somebody else's. */
export function smallestSize(object: ObservedObject | undefined): string | undefined {
  const wanted = object?.resource.metadata?.annotations?.[SIZE];
  const given = claimIn(object).spec?.resources?.requests?.storage;
  if (wanted === undefined || given === undefined) return wanted;
  return (amountOf(given) ?? 0) < (amountOf(wanted) ?? 0) ? String(given) : wanted;
}

/** A claim asks for what it asks for already, where that is more: somebody may have grown it, and kept it before. */
function claim(site: Site, cache: Cache, before: ObservedObject | undefined): IPersistentVolumeClaim {
  const there = claimIn(before).spec?.resources?.requests?.storage;
  const grown = there !== undefined && (amountOf(there) ?? 0) > (amountOf(cache.size) ?? 0);
  return {
    apiVersion: 'v1',
    kind: CLAIM,
    metadata: { name: claimName(site, cache), namespace: namespaceAt(site), labels: remoteLabels(site) },
    spec: {
      accessModes: [...cache.accessModes],
      ...(cache.storageClassName !== undefined && { storageClassName: cache.storageClassName }),
      resources: { requests: { storage: String(grown ? there : cache.size) } },
    },
  };
}

const KEPT = { managementPolicies: ['Observe', 'Create', 'Update'] };

/** Volumes of a site that is left, which are to stay and have not been told so: the same edit may have said both. */
export const keptClaims = ({ objects }: ObservedSite, cache: Cache | undefined): Record<string, Desired> =>
  Object.fromEntries(
    objects
      .filter((object) => cache?.keep === true && object.kind === CLAIM && goesWithItsObject(object))
      .map(({ key, resource, ready }) => [
        key,
        retain({ ...resource, spec: { ...(resource.spec as object), ...KEPT } }, ready),
      ]),
  );

const goesWithItsObject = (object: ObservedObject): boolean =>
  (toldOf(object).managementPolicies ?? ['*']).includes('*');

/** The volume of a site. */
export function claimObject(observed: ObservedSite, cache: Cache, cluster: Cluster): [key: string, KubernetesObject] {
  const { site } = observed;
  const manifest = claim(site, cache, objectOf(observed, CLAIM, claimName(site, cache))) as Manifest;
  const object = remoteObject(site, manifest, cluster);
  const policies = cache.keep && KEPT;
  const annotations = { ...object.metadata?.annotations, [SIZE]: String(cache.size) };
  return [
    remoteKey(site, manifest),
    { ...object, metadata: { ...object.metadata, annotations }, spec: { ...(object.spec as object), ...policies } },
  ];
}

/** The class that it is of, once that is known. */
export function classOf(observed: ObservedSite, cache: Cache): string | undefined {
  const there = claimIn(objectOf(observed, CLAIM, claimName(observed.site, cache)));
  return cache.storageClassName ?? there.spec?.storageClassName;
}

export const STORAGE_CLASS = 'StorageClass';

/** A claim does not say that its class is not there: one looks for it. */
export function classObject(site: Site, name: string, cluster: Cluster): [key: string, KubernetesObject] {
  const manifest = { apiVersion: 'storage.k8s.io/v1', kind: STORAGE_CLASS, metadata: { name } };
  const object = remoteObject(site, manifest, cluster);
  return [
    remoteKey(site, manifest),
    { ...object, spec: { ...(object.spec as object), managementPolicies: ['Observe'] } },
  ];
}
