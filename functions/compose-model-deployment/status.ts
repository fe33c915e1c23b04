import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { type Condition, condition, REASONS, type Reason } from '#shared/conditions.ts';
import { nameOf } from '#shared/kubernetes.ts';
import { ownCondition } from '#shared/platform.ts';
import type { Intent } from './accepted.ts';
import type { TrafficClass } from './criticality.ts';
import { ownKeyProblem } from './engine/listening.ts';
import type { PodTemplate } from './engine/template.ts';
import { objectOf } from './observed.ts';
import type { Place } from './place.ts';
import type { Assignment } from './schedule.ts';
import type { Service, ServicesByClass } from './services.ts';
import { DEFAULT_CLASS, poolName } from './site.ts';

export type Phase =
  | 'Unscheduled'
  | 'Starting'
  | 'Ready'
  | 'Degraded'
  | 'NotReady'
  | 'Stopping'
  | 'ScaledToZero'
  | 'Unknown'
  | 'Leaving';

/** What is said of a placement, or of a site that it leaves. */
export interface Report {
  readonly name: string;
  readonly cluster: string | undefined;
  readonly desired: number;
  readonly available: number;
  /** Replicas that there are, whether or not they can serve. */
  readonly replicas: number;
  readonly phase: Phase;
  /** Why this cluster, and why not the others. */
  readonly why: string;
  /** What is missing, or empty. */
  readonly state: string;
  /** Its volume, where it has one. */
  readonly cache?: NonNullable<NonNullable<ModelDeployment['status']>['placements']>[number]['cache'];
}

export function deploymentStatus(
  xr: ModelDeployment,
  { classes }: Intent,
  reports: readonly Report[],
  services: ServicesByClass,
): NonNullable<ModelDeployment['status']> {
  const own = services.get(DEFAULT_CLASS);
  const { address, baseURL } = own?.status ?? {};
  const percents = percentsOf(own, reports);
  const split = reports.flatMap((report) => splitOf(report, percents.get(report)));
  return {
    ...(address !== undefined && { address }),
    ...(baseURL !== undefined && { baseURL }),
    ...(own?.status?.authentication !== undefined && { authentication: own.status.authentication }),
    trafficClasses: classes.map((one) => classStatus(one, services)),
    replicas: scaleReplicas(xr, reports),
    // No pod has it: an autoscaler asks for one, and takes any.
    selector: `modelplane.ai/none=${nameOf(xr)}`,
    available: `${sum(reports, 'available')}/${sum(reports, 'desired')}`,
    ...(split.length > 0 && { split: split.join(', ') }),
    placements: reports.map((report) => placementStatus(report, percents.get(report))),
  };
}

function classStatus({ name, priority }: TrafficClass, services: ServicesByClass) {
  const baseURL = services.get(name)?.status?.baseURL;
  return { name, priority, ...(baseURL !== undefined && { baseURL }) };
}

/** The shares that the deployment's own service gives. Of a placement that moves the new site is shown with it. */
function percentsOf(service: Service | undefined, reports: readonly Report[]): ReadonlyMap<Report, number | undefined> {
  const entries = service?.status?.entries ?? [];
  const shown = reports.filter((report) => reports.find(({ name }) => name === report.name) === report);
  return new Map(shown.map((report) => [report, entries.find(({ name }) => name === report.name)?.percent]));
}

const splitOf = ({ name }: Report, percent: number | undefined): string[] =>
  percent === undefined ? [] : [`${name} ${percent}%`];

function placementStatus(report: Report, percent: number | undefined) {
  const { name, cluster, desired, available, phase, why, state, cache } = report;
  return {
    name,
    ...(cluster !== undefined && { cluster }),
    replicas: { desired, ready: available },
    ...(percent !== undefined && { percent }),
    phase,
    reason: [why, state].filter((part) => part !== '').join(' '),
    ...(cache !== undefined && { cache }),
  };
}

/** What an autoscaler compares with spec.replicas: the placements that follow it, and of them the furthest behind. */
function scaleReplicas({ spec }: ModelDeployment, reports: readonly Report[]): number {
  const own = spec.placements?.filter(({ replicas, scaling }) => replicas !== undefined || scaling !== undefined);
  const names = new Set(own?.map(({ name }) => name));
  const following = reports.filter(({ name, phase }) => phase !== 'Leaving' && !names.has(name));
  if (spec.scaling !== undefined) return 0;
  return following.length === 0 ? 0 : Math.min(...following.map(({ replicas }) => replicas));
}

