import type { V1Pod } from '@kubernetes/client-node';
import { forget, type PodContext, type RunningPod, startPod } from './pod.ts';

export interface Pods {
  /** Starts a pod that is new, and ends one that is to go; `gone` is one that was deleted without asking first. */
  see(pod: V1Pod, gone: boolean): void;
  /** Ends all processes at once. */
  kill(): void;
}

/** The pods of a node, each run from when it is first seen until it is gone. */
export function runPods(context: PodContext): Pods {
  const running = new Map<string, RunningPod>();
  const leaving = new Set<string>();
  const leave = async (uid: string, pod: V1Pod): Promise<void> => {
    if (leaving.has(uid)) return;
    leaving.add(uid);
    await (running.get(uid)?.terminate(pod) ?? forget(context.kube, pod));
    running.delete(uid);
    leaving.delete(uid);
  };
  return {
    see: (pod, gone) => {
      const uid = pod.metadata?.uid ?? '';
      if (gone) running.get(uid)?.kill();
      else if (pod.metadata?.deletionTimestamp) void leave(uid, pod);
      else if (!running.has(uid)) running.set(uid, startPod(context, pod));
    },
    kill: () => {
      for (const pod of running.values()) pod.kill();
    },
  };
}
