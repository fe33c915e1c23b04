import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { Composed, CompositionFunction, Inputs, Lookup, Requirements } from '#shared/function.ts';
import { type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { ALL_CLUSTERS } from '#shared/platform.ts';
import { acceptedBefore, wantedBy } from './accepted.ts';
import { arrival, unscheduled } from './arrivals.ts';
import { candidateOf, wishesOf } from './candidates.ts';
import { departures } from './departures.ts';
import { cacheReady } from './files/cache-ready.ts';
import { secretsReady } from './files/secrets-ready.ts';
import type { SeenServices } from './handover.ts';
import { observedSites, servicesIn } from './observed.ts';
import { pickerMetrics } from './picker/picker-metrics.ts';
import { placeOf, successorOf } from './place.ts';
import { placementsOf } from './placements.ts';
import { refusal } from './refusal.ts';
import { scalingReady } from './scaling/condition.ts';
import { withShares } from './scaling/shares.ts';
import { schedule } from './schedule.ts';
import { type Service, serviceRequirements, services, servicesByClass } from './services.ts';
import type { Cluster } from './site.ts';
import {
  deploymentStatus,
  placementsReady,
  placementsScheduled,
  routingReady,
  unlessEnginesAskKeys,
} from './status.ts';

type Deployment = KubernetesObject & ModelDeployment;

/** A ModelDeployment: its placements on inference clusters, an endpoint for each, and a service per traffic class. */
export const modelDeployment: CompositionFunction<Deployment> = { requires, compose };

function requires(xr: Deployment): Requirements {
  return { clusters: ALL_CLUSTERS, ...serviceRequirements(xr, isLettingGo(xr)) };
}

function compose({ xr, observed, lookup }: Inputs<Deployment>): Composed {
  const clusters = lookup<Cluster>('clusters');
  const deployment = { namespace: namespaceOf(xr), name: nameOf(xr) };
  const sites = observedSites(deployment, observed);
  const placements = placementsOf(xr);
  const assignments = schedule(deployment, wishesOf(xr, placements, sites), clusters.map(candidateOf));
  const refused = refusal({ xr, placements, assignments, clusters, sites, lookup });
  const accepted =
    refused === undefined ? wantedBy(xr, zip(placements, assignments)) : acceptedBefore(xr, sites, observed);
  const intent = withShares(xr, accepted, sites);

  const wanted = intent.assigned.map(([placement]) => placement);
  const seen = seenServices(xr, lookup);
  const places = intent.assigned
    .map(([placement, assignment]) => placeOf(deployment, placement, assignment, clusters, sites))
    .filter((place) => place !== undefined);
  const arrivals = intent.assigned.map(([placement, assignment]) => {
    const place = places.find((one) => one.placement === placement);
    if (place === undefined) return unscheduled(placement, assignment);
    return arrival(xr, intent, place, successorOf(placement.name, places, wanted), seen);
  });
  const leaving = departures(sites, places, wanted, seen, servicesIn(observed), clusters, xr.spec.cache);
  const shares = leaving.flatMap(({ share }) => share ?? []);
  const reports = [...arrivals, ...leaving].map(({ report }) => report);
  const byClass = servicesByClass(intent, observed);

  const scheduled = placementsScheduled(intent.assigned.map(([, assignment]) => assignment));
  const running = placementsReady(reports);
  const routing = unlessEnginesAskKeys(xr, routingReady(intent, byClass, running), places);
  const everywhere = intent.assigned.every(([, { cluster }]) => cluster !== undefined);
  return {
    desired: Object.assign(
      {},
      ...[...leaving, ...arrivals].map(({ desired }) => desired),
      services(xr, intent, shares, observed),
    ),
    status: deploymentStatus(xr, intent, reports, byClass),
    conditions: [
      scheduled,
      running,
      routing,
      ...pickerMetrics(xr, placements),
      ...secretsReady(
        xr,
        intent,
        places.map((place) => place.observed),
      ),
      ...scalingReady(xr, places),
      ...cacheReady(xr, intent.isAccepted, places),
    ],
    ready: everywhere && running.status !== 'False' && routing.status === 'True',
    refused,
  };
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
