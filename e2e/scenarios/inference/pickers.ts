import { type InferenceClusterName, PICKER_LABEL } from '../../inference/catalogue.ts';
import type { AnyObject } from '../../kube.ts';
import { inside } from './testing.ts';

/** The pods of a pool's picker, the oldest first. */
export const pickers = async (namespace: string, cluster: InferenceClusterName = 'us'): Promise<AnyObject[]> =>
  (await inside(cluster).list('v1', 'Pod', { namespace: `mp-${namespace}`, labels: PICKER_LABEL })).sort((a, b) =>
    String(a.metadata?.creationTimestamp).localeCompare(String(b.metadata?.creationTimestamp)),
  );

/** A value that a picker says of itself. */
export async function metric(namespace: string, pattern: RegExp): Promise<number> {
  const [picker] = await pickers(namespace);
  const text = await (await fetch(`http://${picker?.status?.podIP}:9090/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => pattern.test(line))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}
