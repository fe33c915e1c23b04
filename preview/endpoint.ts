import { type Cluster, getObject } from './cluster.ts';
import type { ClusterObject } from './objects.ts';
import { DEPLOYMENTS } from './placements.ts';

export const CLUSTER_LABEL = 'modelplane.ai/cluster';

const DEPLOYMENT_LABEL = 'modelplane.ai/deployment';
const PLACEMENT_LABEL = 'modelplane.ai/placement';

/** The placement that a ModelEndpoint is of; undefined for one written by hand. */
export const placementOf = ({ metadata }: ClusterObject): string | undefined => metadata.labels?.[PLACEMENT_LABEL];

/** The ModelDeployment that composed a ModelEndpoint. */
export function deploymentOf(cluster: Cluster, { metadata }: ClusterObject): ClusterObject | undefined {
  const name = metadata.labels?.[DEPLOYMENT_LABEL];
  return name === undefined ? undefined : getObject(cluster, { ...DEPLOYMENTS, namespace: metadata.namespace, name });
}

/** A ModelEndpoint as its user named it: the placement and its cluster, or its own name. */
export function placeOf(endpoint: ClusterObject): string {
  const site = endpoint.metadata.labels?.[CLUSTER_LABEL];
  const placement = placementOf(endpoint);
  return placement && site ? `${placement} on ${site}` : endpoint.metadata.name;
}
