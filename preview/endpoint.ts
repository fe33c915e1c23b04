import { type Cluster, getObject } from './cluster.ts';
import type { ClusterObject } from './objects.ts';
import { DEPLOYMENTS } from './placements.ts';

export const CLUSTER_LABEL = 'modelplane.ai/cluster';

/** What a ModelEndpoint is of, by the labels that its deployment gives it; undefined for one written by hand. */
export function placementOf({
  metadata,
}: ClusterObject): { readonly deployment: string; readonly placement: string } | undefined {
  const { 'modelplane.ai/deployment': deployment, 'modelplane.ai/placement': placement } = metadata.labels ?? {};
  return deployment !== undefined && placement !== undefined ? { deployment, placement } : undefined;
}

/** The ModelDeployment that composed a ModelEndpoint. */
export function deploymentOf(cluster: Cluster, endpoint: ClusterObject): ClusterObject | undefined {
  const name = placementOf(endpoint)?.deployment;
  return name === undefined
    ? undefined
    : getObject(cluster, { ...DEPLOYMENTS, namespace: endpoint.metadata.namespace, name });
}

/** A ModelEndpoint as its user named it: the placement and its cluster, or its own name. */
export function placeOf(endpoint: ClusterObject): string {
  const placement = placementOf(endpoint)?.placement;
  const site = endpoint.metadata.labels?.[CLUSTER_LABEL];
  return placement && site ? `${placement} on ${site}` : endpoint.metadata.name;
}
