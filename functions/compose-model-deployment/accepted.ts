import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { ModelService } from '#schemas/modelservice.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { ownCondition } from '#shared/platform.ts';
import { type TrafficClass, trafficClasses } from './criticality.ts';
import { enginesCounted, weightOf } from './endpoints.ts';
import { lastReplicas, type ObservedSite, servicesIn } from './observed.ts';
import type { Placement } from './placements.ts';
import type { Assignment } from './schedule.ts';
import { DEFAULT_CLASS } from './site.ts';

/** A placement, and where it is to be. */
export type Assigned = readonly [placement: Placement, assignment: Assignment];

/** What is wanted of a deployment. */
export interface Intent {
  readonly assigned: readonly Assigned[];
  readonly classes: readonly TrafficClass[];
  /** Whether it has services of its own. */
  readonly publishes: boolean;
  /** Whether it can be made anew from the spec. Else what is there is all that is known of it, and stays as it is. */
  readonly isAccepted: boolean;
}

export const wantedBy = (xr: ModelDeployment, assigned: readonly Assigned[]): Intent => ({
  assigned,
  classes: trafficClasses(xr),
  publishes: xr.spec.service === 'Enabled',
  isAccepted: true,
});

/** What the spec that was accepted last wanted, by what it has made and what was said of it. */
export function acceptedBefore(
  xr: KubernetesObject & ModelDeployment,
  sites: ReadonlyMap<string, ObservedSite>,
  observed: Readonly<Record<string, KubernetesObject>>,
): Intent {
  const { placements = [], trafficClasses: classes = [] } = xr.status ?? {};
  const services = servicesIn(observed);
  const isWanted = ({ site }: ObservedSite): boolean =>
    !placements.some(
      ({ name, cluster, phase }) => name === site.placement && cluster === site.cluster && phase === 'Leaving',
    );
  const wanted = [...sites.values()].filter(isWanted);
  const last = wanted.filter(
    ({ site }, index) => wanted.findIndex((one) => one.site.placement === site.placement) === index,
  );
  return {
    assigned: last.map((site) => [placementAt(site, weightOf(site, services), phaseOf(xr, site)), assignmentTo(site)]),
    classes: services
      .map(classOf)
      .map((name) => ({ name, priority: classes.find((one) => one.name === name)?.priority ?? 0 })),
    publishes: ownCondition(xr, 'RoutingReady')?.reason !== 'ServiceDisabled',
    isAccepted: false,
  };
}

const classOf = ({ spec }: Partial<ModelService>): string => spec?.trafficClass ?? DEFAULT_CLASS;

/** What its status said last. */
const phaseOf = ({ status }: ModelDeployment, { site }: ObservedSite): string | undefined =>
  status?.placements?.find(({ name, cluster }) => name === site.placement && cluster === site.cluster)?.phase;

/** It stays where it is, as if its cluster had been named: there is nothing to make it from elsewhere. */
const placementAt = (observed: ObservedSite, weight: number, phase: string | undefined): Placement => ({
  name: observed.site.placement,
  weight,
  engines: enginesCounted(observed),
  replicas: phase === 'Stopping' ? 0 : lastReplicas(observed),
  clusterName: observed.site.cluster,
  matchLabels: {},
  template: {},
});

const assignmentTo = ({ site }: ObservedSite): Assignment => ({
  placement: site.placement,
  cluster: site.cluster,
  settled: true,
  reason: '',
});
