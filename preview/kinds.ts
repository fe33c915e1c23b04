import type { Apis } from './apis.ts';
import { type Cluster, objectsOfKind } from './cluster.ts';
import { type ClusterObject, groupOf, isRecord, specOf, versionOf } from './objects.ts';

/** What the API of the simulated cluster knows of a kind. */
export interface Kind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const kinds = (apiVersion: string, namespaced: boolean, names: string): Kind[] =>
  names.split(' ').map((kind) => ({ apiVersion, kind, namespaced }));

/** Kinds that every Kubernetes API server of 1.30 and later has. */
const BUILT_IN: readonly Kind[] = [
  ...kinds('v1', true, 'ConfigMap Endpoints Event LimitRange PersistentVolumeClaim Pod PodTemplate'),
  ...kinds('v1', true, 'ReplicationController ResourceQuota Secret Service ServiceAccount'),
  ...kinds('v1', false, 'Namespace Node PersistentVolume'),
  ...kinds('apps/v1', true, 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet'),
  ...kinds('autoscaling/v2', true, 'HorizontalPodAutoscaler'),
  ...kinds('batch/v1', true, 'CronJob Job'),
  ...kinds('coordination.k8s.io/v1', true, 'Lease'),
  ...kinds('discovery.k8s.io/v1', true, 'EndpointSlice'),
  ...kinds('networking.k8s.io/v1', true, 'Ingress NetworkPolicy'),
  ...kinds('networking.k8s.io/v1', false, 'IngressClass'),
  ...kinds('policy/v1', true, 'PodDisruptionBudget'),
  ...kinds('rbac.authorization.k8s.io/v1', true, 'Role RoleBinding'),
  ...kinds('rbac.authorization.k8s.io/v1', false, 'ClusterRole ClusterRoleBinding'),
  ...kinds('scheduling.k8s.io/v1', false, 'PriorityClass'),
  ...kinds('storage.k8s.io/v1', false, 'StorageClass'),
  ...kinds('apiextensions.k8s.io/v1', false, 'CustomResourceDefinition'),
  ...kinds('apiregistration.k8s.io/v1', false, 'APIService'),
  ...kinds('admissionregistration.k8s.io/v1', false, 'MutatingWebhookConfiguration ValidatingWebhookConfiguration'),
  ...kinds('admissionregistration.k8s.io/v1', false, 'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding'),
  ...kinds('apiextensions.crossplane.io/v1', false, 'Composition CompositionRevision'),
  ...kinds('apiextensions.crossplane.io/v2', false, 'CompositeResourceDefinition'),
  ...kinds('apiextensions.crossplane.io/v1alpha1', false, 'ManagedResourceActivationPolicy'),
  ...kinds('pkg.crossplane.io/v1', false, 'Configuration Function Provider'),
  ...kinds('pkg.crossplane.io/v1', false, 'ConfigurationRevision FunctionRevision ProviderRevision'),
  ...kinds('pkg.crossplane.io/v1beta1', false, 'DeploymentRuntimeConfig ImageConfig'),
];

/** A kind of the simulated cluster: built in, one of our XRDs, or brought by a CustomResourceDefinition object. */
export function findKind(cluster: Cluster, apis: Apis, apiVersion: string, kind: string): Kind | undefined {
  const builtIn = BUILT_IN.find((known) => known.apiVersion === apiVersion && known.kind === kind);
  return builtIn ?? apis.find(apiVersion, kind) ?? definedKind(cluster, apiVersion, kind);
}

const CRDS = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' };

function definedKind(cluster: Cluster, apiVersion: string, kind: string): Kind | undefined {
  const definition = objectsOfKind(cluster, CRDS).find((crd) => defines(crd, apiVersion, kind));
  return definition && { apiVersion, kind, namespaced: specOf(definition).scope === 'Namespaced' };
}

function defines(crd: ClusterObject, apiVersion: string, kind: string): boolean {
  const { group, names, versions } = specOf(crd);
  if (group !== groupOf(apiVersion) || !isRecord(names) || names.kind !== kind || !Array.isArray(versions))
    return false;
  return versions.some((version) => isRecord(version) && version.name === versionOf(apiVersion) && version.served);
}

interface Crd {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
  readonly version: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly annotations: Readonly<Record<string, string>>;
}

/** A CustomResourceDefinition with as much in it as anybody here reads: no schema. */
function customResourceDefinition({ group, plural, kind, version, scope, annotations }: Crd): ClusterObject {
  return {
    ...CRDS,
    metadata: { name: `${plural}.${group}`, annotations },
    spec: { group, names: { kind, plural }, scope, versions: [{ name: version, served: true, storage: true }] },
    status: { conditions: [{ type: 'Established', status: 'True', reason: 'InitialNamesAccepted' }] },
  };
}

export const crds = (
  group: string,
  version: string,
  scope: Crd['scope'],
  kindByPlural: Readonly<Record<string, string>>,
  annotations: Crd['annotations'] = {},
): ClusterObject[] =>
  Object.entries(kindByPlural).map(([plural, kind]) =>
    customResourceDefinition({ group, plural, kind, version, scope, annotations }),
  );

const GATEWAY_API = {
  'gateway.networking.k8s.io/bundle-version': 'v1.5.1',
  'gateway.networking.k8s.io/channel': 'standard',
};

const GATEWAY_API_KINDS = {
  backendtlspolicies: 'BackendTLSPolicy',
  gateways: 'Gateway',
  grpcroutes: 'GRPCRoute',
  httproutes: 'HTTPRoute',
  listenersets: 'ListenerSet',
  referencegrants: 'ReferenceGrant',
  tlsroutes: 'TLSRoute',
};

/** What the install page asks for: the Gateway API 1.5 and the two providers that our functions compose objects of. */
export const installedDefinitions = (): ClusterObject[] => [
  ...crds('gateway.networking.k8s.io', 'v1', 'Cluster', { gatewayclasses: 'GatewayClass' }, GATEWAY_API),
  ...crds('gateway.networking.k8s.io', 'v1', 'Namespaced', GATEWAY_API_KINDS, GATEWAY_API),
  ...crds('kubernetes.m.crossplane.io', 'v1alpha1', 'Cluster', { clusterproviderconfigs: 'ClusterProviderConfig' }),
  ...crds('kubernetes.m.crossplane.io', 'v1alpha1', 'Namespaced', {
    objects: 'Object',
    providerconfigs: 'ProviderConfig',
  }),
  ...crds('helm.m.crossplane.io', 'v1beta1', 'Cluster', { clusterproviderconfigs: 'ClusterProviderConfig' }),
  ...crds('helm.m.crossplane.io', 'v1beta1', 'Namespaced', { releases: 'Release', providerconfigs: 'ProviderConfig' }),
];
