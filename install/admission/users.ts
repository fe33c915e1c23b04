import type { KubernetesObject } from '#shared/kubernetes.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';

/** Who asks, by what the API server calls them. */
export const USERS = {
  /** Has the tenant role in namespace admission-a, and nothing else. */
  tenant: 'ana',
  /** May edit everything in admission-a: edit, crossplane-edit, and the kinds of the Gateway API and of Traefik. */
  editor: 'ed',
  /** Has crossplane-edit everywhere, and so may update inferenceclusters and inferencegateways; edit in modelplane-system. */
  platform: 'pat',
  crossplane: 'system:serviceaccount:crossplane-system:crossplane',
  provider: 'system:serviceaccount:crossplane-system:provider-kubernetes',
  /** What the control plane is in an inference cluster. */
  remote: 'system:serviceaccount:modelplane-system:modelplane',
  garbageCollector: 'system:serviceaccount:kube-system:generic-garbage-collector',
} as const;

type User = keyof typeof USERS;

/** Something that a user tries, and the words in which it is refused; without them it is accepted. */
export interface AdmissionCase {
  readonly name: string;
  readonly as: User;
  /** What the object is before; without it the object is created. */
  readonly before?: KubernetesObject;
  /** What it is to become; without it it is deleted. */
  readonly object?: KubernetesObject;
  /** Of a status the subresource is written. */
  readonly subresource?: 'status';
  readonly refused?: string;
}

/** The Gateway that the InferenceGateway composes, and one that the platform team brought. */
export const FRONT_DOOR = { namespace: PLATFORM_NAMESPACE, name: 'modelplane' };
export const BROUGHT = { namespace: 'admission-gateways', name: 'public' };

const RBAC = 'rbac.authorization.k8s.io';

const binding = (user: User, role: string): KubernetesObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: 'RoleBinding',
  metadata: { namespace: 'admission-a', name: `${USERS[user]}-${role}` },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
  subjects: [{ apiGroup: RBAC, kind: 'User', name: USERS[user] }],
});

const routers = 'admission-routers';

/** What the cases need beside the manifests of install/: namespaces, and users with rights in one of them. */
export const SETUP: readonly KubernetesObject[] = [
  ...['admission-a', 'admission-b', 'v1'].map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
  // As the install page has it for a Gateway that is brought.
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      namespace: PLATFORM_NAMESPACE,
      name: 'front-door-public',
      labels: { 'modelplane.ai/front-door': 'true' },
    },
    data: { namespace: BROUGHT.namespace, gateway: BROUGHT.name },
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: { name: routers },
    rules: ['gateway.networking.k8s.io', 'traefik.io'].map((group) => ({
      apiGroups: [group],
      resources: ['*'],
      verbs: ['*'],
    })),
  },
  binding('tenant', 'modelplane-tenant'),
  ...['edit', 'crossplane-edit', routers].map((role) => binding('editor', role)),
  ...['crossplane-edit', routers].map((role) => ({
    ...binding('platform', role),
    kind: 'ClusterRoleBinding',
    metadata: { name: `${USERS.platform}-${role}` },
  })),
  { ...binding('platform', 'edit'), metadata: { namespace: PLATFORM_NAMESPACE, name: `${USERS.platform}-edit` } },
];
