import type { Requirement } from './function.ts';
import type { KubernetesObject, StatusCondition } from './kubernetes.ts';
import { conditionOf, conditionsOf } from './readiness.ts';

/** API version of all our kinds. */
export const MODELPLANE = 'modelplane.ai/v1alpha1';

/** The namespace that the install page creates for what belongs to the platform team. */
export const PLATFORM_NAMESPACE = 'modelplane-system';

/** The front door. Its name is fixed, so every function finds it. */
export const THE_GATEWAY: Requirement = {
  apiVersion: MODELPLANE,
  kind: 'InferenceGateway',
  match: { name: 'default' },
};

/** The catalogue of clusters, which every namespace may see. */
export const ALL_CLUSTERS: Requirement = { apiVersion: MODELPLANE, kind: 'InferenceCluster', match: { labels: {} } };

/** On what belongs to an InferenceCluster: its name. */
export const CLUSTER_LABEL = 'modelplane.ai/cluster';

/** On a ModelEndpoint: the route of its inference cluster takes a request by TENANT_HEADER, and need not read a fairness id. */
export const TENANT_ANNOTATION = 'modelplane.ai/tenant-header';

/** What an XR of ours says of itself. */
export const ownCondition = (xr: KubernetesObject | undefined, type: string): StatusCondition | undefined =>
  conditionOf(conditionsOf(xr), type);
