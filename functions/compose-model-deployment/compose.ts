import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { Composed, CompositionFunction, Inputs, Lookup, Requirements } from '#shared/function.ts';
import { type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { ALL_CLUSTERS } from '#shared/platform.ts';
import { isReady } from '#shared/readiness.ts';
import { retainAll } from '#shared/retain.ts';
import { arrival, unscheduled } from './arrivals.ts';
import { candidateOf, wishesOf } from './candidates.ts';
import { departures } from './departures.ts';
import type { SeenServices } from './handover.ts';
import { observedSites } from './observed.ts';
import { placeOf, successorOf } from './place.ts';
import { placementsOf } from './placements.ts';
import { refusal } from './refusal.ts';
import { schedule } from './schedule.ts';
import { ownServices, type Service, serviceKey, serviceRequirements, services } from './services.ts';
import type { Cluster } from './site.ts';
import { deploymentStatus, placementsReady, placementsScheduled, routingReady } from './status.ts';

type Deployment = KubernetesObject & ModelDeployment;

/** A ModelDeployment: its placements on inference clusters, an endpoint for each, and a service per traffic class. */
export const modelDeployment: CompositionFunction<Deployment> = { requires, compose };

function requires(xr: Deployment): Requirements {
  return { clusters: ALL_CLUSTERS, ...serviceRequirements(xr, isLettingGo(xr)) };
}

function compose({ xr, observed, lookup }: Inputs<Deployment>): Composed {
  const clusters = lookup<Cluster>('clusters');
  const placements = placementsOf(xr);
  const deployment = { namespace: namespaceOf(xr), name: nameOf(xr) };
  const sites = observedSites(deployment, observed);
  const assignments = schedule(deployment, wishesOf(xr, placements, sites), clusters.map(candidateOf));
  const refused = refusal({ xr, placements, assignments, clusters, lookup });
  if (refused !== undefined)
    return {
      desired: retainAll(observed, () => true, isReady),
      status: before(xr),
      conditions: [],
      ready: false,
      refused,
    };

  const seen = seenServices(xr, lookup);
  const assigned = zip(placements, assignments);
  const places = assigned
    .map(([placement, assignment]) => placeOf(deployment, placement, assignment, clusters, sites))
    .filter((place) => place !== undefined);
  const arrivals = assigned.map(([placement, assignment]) => {
    const place = places.find((one) => one.placement === placement);
    if (place === undefined) return unscheduled(placement, assignment);
    return arrival(xr, place, successorOf(placement.name, places, placements), seen);
  });
  const leaving = departures(sites, places, placements, seen);
  const awaiting = leaving.flatMap(({ awaits, report }) => (awaits ? [report.name] : []));
  const reports = [...arrivals, ...leaving].map(({ report }) => report);
  const byClass = new Map(ownServices(xr).map((one) => [one.name, observed[serviceKey(one)] as Service | undefined]));

  const scheduled = placementsScheduled(assignments);
  const running = placementsReady(reports);
  const routing = routingReady(xr, byClass);
  const everywhere = assignments.every(({ cluster }) => cluster !== undefined);
  return {
    desired: Object.assign(
      {},
      ...[...leaving, ...arrivals].map(({ desired }) => desired),
      services(xr, placements, awaiting, observed),
    ),
    status: deploymentStatus(xr, reports, byClass),
    conditions: [scheduled, running, routing],
    ready: everywhere && running.status !== 'False' && routing.status === 'True',
  };
}

function before({ status }: Deployment): object {
  const { conditions: _conditions, ...own } = (status ?? {}) as { conditions?: unknown };
  return own;
}

/** Pairs of what has the same index. */
function zip<A, B>(as: readonly A[], bs: readonly B[]): (readonly [A, B])[] {
  return as.flatMap((a, index) => bs.slice(index, index + 1).map((b) => [a, b] as const));
}

/** Whether something waits until no route names it any more: the last status says so. */
const isLettingGo = ({ status }: ModelDeployment): boolean =>
  status?.placements?.some(({ phase }) => phase === 'Leaving' || phase === 'Stopping') === true;

const seenServices = (xr: Deployment, lookup: Lookup): SeenServices =>
  isLettingGo(xr) ? lookup<Service>('services') : undefined;