const sum = (reports: readonly Report[], field: 'available' | 'desired'): number =>
  reports.filter(({ phase }) => phase !== 'Leaving').reduce((total, report) => total + report[field], 0);

const NOTHING_ACCEPTED = 'No spec of this deployment has been accepted yet; SpecAccepted says what to correct.';

export function placementsScheduled(assignments: readonly Assignment[]): Condition {
  if (assignments.length === 0) return condition('PlacementsScheduled', 'False', 'NothingAccepted', NOTHING_ACCEPTED);
  const unsettled = assignments.filter(({ settled }) => !settled);
  if (unsettled.length === 0)
    return condition('PlacementsScheduled', 'True', 'Scheduled', 'Every placement has a cluster.');
  const message = unsettled.map(({ placement, reason }) => `${placement}: ${reason}`).join(' ');
  const none = unsettled.length === assignments.length;
  return condition('PlacementsScheduled', 'False', none ? 'NoClusterMatches' : 'SomeUnscheduled', message);
}

/** Whether every placement runs as it was asked to. A cluster that cannot be reached may well do. */
export function placementsReady(reports: readonly Report[]): Condition {
  const current = reports.filter(({ phase }) => phase !== 'Leaving');
  if (current.length === 0) return condition('PlacementsReady', 'False', 'NothingAccepted', NOTHING_ACCEPTED);
  const saying = (...phases: readonly Phase[]) =>
    current.filter(({ phase }) => phases.includes(phase)).map((report) => `${report.name}: ${missingOf(report)}`);
  const failing = saying('Degraded', 'NotReady');
  if (failing.length > 0) return notReady('SomeNotReady', failing);
  const starting = saying('Unscheduled', 'Starting');
  if (starting.length > 0) return notReady('Progressing', starting);
  const unknown = saying('Unknown');
  if (unknown.length > 0) return condition('PlacementsReady', 'Unknown', 'Unknown', unknown.join(' '));
  if (current.every(({ desired }) => desired === 0))
    return notReady('ScaledToZero', ['No replicas are wanted; scale it up to serve.']);
  return condition('PlacementsReady', 'True', 'Ready', 'Every placement has the replicas that it wants.');
}

const missingOf = ({ phase, why, state }: Report): string =>
  phase === 'Unscheduled' ? 'It has no cluster; PlacementsScheduled says why.' : state || why;

const notReady = (reason: Reason<'PlacementsReady'>, messages: readonly string[]): Condition =>
  condition('PlacementsReady', 'False', reason, messages.join(' '));

/** Whether requests are served: what the services say, the first that does not before the others. */
export function routingReady({ publishes }: Intent, services: ServicesByClass, running: Condition): Condition {
  if (!publishes)
    return condition('RoutingReady', 'True', 'ServiceDisabled', 'A ModelService of your own routes to the placements.');
  if (services.size === 0) return condition('RoutingReady', 'False', 'WaitingForRoute', 'There is no service yet.');
  for (const [name, service] of services) {
    const said = ownCondition(service, 'RoutingReady');
    if (said === undefined)
      return condition('RoutingReady', 'False', 'WaitingForRoute', `Waiting for the service of class ${name}.`);
    // Of endpoints, which its service speaks of, a deployment's user knows nothing.
    if (said.reason === 'WaitingForEndpoints')
      return condition('RoutingReady', 'False', 'WaitingForEndpoints', `Requests get 503. ${running.message}`);
    if (said.status !== 'True')
      return condition('RoutingReady', said.status, known(said.reason), said.message ?? 'It does not say why.');
  }
  const [own] = services.values();
  const said = ownCondition(own, 'RoutingReady');
  return condition('RoutingReady', 'True', 'RouteConfigured', said?.message ?? 'Requests are served.');
}

/** Whether those who may call are answered: engines that ask for a key of their own are shown none. */
export function unlessEnginesAskKeys(xr: ModelDeployment, routing: Condition, places: readonly Place[]): Condition {
  if (xr.status?.authentication !== 'Enforced' || routing.status !== 'True') return routing;
  const [problem] = places
    .filter(({ serves }) => serves)
    .flatMap(({ observed }) => {
      const engines = objectOf(observed, 'Deployment', poolName(observed.site))?.seen?.spec;
      return ownKeyProblem(engines?.template as PodTemplate | undefined, xr.spec.engine) ?? [];
    });
  return problem === undefined
    ? routing
    : condition('RoutingReady', 'False', 'EnginesAskKeys', `Callers get 401. In ${problem}.`);
}

const known = (reason: string | undefined): Reason<'RoutingReady'> =>
  REASONS.RoutingReady.find((one) => one === reason) ?? 'WaitingForRoute';
