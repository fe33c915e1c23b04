import type { InferenceCluster } from '#schemas/inferencecluster.ts';

interface GroupVersion {
  readonly group: string;
  readonly version: string;
}

/** Where an inference cluster has InferencePool (Gateway API inference extension 1.0 and newer). */
export const POOLS: GroupVersion = { group: 'inference.networking.k8s.io', version: 'v1' };

/** Where it has the InferenceObjectives that pickers of a family read. */
export const OBJECTIVES: Readonly<Record<InferenceCluster['spec']['pickerFamily'], GroupVersion>> = {
  'llm-d': { group: 'llm-d.ai', version: 'v1alpha2' },
  gie: { group: 'inference.networking.x-k8s.io', version: 'v1alpha2' },
};
