import type { V1Pod } from '@kubernetes/client-node';
import { refOf } from '../../kube.ts';
import type { PodContext } from '../../kubelet/pod.ts';
import { forget } from '../../kubelet/pod.ts';
import type { Pods } from '../../kubelet/pods.ts';
import { ignoreGone, latest } from '../../kubelet/retry.ts';
import { podStatus } from '../../kubelet/status.ts';
import { podAddress } from '../../netns.ts';

/**
 * Pods that are only said to run: each is reported as ready at an address where nobody is. Hundreds of pickers' processes
 * are more than a machine holds, and nobody asks these.
 */
export function sayPods({ kube, nextIndex }: PodContext): Pods {
  const said = new Set<string>();
  const say = (pod: V1Pod): void => {
    const uid = pod.metadata?.uid ?? '';
    if (said.has(uid)) return;
    said.add(uid);
    const since = new Date().toISOString();
    const containers = (pod.spec?.containers ?? []).map(({ name }) => ({
      ...{ name, ready: true, restartCount: 0, imageId: '', since },
      state: 'running' as const,
    }));
    const body = { metadata: { uid }, status: podStatus(pod, podAddress(nextIndex()), containers) };
    const ref = refOf({ apiVersion: 'v1', kind: 'Pod', ...pod });
    void latest(`status of ${ref.namespace}/${ref.name}`, () =>
      kube.merge(ref, body, 'status').then(() => {}, ignoreGone),
    )();
  };
  return {
    see: (pod, gone) => {
      if (gone) said.delete(pod.metadata?.uid ?? '');
      else if (pod.metadata?.deletionTimestamp) void forget(kube, pod);
      else say(pod);
    },
    kill: () => {},
  };
}
