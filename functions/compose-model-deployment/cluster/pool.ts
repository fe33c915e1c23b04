import { POOLS } from '#shared/inference-apis.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import type { TrafficClass } from '../criticality.ts';
import { poolLabels } from '../engine/workload.ts';
import { namespaceAt, objectiveName, pickerName, poolName, remoteLabels, type Site } from '../site.ts';

export const POOL_GROUP = POOLS.group;

/** Port of the picker's Service on which a gateway asks it. */
export const PICKER_PORT = 9002;

/** The engines as one backend, with the picker that chooses among them. */
export function inferencePool(site: Site, port: number): KubernetesObject {
  return {
    apiVersion: `${POOL_GROUP}/${POOLS.version}`,
    kind: 'InferencePool',
    metadata: { name: poolName(site), namespace: namespaceAt(site), labels: remoteLabels(site) },
    spec: {
      selector: { matchLabels: poolLabels(site) },
      targetPorts: [{ number: port }],
      endpointPickerRef: {
        group: '',
        kind: 'Service',
        name: pickerName(site),
        port: { number: PICKER_PORT },
        // Without the picker nothing would hold priorities; not every gateway would honour FailOpen anyway.
        failureMode: 'FailClose',
      },
    },
  };
}

/** The priority of a traffic class at this pool, in the API group that the cluster's picker reads. */
export function inferenceObjective(site: Site, { name, priority }: TrafficClass, apiVersion: string): KubernetesObject {
  return {
    apiVersion,
    kind: 'InferenceObjective',
    metadata: { name: objectiveName(site, name), namespace: namespaceAt(site), labels: remoteLabels(site) },
    spec: { priority, poolRef: { group: POOL_GROUP, kind: 'InferencePool', name: poolName(site) } },
  };
}
