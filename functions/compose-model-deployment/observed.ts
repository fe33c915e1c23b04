import type { ModelEndpoint } from '#schemas/modelendpoint.ts';
import type { ModelService } from '#schemas/modelservice.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import type { Tenant } from '#shared/paths.ts';
import { conditionOf, conditionsOf } from '#shared/readiness.ts';
import { isForScaling } from './scaling/recognize.ts';
import { LABELS, poolName, type Site, siteId } from './site.ts';

/** What was composed for a site and exists now. */
export interface ObservedSite {
  readonly site: Site;
  readonly objects: readonly ObservedObject[];
  /** What is there for scaling, without which the site serves as well. */
  readonly scaling?: readonly ObservedObject[];
  readonly endpoint: { readonly key: string; readonly resource: KubernetesObject & ModelEndpoint } | undefined;
}

/** An object in an inference cluster, as provider-kubernetes last saw it. */
export interface ObservedObject {
  readonly key: string;
  readonly resource: KubernetesObject;
  readonly kind: string;
  readonly name: string;
  /** The object itself; undefined before it was created. */
  readonly seen: Seen | undefined;
  /** By the Object's own readiness query. While its cluster cannot be reached it stays what it was. */
  readonly ready: boolean;
  /**
   * It was made, or was found to be as it should. Ready comes later: where an object was there before, not before the
   * provider looks at it for the second time, half a minute after the first (its AddFinalizer forgets what was seen).
   */
  readonly synced: boolean;
  /** What provider-kubernetes could not do. */
  readonly error: string | undefined;
}

export interface Seen extends KubernetesObject {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** The sites of a deployment, current and former, by the labels of what was composed for them. */
export function observedSites(
  deployment: Tenant,
  observed: Readonly<Record<string, KubernetesObject>>,
): ReadonlyMap<string, ObservedSite> {
  const sites = new Map<string, ObservedSite>();
  for (const [key, resource] of Object.entries(observed).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { [LABELS.placement]: placement, [LABELS.cluster]: cluster } = resource.metadata?.labels ?? {};
    if (placement === undefined || cluster === undefined) continue;
    const site = { deployment, placement, cluster };
    const before = sites.get(siteId(site)) ?? emptySite(site);
    sites.set(siteId(site), withResource(before, key, resource));
  }
  return sites;
}

/** The services of the deployment's own, as they are. */
export const servicesIn = (observed: Readonly<Record<string, KubernetesObject>>) =>
  Object.values(observed).filter(({ kind }) => kind === 'ModelService') as (KubernetesObject & ModelService)[];

export const emptySite = (site: Site): ObservedSite => ({ site, objects: [], endpoint: undefined });

function withResource(before: ObservedSite, key: string, resource: KubernetesObject): ObservedSite {
  if (resource.kind === 'ModelEndpoint')
    return { ...before, endpoint: { key, resource: resource as KubernetesObject & ModelEndpoint } };
  if (resource.kind !== 'Object') return before;
  const part = isForScaling(resource) ? 'scaling' : 'objects';
  return { ...before, [part]: [...(before[part] ?? []), observedObject(key, resource)] };
}

function observedObject(key: string, resource: KubernetesObject): ObservedObject {
  const { spec, status } = resource as {
    spec?: { forProvider?: { manifest?: KubernetesObject } };
    status?: { atProvider?: { manifest?: Seen } };
  };
  const manifest = spec?.forProvider?.manifest;
  return {
    key,
    resource,
    kind: manifest?.kind ?? '',
    name: manifest?.metadata?.name ?? '',
    seen: status?.atProvider?.manifest,
    ready: conditionOf(conditionsOf(resource), 'Ready')?.status === 'True',
    synced: conditionOf(conditionsOf(resource), 'Synced')?.status === 'True',
    error: errorOf(resource),
  };
}

/** Why the provider could not do its work. A connection's own port says nothing, and would differ each time. */
function errorOf(resource: KubernetesObject): string | undefined {
  const synced = conditionOf(conditionsOf(resource), 'Synced');
  return synced?.status === 'False' ? (synced.message ?? synced.reason)?.replaceAll(/\S+:\d+->/g, '') : undefined;
}

export const objectOf = (site: ObservedSite, kind: string, name: string): ObservedObject | undefined =>
  site.objects.find((object) => object.kind === kind && object.name === name);

interface Told {
  readonly managementPolicies?: readonly string[];
  readonly references?: unknown;
  readonly forProvider?: { readonly manifest?: KubernetesObject };
}

/** What an Object's spec says. Somebody may have edited it, so any part may be missing. */
export function toldOf(object: Pick<ObservedObject, 'resource'> | undefined) {
  const { forProvider, ...told } = (object?.resource.spec ?? {}) as Told;
  return { ...told, manifest: forProvider?.manifest };
}

/** The replicas that were asked for last: by us, or where we leave that to an autoscaler, by it. */
export function lastReplicas(observed: ObservedSite): number {
  const engines = objectOf(observed, 'Deployment', poolName(observed.site));
  if (engines === undefined) return 0;
  const { replicas } = (toldOf(engines).manifest?.spec ?? {}) as { replicas?: number };
  return replicas ?? Number(engines.seen?.spec?.replicas ?? 1);
}
