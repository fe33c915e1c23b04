import { expect } from 'vitest';
import type { AnyObject } from '../../kube.ts';
import { serveMetrics, startAutoscaler } from '../autoscaler.ts';
import { kubectl } from '../kubectl.ts';
import { applyReady } from '../objects.ts';
import { apply, waitFor } from '../testing.ts';
import { admin } from '../world.ts';
import { enginePods, US } from './placements.ts';
import { deployment, deploymentRef, test } from './testing.ts';

const KUBECONFIG = process.env.E2E_KUBECONFIG ?? '';

const TIMEOUT_MS = 240_000;

/** An address of this machine's that nobody else listens at. */
const METRICS = { address: '10.90.6.1', port: 18_444 };

const SCALING = { scaling: { min: 1, max: 4, queue: 2 } };

const placements = [
  { name: 'follows', ...US },
  { name: 'fixed', replicas: 1, ...US },
];

const qwen = (spec: object = {}) => deployment('qwen', { model: 'Qwen/Qwen3-8B', placements, ...spec });

const autoscaler = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'qwen' },
  spec: {
    scaleTargetRef: { apiVersion: 'modelplane.ai/v1alpha1', kind: 'ModelDeployment', name: 'qwen' },
    minReplicas: 1,
    maxReplicas: 3,
    behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
    metrics: [
      {
        type: 'External',
        external: { metric: { name: 'requests_waiting' }, target: { type: 'AverageValue', averageValue: '5' } },
      },
    ],
  },
};

test('Kubernetes’ own autoscaler makes engines of a deployment and takes them away, by an external metric', {
  timeout: TIMEOUT_MS,
}, async ({ namespace }) => {
  const metrics = { requests_waiting: 0 };
  await serveMetrics(admin, metrics, METRICS);
  await applyReady(namespace, qwen());
  await apply([autoscaler], namespace);
  await startAutoscaler('control-plane', KUBECONFIG);
  const ref = deploymentRef(namespace, 'qwen');
  for (const [waiting, replicas] of [
    [14, 3],
    [6, 2],
    [0, 1],
  ] as const) {
    metrics.requests_waiting = waiting;
    const has = ({ spec, status }: AnyObject) => spec?.replicas === replicas && status?.replicas === replicas;
    await waitFor(ref, has, `should have ${replicas} replicas`, TIMEOUT_MS / 4);
    const hpa = { ...autoscaler, namespace, name: 'qwen' };
    const { status } = await admin.get(hpa);
    expect(status?.conditions).toContainEqual(expect.objectContaining({ type: 'ScalingActive', status: 'True' }));
  }
  const staying = (await enginePods('us', namespace)).filter(
    ({ metadata }) => metadata?.deletionTimestamp === undefined,
  );
  expect(staying).toHaveLength(2);
});

test('kubectl scale on a deployment that KEDA scales is refused, in one sentence', async ({ namespace }) => {
  const nowhere = { clusterSelector: { matchLabels: { region: 'nowhere' } } };
  await apply([deployment('qwen', { model: 'Qwen/Qwen3-8B', ...nowhere, ...SCALING })], namespace);
  const scaled = kubectl('scale', 'modeldeployment/qwen', '--namespace', namespace, '--replicas=3');
  await expect(scaled).rejects.toThrow(
    /scaling decides how many replicas there are, so kubectl scale and replicas do not/,
  );
  expect((await admin.get(deploymentRef(namespace, 'qwen'))).spec.replicas).toBe(1);
});
