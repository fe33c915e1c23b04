import { createHash } from 'node:crypto';
import { type ClusterObject, controllerOf, type Json, specOf } from '../objects.ts';
import { condition, type Simulator } from './simulator.ts';

/** The controller of the workload clusters' gateways. */
const CONTROLLER = 'gateway.envoyproxy.io/gatewayclass-controller';

/** What the Deployment controller says once every replica is up. */
export function deploymentStatus(manifest: ClusterObject): Json {
  const replicas = Number(specOf(manifest).replicas ?? 1);
  const available = condition('Available', true, 'MinimumReplicasAvailable', manifest);
  const progressing = condition('Progressing', true, 'NewReplicaSetAvailable', manifest);
  const counts = { replicas, readyReplicas: replicas, availableReplicas: replicas, updatedReplicas: replicas };
  return { observedGeneration: manifest.metadata.generation, ...counts, conditions: [available, progressing] };
}

/** What it says when none of the pods is. The rollout was over before, so Progressing stays as it is. */
export function unavailableStatus(manifest: ClusterObject): Json {
  const replicas = Number(specOf(manifest).replicas ?? 1);
  if (replicas === 0) return deploymentStatus(manifest);
  const available = condition('Available', false, 'MinimumReplicasUnavailable', manifest);
  const progressing = condition('Progressing', true, 'NewReplicaSetAvailable', manifest);
  const counts = { replicas, unavailableReplicas: replicas, updatedReplicas: replicas };
  return { observedGeneration: manifest.metadata.generation, ...counts, conditions: [available, progressing] };
}

/** A Deployment of this cluster that a function composed. Those that charts bring have their status from there. */
export const deployment: Simulator = {
  says: 'the Deployment controller (starts pods at once)',
  simulate: (object) => (controllerOf(object) === undefined ? undefined : { status: deploymentStatus(object) }),
};

type Status = (manifest: ClusterObject, owner: ClusterObject) => Json;

/** What the controllers of a workload cluster say of the kinds that we put there. */
export const WORKLOADS: Readonly<Record<string, Status>> = {
  'Deployment.apps': deploymentStatus,
  'Gateway.gateway.networking.k8s.io': (manifest, owner) => ({
    addresses: [{ type: 'IPAddress', value: addressOf(owner) }],
    conditions: [
      condition('Accepted', true, 'Accepted', manifest),
      condition('Programmed', true, 'Programmed', manifest),
    ],
  }),
  'HTTPRoute.gateway.networking.k8s.io': (manifest) => ({ parents: parents(manifest, 'parentRefs') }),
  'InferencePool.inference.networking.k8s.io': (manifest) => ({
    parents: [{ controllerName: CONTROLLER, conditions: accepted(manifest) }],
  }),
  'ScaledObject.keda.sh': (manifest) => ({
    hpaName: `keda-hpa-${manifest.metadata.name}`,
    conditions: [
      condition('Ready', true, 'ScaledObjectReady', manifest),
      condition('Active', false, 'ScalerNotActive', manifest),
      condition('Fallback', false, 'NoFallbackFound', manifest),
      condition('Paused', false, 'ScaledObjectUnpaused', manifest),
      condition('HPAActive', true, 'ScalingActive', manifest),
    ],
  }),
  'Job.batch': (manifest) => ({ succeeded: 1, conditions: [condition('Complete', true, 'Completed', manifest)] }),
  PersistentVolumeClaim: (manifest) => {
    const { requests } = specOf(manifest).resources as { requests: Json };
    return { phase: 'Bound', capacity: requests };
  },
  Namespace: () => ({ phase: 'Active' }),
};

const accepted = (manifest: ClusterObject) => [
  condition('Accepted', true, 'Accepted', manifest),
  condition('ResolvedRefs', true, 'ResolvedRefs', manifest),
];

const parents = (manifest: ClusterObject, field: string) =>
  ((specOf(manifest)[field] as Json[] | undefined) ?? []).map((parentRef) => ({
    parentRef,
    controllerName: CONTROLLER,
    conditions: accepted(manifest),
  }));

/** An address of the network for benchmarks (RFC 2544), which is nobody's; the same for the same owner. */
function addressOf(owner: ClusterObject): string {
  const [third, fourth] = createHash('sha256').update(owner.metadata.name).digest();
  return `198.18.${third}.${fourth}`;
}
