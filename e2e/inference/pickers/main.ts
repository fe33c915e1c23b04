import { readFile } from 'node:fs/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { kubeFrom, watch } from '../../kube.ts';
import type { KubeletConfig } from '../../kubelet/config.ts';
import { runPods } from '../../kubelet/pods.ts';
import { NO_PICKER_IMAGE, PICKER_LABEL, PROCESS_LABEL } from '../catalogue.ts';
import { sayPods } from './said.ts';

/** Which pods it runs beside those of pickers. */
export interface PickersConfig extends KubeletConfig {
  readonly namespaces: readonly string[];
}

/**
 * Runs the pods of endpoint pickers, of the gateway that the cluster has, and of engines that are labelled so, on whichever
 * node they were put, as real processes: the image's own program with the arguments, files, permissions and ports of its
 * pod, in a network of the pod's own. One whose image says so is reported to run and has no process. kwok has every other
 * pod.
 */
async function main(): Promise<void> {
  const config: PickersConfig = JSON.parse(await readFile(process.argv[2] ?? '', 'utf8'));
  const kube = kubeFrom(config.kubeconfig);
  let index = config.firstPod;
  const context = { kube, config, nextIndex: () => index++ };
  const real = runPods(context);
  const said = sayPods(context);
  const end = () => {
    real.kill();
    process.exit();
  };
  process.once('SIGTERM', end).once('SIGINT', end);
  await watch<V1Pod>(kube, '/api/v1/pods', (pod, gone) => {
    const isLabelled = [PICKER_LABEL, PROCESS_LABEL].some((label) => pod.metadata?.labels?.[label] !== undefined);
    const isOurs = isLabelled || config.namespaces.includes(pod.metadata?.namespace ?? '');
    if (!isOurs || !pod.spec?.nodeName) return;
    (hasProcess(pod) ? real : said).see(pod, gone);
  });
}

const hasProcess = ({ spec }: V1Pod): boolean =>
  spec?.containers.some(({ image }) => image === NO_PICKER_IMAGE) === false;

await main();
