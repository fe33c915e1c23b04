import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { remoteNamespace, uniqueName } from '#shared/names.ts';
import { placementPath, type Tenant } from '#shared/paths.ts';
import { CLUSTER_LABEL } from '#shared/platform.ts';

/** The longest name of a pool: the picker's Service takes it with `-epp`, and a Service's name has 63 characters. */
const MAX_POOL_NAME_LENGTH = 59;

/** The class of requests that come through the deployment's own URL. */
export const DEFAULT_CLASS = 'default';

/** What tells whose an object is, on the control plane and in an inference cluster. */
export const LABELS = {
  deployment: 'modelplane.ai/deployment',
  placement: 'modelplane.ai/placement',
  cluster: CLUSTER_LABEL,
  tenant: 'modelplane.ai/tenant',
  pool: 'modelplane.ai/pool',
} as const;

export type Cluster = KubernetesObject & InferenceCluster;

/** A placement on a cluster. While it moves to another one there are two sites of it. */
export interface Site {
  readonly deployment: Tenant;
  readonly placement: string;
  readonly cluster: string;
}

const keyOf = ({ deployment, placement, cluster }: Site): string[] => [
  deployment.namespace,
  deployment.name,
  placement,
  cluster,
];

export const siteId = ({ placement, cluster }: Site): string => JSON.stringify([placement, cluster]);

/** Namespace of the tenant in the inference cluster. */
export const namespaceAt = ({ deployment }: Site): string => remoteNamespace(deployment.namespace);

/** Name of the engines' Deployment, the InferencePool and the HTTPRoute. */
export const poolName = (site: Site): string =>
  uniqueName(`${site.deployment.name}-${site.placement}`, ['pool', ...keyOf(site)], MAX_POOL_NAME_LENGTH);

/** Name of everything that the endpoint picker consists of. */
export const pickerName = (site: Site): string => `${poolName(site)}-epp`;

/** Name of an InferenceObjective, which is also the value of the header that binds a request to it. */
export const objectiveName = (site: Site, trafficClass: string): string => `${poolName(site)}-${trafficClass}`;

/** Name of the ModelEndpoint. It holds a hash, so that nobody else has it by accident. */
export const endpointName = (site: Site): string =>
  uniqueName(`${site.deployment.name}-${site.placement}`, ['ModelEndpoint', ...keyOf(site)]);

/** Path of the site on the inference cluster's gateway. */
export const sitePath = (site: Site): string => placementPath(site.deployment, site.placement);

/** Labels of what belongs to the site on the control plane. */
export const siteLabels = ({ deployment, placement, cluster }: Site): Record<string, string> => ({
  [LABELS.deployment]: deployment.name,
  [LABELS.placement]: placement,
  [LABELS.cluster]: cluster,
});

/** Labels of what belongs to the site in the inference cluster. */
export const remoteLabels = (site: Site): Record<string, string> => ({
  'app.kubernetes.io/managed-by': 'modelplane',
  [LABELS.tenant]: site.deployment.namespace,
  [LABELS.deployment]: site.deployment.name,
  [LABELS.placement]: site.placement,
});

/** Name of the ModelService of a traffic class, the last part of its URL. */
export const serviceName = (deployment: string, trafficClass: string): string =>
  trafficClass === DEFAULT_CLASS ? deployment : `${deployment}-${trafficClass}`;
