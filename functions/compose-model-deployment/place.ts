import { nameOf } from '#shared/kubernetes.ts';
import type { Tenant } from '#shared/paths.ts';
import { takesTraffic } from './endpoints.ts';
import { type Health, healthOf } from './health.ts';
import { emptySite, type ObservedSite } from './observed.ts';
import type { Placement } from './placements.ts';
import type { Assignment } from './schedule.ts';
import { type Cluster, siteId } from './site.ts';

/** A placement where it is to be, with what there is of it. */
export interface Place {
  readonly placement: Placement;
  readonly assignment: Assignment;
  /** Undefined where it has left the catalogue, or has no way to be reached yet. */
  readonly cluster: Cluster | undefined;
  readonly observed: ObservedSite;
  readonly health: Health;
  /** Traffic is to go elsewhere, although this may well serve: its cluster drains, and it names that cluster. */
  readonly shunned: boolean;
  /** It takes requests, or would if nobody else did, answers them and is to go on so: another may give up its own. */
  readonly serves: boolean;
}

/** The place of a placement; none while no cluster can take it. */
export function placeOf(
  deployment: Tenant,
  placement: Placement,
  assignment: Assignment,
  clusters: readonly Cluster[],
  sites: ReadonlyMap<string, ObservedSite>,
): Place | undefined {
  if (assignment.cluster === undefined) return undefined;
  const site = { deployment, placement: placement.name, cluster: assignment.cluster };
  const observed = sites.get(siteId(site)) ?? emptySite(site);
  const health = healthOf(observed);
  const known = clusters.find((one) => nameOf(one) === assignment.cluster);
  // One that was put there by a selector moves; one that names the cluster cannot.
  const shunned = known?.spec.draining === true && placement.clusterName !== undefined;
  const serves = health.usable && takesTraffic(observed.endpoint?.resource) && placement.replicas > 0;
  const cluster = known?.status?.providerConfigRef?.name === undefined ? undefined : known;
  return { placement, assignment, cluster, observed, health, shunned, serves };
}

/**
 * Who takes over from a place that is given up: somebody who does not serve yet, whoever there is, or nobody ever. A
 * placement that moves waits for itself, any other for one of the rest.
 */
export type Successor = 'Awaited' | 'Others' | 'Nobody';

export function successorOf(placement: string, places: readonly Place[], wanted: readonly Placement[]): Successor {
  if (wanted.every(({ replicas }) => replicas === 0)) return 'Nobody';
  const moves = wanted.some(({ name, replicas }) => name === placement && replicas > 0);
  const serves = places.some((place) => place.serves && (!moves || place.placement.name === placement));
  return serves ? 'Others' : 'Awaited';
}
