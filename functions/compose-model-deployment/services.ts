import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { ModelService } from '#schemas/modelservice.ts';
import type { Desired } from '#shared/desired.ts';
import type { Lookup, Requirements } from '#shared/function.ts';
import { controllerOf, type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { MODELPLANE, ownCondition } from '#shared/platform.ts';
import { retainAll } from '#shared/retain.ts';
import type { Intent } from './accepted.ts';
import { type TrafficClass, trafficClasses } from './criticality.ts';
import { LABELS, serviceName } from './site.ts';

export type Service = KubernetesObject & ModelService;

const serviceKey = ({ name }: TrafficClass): string => `modelservice-${name}`;

/** The names that this deployment gives to services, which somebody else may have given before. */
const ownServices = (xr: ModelDeployment): TrafficClass[] => (xr.spec.service === 'Enabled' ? trafficClasses(xr) : []);

/**
 * The services of the deployment's own names, and, while something waits to be let go, all of the namespace: any of
 * them may still send requests to an endpoint. Only then, because each of them that changes runs this function again.
 */
export function serviceRequirements(xr: ModelDeployment, waits: boolean): Requirements {
  const common = { apiVersion: MODELPLANE, kind: 'ModelService', namespace: namespaceOf(xr) };
  const named = ownServices(xr).map((one) => [
    serviceKey(one),
    { ...common, match: { name: serviceName(nameOf(xr), one.name) } },
  ]);
  return { ...Object.fromEntries(named), ...(waits && { services: { ...common, match: { labels: {} } } }) };
}

/** The service whose name this deployment would take although somebody else made it. */
export function takenService(xr: KubernetesObject & ModelDeployment, lookup: Lookup): Service | undefined {
  return ownServices(xr)
    .flatMap((one) => lookup<Service>(serviceKey(one)).filter((service) => !isOwn(service, serviceKey(one), xr)))
    .at(0);
}

/** Controlled by this deployment. What a backup brought back has no owner yet, but still Crossplane's annotation. */
function isOwn(service: Service, key: string, xr: KubernetesObject): boolean {
  const controller = controllerOf(service);
  return controller === undefined
    ? service.metadata.annotations?.['crossplane.io/composition-resource-name'] === key
    : controller.uid === xr.metadata?.uid;
}

/** The service of each traffic class as it was last seen; undefined before it is there. */
export type ServicesByClass = ReadonlyMap<string, Service | undefined>;

export const servicesByClass = (
  { classes, publishes }: Intent,
  observed: Readonly<Record<string, KubernetesObject>>,
): ServicesByClass =>
  new Map(publishes ? classes.map((one) => [one.name, observed[serviceKey(one)] as Service | undefined]) : []);

/** A placement as a service has it. */
export interface Share {
  readonly name: string;
  readonly weight: number;
}

/** An entry is one of at most so many (apis/modelservices): as many placements as there may be, and as many that leave. */
const MAX_ENTRIES = 32;

/** The shares of the placements, and after them those of removed ones that can serve on should nobody else. */
function sharesOf(placements: readonly Share[], leaving: readonly Share[]): Share[] {
  const removed = leaving.filter(({ name }) => !placements.some((placement) => placement.name === name));
  return [...placements, ...removed].slice(0, MAX_ENTRIES);
}

/** One service per traffic class: the same placements with the same weights, under a URL of its own. */
export function services(
  xr: ModelDeployment,
  { assigned, classes, publishes, isAccepted }: Intent,
  leaving: readonly Share[],
  observed: Readonly<Record<string, KubernetesObject>>,
): Record<string, Desired> {
  if (!isAccepted) return retainAll(observed, (key) => observed[key]?.kind === 'ModelService', isServing);
  if (!publishes) return {};
  const shares = sharesOf(
    assigned.map(([{ name, weight }]) => ({ name, weight })),
    leaving,
  );
  const composed = classes.map((one) => [
    serviceKey(one),
    { resource: modelService(xr, one, shares), ready: isServing(observed[serviceKey(one)]) },
  ]);
  return Object.fromEntries(composed);
}

const isServing = (service: KubernetesObject | undefined): boolean =>
  ownCondition(service, 'RoutingReady')?.status === 'True';

function modelService(xr: ModelDeployment, { name }: TrafficClass, shares: readonly Share[]): KubernetesObject {
  return {
    apiVersion: MODELPLANE,
    kind: 'ModelService',
    metadata: { name: serviceName(nameOf(xr), name), labels: { [LABELS.deployment]: nameOf(xr) } },
    spec: {
      trafficClass: name,
      ...(xr.spec.limits && { limits: xr.spec.limits }),
      ...(xr.spec.paths && { paths: xr.spec.paths, allowAllPaths: xr.spec.allowAllPaths === true }),
      endpoints: shares.map((share) => ({
        name: share.name,
        weight: share.weight,
        selector: { matchLabels: { [LABELS.deployment]: nameOf(xr), [LABELS.placement]: share.name } },
      })),
    },
  };
}

/** The services that may still send requests to an endpoint. */
export const servicesOf = (endpoint: string, all: readonly Service[]): Service[] =>
  all.filter(({ status }) => status?.serving?.includes(endpoint) === true);

/** Whether a service has somebody else to send its requests to. */
export const hasOther = ({ status }: Service): boolean => (status?.endpoints?.ready ?? 0) > 0;
