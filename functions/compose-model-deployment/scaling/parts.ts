import type { Desired } from '#shared/desired.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { uniqueName } from '#shared/names.ts';
import { retain } from '#shared/retain.ts';
import type { Manifest } from '../cluster/object.ts';
import { remoteKey, remoteObject } from '../cluster/object.ts';
import type { ObservedObject, ObservedSite } from '../observed.ts';
import { type Cluster, namespaceAt, poolName, type Site } from '../site.ts';
import { SCALED_OBJECT } from './recognize.ts';

export const scaledObjectOf = ({ scaling = [] }: ObservedSite): ObservedObject | undefined =>
  scaling.find(({ kind }) => kind === SCALED_OBJECT);

/** The second writer of the engines' replicas, by whom they are handed over. */
export const secondWriterOf = ({ scaling = [] }: ObservedSite): ObservedObject | undefined =>
  scaling.find(({ kind }) => kind !== SCALED_OBJECT);

interface ScaledObject {
  readonly spec?: {
    readonly forProvider?: { readonly manifest?: { readonly spec?: { readonly minReplicaCount?: number } } };
  };
}

/** The engines that there must be while KEDA says how many: undefined where it does not. */
export function leastEngines(site: ObservedSite): number | undefined {
  const object = scaledObjectOf(site)?.resource as ScaledObject | undefined;
  return object?.spec?.forProvider?.manifest?.spec?.minReplicaCount;
}

/** What provider-kubernetes says where a cluster has no kind of KEDA's: two wordings, by whether it knows the group. */
const MISSING = /no matches for (keda\.sh|kind "?ScaledObject)/;

export const isKedaMissing = (object: ObservedObject | undefined): boolean => MISSING.test(object?.error ?? '');

/** An object whose kind went with KEDA could never be deleted: its Object would wait for that for ever. */
const WITHOUT_DELETE = ['Observe', 'Create', 'Update'];

/** The Object of a placement's ScaledObject. */
export function scaledObjectDesired(
  observed: ObservedSite,
  manifest: Manifest,
  cluster: Cluster,
): Record<string, Desired> {
  const before = scaledObjectOf(observed);
  const object = remoteObject(observed.site, manifest, cluster);
  return {
    [remoteKey(observed.site, manifest)]: { resource: deletable(object, before), ready: before?.ready === true },
  };
}

function deletable(object: KubernetesObject, before: ObservedObject | undefined): KubernetesObject {
  return isKedaMissing(before)
    ? { ...object, spec: { ...(object.spec as object), managementPolicies: WITHOUT_DELETE } }
    : object;
}

/** What there is for scaling, as it is. */
export function retainedScaling({ scaling = [] }: ObservedSite): Record<string, Desired> {
  const kept = scaling.map((object) => {
    const { resource, ready } = retain(object.resource, object.ready);
    return [object.key, { resource: deletable(resource as KubernetesObject, object), ready }] as const;
  });
  return Object.fromEntries(kept);
}

/**
 * A second writer of the engines' replicas. The first one may then let go of them: a field that nobody has any more
 * would be set back to 1. It can neither make nor delete the Deployment, and leaves it as it is when it goes.
 */
export function secondWriterDesired(site: Site, replicas: number, cluster: Cluster): Record<string, Desired> {
  const manifest = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: poolName(site), namespace: namespaceAt(site) },
    spec: { replicas },
  };
  const object = remoteObject(site, manifest, cluster);
  const id = [site.deployment.namespace, site.deployment.name, site.placement, site.cluster];
  // Its name is the name by which it writes, so it must be another one than the engines'.
  const name = uniqueName(`${site.deployment.name}-${site.placement}-replicas`, ['replicas', ...id]);
  const resource = {
    ...object,
    metadata: { ...object.metadata, name, annotations: { 'crossplane.io/external-name': name } },
    spec: {
      ...(object.spec as object),
      managementPolicies: ['Observe', 'Update'],
      readiness: { policy: 'SuccessfulCreate' },
    },
  };
  return { [uniqueName(`${site.placement}-replicas`, ['replicas', ...id])]: { resource, ready: true } };
}
