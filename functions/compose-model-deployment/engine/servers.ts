import { type Run, vllmWords } from './command-line.ts';
import { ENGINE_TYPES, type EngineTypeName, type Server } from './engine-types.ts';
import type { Container } from './template.ts';

/** Servers that no engine.type stands for, and that people run all the same: with their own port, probe and paths. */
const OTHER_SERVERS: readonly Server[] = [
  {
    // vllm-project/vllm: vllm/entrypoints/api_server.py.
    label: "vLLM's server for demonstrations",
    program: /^vllm\.entrypoints\.api_server$/,
    health: '/health',
    portOptions: ['port'],
    port: { number: 8000 },
    api: { below: '/generate', remedy: 'start vllm.entrypoints.openai.api_server' },
  },
  {
    // kserve/kserve: protocol/rest/openai/endpoints.py, v2_endpoints.py, server.py.
    label: "KServe's Hugging Face server",
    image: /(^|\/)huggingfaceserver\b/,
    starts: /(^|\/)huggingfaceserver([:@]|$)/,
    program: /^huggingfaceserver$/,
    health: '/v2/health/ready',
    portOptions: ['http-port'],
    port: { number: 8080 },
    api: {
      below: '/openai',
      variable: 'KSERVE_OPENAI_ROUTE_PREFIX',
      remedy: 'set env KSERVE_OPENAI_ROUTE_PREFIX to ""',
    },
  },
  {
    // docs.openvino.ai, model server: parameters, REST API.
    label: 'OpenVINO Model Server',
    image: /(^|\/)openvino\/model_server\b/,
    starts: /(^|\/)openvino\/model_server([:@]|$)/,
    program: /(^|\/)ovms$/,
    health: '/v2/health/ready',
    portOptions: ['rest-port'],
    port: { number: 8000 },
    api: { below: '/v3' },
  },
  {
    // michaelfeil/infinity: env.py.
    label: 'Infinity',
    image: /(^|\/)michaelf34\/infinity\b/,
    starts: /(^|\/)michaelf34\/infinity([:@]|$)/,
    program: /^infinity_emb$/,
    health: '/health',
    portOptions: ['port'],
    port: { number: 7997, variables: ['INFINITY_PORT'] },
    key: { option: 'api-key', variable: 'INFINITY_API_KEY' },
    api: {
      below: '/',
      option: 'url-prefix',
      variable: 'INFINITY_URL_PREFIX',
      remedy: 'add --url-prefix /v1',
    },
  },
  {
    // InternLM/lmdeploy: docs/en/llm/api_server.md.
    label: 'LMDeploy',
    image: /(^|\/)lmdeploy\b/,
    program: /(^|\/)lmdeploy$/,
    health: '/health',
    portOptions: ['server-port'],
    port: { number: 23333 },
    splits: [{ options: ['tp'] }],
    key: { option: 'api-keys' },
  },
  {
    // huggingface/text-embeddings-inference: its image sets PORT=80.
    label: 'TEI',
    image: /text-embeddings-inference/,
    starts: /(^|\/)text-embeddings-inference([:@]|$)/,
    program: /(^|\/)text-embeddings-router$/,
    health: '/health',
    portOptions: ['port', 'p'],
    port: { number: 80, variables: ['PORT'] },
    key: { option: 'api-key', variable: 'API_KEY' },
  },
  {
    // triton-inference-server/server: python/openai/openai_frontend, main.py and routers/observability.py.
    label: "Triton's OpenAI frontend",
    program: /(^|\/)openai_frontend\/main\.py$/,
    health: '/health/ready',
    portOptions: ['openai-port'],
    port: { number: 9000 },
  },
  {
    // mudler/LocalAI: core/cli/run.go, core/http/routes/health.go.
    label: 'LocalAI',
    image: /(^|\/)local-?ai\b/i,
    starts: /(^|\/)local-?ai([:@]|$)/,
    program: /(^|\/)local-ai$/,
    health: '/readyz',
    portOptions: ['address'],
    port: { number: 8080, variables: ['LOCALAI_ADDRESS', 'ADDRESS'] },
    key: { option: 'api-keys', variable: 'LOCALAI_API_KEY' },
  },
  {
    // abetlen/llama-cpp-python: llama_cpp/server/app.py, which has no route for its health.
    label: 'llama-cpp-python',
    image: /(^|\/)llama-cpp-python\b/,
    starts: /(^|\/)llama-cpp-python([:@]|$)/,
    program: /^llama_cpp\.server$/,
    health: '/v1/models',
    portOptions: ['port'],
    port: { number: 8000, variables: ['PORT'] },
    key: { option: 'api-key', variable: 'API_KEY' },
  },
  {
    // xorbitsai/inference: xinference/api/restful_api.py.
    label: 'Xinference',
    program: /(^|\/)xinference-local$/,
    health: '/v1/models',
    portOptions: ['port', 'p'],
    port: { number: 9997 },
  },
  {
    // deepjavalibrary/djl-serving: the containers of large models.
    label: 'DJL Serving',
    image: /(^|\/)djl-(serving|inference)\b/,
    starts: /(^|\/)djl-(serving|inference)([:@]|$)/,
    program: /(^|\/)djl-serving$/,
    health: '/ping',
    portOptions: [],
  },
  {
    // ray-project/ray: python/ray/serve. Its port and host stand in its configuration.
    label: 'Ray Serve',
    program: /^serve (run|deploy)$/,
    health: '/-/healthz',
    portOptions: [],
  },
];

const SERVERS: readonly Server[] = [...Object.values(ENGINE_TYPES), ...OTHER_SERVERS];

/** The server that an image is known to hold, by what it is called. vLLM's own is told by its command. */
export const serverIn = (image: string): Server | undefined => SERVERS.find((server) => server.image?.test(image));

/** The engine.type that stands for a server, if one does. */
export const typeOf = (server: Server): EngineTypeName | undefined =>
  (Object.keys(ENGINE_TYPES) as EngineTypeName[]).find((type) => ENGINE_TYPES[type] === server);

/** Whether an image is its makers' own and runs as root, so that no kubelet starts it for whom that is forbidden. */
export const runsAsRoot = (image: string): boolean => SERVERS.some(({ root }) => root?.test(image));

/** Workers that take requests from their own frontend alone, in no HTTP of OpenAI's (ai-dynamo/dynamo: components/src). */
const WORKER = /^dynamo\.(vllm|sglang|trtllm)(\.|$)/;

/** The word of a command that starts a worker without the frontend that it works for. */
export const lonelyWorker = ({ words }: Run): string | undefined =>
  words.includes('dynamo.frontend') ? undefined : words.find((word) => WORKER.test(word));

/** The server that a container starts, where its words say so, or its image starts one without a command. */
export function serverOf({ image = '', command }: Container, run: Run): Server | undefined {
  if (vllmWords(run) !== undefined) return ENGINE_TYPES.vllm;
  const pairs = run.words.map((word, index) => `${word} ${run.words[index + 1]}`);
  const told = SERVERS.find(({ program }) => program && [...run.words, ...pairs].some((one) => program.test(one)));
  return told ?? (command === undefined ? SERVERS.find(({ starts }) => starts?.test(image)) : undefined);
}
