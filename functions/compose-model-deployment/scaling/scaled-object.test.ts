import { expect, test } from 'vitest';
import { schemaProblem } from '#shared/testing.ts';
import { CLUSTER, composeBegun, manifest } from '../testing-claims.ts';

const SCALING = { min: 2, max: 8, queue: 3, window: '1h' };

const clusterWith = (spec: object) => ({ ...CLUSTER, spec: { ...CLUSTER.spec, ...spec } });
const PROMETHEUS = { prometheus: { serverAddress: 'https://prometheus.monitoring:9090/tenant' } };

const scaled = (scaling: object = SCALING, cluster: object = CLUSTER) =>
  manifest(composeBegun({ scaling }, cluster).desired, 'ScaledObject');

test('KEDA is asked for what the placement says, by the picker’s own word', async () => {
  const object = scaled();
  expect(object).toEqual({
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: {
      name: 'qwen-default-2b0f7e4023',
      namespace: 'mp-ml-team',
      labels: {
        'app.kubernetes.io/managed-by': 'modelplane',
        'modelplane.ai/tenant': 'ml-team',
        'modelplane.ai/deployment': 'qwen',
        'modelplane.ai/placement': 'default',
      },
    },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'qwen-default-2b0f7e4023' },
      minReplicaCount: 2,
      maxReplicaCount: 8,
      pollingInterval: 30,
      fallback: { failureThreshold: 3, replicas: 2, behavior: 'currentReplicasIfHigher' },
      advanced: { horizontalPodAutoscalerConfig: { behavior: { scaleDown: { stabilizationWindowSeconds: 3600 } } } },
      triggers: [
        {
          type: 'metrics-api',
          metricType: 'Value',
          metadata: {
            url: 'http://qwen-default-2b0f7e4023-epp.mp-ml-team.svc:9090/metrics',
            format: 'prometheus',
            valueLocation: 'inference_pool_average_queue_size{name="qwen-default-2b0f7e4023"}',
            targetValue: '3',
          },
        },
      ],
    },
  });
  expect(object && (await schemaProblem(object))).toBeUndefined();
});

interface Triggers {
  readonly spec: { readonly triggers: readonly { readonly metadata: Readonly<Record<string, string>> }[] };
}

const triggerOf = (...given: Parameters<typeof scaled>) => (scaled(...given) as unknown as Triggers).spec.triggers[0];

test.each([
  {
    name: 'requests that run',
    scaling: { ...SCALING, queue: undefined, running: 16 },
    cluster: {},
    want: { valueLocation: expect.stringContaining('inference_pool_average_running_requests{'), targetValue: '16' },
  },
  {
    name: 'the metrics of another family of pickers',
    scaling: SCALING,
    cluster: { pickerFamily: 'llm-d' },
    want: { valueLocation: expect.stringContaining('llm_d_epp_average_queue_size{') },
  },
  {
    name: 'what Prometheus has, where there is one, and takes its silence for no zero',
    scaling: SCALING,
    cluster: PROMETHEUS,
    want: {
      serverAddress: 'https://prometheus.monitoring:9090/tenant',
      query: 'max(inference_pool_average_queue_size{name="qwen-default-2b0f7e4023"})',
      threshold: '3',
      ignoreNullValues: 'false',
    },
  },
])('it goes by $name', async ({ scaling, cluster, want }) => {
  const object = scaled(scaling, clusterWith(cluster));
  expect(triggerOf(scaling, clusterWith(cluster))?.metadata).toMatchObject(want);
  expect(object && (await schemaProblem(object))).toBeUndefined();
});
