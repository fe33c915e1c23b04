import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { Composed, CompositionFunction, Inputs, Lookup, Refused, Requirements } from '#shared/function.ts';
import { type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { ALL_CLUSTERS } from '#shared/platform.ts';
import { type Arrival, arrivalOf } from './arrivals.ts';
import { candidateOf, wishesOf } from './candidates.ts';
import { departures } from './departures.ts';
import type { SeenServices } from './handover.ts';
import { observedSites } from './observed.ts';
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

function compose({ xr, observed, lookup }: Inputs<Deployment>): Composed | Refused {
  const clusters = lookup<Cluster>('clusters');
  const placements = placementsOf(xr);
  const deployment = { namespace: namespaceOf(xr), name: nameOf(xr) };
  const sites = observedSites(deployment, observed);
  const assignments = schedule(deployment, wishesOf(xr, placements, sites), clusters.map(candidateOf));
  const refused = refusal({ xr, placements, assignments, clusters, lookup });
  if (refused !== undefined) return refused;

  const seen = seenServices(xr, lookup);
  const arrivals = placements.flatMap((placement, index): Arrival[] => {
    const assignment = assignments[index];
    return assignment === undefined ? [] : [arrivalOf(placement, assignment, { xr, clusters, sites, seen })];
  });
  const leaving = departures(sites, arrivals, seen);
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

/** Whether something waits until no route names it any more: the last status says so. */
const isLettingGo = ({ status }: ModelDeployment): boolean =>
  status?.placements?.some(({ phase }) => phase === 'Leaving' || phase === 'Stopping') === true;

const seenServices = (xr: Deployment, lookup: Lookup): SeenServices =>
  isLettingGo(xr) ? lookup<Service>('services') : undefined;
