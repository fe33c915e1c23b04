import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import { type KubernetesObject, nameOf } from '#shared/kubernetes.ts';
import { uniqueName } from '#shared/names.ts';
import { CLUSTER_LABEL, PLATFORM_NAMESPACE } from '#shared/platform.ts';
import type { ServedAPI } from './served.ts';

/**
 * How often a cluster is looked at although nothing was heard: a watch says nothing when the API server goes away, and
 * ten minutes, the provider's default, is long to place models on a cluster that is gone.
 */
const POLL_INTERVAL = '30s';

/** CEL for provider-kubernetes; see docs/clusters.md for what makes a Gateway ready. */
const PROGRAMMED = [
  'has(object.status) && has(object.status.conditions)',
  'object.status.conditions.exists(c, c.type == "Programmed" && c.status == "True")',
].join(' && ');

export const providerConfigRef = (cluster: string) => ({
  kind: 'ClusterProviderConfig',
  // Its usages carry it as a label, so it is no longer than one may be.
  name: uniqueName(`modelplane-${cluster}`, ['InferenceCluster', cluster]),
});

export function clusterProviderConfig(xr: InferenceCluster): KubernetesObject {
  const { namespace, name, key } = xr.spec.kubeconfigSecretRef;
  return {
    apiVersion: 'kubernetes.m.crossplane.io/v1alpha1',
    kind: 'ClusterProviderConfig',
    metadata: { name: providerConfigRef(nameOf(xr)).name, labels: clusterLabel(xr) },
    spec: { credentials: { source: 'Secret', secretRef: { namespace, name, key } } },
  };
}

const clusterLabel = (xr: InferenceCluster) => ({ [CLUSTER_LABEL]: nameOf(xr) });

/** What every cluster has, so that a server that is none is told from a cluster without a Gateway. */
export const apiObject = (xr: InferenceCluster): KubernetesObject =>
  observeOnly(
    xr,
    'api',
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } },
    { policy: 'SuccessfulCreate' },
  );

/** The Gateway that inference traffic enters by. */
export const gatewayObject = (xr: InferenceCluster): KubernetesObject =>
  observeOnly(
    xr,
    'gateway',
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: xr.spec.gateway.name, namespace: xr.spec.gateway.namespace },
    },
    { policy: 'DeriveFromCelQuery', celQuery: PROGRAMMED },
  );

/** The class of that Gateway, which says whose it is. */
export const gatewayClassObject = (xr: InferenceCluster, className: string): KubernetesObject =>
  observeOnly(
    xr,
    'gatewayclass',
    { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'GatewayClass', metadata: { name: className } },
    { policy: 'SuccessfulCreate' },
  );

/** Whether the cluster's API has a version of a group: each that it has is an object of a few lines. */
export const apiServiceObject = (xr: InferenceCluster, { key, group, version }: ServedAPI): KubernetesObject =>
  observeOnly(
    xr,
    key,
    { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: `${version}.${group}` } },
    { policy: 'SuccessfulCreate' },
    // A watch would take the right to list all of them. What is missing is looked for more often than what is there.
    { isSeldom: true, spec: { watch: false } },
  );

/** What counts the gateway's proxies. */
export const budgetObject = (xr: InferenceCluster, namespace: string, name: string): KubernetesObject =>
  observeOnly(
    xr,
    'proxies',
    { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { namespace, name } },
    { policy: 'SuccessfulCreate' },
  );

/** The namespace that says which control plane places models in the cluster. No tenant's is called so (remoteNamespace). */
export const OWNER_NAMESPACE = 'mp--control-plane';
export const OWNER_LABEL = 'modelplane.ai/control-plane';

/** Whoever makes it first has the cluster: it is made where it is not there, never edited and never deleted. */
export const ownerObject = (xr: InferenceCluster, owner: string): KubernetesObject =>
  observeOnly(
    xr,
    'owner',
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: OWNER_NAMESPACE,
        labels: { 'app.kubernetes.io/managed-by': 'modelplane', [OWNER_LABEL]: owner },
      },
    },
    { policy: 'SuccessfulCreate' },
    { isSeldom: true, spec: { managementPolicies: ['Observe', 'Create'] } },
  );

/** An object in the cluster, looked at and never touched. */
function observeOnly(
  xr: InferenceCluster,
  what: string,
  manifest: KubernetesObject,
  readiness: object,
  { isSeldom = false, spec = {} }: { readonly isSeldom?: boolean; readonly spec?: object } = {},
): KubernetesObject {
  // Of these there are several of a kind, and of a long name nothing but the hash tells them apart.
  const key = ['InferenceCluster', manifest.kind, nameOf(xr), ...(isSeldom ? [what] : [])];
  const name = uniqueName(`${nameOf(xr)}-${what}`, key);
  return {
    apiVersion: 'kubernetes.m.crossplane.io/v1alpha1',
    kind: 'Object',
    metadata: {
      name,
      namespace: PLATFORM_NAMESPACE,
      labels: clusterLabel(xr),
      annotations: {
        'crossplane.io/external-name': name,
        ...(!isSeldom && { 'crossplane.io/poll-interval': POLL_INTERVAL }),
      },
    },
    spec: {
      providerConfigRef: providerConfigRef(nameOf(xr)),
      managementPolicies: ['Observe'],
      watch: true,
      readiness,
      forProvider: { manifest },
      ...spec,
    },
  };
}
