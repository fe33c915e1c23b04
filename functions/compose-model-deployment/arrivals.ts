import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { Desired } from '#shared/desired.ts';
import { type KubernetesObject, nameOf } from '#shared/kubernetes.ts';
import { ownCondition } from '#shared/platform.ts';
import type { Intent } from './accepted.ts';
import { isConnected } from './candidates.ts';
import { siteAsBefore, siteDesired } from './deployed.ts';
import { gatewayUrl, lastStanding, type Standing } from './endpoints.ts';
import { cacheStatus } from './files/cache-ready.ts';
import { mustServeOn, type SeenServices } from './handover.ts';
import { lastReplicas, type ObservedSite, objectOf } from './observed.ts';
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
  const report = {
    name,
    cluster: undefined,
    desired: replicas,
    available: 0,
    replicas: 0,
    phase: 'Unscheduled',
  } as const;
  return { desired: {}, report: { ...report, why: reason, state: '' } };
}

export function arrival(
  xr: KubernetesObject & ModelDeployment,
  { isAccepted, classes }: Intent,
  place: Place,
  successor: Successor,
  seen: SeenServices,
): Arrival {
  const { cluster, observed, health } = place;
  if (cluster === undefined)
    return {
      desired: siteAsBefore(
        place,
        observed.endpoint ? lastStanding(observed.endpoint.resource, health.usable) : 'Serving',
      ),
      report: reportOf(place, lastPhase(xr, place, false), ''),
    };
  // What is scaled to zero goes on until another placement serves, and then until no route names it any more.
  const isStopping = place.placement.replicas === 0;
  const awaits = isStopping && successor === 'Awaited' && lastReplicas(observed) > 0;
  const goesOn = awaits || (isStopping && mustServeOn(observed, seen));
  const replicas = goesOn ? lastReplicas(observed) : place.placement.replicas;
  const standing = standingOf(place, isStopping && !awaits);
  const phase = phaseOf(xr, place, cluster, replicas);
  return {
    desired: isAccepted
      ? siteDesired({ ...place, xr, cluster, classes, replicas, standing })
      : siteAsBefore(place, standing),
    report: reportOf(place, phase, stateOf(phase, place, cluster, awaits)),
  };
}

function standingOf({ health, shunned }: Place, isStopping: boolean): Standing {
  if (!health.usable) return 'Dead';
  if (isStopping) return 'Leaving';
  return shunned ? 'Draining' : 'Serving';
}

function phaseOf(xr: ModelDeployment, place: Place, cluster: Cluster, replicas: number): Phase {
  if (place.placement.replicas === 0) return replicas > 0 || place.health.replicas > 0 ? 'Stopping' : 'ScaledToZero';
  return lastPhase(xr, place, isConnected(cluster));
}

/**
 * That of the weakest link, by what was last seen. What was as it should be before its cluster stopped to answer may
 * well be so still.
 */
function lastPhase(xr: ModelDeployment, place: Place, connected: boolean): Phase {
  const { ready, usable } = place.health;
  if (place.observed.endpoint === undefined) return 'Starting';
  if (endpointProblem(place.observed) !== undefined) return hasBegun(xr, place) ? 'NotReady' : 'Starting';
  if (ready) return connected ? 'Ready' : 'Unknown';
  return usable ? 'Degraded' : 'NotReady';
}

/** Why nobody can send requests to a site's endpoint, in its own words. */
function endpointProblem({ endpoint }: ObservedSite): string | undefined {
  if (endpoint === undefined || endpoint.resource.status?.routing?.ready === true) return undefined;
  return ownCondition(endpoint.resource, 'RoutingReady')?.message ?? ENDPOINT_TO_COME;
}

const ENDPOINT_TO_COME = 'Its endpoint is being created.';

/** Whether it was further than to start already. */
function hasBegun({ status }: ModelDeployment, { placement, assignment }: Place): boolean {
  const before = status?.placements?.find(
    ({ name, cluster }) => name === placement.name && cluster === assignment.cluster,
  );
  return before !== undefined && before.phase !== 'Starting';
}

function stateOf(phase: Phase, { observed, health }: Place, cluster: Cluster, awaits: boolean): string {
  if (phase === 'ScaledToZero') return 'Scaled to zero.';
  if (phase === 'Stopping')
    return awaits ? 'It stops when another placement serves.' : 'It stops when no route names it any more.';
  if (!isConnected(cluster))
    return `The API server of ${nameOf(cluster)} does not answer; what runs there may well serve.`;
  if (observed.objects.length <= 1) return ['Its namespace is being created.', ...health.errors].join(' ');
  const problems = [...health.problems, ...[endpointProblem(observed)].filter((one) => one !== undefined)];
  if (phase !== 'Starting' || problems.length > 0) return problems.join(' ');
  return gatewayUrl(cluster) === undefined
    ? `The address of the gateway of ${nameOf(cluster)} is not known yet.`
    : ENDPOINT_TO_COME;
}

/** What KEDA wants is what it has told the engines' Deployment. */
function wantedEngines({ placement, observed }: Place): number {
  const told = objectOf(observed, 'Deployment', poolName(observed.site))?.seen?.spec?.replicas;
  return placement.scaling === undefined ? placement.replicas : Number(told ?? placement.replicas);
}

function reportOf(place: Place, phase: Phase, state: string): Report {
  const { placement, assignment, health, observed } = place;
  const { name } = placement;
  const { cluster, reason } = assignment;
  const { available } = health;
  const { cache } = cacheStatus(observed);
  return {
    name,
    cluster,
    desired: wantedEngines(place),
    available,
    replicas: health.replicas,
    phase,
    why: reason,
    state,
    ...(cache && { cache }),
  };
}
