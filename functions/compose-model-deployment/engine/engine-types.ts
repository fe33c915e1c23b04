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
  /** The option, or the variable, without which there are none. */
  readonly option?: string;
  readonly variable?: string;
}

/** A way in which a model is divided, by the options that say into how many parts, all of the same meaning. */
export interface Split {
  readonly options?: readonly string[];
  /** Where no option says. */
  readonly variable?: string;
  /** The option with which its parts share the cards of another way. */
  readonly unless?: string;
}

/** Where a server has its API, if not at /v1, and what puts OpenAI's there. */
interface Elsewhere {
  readonly below: string;
  readonly option?: string;
  readonly variable?: string;
  /** As a sentence says what to do. */
  readonly remedy?: string;
  /** A word of its command with which it is at /v1 all the same. */
  readonly unless?: RegExp;
}

/** What is known of a server of models: each by its own documentation. */
export interface Server {
  /** As people call it. */
  readonly label: string;
  /** What images that hold it are called. */
  readonly image?: RegExp;
  /** What those are called that start it where no command is given. */
  readonly starts?: RegExp;
  /** Its makers' own images, where they are known to run as root. */
  readonly root?: RegExp;
  /** The word of a command that starts it. */
  readonly program?: RegExp;
  /** Where it says that it is ready. */
  readonly health: string;
  /** The options of its command line that say where it listens. */
  readonly portOptions: readonly string[];
  /** Where it listens unless told, by one of those options or of these variables; undefined where a file of its own says. */
  readonly port?: { readonly number: number; readonly variables?: readonly string[] };
  /** It is for its own host alone unless told by --host. */
  readonly isLocal?: boolean;
  /** The product of their parts is the number of cards. */
  readonly splits?: readonly Split[];
  readonly api?: Elsewhere;
  /** What makes it ask callers for a key of its own. */
  readonly key?: { readonly option: string; readonly variable?: string };
}

export interface EngineType extends Server {
  /** Where a picker finds how busy it is; undefined where it does not say. */
  readonly metrics: EngineMetrics | undefined;
}

export const ENGINE_TYPES: Readonly<Record<EngineTypeName, EngineType>> = {
  vllm: {
    label: 'vLLM',
    starts: /(^|\/)vllm-openai(-rocm)?([:@]|$)/,
    root: /^(docker\.io\/)?vllm\/vllm-openai(-rocm)?(?!.*nonroot)[:@]/,
    health: '/health',
    metrics: { path: '/metrics' },
    portOptions: ['port'],
    port: { number: 8000 },
    splits: [
      { options: ['tensor-parallel-size'] },
      { options: ['pipeline-parallel-size'] },
      { options: ['data-parallel-size'] },
    ],
    key: { option: 'api-key', variable: 'VLLM_API_KEY' },
  },
  sglang: {
    label: 'SGLang',
    image: /sglang/i,
    program: /^sglang(\.launch_server)?$/,
    health: '/health',
    metrics: { path: '/metrics', option: '--enable-metrics' },
    portOptions: ['port'],
    port: { number: 30000 },
    isLocal: true,
    splits: [
      { options: ['tp-size', 'tp', 'tensor-parallel-size'] },
      { options: ['pp-size', 'pp', 'pipeline-parallel-size'] },
      { options: ['dp-size', 'dp', 'data-parallel-size'], unless: 'enable-dp-attention' },
    ],
    key: { option: 'api-key' },
  },
  'trtllm-serve': {
    label: 'TensorRT-LLM',
    image: /tensorrt-?llm/i,
    program: /(^|\/)trtllm-serve$/,
    health: '/health',
    metrics: { path: '/prometheus/metrics' },
    portOptions: ['port'],
    port: { number: 8000 },
    isLocal: true,
    splits: [
      { options: ['tp-size', 'tensor-parallel-size'] },
      { options: ['pp-size', 'pipeline-parallel-size'] },
      { options: ['cp-size', 'context-parallel-size'] },
    ],
  },
  'triton-tensorrt-llm': {
    label: 'Triton',
    image: /tritonserver/i,
    program: /(^|\/)tritonserver$|(^|\/)launch_triton_server\.py$/,
    health: '/v2/health/ready',
    metrics: { path: '/metrics', port: 8002 },
    portOptions: ['http-port'],
    port: { number: 8000 },
    splits: [{ options: ['world-size'] }],
    api: { below: '/v2', unless: /openai/ },
  },
  nim: {
    label: 'NIM',
    image: /(^|\/)nim\//i,
    starts: /(^|\/)nim\//,
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
    // The second is of NIMs for embeddings and reranking.
    port: { number: 8000, variables: ['NIM_SERVER_PORT', 'NIM_HTTP_API_PORT'] },
    splits: [{ variable: 'NIM_TENSOR_PARALLEL_SIZE' }, { variable: 'NIM_PIPELINE_PARALLEL_SIZE' }],
  },
  'llama-cpp': {
    label: 'llama.cpp',
    image: /llama\.?-?cpp(?!-python)/i,
    starts: /(^|\/)llama\.cpp:server/,
    program: /(^|\/)llama-server$/,
    health: '/health',
    metrics: {
      path: '/metrics',
      option: '--metrics',
      variable: 'LLAMA_ARG_ENDPOINT_METRICS',
      names: {
        queuedRequestsSpec: 'llamacpp:requests_deferred',
        runningRequestsSpec: 'llamacpp:requests_processing',
      },
    },
    portOptions: ['port'],
    port: { number: 8080, variables: ['LLAMA_ARG_PORT'] },
    key: { option: 'api-key', variable: 'LLAMA_API_KEY' },
  },
  tgi: {
    label: 'TGI',
    image: /text-generation-inference|(^|\/)tgi-gaudi\b/i,
    starts: /text-generation-inference[^/]*$|(^|\/)tgi-gaudi[:@]/,
    root: /^ghcr\.io\/huggingface\/text-generation-inference[:@]/,
    program: /(^|\/)text-generation-launcher$/,
    health: '/health',
    metrics: {
      path: '/metrics',
      names: { queuedRequestsSpec: 'tgi_queue_size', runningRequestsSpec: 'tgi_batch_current_size' },
    },
    portOptions: ['port', 'p'],
    port: { number: 80, variables: ['PORT'] },
    splits: [{ options: ['num-shard'], variable: 'NUM_SHARD' }],
    key: { option: 'api-key', variable: 'API_KEY' },
  },
  ollama: {
    label: 'Ollama',
    image: /ollama/i,
    starts: /(^|\/)ollama([:@]|$)/,
    root: /^(docker\.io\/)?ollama\/ollama([:@]|$)/,
    program: /(^|\/)ollama$/,
    health: '/',
    metrics: undefined,
    portOptions: [],
    port: { number: 11434, variables: ['OLLAMA_HOST'] },
  },
};
