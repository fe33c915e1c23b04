import type { KubernetesObject } from '#shared/kubernetes.ts';
import { composeWith } from '#shared/testing.ts';
import { modelDeployment } from './compose.ts';

export const CLUSTER = {
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'InferenceCluster',
  metadata: { name: 'gpu', labels: { region: 'eu' } },
  spec: {
    kubeconfigSecretRef: { namespace: 'modelplane-system', name: 'gpu', key: 'kubeconfig' },
    gateway: { namespace: 'inference', name: 'gateway', port: 80 },
    pickerFamily: 'gie',
    cordoned: false,
    draining: false,
    priorityClasses: { Critical: 'production' },
  },
  status: {
    providerConfigRef: { kind: 'ClusterProviderConfig', name: 'modelplane-gpu' },
    gateway: { address: '198.51.100.7', port: 80 },
    conditions: ['Connected', 'GatewayReady'].map((type) => ({ type, status: 'True' })),
  },
};

export const claim = (spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'ModelDeployment',
  metadata: { name: 'qwen', namespace: 'ml-team', uid: 'uid-of-qwen', ...metadata },
  spec: {
    model: 'Qwen/Qwen3-8B',
    replicas: 1,
    engine: { type: 'vllm', port: 8000 },
    rollout: { maxSurge: 1, maxUnavailable: 0 },
    service: 'Enabled',
    ...spec,
  },
});

export const compose = (
  xr: KubernetesObject,
  fields: { observed?: Record<string, KubernetesObject>; clusters?: object[] } = {},
) =>
  composeWith(modelDeployment, {
    xr,
    observed: fields.observed ?? {},
    required: { clusters: (fields.clusters ?? [CLUSTER]) as KubernetesObject[] },
  });

/** What is composed when everything is there that something else of it names. */
export function composeBegun(spec: object = {}, cluster: object = CLUSTER) {
  const clusters = [cluster];
  let answer = compose(claim(spec), { clusters });
  for (let before = 0; before < Object.keys(answer.desired).length; ) {
    before = Object.keys(answer.desired).length;
    answer = compose(claim(spec), { clusters, observed: made(answer.desired) });
  }
  return answer;
}

/** Objects that the provider has made. */
export const made = (desired: Readonly<Record<string, KubernetesObject>>): Record<string, KubernetesObject> =>
  Object.fromEntries(
    Object.entries(desired).map(([key, object]) => [
      key,
      { ...object, status: { conditions: [{ type: 'Synced', status: 'True' }] } },
    ]),
  );

interface RemoteObject extends KubernetesObject {
  readonly spec: {
    readonly forProvider: { readonly manifest: KubernetesObject };
    readonly managementPolicies?: string[];
    readonly readiness: { readonly policy: string };
  };
}

export const manifests = (desired: Readonly<Record<string, KubernetesObject>>): KubernetesObject[] =>
  Object.values(desired).flatMap((one) =>
    one.kind === 'Object' ? [(one as RemoteObject).spec.forProvider.manifest] : [],
  );

export const manifest = (desired: Readonly<Record<string, KubernetesObject>>, kind: string, suffix = '') =>
  manifests(desired).find((one) => one.kind === kind && one.metadata?.name?.endsWith(suffix));
