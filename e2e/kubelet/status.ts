import type { V1ContainerState, V1Pod, V1PodStatus } from '@kubernetes/client-node';
import { HOST_ADDRESS } from '../netns.ts';

/** What a kubelet knows of a container. */
export interface ContainerStatus {
  readonly name: string;
  readonly ready: boolean;
  readonly restartCount: number;
  readonly imageId: string;
  readonly state: 'waiting' | 'running' | 'terminated';
  readonly reason?: string;
  readonly message?: string;
  readonly exitCode?: number;
  /** When the state began. */
  readonly since: string;
}

/** A pod's status as a kubelet reports it. */
export function podStatus(pod: V1Pod, address: string, containers: readonly ContainerStatus[]): object {
  const allReady = containers.length > 0 && containers.every(({ ready }) => ready);
  // Of the newest report: a kubelet says when a condition changed, and rollouts count from then.
  const since = containers
    .map((container) => container.since)
    .sort()
    .at(-1);
  const hasStarted = containers.some(({ state, restartCount }) => state === 'running' || restartCount > 0);
  const status: Omit<V1PodStatus, 'conditions' | 'containerStatuses' | 'startTime'> = {
    phase: hasStarted ? 'Running' : 'Pending',
    hostIP: HOST_ADDRESS,
    podIP: address,
    podIPs: [{ ip: address }],
  };
  return {
    ...status,
    conditions: [
      condition('PodScheduled', true, since),
      condition('Initialized', true, since),
      condition('ContainersReady', allReady, since),
      condition('Ready', allReady, since),
    ],
    containerStatuses: containers.map((container) => ({
      name: container.name,
      image: pod.spec?.containers.find(({ name }) => name === container.name)?.image ?? '',
      imageID: container.imageId,
      ready: container.ready,
      started: container.state === 'running',
      restartCount: container.restartCount,
      state: stateOf(container),
    })),
  };
}

const condition = (type: string, isTrue: boolean, lastTransitionTime: string | undefined) => ({
  type,
  status: isTrue ? 'True' : 'False',
  lastTransitionTime,
});

function stateOf({ state, reason, message, exitCode = 0, since }: ContainerStatus): object {
  const states: Record<ContainerStatus['state'], { [key in keyof V1ContainerState]: object }> = {
    waiting: { waiting: { reason, message } },
    running: { running: { startedAt: since } },
    terminated: { terminated: { exitCode, reason, message, finishedAt: since } },
  };
  return states[state];
}
