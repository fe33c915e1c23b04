import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cluster } from '../apiserver.ts';
import { applyFolder } from '../install.ts';
import { ROOT } from '../instance.ts';
import type { Kube } from '../kube.ts';
import { kubeconfigOfServiceAccount } from '../service-account.ts';

/**
 * The identity that the control plane acts as in an inference cluster: what install/inference-cluster makes of it, role
 * and admission policy included, and nothing more. Answers its kubeconfig.
 */
export async function installIdentity(kube: Kube, cluster: Cluster, dir: string): Promise<string> {
  await applyFolder(kube, join(ROOT, 'install/inference-cluster'));
  const account = { namespace: 'modelplane-system', name: 'modelplane' };
  return readFile(await kubeconfigOfServiceAccount(kube, cluster, account, dir), 'utf8');
}
