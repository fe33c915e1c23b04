import { KubeConfig } from '@kubernetes/client-node';
import { control } from '../control.ts';
import { GATEWAY } from '../front-door.ts';
import { socketPath } from '../instance.ts';
import { type Kube, kubeFrom, kubeOf } from '../kube.ts';
import { ADMIN, type Behaviour, type MockName } from '../mocks/catalogue.ts';

const kubeconfig = process.env.E2E_KUBECONFIG ?? '';

/** The administrator, who may do anything. */
export const admin: Kube = kubeFrom(kubeconfig);

/** A user by name, with the rights that were bound to that name and no others. */
export const user = (name: string): Kube => impersonating(kubeconfig, name);

/** A user with the tenant role in a namespace, and no other right. */
export async function tenantOf(namespace: string): Promise<Kube> {
  const name = `tenant-of-${namespace}`;
  await admin.apply({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { namespace, name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'modelplane-tenant' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name }],
  });
  return user(name);
}

/** The same in a cluster whose administrator's kubeconfig this is. */
export function impersonating(administrator: string, name: string): Kube {
  const config = new KubeConfig();
  config.loadFromFile(administrator);
  const { clusters, users, contexts, currentContext } = config;
  config.loadFromOptions({
    clusters,
    contexts,
    currentContext,
    users: users.map((credentials) => ({ ...credentials, impersonateUser: name })),
  });
  return kubeOf(config);
}

/** Where the front door is, such as http://10.90.1.1. */
export async function frontDoor(): Promise<string> {
  const { status } = await admin.get(GATEWAY);
  if (!status?.url) throw new Error('the front door has no address');
  return status.url;
}

const controlPath = socketPath(process.env.E2E_SOCKETS ?? '', 'control');

/** The processes that are no pods: etcd, the API server, Crossplane, the load balancer, the mocks. */
export const processes = {
  stop: (name: string, signal: NodeJS.Signals = 'SIGTERM') => control(controlPath, { do: 'stop', name, signal }),
  start: (name: string) => control(controlPath, { do: 'start', name }),
  list: () => control<{ name: string; pid: number; running: boolean }[]>(controlPath, { do: 'list' }),
};

/** How a mock answers from now on; without a behaviour as it does by itself. */
export async function mockBehaves(name: MockName, behaviour: Behaviour = {}): Promise<void> {
  const response = await fetch(`http://${ADMIN.address}/${name}`, { method: 'PUT', body: JSON.stringify(behaviour) });
  if (!response.ok) throw new Error(await response.text());
}
