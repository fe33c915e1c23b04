import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { Desired } from '#shared/function.ts';
import { type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { isConnected } from './candidates.ts';
import { trafficClasses } from './criticality.ts';
import { siteDesired, siteRetained } from './deployed.ts';
import { gatewayUrl, takesTraffic } from './endpoints.ts';
import { mustServeOn, type SeenServices } from './handover.ts';
import { type Health, healthOf } from './health.ts';
import { emptySite, type ObservedSite, objectOf } from './observed.ts';
import type { Placement } from './placements.ts';
import type { Assignment } from './schedule.ts';
import { type Cluster, poolName, siteId } from './site.ts';
import type { Phase, Report } from './status.ts';

/** A placement where it is to be. */
export interface Arrival {
  readonly placement: Placement;
  /** What there is of it; undefined while no cluster can take it. */
  readonly observed: ObservedSite | undefined;
  /** It takes requests now and answers them, so another site may give up its own. */
  readonly serves: boolean;
  readonly desired: Readonly<Record<string, Desired>>;
  readonly report: Report;
}

/** All that the arrivals of one deployment have in common. */
export interface Surroundings {
  readonly xr: KubernetesObject & ModelDeployment;
  readonly clusters: readonly Cluster[];
  readonly sites: ReadonlyMap<string, ObservedSite>;
  readonly seen: SeenServices;
}

export function arrivalOf(placement: Placement, assignment: Assignment, around: Surroundings): Arrival {
  if (assignment.cluster === undefined) return unscheduled(placement, assignment);
  const { xr, clusters, sites } = around;
  const deployment = { namespace: namespaceOf(xr), name: nameOf(xr) };
  const site = { deployment, placement: placement.name, cluster: assignment.cluster };
  const observed = sites.get(siteId(site)) ?? emptySite(site);
  const cluster = clusters.find((one) => nameOf(one) === assignment.cluster);
  const health = healthOf(observed);
  if (cluster?.status?.providerConfigRef?.name === undefined)
    return {
      placement,
      observed,
      serves: health.usable && takesTraffic(observed.endpoint?.resource),
      desired: siteRetained(observed, health),
      report: reportOf(placement, assignment, health, lastPhase(observed, health, false), ''),
    };
  return scheduled(placement, assignment, around, { observed, cluster, health });
}

interface Place {
  readonly observed: ObservedSite;
  readonly cluster: Cluster;
  readonly health: Health;
}

function scheduled(placement: Placement, assignment: Assignment, { xr, seen }: Surroundings, place: Place): Arrival {
  const { observed, cluster, health } = place;
  const replicas =
    placement.replicas === 0 && mustServeOn(observed, seen) ? lastReplicas(observed) : placement.replicas;
  // One that was put there by a selector moves; one that names the cluster cannot.
  const shunned = cluster.spec.draining && placement.clusterName !== undefined;
  const phase = phaseOf(placement, replicas, place);
  return {
    placement,
    observed,
    serves: placement.replicas > 0 && !shunned && health.usable && takesTraffic(observed.endpoint?.resource),
    desired: siteDesired({ xr, placement, cluster, classes: trafficClasses(xr), observed, health, replicas, shunned }),
    report: reportOf(placement, assignment, health, phase, stateOf(phase, place)),
  };
}

function unscheduled(placement: Placement, { reason }: Assignment): Arrival {
  const { name, replicas } = placement;
  return {
    placement,
    observed: undefined,
    serves: false,
    desired: {},
    report: { name, cluster: undefined, desired: replicas, available: 0, phase: 'Unscheduled', why: reason, state: '' },
  };
}

interface Engines {
  readonly spec?: { readonly forProvider?: { readonly manifest?: { readonly spec?: { readonly replicas?: number } } } };
}

/** The replicas that were asked for last. */
function lastReplicas(observed: ObservedSite): number {
  const engines = objectOf(observed, 'Deployment', poolName(observed.site))?.resource as Engines | undefined;
  return engines?.spec?.forProvider?.manifest?.spec?.replicas ?? 0;
}

function phaseOf(placement: Placement, replicas: number, { observed, cluster, health }: Place): Phase {
  if (placement.replicas === 0) return replicas > 0 || health.replicas > 0 ? 'Stopping' : 'ScaledToZero';
  return lastPhase(observed, health, isConnected(cluster));
}

/** By what was last seen. What was as it should be before its cluster stopped to answer may well be so still. */
function lastPhase({ endpoint }: ObservedSite, { ready, usable }: Health, connected: boolean): Phase {
  if (ready && endpoint !== undefined) return connected ? 'Ready' : 'Unknown';
  if (endpoint === undefined) return 'Starting';
  return usable ? 'Degraded' : 'NotReady';
}

function stateOf(phase: Phase, { observed, cluster, health }: Place): string {
  if (phase === 'ScaledToZero') return 'Scaled to zero.';
  if (phase === 'Stopping') return 'It stops when no route names it any more.';
  if (!isConnected(cluster))
    return `The API server of ${nameOf(cluster)} does not answer; what runs there may well serve.`;
  if (observed.objects.length <= 1) return ['Its namespace is being created.', ...health.errors].join(' ');
  if (phase !== 'Starting' || health.problems.length > 0) return health.problems.join(' ');
  return gatewayUrl(cluster) === undefined
    ? `The address of the gateway of ${nameOf(cluster)} is not known yet.`
    : 'Its endpoint is being created.';
}

const reportOf = (
  { name, replicas }: Placement,
  { cluster, reason }: Assignment,
  { available }: Health,
  phase: Phase,
  state: string,
): Report => ({ name, cluster, desired: replicas, available, phase, why: reason, state });
