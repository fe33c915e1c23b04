import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { applyFolder } from '../../install.ts';
import { ROOT } from '../../instance.ts';
import type { AnyObject, Kube, Ref } from '../../kube.ts';
import type { KeyPair } from '../../pki.ts';
import { podTrouble } from '../../trouble.ts';
import { GATEWAY, GATEWAY_CERTIFICATE } from '../manifests.ts';
import { AI_GATEWAY_NAMESPACE, ENVOY_GATEWAY_NAMESPACE, renderCharts } from './charts.ts';
import { forThisMachine } from './edits.ts';
import type { EnvoyGatewayKit } from './kit.ts';

const run = promisify(execFile);

export interface Installation {
  readonly kube: Kube;
  readonly kubeconfig: string;
  readonly dir: string;
  readonly kit: EnvoyGatewayKit;
  readonly certificate: KeyPair;
}

/**
 * Envoy Gateway and Envoy AI Gateway as a platform team installs them: CRDs, their charts with their own roles, and then
 * install/inference-cluster/envoy-gateway. Their pods, and those that they make, run as processes.
 */
export async function installEnvoyGateway({ kube, kubeconfig, dir, kit, certificate }: Installation): Promise<void> {
  const { gateway, aiGateway } = kit.modules;
  await applyFolder(kube, join(gateway, 'charts/gateway-helm/charts/crds/crds/generated'));
  await applyFolder(kube, join(aiGateway, 'manifests/charts/ai-gateway-crds-helm/templates'));
  for (const name of [ENVOY_GATEWAY_NAMESPACE, AI_GATEWAY_NAMESPACE])
    await kube.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  // In place of the chart's Job: nothing here runs Jobs.
  await run(kit.programs['envoy-gateway'], ['certgen', '--disable-topology-injector'], {
    env: { ...process.env, KUBECONFIG: kubeconfig, ENVOY_GATEWAY_NAMESPACE },
  });
  for (const object of await renderCharts(kit, dir)) await kube.apply(object);
  // Its webhook has to see the proxies' pods.
  await until(kube, 'its controllers should be available', () => areAvailable(kube));
  await applyFolder(kube, join(ROOT, 'install/inference-cluster/envoy-gateway'), forThisMachine);
  await kube.apply({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace: GATEWAY.namespace, name: GATEWAY_CERTIFICATE },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': certificate.cert, 'tls.key': certificate.key },
  });
  await until(kube, 'its Gateway should be programmed', () => isProgrammed(kube));
}

async function areAvailable(kube: Kube): Promise<boolean> {
  const deployments = await Promise.all(
    [ENVOY_GATEWAY_NAMESPACE, AI_GATEWAY_NAMESPACE].map((namespace) =>
      kube.list('apps/v1', 'Deployment', { namespace }),
    ),
  );
  return deployments.every((some) => some.length > 0 && some.every((one) => holds(one, 'Available')));
}

const GATEWAY_REF: Ref = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'Gateway', ...GATEWAY };

const isProgrammed = async (kube: Kube): Promise<boolean> => holds(await kube.get(GATEWAY_REF), 'Programmed');

const holds = ({ status }: AnyObject, wanted: string): boolean =>
  ((status?.conditions ?? []) as { type: string; status: string }[]).some(
    ({ type, status }) => type === wanted && status === 'True',
  );

const TIMEOUT_MS = 180_000;
const POLL_MS = 200;

async function until(kube: Kube, what: string, isSo: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!(await isSo())) {
    if (Date.now() > deadline)
      throw new Error(`Envoy Gateway: ${what} by now:\n${(await podTrouble(kube)).join('\n')}`);
    await delay(POLL_MS);
  }
}
