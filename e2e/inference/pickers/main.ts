import { readFile } from 'node:fs/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { kubeFrom, watch } from '../../kube.ts';
import type { KubeletConfig } from '../../kubelet/config.ts';
import { forget, type RunningPod, startPod } from '../../kubelet/pod.ts';
import { PICKER_LABEL } from '../catalogue.ts';

/**
 * Runs the pods of endpoint pickers, on whichever node they were put, as real processes: the picker's own program with
 * the arguments, files, permissions and ports of its pod, in a network of the pod's own. kwok has every other pod.
 */
async function main(): Promise<void> {
  const config: KubeletConfig = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
  const kube = kubeFrom(config.kubeconfig);
  let index = config.firstPod;
  const context = { kube, config, nextIndex: () => index++ };
  const running = new Map<string, RunningPod>();
  const leaving = new Set<string>();
  const end = () => {
    for (const pod of running.values()) pod.kill();
    process.exit();
  };
  process.once('SIGTERM', end).once('SIGINT', end);

  const leave = async (uid: string, pod: V1Pod) => {
    if (leaving.has(uid)) return;
    leaving.add(uid);
    await (running.get(uid)?.terminate(pod) ?? forget(kube, pod));
    running.delete(uid);
    leaving.delete(uid);
  };
  const changed = (pod: V1Pod, gone: boolean) => {
    const uid = pod.metadata?.uid ?? '';
    // Deleted without asking first: whoever did it wants its processes gone at once.
    if (gone) return running.get(uid)?.kill();
    const isPicker = pod.metadata?.labels?.[PICKER_LABEL] !== undefined;
    if (!isPicker || !pod.spec?.nodeName) return;
    if (pod.metadata?.deletionTimestamp) return void leave(uid, pod);
    if (!running.has(uid)) running.set(uid, startPod(context, pod));
  };
  await watch<V1Pod>(kube, '/api/v1/pods', changed);
}

await main();
