import { describe, expect, test } from 'vitest';
import type { Container } from './template.ts';
import { container, type Engine, problemOf, VLLM } from './testing.ts';

describe('servers that are told by their image or their command are refused, because they', () => {
  test.each<{ name: string; fields: Partial<Container>; engine?: Engine; want: string | undefined }>([
    {
      name: 'say elsewhere that they are ready',
      fields: { image: 'nvcr.io/nim/meta/llama:1' },
      want: 'container engine is NIM, which does not say at /health that it is ready; set engine.type to nim',
    },
    {
      name: 'say elsewhere that they are ready, and no type stands for them',
      fields: { image: 'kserve/huggingfaceserver:v0.17.0', args: ['--http_port=8000'] },
      want: "container engine is KServe's Hugging Face server, which does not say at /health that it is ready; give it a readinessProbe that asks /v2/health/ready",
    },
    {
      name: 'have their API elsewhere',
      fields: {
        image: 'kserve/huggingfaceserver:v0.17.0',
        args: ['--http_port=8000'],
        readinessProbe: { httpGet: { path: '/v2/health/ready', port: 8000 } },
      },
      want: 'container engine is KServe\'s Hugging Face server, whose API is below /openai, and callers reach /v1 alone; set env KSERVE_OPENAI_ROUTE_PREFIX to "", or add /openai to spec.paths',
    },
    {
      name: 'are told to have it at /v1',
      fields: {
        image: 'kserve/huggingfaceserver:v0.17.0',
        args: ['--http_port=8000'],
        env: [{ name: 'KSERVE_OPENAI_ROUTE_PREFIX', value: '' }],
        readinessProbe: { httpGet: { path: '/v2/health/ready', port: 8000 } },
      },
      want: undefined,
    },
    {
      name: 'are called after another and are their own',
      fields: { image: 'ghcr.io/example/llama.cpp-gateway:1' },
      want: undefined,
    },
    ...(
      [
        [{ image: 'localai/localai:latest-aio-gpu-nvidia-cuda-12', args: ['run'] }, 8080, 'LocalAI', '/readyz'],
        [{ image: 'ghcr.io/abetlen/llama-cpp-python:latest' }, 8000, 'llama-cpp-python', '/v1/models'],
        [{ command: ['xinference-local', '-H', '0.0.0.0'] }, 9997, 'Xinference', '/v1/models'],
        [{ image: 'deepjavalibrary/djl-serving:0.36.0-lmi' }, 8080, 'DJL Serving', '/ping'],
        [{ command: ['sh', '-c', 'ray start --head && serve run app.yaml'] }, 8000, 'Ray Serve', '/-/healthz'],
        [
          { command: ['python3', 'openai_frontend/main.py', '--openai-port=8000'] },
          8000,
          "Triton's OpenAI frontend",
          '/health/ready',
        ],
      ] as const
    ).map(([fields, port, label, health]) => ({
      name: `say elsewhere that they are ready, as ${label} does`,
      fields: fields as Partial<Container>,
      engine: { type: 'vllm' as const, port },
      want: `container engine is ${label}, which does not say at /health that it is ready; give it a readinessProbe that asks ${health}`,
    })),
    {
      name: 'are for demonstrations',
      fields: { command: ['python3', '-m', 'vllm.entrypoints.api_server'], args: ['--model=/models/m'] },
      want: "container engine is vLLM's server for demonstrations, whose API is below /generate, and callers reach /v1 alone; start vllm.entrypoints.openai.api_server, or add /generate to spec.paths",
    },
    {
      name: 'have no API of OpenAI’s',
      fields: { command: ['tritonserver', '--model-repository=/models'] },
      engine: { type: 'triton-tensorrt-llm', port: 8000 },
      want: 'container engine is Triton, whose API is below /v2, and callers reach /v1 alone; add /v2 to spec.paths',
    },
  ])('$name', ({ fields, engine = VLLM, want }) => expect(problemOf(container(fields), engine)).toBe(want));

  test('unless what they serve is published', () =>
    expect(
      problemOf(
        container({ command: ['tritonserver', '--model-repository=/models'] }),
        { type: 'triton-tensorrt-llm', port: 8000 },
        {},
        { paths: ['/v2'] },
      ),
    ).toBe(undefined));
});

