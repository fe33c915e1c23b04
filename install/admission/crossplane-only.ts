import type { KubernetesObject } from '#shared/kubernetes.ts';
import { type AdmissionCase, USERS } from './users.ts';

const KUBERNETES = 'kubernetes.m.crossplane.io/v1alpha1';
const HELM = 'helm.m.crossplane.io/v1beta1';

/** An Object that reads another tenant's Secret in an inference cluster, by that cluster's provider configuration. */
const stolen: KubernetesObject = {
  apiVersion: KUBERNETES,
  kind: 'Object',
  metadata: { namespace: 'admission-a', name: 'stolen' },
  spec: {
    providerConfigRef: { kind: 'ClusterProviderConfig', name: 'us' },
    managementPolicies: ['Observe'],
    forProvider: {
      manifest: { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'mp-admission-b', name: 'keys' } },
    },
  },
};

const finalized: KubernetesObject = {
  ...stolen,
  metadata: { ...stolen.metadata, finalizers: ['finalizer.managedresource.crossplane.io'] } as never,
};

const asTheProvider: KubernetesObject = {
  apiVersion: KUBERNETES,
  kind: 'ProviderConfig',
  metadata: { namespace: 'admission-a', name: 'as-the-provider' },
  spec: { credentials: { source: 'InjectedIdentity' } },
};

const release: KubernetesObject = {
  apiVersion: HELM,
  kind: 'Release',
  metadata: { namespace: 'admission-a', name: 'backdoor' },
  spec: {
    forProvider: { namespace: 'kube-system', chart: { name: 'x', repository: 'https://charts.example', version: '1' } },
  },
};

const endpoint: KubernetesObject = {
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'ModelEndpoint',
  metadata: { namespace: 'admission-a', name: 'us' },
  spec: { url: 'http://10.0.0.5', rewritePath: '/admission-a/qwen/us' },
};

/** Where the next reconcile of a ModelService would send admission-a's requests. */
const forged: KubernetesObject = { ...endpoint, status: { routing: { prefix: '/admission-b/llama/us' } } };

const usage = (of: object): KubernetesObject => ({
  apiVersion: 'protection.crossplane.io/v1beta1',
  kind: 'Usage',
  metadata: { namespace: 'admission-a', name: 'keep' },
  spec: { of, by: { apiVersion: 'v1', kind: 'ConfigMap', resourceRef: { name: 'x' } }, reason: 'because' },
});

const service = (namespace?: string) => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'ModelService',
  resourceRef: { name: 'qwen', ...(namespace && { namespace }) },
});

const keeping = (kind: string): string =>
  `${USERS.editor} may not write a Usage of ${kind} outside of admission-a: it would keep others from deleting it. Name ` +
  'something of admission-a in spec.of.';

const refusal = (user: keyof typeof USERS, resource: string): string =>
  `${USERS[user]} may not write ${resource}: they act with the rights of a provider. Use a ModelDeployment, or have the ` +
  'platform team do it, who may update inferenceclusters.modelplane.ai.';

const forgery = `${USERS.editor} may not write the status of modelendpoints: it is what Crossplane found. Change spec instead.`;

/** A service that says it was composed of these; paused, or Crossplane would say what is so. */
const composedOf = (...resourceRefs: readonly object[]): KubernetesObject => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'ModelService',
  metadata: { namespace: 'admission-a', name: 'qwen', annotations: { 'crossplane.io/paused': 'true' } },
  spec: {
    endpoints: [{ selector: { matchLabels: { model: 'qwen' } } }],
    ...(resourceRefs.length > 0 && { crossplane: { resourceRefs } }),
  },
});

const route = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute', name: 'qwen' };
const middleware = { apiVersion: 'traefik.io/v1alpha1', kind: 'Middleware', name: 'qwen' };
const secret = { apiVersion: 'v1', kind: 'Secret', name: 'keys' };

const claimed = (user: keyof typeof USERS): string =>
  `${USERS[user]} may not add Secret keys to spec.crossplane.resourceRefs: it says what Crossplane composed. ` +
  'Leave that field out.';

