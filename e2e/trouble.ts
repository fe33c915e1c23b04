import type { AnyObject, Kube } from './kube.ts';

/** Why pods are missing or don't start, as their ReplicaSets and containers say it. */
export async function podTrouble(kube: Kube): Promise<string[]> {
  const replicaSets = await kube.list('apps/v1', 'ReplicaSet');
  const pods = await kube.list('v1', 'Pod');
  return [...replicaSets.flatMap(notCreated), ...pods.flatMap(notStarted)];
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message?: string;
}

const notCreated = ({ metadata, status }: AnyObject): string[] =>
  ((status?.conditions ?? []) as Condition[])
    .filter(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
    .map(({ message }) => `ReplicaSet ${metadata?.name}: ${message}`);

interface Container {
  readonly name: string;
  readonly state?: {
    readonly waiting?: { readonly message?: string };
    readonly terminated?: { readonly exitCode: number };
  };
}

const notStarted = ({ metadata, status }: AnyObject): string[] =>
  ((status?.containerStatuses ?? []) as Container[]).flatMap(({ name, state }) => {
    const why = state?.waiting?.message ?? (state?.terminated && `exited with ${state.terminated.exitCode}`);
    return why ? [`container ${name} of pod ${metadata?.name}: ${why}`] : [];
  });
