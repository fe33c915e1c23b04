import type { Desired } from '#shared/desired.ts';
import { nameOf } from '#shared/kubernetes.ts';
import { weightOf } from './endpoints.ts';
import { type Cache, keptClaims } from './files/cache.ts';
import { depart, type SeenServices } from './handover.ts';
import { healthOf } from './health.ts';
import type { ObservedSite } from './observed.ts';
import { type Place, type Successor, successorOf } from './place.ts';
import type { Placement } from './placements.ts';
import type { Service, Share } from './services.ts';
import { type Cluster, siteId } from './site.ts';
import type { Report } from './status.ts';

/** A site that is still there although no placement is to be there any more. */
export interface Leaving {
  readonly desired: Readonly<Record<string, Desired>>;
  readonly report: Report;
  /** What it gets again should it be needed: for as long as it can serve. */
  readonly share: Share | undefined;
}

export function departures(
  sites: ReadonlyMap<string, ObservedSite>,
  places: readonly Place[],
  wanted: readonly Placement[],
  seen: SeenServices,
  own: readonly Service[],
  clusters: readonly Cluster[],
  cache: Cache | undefined,
): Leaving[] {
  const stays = new Set(places.map(({ observed }) => siteId(observed.site)));
  return [...sites.values()]
    .filter(({ site }) => !stays.has(siteId(site)))
    .map((observed) => {
      const cluster = clusters.find((one) => nameOf(one) === observed.site.cluster);
      const left = leaving(observed, successorOf(observed.site.placement, places, wanted), seen, own, cluster);
      return { ...left, desired: { ...left.desired, ...keptClaims(observed, cache) } };
    });
}

function leaving(
  observed: ObservedSite,
  successor: Successor,
  seen: SeenServices,
  own: readonly Service[],
  at: Cluster | undefined,
): Leaving {
  const { usable, available, replicas } = healthOf(observed);
  const { desired, reason } = depart(observed, usable, successor, seen, at);
  const { placement: name, cluster } = observed.site;
  const report = { name, cluster, desired: 0, available, replicas, phase: 'Leaving', why: '', state: reason } as const;
  const stays = observed.endpoint !== undefined && Object.hasOwn(desired, observed.endpoint.key);
  return { desired, report, share: stays ? { name, weight: weightOf(observed, own) } : undefined };
}