const OBJECTS = 'objects.kubernetes.m.crossplane.io';

export const CROSSPLANE_ONLY: readonly AdmissionCase[] = [
  { name: 'Crossplane composes an Object', as: 'crossplane', object: stolen },
  { name: 'the provider puts its finalizer on an Object', as: 'provider', before: stolen, object: finalized },
  { name: 'the garbage collector deletes an Object', as: 'garbageCollector', before: stolen },
  { name: 'the platform team writes an Object', as: 'platform', object: stolen },
  {
    name: "a namespace's editor does not write an Object with our ClusterProviderConfig",
    as: 'editor',
    object: stolen,
    refused: refusal('editor', OBJECTS),
  },
  {
    name: "a namespace's editor does not change an Object that was composed",
    as: 'editor',
    before: { ...stolen, spec: { ...(stolen.spec as object), watch: true } },
    object: stolen,
    refused: refusal('editor', OBJECTS),
  },
  {
    name: "a namespace's editor does not delete an Object, and with it what is in a cluster",
    as: 'editor',
    before: stolen,
    refused: refusal('editor', OBJECTS),
  },
  {
    name: "a namespace's editor does not say for an Object that it is ready",
    as: 'editor',
    before: stolen,
    object: { ...stolen, status: { conditions: [] } },
    subresource: 'status',
    refused: refusal('editor', OBJECTS),
  },
  {
    name: "a namespace's editor does not write a ProviderConfig with the provider's own identity",
    as: 'editor',
    object: asTheProvider,
    refused: refusal('editor', 'providerconfigs.kubernetes.m.crossplane.io'),
  },
  {
    name: "a namespace's editor does not install a Helm chart with the provider's rights",
    as: 'editor',
    object: release,
    refused: refusal('editor', 'releases.helm.m.crossplane.io'),
  },
  {
    name: 'Crossplane writes the status of a ModelEndpoint',
    as: 'crossplane',
    before: endpoint,
    object: forged,
    subresource: 'status',
  },
  {
    name: "a namespace's editor does not forge the status of a ModelEndpoint, of which its route is made",
    as: 'editor',
    before: endpoint,
    object: forged,
    subresource: 'status',
    refused: forgery,
  },
  {
    name: 'the platform team writes the status of a ModelEndpoint',
    as: 'platform',
    before: endpoint,
    object: forged,
    subresource: 'status',
  },
  {
    name: "a namespace's editor keeps something of its own from being deleted",
    as: 'editor',
    object: usage(service()),
  },
  {
    name: 'the platform team keeps a service of any namespace from being deleted',
    as: 'platform',
    object: usage(service('admission-b')),
  },
  {
    name: "a namespace's editor does not keep another's service from being deleted",
    as: 'editor',
    object: usage(service('admission-b')),
    refused: keeping('ModelService'),
  },
  {
    name: "a namespace's editor does not keep the front door from being deleted",
    as: 'editor',
    object: usage({
      apiVersion: 'modelplane.ai/v1alpha1',
      kind: 'InferenceGateway',
      resourceRef: { name: 'default' },
    }),
    refused: keeping('InferenceGateway'),
  },
  {
    name: 'Crossplane says what it composed',
    as: 'crossplane',
    before: composedOf(route),
    object: composedOf(route, middleware),
  },
  {
    name: 'a tenant writes its service with what Crossplane composed as it was',
    as: 'tenant',
    before: composedOf(route, middleware),
    object: composedOf(route, middleware),
  },
  {
    name: 'a tenant writes its service without what Crossplane composed, as from a file',
    as: 'tenant',
    before: composedOf(route),
    object: composedOf(),
  },
  {
    name: 'a tenant does not make a service of something that Crossplane never composed',
    as: 'tenant',
    object: composedOf(secret),
    refused: claimed('tenant'),
  },
  {
    name: "a namespace's editor does not add something to what Crossplane composed",
    as: 'editor',
    before: composedOf(route),
    object: composedOf(route, secret),
    refused: claimed('editor'),
  },
  {
    name: 'the platform team restores a service with what was composed',
    as: 'platform',
    object: composedOf(route),
  },
];
