import type { Desired } from '#shared/function.ts';
import type { Arrival } from './arrivals.ts';
import { depart, type SeenServices, type Successor } from './handover.ts';
import { healthOf } from './health.ts';
import type { ObservedSite } from './observed.ts';
import { siteId } from './site.ts';
import type { Report } from './status.ts';

/** A site that is still there although no placement is to be there any more. */
export interface Leaving {
  readonly desired: Readonly<Record<string, Desired>>;
  readonly report: Report;
  /** Nobody has taken over yet, so it still gets its share. */
  readonly awaits: boolean;
}

export function departures(
  sites: ReadonlyMap<string, ObservedSite>,
  arrivals: readonly Arrival[],
  seen: SeenServices,
): Leaving[] {
  const wanted = new Set(arrivals.flatMap(({ observed }) => (observed === undefined ? [] : [siteId(observed.site)])));
  return [...sites.values()]
    .filter(({ site }) => !wanted.has(siteId(site)))
    .flatMap((observed) => {
      const { usable, available } = healthOf(observed);
      const successor = successorOf(observed, arrivals);
      const departure = depart(observed, usable, successor, seen);
      if (departure === undefined) return [];
      const { placement: name, cluster } = observed.site;
      const { desired, reason } = departure;
      const report = { name, cluster, desired: 0, available, phase: 'Leaving', why: '', state: reason } as const;
      return [{ desired, report, awaits: successor === 'Awaited' }];
    });
}

/** A placement that moves waits for itself, one that is removed for any of the others. */
function successorOf({ site }: ObservedSite, arrivals: readonly Arrival[]): Successor {
  if (arrivals.every(({ placement }) => placement.replicas === 0)) return 'Nobody';
  const itself = arrivals.find(({ placement }) => placement.name === site.placement && placement.replicas > 0);
  const serves = itself === undefined ? arrivals.some((arrival) => arrival.serves) : itself.serves;
  return serves ? 'Others' : 'Awaited';
}
