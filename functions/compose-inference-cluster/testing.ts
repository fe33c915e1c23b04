import type { KubernetesObject, StatusCondition } from '#shared/kubernetes.ts';
import { composeWith } from '#shared/testing.ts';
import { inferenceCluster } from './compose.ts';

/** An InferenceCluster as the API server hands it out: with the defaults of its XRD. */
export const cluster = (gateway: object = {}, status?: object): KubernetesObject => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'InferenceCluster',
  metadata: { name: 'us-east' },
  spec: {
    kubeconfigSecretRef: { namespace: 'modelplane-system', name: 'us-east', key: 'kubeconfig' },
    gateway: { namespace: 'inference', name: 'gateway', port: 80, ...gateway },
    pickerFamily: 'llm-d',
    cordoned: false,
    draining: false,
  },
  ...(status && { status }),
});

export const SYNCED: StatusCondition = { type: 'Synced', status: 'True', reason: 'ReconcileSuccess' };
export const PROGRAMMED: StatusCondition = { type: 'Programmed', status: 'True', reason: 'Programmed' };

export const failing = (message: string): StatusCondition => ({
  type: 'Synced',
  status: 'False',
  reason: 'ReconcileError',
  message,
});

/** The Object of the Gateway, as the provider last reported it. */
export const seen = (
  synced: StatusCondition | undefined,
  conditions: readonly StatusCondition[] = [],
  addresses: readonly string[] = [],
  name = 'gateway',
): KubernetesObject => ({
  apiVersion: 'kubernetes.m.crossplane.io/v1alpha1',
  kind: 'Object',
  metadata: { name: 'us-east-gateway' },
  status: {
    conditions: synced === undefined ? [] : [synced],
    atProvider: {
      manifest: {
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'Gateway',
        metadata: { name, namespace: 'inference' },
        spec: { gatewayClassName: `class-of-${name}` },
        status: { conditions, addresses: addresses.map((value) => ({ type: 'IPAddress', value })) },
      },
    },
  },
});

/** The Object of what every cluster has. */
export const api = (synced: StatusCondition): KubernetesObject => ({
  apiVersion: 'kubernetes.m.crossplane.io/v1alpha1',
  kind: 'Object',
  metadata: { name: 'us-east-api' },
  status: { conditions: [synced] },
});

export const compose = (xr: KubernetesObject, gateway?: KubernetesObject, synced = gateway && SYNCED) =>
  composeWith(inferenceCluster, { xr, observed: { ...(synced && { api: api(synced) }), ...(gateway && { gateway }) } });

export const CONNECTED = 'Connected=True Connected: The API server of the cluster answers.';