test.each<{ name: string; fields: Partial<Container>; engine: Engine }>([
  {
    name: 'TGI on GKE, told by variables',
    fields: {
      image: 'us-docker.pkg.dev/release/huggingface-text-generation-inference-cu121.2-1.ubuntu2204.py310',
      env: [
        { name: 'PORT', value: '8080' },
        { name: 'NUM_SHARD', value: '2' },
      ],
      resources: { limits: { 'nvidia.com/gpu': '2' } },
    },
    engine: { type: 'tgi', port: 8080 },
  },
  {
    name: 'Infinity, told by variables',
    fields: {
      image: 'michaelf34/infinity:latest-cpu',
      args: ['v2'],
      env: [
        { name: 'INFINITY_PORT', value: '8003' },
        { name: 'INFINITY_URL_PREFIX', value: '/v1' },
      ],
    },
    engine: { type: 'vllm', port: 8003 },
  },
  {
    name: 'Ollama, which a script starts and fills',
    fields: { image: 'ollama/ollama', command: ['sh', '-c', 'ollama serve & sleep 5; ollama pull llama3; wait'] },
    engine: { type: 'ollama', port: 11434 },
  },
  {
    name: 'LMDeploy, with a probe of its own',
    fields: {
      image: 'openmmlab/lmdeploy',
      command: ['lmdeploy', 'serve', 'api_server', 'internlm/internlm2_5-7b-chat', '--server-port', '23333'],
      readinessProbe: { tcpSocket: { port: 23333 } },
    },
    engine: { type: 'vllm', port: 23333 },
  },
  {
    name: 'vLLM that is copied for eight cards of one node',
    fields: {
      command: ['vllm', 'serve', 'deepseek-ai/DeepSeek-V3.2', '-dp', '8', '-dpl', '8', '--enable-expert-parallel'],
      resources: { limits: { 'nvidia.com/gpu': 8 } },
    },
    engine: VLLM,
  },
  {
    name: 'TEI, told by a ConfigMap',
    fields: {
      image: 'ghcr.io/huggingface/text-embeddings-inference:cpu-1.8',
      envFrom: [{ configMapRef: { name: 'tei' } }],
    },
    engine: { type: 'vllm', port: 2082 },
  },
  {
    name: 'Infinity, told by a Secret',
    fields: { image: 'michaelf34/infinity:latest', args: ['v2'], envFrom: [{ secretRef: { name: 'infinity' } }] },
    engine: { type: 'vllm', port: 8000 },
  },
  {
    name: 'a NIM for embeddings on a port of its own',
    fields: {
      image: 'nvcr.io/nim/nvidia/nv-embedqa-e5-v5:1.1.0',
      env: [{ name: 'NIM_HTTP_API_PORT', value: '8080' }],
    },
    engine: { type: 'nim', port: 8080 },
  },
  {
    name: 'vLLM that a script starts with a default for each variable',
    fields: {
      command: ['sh', '-c', `vllm serve m --port "\${PORT:-9000}" -tp \${TP:-8}`],
      env: [
        { name: 'PORT', value: '8000' },
        { name: 'TP', value: '1' },
      ],
      resources: { limits: { 'nvidia.com/gpu': 1 } },
    },
    engine: VLLM,
  },
  {
    name: 'vLLM whose script has a default for what may come by envFrom',
    fields: {
      command: ['sh', '-c', `vllm serve m --port \${PORT:-9000}`],
      envFrom: [{ configMapRef: { name: 'vllm' } }],
    },
    engine: VLLM,
  },
  {
    name: 'LocalAI, told by an option',
    fields: {
      image: 'quay.io/go-skynet/local-ai:latest',
      args: ['run', '--address', ':9090'],
      readinessProbe: { httpGet: { path: '/readyz', port: 9090 } },
    },
    engine: { type: 'vllm', port: 9090 },
  },
  {
    name: 'a worker of Dynamo with its frontend',
    fields: {
      command: ['sh', '-c', 'python3 -m dynamo.frontend --http-port 8000 & python3 -m dynamo.vllm --model m'],
    },
    engine: VLLM,
  },
])('a server that answers is let be: $name', ({ fields, engine }) =>
  expect(problemOf(container(fields), engine)).toBe(undefined),
);
