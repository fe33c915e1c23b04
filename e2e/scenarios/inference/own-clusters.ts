import { randomBytes } from 'node:crypto';
import type { InferenceClusterName } from '../../inference/catalogue.ts';
import { GATEWAY, SECRETS_NAMESPACE, secretName } from '../../inference/manifests.ts';
import { type AnyObject, refOf } from '../../kube.ts';
import { eventually } from '../testing.ts';
import { admin } from '../world.ts';

export interface Kubeconfig {
  readonly clusters: readonly { readonly name: string; readonly cluster: { readonly server: string } }[];
  readonly users: readonly { readonly name: string; readonly user: { readonly token: string } }[];
}

export const SECRET = { namespace: SECRETS_NAMESPACE } as const;

export const secretOf = (name: string, kubeconfig: object | string): AnyObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { ...SECRET, name },
  stringData: { kubeconfig: typeof kubeconfig === 'string' ? kubeconfig : JSON.stringify(kubeconfig) },
});

/** The kubeconfig by which the control plane reaches a cluster. */
export async function kubeconfigOf(cluster: InferenceClusterName): Promise<Kubeconfig> {
  const secret = { apiVersion: 'v1', kind: 'Secret', ...SECRET, name: secretName(cluster) };
  const { data } = await admin.get(secret);
  return JSON.parse(Buffer.from(data.kubeconfig, 'base64').toString());
}

/** A name that no other scenario has. */
export const ownName = (): string => `own-${randomBytes(4).toString('hex')}`;

/** A cluster that is there already, declared once more under a name of the scenario's own, by a Secret. */
export const ownCluster = (
  name: string,
  secret: string,
  spec: AnyObject = {},
  labels: Readonly<Record<string, string>> = {},
): AnyObject => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'InferenceCluster',
  metadata: { name, labels },
  spec: {
    kubeconfigSecretRef: { ...SECRET, name: secret },
    pickerFamily: 'gie',
    ...spec,
    gateway: { ...GATEWAY, ...spec.gateway },
  },
});

/** The provider looks every half minute, and at once at an Object that changes. */
export async function lookNow(cluster: string): Promise<void> {
  const options = { ...SECRET, labels: `modelplane.ai/cluster=${cluster}` };
  for (const object of await admin.list('kubernetes.m.crossplane.io/v1alpha1', 'Object', options))
    await admin.merge(refOf(object), { metadata: { annotations: { 'e2e/look': randomBytes(4).toString('hex') } } });
}

/** Deletes a cluster, whose way in the provider needs until nothing is left there. */
export async function removeCluster(name: string): Promise<void> {
  await admin.remove(refOf(ownCluster(name, '')));
  const labels = `modelplane.ai/cluster=${name}`;
  await eventually(
    async () =>
      (await admin.list('kubernetes.m.crossplane.io/v1alpha1', 'ClusterProviderConfig', { labels })).length === 0,
    () => `nothing should be left of cluster ${name}`,
  );
}
