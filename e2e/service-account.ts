import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Cluster, writeKubeconfig } from './apiserver.ts';
import type { Kube } from './kube.ts';
import { HOST_ADDRESS } from './netns.ts';

/** Longer than anyone leaves a control plane running: nothing here renews tokens of processes that are no pods. */
const TOKEN_SECONDS = 30 * 24 * 3600;

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** A token by which the API server takes its bearer for a service account. */
export async function tokenOf({ call }: Kube, { namespace, name }: ServiceAccount): Promise<string> {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: TOKEN_SECONDS },
  };
  const { status } = await call({ method: 'POST', path, body });
  return status.token;
}

export async function kubeconfigOfServiceAccount(
  kube: Kube,
  { port, caFile }: Cluster,
  account: ServiceAccount,
  dir: string,
): Promise<string> {
  const token = await tokenOf(kube, account);
  const ca = await readFile(caFile, 'utf8');
  return writeKubeconfig(join(dir, `${account.name}.kubeconfig`), `https://${HOST_ADDRESS}:${port}`, ca, { token });
}
