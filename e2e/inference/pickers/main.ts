import { readFile } from 'node:fs/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { kubeFrom, watch } from '../../kube.ts';
import type { KubeletConfig } from '../../kubelet/config.ts';
import { runPods } from '../../kubelet/pods.ts';
import { PICKER_LABEL } from '../catalogue.ts';

/**
 * Runs the pods of endpoint pickers, on whichever node they were put, as real processes: the picker's own program with
 * the arguments, files, permissions and ports of its pod, in a network of the pod's own. kwok has every other pod.
 */
async function main(): Promise<void> {
  const config: KubeletConfig = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
  const kube = kubeFrom(config.kubeconfig);
  let index = config.firstPod;
  const pods = runPods({ kube, config, nextIndex: () => index++ });
  const end = () => {
    pods.kill();
    process.exit();
  };
  process.once('SIGTERM', end).once('SIGINT', end);
  await watch<V1Pod>(kube, '/api/v1/pods', (pod, gone) => {
    const isPicker = pod.metadata?.labels?.[PICKER_LABEL] !== undefined;
    if (isPicker && pod.spec?.nodeName) pods.see(pod, gone);
  });
}

await main();
