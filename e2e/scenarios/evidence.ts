import { mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { logsDir } from '../instance.ts';
import type { Kube } from '../kube.ts';

/** What one wants to see of a scenario that failed. */
const KINDS: readonly (readonly [apiVersion: string, kind: string])[] = [
  ['modelplane.ai/v1alpha1', 'InferenceGateway'],
  ['modelplane.ai/v1alpha1', 'InferenceCluster'],
  ['modelplane.ai/v1alpha1', 'ModelDeployment'],
  ['modelplane.ai/v1alpha1', 'ModelService'],
  ['modelplane.ai/v1alpha1', 'ModelEndpoint'],
  ['gateway.networking.k8s.io/v1', 'GatewayClass'],
  ['gateway.networking.k8s.io/v1', 'Gateway'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  ['gateway.networking.k8s.io/v1', 'BackendTLSPolicy'],
  ['traefik.io/v1alpha1', 'Middleware'],
  ['kubernetes.m.crossplane.io/v1alpha1', 'Object'],
  ['helm.m.crossplane.io/v1beta1', 'Release'],
  ['pkg.crossplane.io/v1', 'Configuration'],
  ['pkg.crossplane.io/v1', 'Function'],
  ['pkg.crossplane.io/v1', 'FunctionRevision'],
  ['pkg.crossplane.io/v1', 'Provider'],
  ['v1', 'Service'],
  ['discovery.k8s.io/v1', 'EndpointSlice'],
  ['apps/v1', 'Deployment'],
  ['v1', 'Pod'],
  ['v1', 'Event'],
];

/** The end of a log is where a scenario's failure is. */
const LOG_BYTES = 2 * 2 ** 20;

/** Writes objects, events and the ends of all logs into a folder. */
export async function keepEvidence(kube: Kube, dir: string): Promise<void> {
  await mkdir(join(dir, 'logs'), { recursive: true });
  for (const [apiVersion, kind] of KINDS) {
    const objects = await kube.list(apiVersion, kind).catch((error: Error) => [{ error: error.message }]);
    if (objects.length > 0) await writeFile(join(dir, `${kind}.yaml`), objects.map(withoutNoise).join('---\n'));
  }
  for (const name of await readdir(logsDir()))
    await writeFile(join(dir, 'logs', name), await endOf(join(logsDir(), name)));
}

const withoutNoise = (object: object): string =>
  stringify(object, (key, value) => (key === 'managedFields' ? undefined : value));

async function endOf(file: string): Promise<Buffer> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, LOG_BYTES);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    return buffer;
  } finally {
    await handle.close();
  }
}
