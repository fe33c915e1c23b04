import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { Container, PodTemplate } from './template.ts';

/** The container that serves the model. */
export const ENGINE = 'engine';

/**
 * What `model` stands for. --shutdown-timeout is there from 0.18 on (vllm-project/vllm#34730); an exact tag, so that
 * two replicas of one deployment are never two engines.
 */
const VLLM_IMAGE = 'docker.io/vllm/vllm-openai:v0.27.1';

/** How long the picker, and gateways before it, take to hear that a pod is going, before its process is told to stop. */
export const SETTLE_SECONDS = 15;

/** How long a generation may go on after its engine was told to stop. */
const DRAIN_SECONDS = 600;

/** A little time to exit. */
const EXIT_SECONDS = 15;

/** All three: how long a pod has where its template does not say. */
export const GRACE_SECONDS = SETTLE_SECONDS + DRAIN_SECONDS + EXIT_SECONDS;

/** A model of hundreds of gigabytes is fetched and loaded before the first probe succeeds: an hour. */
const STARTUP = { periodSeconds: 10, failureThreshold: 360 };

type EngineType = ModelDeployment['spec']['engine']['type'];

/** Where an engine says whether it is ready (each engine's own server). */
const HEALTH_PATHS: Readonly<Record<EngineType, string>> = {
  vllm: '/health',
  sglang: '/health',
  'trtllm-serve': '/health',
  'triton-tensorrt-llm': '/v2/health/ready',
};

/**
 * What every engine gets, whoever wrote its template: only ready pods are given requests, so it must say when it is
 * ready, and it is not told to stop before nobody sends it any more.
 */
export function engineDefaults({ type, port }: ModelDeployment['spec']['engine']): PodTemplate {
  const httpGet = { path: HEALTH_PATHS[type], port };
  const engine: Container = {
    name: ENGINE,
    ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }],
    startupProbe: { httpGet, ...STARTUP },
    readinessProbe: { httpGet, periodSeconds: 5, timeoutSeconds: 5, failureThreshold: 3 },
    lifecycle: { preStop: { sleep: { seconds: SETTLE_SECONDS } } },
  };
  return { spec: { terminationGracePeriodSeconds: GRACE_SECONDS, containers: [engine] } };
}

/** The names under which a placement's model is served: the deployment's, its model's and the placement's own. */
export const servedNames = (deployment: string, ...models: readonly (string | undefined)[]): string[] => [
  ...new Set([deployment, ...models.filter((model) => model !== undefined)]),
];

export interface ServedModel {
  readonly model: string;
  readonly names: readonly string[];
  readonly gpus: number;
  readonly port: number;
  /** Seconds from the moment that its pod is told to go until it is killed. */
  readonly graceSeconds: number;
}

/** What a model's name stands for: vLLM with the model's arguments, its GPUs, and room for what it downloads. */
export function modelTemplate({ model, names, gpus, port, graceSeconds }: ServedModel): PodTemplate {
  const httpGet = { path: HEALTH_PATHS.vllm, port };
  const engine: Container = {
    name: ENGINE,
    image: VLLM_IMAGE,
    command: ['vllm', 'serve'],
    args: [
      model,
      ...['--served-model-name', ...names],
      `--port=${port}`,
      ...(gpus > 1 ? [`--tensor-parallel-size=${gpus}`] : []),
      `--shutdown-timeout=${Math.max(0, graceSeconds - SETTLE_SECONDS - EXIT_SECONDS)}`,
    ],
    resources: { limits: { 'nvidia.com/gpu': gpus } },
    livenessProbe: { httpGet, periodSeconds: 10, timeoutSeconds: 10, failureThreshold: 6 },
    volumeMounts: [
      // In the container: vLLM's image runs as root, and keeps weights and compiled kernels in its home.
      { name: 'cache', mountPath: '/root/.cache' },
      { name: 'shm', mountPath: '/dev/shm' },
    ],
  };
  return {
    spec: {
      containers: [engine],
      // The engine's processes share tensors in /dev/shm, of which a container has 64 MB by default.
      volumes: [
        { name: 'cache', emptyDir: {} },
        { name: 'shm', emptyDir: { medium: 'Memory' } },
      ],
    },
  };
}
