import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { Desired } from '#shared/function.ts';
import { type KubernetesObject, nameOf } from '#shared/kubernetes.ts';
import { isConnected } from './candidates.ts';
import { trafficClasses } from './criticality.ts';
import { siteDesired, siteRetained } from './deployed.ts';
import { gatewayUrl, type Standing } from './endpoints.ts';
import { mustServeOn, type SeenServices } from './handover.ts';
import { type ObservedSite, objectOf } from './observed.ts';
import type { Place, Successor } from './place.ts';
import type { Placement } from './placements.ts';
import type { Assignment } from './schedule.ts';
import { type Cluster, poolName } from './site.ts';
import type { Phase, Report } from './status.ts';

/** What a placement comes to. */
export interface Arrival {
  readonly desired: Readonly<Record<string, Desired>>;
  readonly report: Report;
}

export function unscheduled({ name, replicas }: Placement, { reason }: Assignment): Arrival {
  const report = { name, cluster: undefined, desired: replicas, available: 0, phase: 'Unscheduled' } as const;
  return { desired: {}, report: { ...report, why: reason, state: '' } };
}

export function arrival(
  xr: KubernetesObject & ModelDeployment,
  place: Place,
  successor: Successor,
  seen: SeenServices,
): Arrival {
  const { cluster, observed, health } = place;
  if (cluster === undefined)
    return { desired: siteRetained(observed, health), report: reportOf(place, lastPhase(place, false), '') };
  // What is scaled to zero goes on until another placement serves, and then until no route names it any more.
  const isStopping = place.placement.replicas === 0;
  const awaits = isStopping && successor === 'Awaited' && lastReplicas(observed) > 0;
  const goesOn = awaits || (isStopping && mustServeOn(observed, seen));
  const replicas = goesOn ? lastReplicas(observed) : place.placement.replicas;
  const standing = standingOf(place, isStopping && !awaits);
  const phase = phaseOf(place, cluster, replicas);
  return {
    desired: siteDesired({ ...place, xr, cluster, classes: trafficClasses(xr), replicas, standing }),
    report: reportOf(place, phase, stateOf(phase, place, cluster, awaits)),
  };
}

function standingOf({ health, shunned }: Place, isStopping: boolean): Standing {
  if (!health.usable || isStopping) return 'LastResort';
  return shunned ? 'Draining' : 'Serving';
}

interface Engines {
  readonly spec?: { readonly forProvider?: { readonly manifest?: { readonly spec?: { readonly replicas?: number } } } };
}

/** The replicas that were asked for last. */
function lastReplicas(observed: ObservedSite): number {
  const engines = objectOf(observed, 'Deployment', poolName(observed.site))?.resource as Engines | undefined;
  return engines?.spec?.forProvider?.manifest?.spec?.replicas ?? 0;
}

function phaseOf(place: Place, cluster: Cluster, replicas: number): Phase {
  if (place.placement.replicas === 0) return replicas > 0 || place.health.replicas > 0 ? 'Stopping' : 'ScaledToZero';
  return lastPhase(place, isConnected(cluster));
}

/** By what was last seen. What was as it should be before its cluster stopped to answer may well be so still. */
function lastPhase({ observed: { endpoint }, health: { ready, usable } }: Place, connected: boolean): Phase {
  if (ready && endpoint !== undefined) return connected ? 'Ready' : 'Unknown';
  if (endpoint === undefined) return 'Starting';
  return usable ? 'Degraded' : 'NotReady';
}

function stateOf(phase: Phase, { observed, health }: Place, cluster: Cluster, awaits: boolean): string {
  if (phase === 'ScaledToZero') return 'Scaled to zero.';
  if (phase === 'Stopping')
    return awaits ? 'It stops when another placement serves.' : 'It stops when no route names it any more.';
  if (!isConnected(cluster))
    return `The API server of ${nameOf(cluster)} does not answer; what runs there may well serve.`;
  if (observed.objects.length <= 1) return ['Its namespace is being created.', ...health.errors].join(' ');
  if (phase !== 'Starting' || health.problems.length > 0) return health.problems.join(' ');
  return gatewayUrl(cluster) === undefined
    ? `The address of the gateway of ${nameOf(cluster)} is not known yet.`
    : 'Its endpoint is being created.';
}

function reportOf({ placement, assignment, health }: Place, phase: Phase, state: string): Report {
  const { name, replicas } = placement;
  const { cluster, reason } = assignment;
  return { name, cluster, desired: replicas, available: health.available, phase, why: reason, state };
}
