import type { Report } from '../../tools/progress.ts';
import { untilReady } from '../front-door.ts';
import { type Kube, refOf } from '../kube.ts';
import { INFERENCE_CLUSTER_NAMES } from './catalogue.ts';
import { inferenceCluster } from './manifests.ts';

const PROVIDER = 'pkg.crossplane.io/provider=crossplane-contrib-provider-kubernetes';

/** By now the front door is open, which takes longer than a look at a cluster. */
const PATIENCE_MS = 60_000;

/**
 * Waits until the control plane knows its inference clusters. It was seen once that provider-kubernetes 1.3.1 ran, logged
 * nothing and reconciled nothing; a new pod of it begins anew, and the control plane's own log says that there was one.
 */
export async function untilConnected(kube: Kube, report: Report): Promise<void> {
  try {
    await untilEachIsReady(kube, report, PATIENCE_MS);
  } catch (error) {
    console.error(`${(error as Error).message} A new pod of provider-kubernetes may know better.`);
    await replaceProvider(kube);
    await untilEachIsReady(kube, report);
  }
}

async function untilEachIsReady(kube: Kube, report: Report, timeout?: number): Promise<void> {
  for (const name of INFERENCE_CLUSTER_NAMES) await untilReady(kube, refOf(inferenceCluster(name)), report, timeout);
}

async function replaceProvider(kube: Kube): Promise<void> {
  const pods = await kube.list('v1', 'Pod', { namespace: 'crossplane-system', labels: PROVIDER });
  for (const pod of pods) await kube.remove(refOf({ ...pod, apiVersion: 'v1', kind: 'Pod' }));
}
