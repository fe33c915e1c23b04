import type { KubernetesObject } from '#shared/kubernetes.ts';
import { uniqueName } from '#shared/names.ts';
import { type Cluster, LABELS, namespaceAt, type Site, siteLabels } from '../site.ts';
import { DEPLOYMENT_READY, JOB_COMPLETE, POOL_READY, routeReady, SCALED_OBJECT_READY } from './readiness-queries.ts';

/** An object for an inference cluster, as its manifest says it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata?: { readonly name?: string; readonly namespace?: string };
  readonly spec?: unknown;
}

/**
 * The tenant's namespace in the cluster, with what Pod Security enforces there. All of a tenant's deployments apply the
 * same one, and none deletes it.
 */
export const remoteNamespaceManifest = (site: Site): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: namespaceAt(site),
    labels: {
      'app.kubernetes.io/managed-by': 'modelplane',
      [LABELS.tenant]: site.deployment.namespace,
      'pod-security.kubernetes.io/enforce': 'baseline',
    },
  },
});

/** What makes a manifest this one and no other: by it old and new coexist, and no key ever changes what it stands for. */
const identity = ({ apiVersion, kind, metadata }: Manifest): string[] => [
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '',
  kind,
  metadata?.namespace ?? '',
  metadata?.name ?? '',
];

/** The composition's key of an object in an inference cluster. */
export const remoteKey = ({ placement, cluster }: Site, manifest: Manifest): string =>
  uniqueName(`${placement}-${manifest.kind}`, [placement, cluster, ...identity(manifest)]);

/** An object in an inference cluster, as provider-kubernetes puts it there and reports it. */
export function remoteObject(site: Site, manifest: Manifest, cluster: Cluster): KubernetesObject {
  const { deployment, placement } = site;
  const name = uniqueName(`${deployment.name}-${placement}-${manifest.kind}`, [
    deployment.namespace,
    deployment.name,
    placement,
    site.cluster,
    ...identity(manifest),
  ]);
  return {
    apiVersion: 'kubernetes.m.crossplane.io/v1alpha1',
    kind: 'Object',
    metadata: {
      name,
      labels: siteLabels(site),
      // The provider would write it itself, and Crossplane counts every write against the deployment's circuit breaker.
      annotations: { 'crossplane.io/external-name': name },
    },
    spec: {
      providerConfigRef: { kind: 'ClusterProviderConfig', name: cluster.status?.providerConfigRef?.name },
      ...(manifest.kind === 'Namespace' && { managementPolicies: ['Observe', 'Create', 'Update'] }),
      // Else a ready object would be looked at every ten minutes.
      watch: true,
      readiness: readiness(manifest),
      forProvider: { manifest },
    },
  };
}

/** The Gateway that a route is on. */
export function parentRefOf(route: Manifest | undefined): ParentRef | undefined {
  const { parentRefs = [] } = (route?.spec ?? {}) as { parentRefs?: readonly ParentRef[] };
  return parentRefs[0];
}

interface ParentRef {
  readonly name: string;
  readonly namespace?: string;
}

/** What an Object's readiness is told by. */
export function readiness(manifest: Manifest) {
  const celQuery =
    manifest.kind === 'HTTPRoute'
      ? routeReady(parentRefOf(manifest))
      : {
          Deployment: DEPLOYMENT_READY,
          InferencePool: POOL_READY,
          ScaledObject: SCALED_OBJECT_READY,
          Job: JOB_COMPLETE,
        }[manifest.kind];
  return celQuery === undefined ? { policy: 'SuccessfulCreate' } : { policy: 'DeriveFromCelQuery', celQuery };
}
