import type { ModelDeployment } from '#schemas/modeldeployment.ts';

export type EngineTypeName = ModelDeployment['spec']['engine']['type'];

/** Names of what a picker reads, as its core-metrics-extractor takes them. */
interface MetricNames {
  readonly queuedRequestsSpec: string;
  readonly runningRequestsSpec: string;
  readonly kvUsageSpec?: string;
}

interface EngineMetrics {
  readonly path: string;
  /** Where it is not the port of the requests. */
  readonly port?: number;
  /** Where pickers do not know them by the engine's type. */
  readonly names?: MetricNames;
  /** The option without which there are none. */
  readonly option?: string;
}

/** What is known of a kind of engine: each by its own documentation. */
export interface EngineType {
  /** Where it says that it is ready. */
  readonly health: string;
  /** Where a picker finds how busy it is; undefined where it does not say. */
  readonly metrics: EngineMetrics | undefined;
  /** The options of its command line that say where it listens. */
  readonly portOptions: readonly string[];
  /** Where it listens unless told: by one of those options, or by this variable. */
  readonly port: { readonly number: number; readonly variable?: string };
  /** The word of its command that starts a server which listens on localhost unless told by --host. */
  readonly localServer?: RegExp;
}

export const ENGINE_TYPES: Readonly<Record<EngineTypeName, EngineType>> = {
  vllm: { health: '/health', metrics: { path: '/metrics' }, portOptions: ['port'], port: { number: 8000 } },
  sglang: {
    health: '/health',
    metrics: { path: '/metrics', option: '--enable-metrics' },
    portOptions: ['port'],
    port: { number: 30000 },
    localServer: /^sglang(\.launch_server)?$/,
  },
  'trtllm-serve': {
    health: '/health',
    metrics: { path: '/prometheus/metrics' },
    portOptions: ['port'],
    port: { number: 8000 },
    localServer: /(^|\/)trtllm-serve$/,
  },
  'triton-tensorrt-llm': {
    health: '/v2/health/ready',
    metrics: { path: '/metrics', port: 8002 },
    portOptions: ['http-port'],
    port: { number: 8000 },
  },
  nim: {
    health: '/v1/health/ready',
    metrics: {
      path: '/v1/metrics',
      names: {
        queuedRequestsSpec: 'num_requests_waiting',
        runningRequestsSpec: 'num_requests_running',
        kvUsageSpec: 'gpu_cache_usage_perc',
      },
    },
    portOptions: [],
    port: { number: 8000, variable: 'NIM_SERVER_PORT' },
  },
  'llama-cpp': {
    health: '/health',
    metrics: {
      path: '/metrics',
      option: '--metrics',
      names: {
        queuedRequestsSpec: 'llamacpp:requests_deferred',
        runningRequestsSpec: 'llamacpp:requests_processing',
      },
    },
    portOptions: ['port'],
    port: { number: 8080, variable: 'LLAMA_ARG_PORT' },
  },
  tgi: {
    health: '/health',
    metrics: {
      path: '/metrics',
      names: { queuedRequestsSpec: 'tgi_queue_size', runningRequestsSpec: 'tgi_batch_current_size' },
    },
    portOptions: ['port', 'p'],
    port: { number: 80, variable: 'PORT' },
  },
  ollama: { health: '/', metrics: undefined, portOptions: [], port: { number: 11434, variable: 'OLLAMA_HOST' } },
};
