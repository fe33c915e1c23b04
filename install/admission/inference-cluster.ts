import type { KubernetesObject } from '#shared/kubernetes.ts';
import { type AdmissionCase, USERS } from './users.ts';

/** A tenant's namespace in the inference cluster. */
const TENANT = 'mp-admission';

const namespace = (name: string): KubernetesObject => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });

const configMap = (where: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: where, name: 'x' },
  data: { by: 'the control plane' },
});

const RBAC = 'rbac.authorization.k8s.io';

/** Gives somebody a role in kube-system. */
const binding = (role: string, subject: object): KubernetesObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'RoleBinding',
  metadata: { namespace: 'kube-system', name: `admission-${role}` },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
  subjects: [subject],
});

const notThere = (plural: string, where: string): string =>
  `the control plane may not write ${plural} in ${where}: it serves tenants, whose namespaces begin with mp-.`;

/** What the policy of install/inference-cluster needs beside it. */
export const INFERENCE_CLUSTER_SETUP: readonly KubernetesObject[] = [
  namespace(TENANT),
  binding('cluster-admin', { apiGroup: RBAC, kind: 'User', name: USERS.platform }),
];

/** In an inference cluster, for whoever has the kubeconfig that the control plane was given. */
export const INFERENCE_CLUSTER: readonly AdmissionCase[] = [
  { name: "the control plane makes a tenant's namespace", as: 'remote', object: namespace(`${TENANT}-too`) },
  { name: 'the control plane writes in it', as: 'remote', object: configMap(TENANT) },
  { name: 'the control plane deletes in it', as: 'remote', before: configMap(TENANT) },
  {
    name: "the control plane makes no namespace but tenants'",
    as: 'remote',
    object: namespace('monitoring'),
    refused: notThere('namespaces', 'namespace monitoring'),
  },
  {
    name: 'the control plane writes nothing in kube-system',
    as: 'remote',
    object: configMap('kube-system'),
    refused: notThere('configmaps', 'namespace kube-system'),
  },
  {
    name: 'the control plane deletes nothing in kube-system',
    as: 'remote',
    before: configMap('kube-system'),
    refused: notThere('configmaps', 'namespace kube-system'),
  },
  {
    name: 'the control plane gives nobody rights in kube-system',
    as: 'remote',
    // A role that it holds itself: any other the API server would not let it give.
    object: binding('modelplane', { kind: 'ServiceAccount', namespace: TENANT, name: 'x' }),
    refused: notThere('rolebindings', 'namespace kube-system'),
  },
  {
    name: 'nor itself the right to the Secrets there, which it may bind in tenants’ namespaces',
    as: 'remote',
    object: binding('modelplane-secrets', {
      kind: 'ServiceAccount',
      namespace: 'modelplane-system',
      name: 'modelplane',
    }),
    refused: notThere('rolebindings', 'namespace kube-system'),
  },
  {
    name: "not even in the namespace of its own account, which is no tenant's",
    as: 'remote',
    object: configMap('modelplane-system'),
    refused: notThere('configmaps', 'namespace modelplane-system'),
  },
  { name: 'the cluster’s own people write where they like', as: 'platform', object: configMap('kube-system') },
];
