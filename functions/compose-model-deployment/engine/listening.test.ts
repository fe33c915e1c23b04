import { describe, expect, test } from 'vitest';
import type { Container } from './template.ts';
import { container, type Engine, problemOf, VLLM } from './testing.ts';

describe('engines that nobody would get an answer from', () => {
  const fronted = { name: 'proxy', image: 'p', ports: [{ containerPort: 8000, protocol: 'TCP' as const }] };
  test.each<{ name: string; fields: Partial<Container>; engine?: Engine; want: string | undefined }>([
    {
      name: 'listen on another port',
      fields: { command: ['trtllm-serve', 'm'], args: ['--port', '9000'] },
      engine: { type: 'trtllm-serve', port: 8000 },
      want: 'container engine: args has --port 9000, and engine.port is 8000, where pool, picker and probes ask; set engine.port to 9000, or let it listen on 8000',
    },
    {
      name: 'listen on another port by a script',
      fields: { command: ['bash', '-c', 'vllm serve m --port=8080'] },
      want: 'container engine: args has --port 8080, and engine.port is 8000, where pool, picker and probes ask; set engine.port to 8080, or let it listen on 8000',
    },
    {
      name: 'listen where a variable says',
      fields: { command: ['bash', '-c', 'vllm serve m --port $PORT'] },
      want: undefined,
    },
    {
      name: 'are started beside a program with a port of its own',
      fields: { command: ['bash', '-c', 'ray start --head --port=6379 && vllm serve m'] },
      want: undefined,
    },
    {
      name: 'listen where their kind does',
      fields: { image: 'ollama/ollama:0.12' },
      engine: { type: 'ollama', port: 8000 },
      want: 'container engine: its engine listens on 11434 unless told, and engine.port is 8000, where pool, picker and probes ask; set engine.port to 11434, or let it listen on 8000',
    },
    {
      name: 'are told by a variable',
      fields: { image: 'ollama/ollama:0.12', env: [{ name: 'OLLAMA_HOST', value: '0.0.0.0:8000' }] },
      engine: { type: 'ollama', port: 8000 },
      want: undefined,
    },
    {
      name: 'are told a host by a variable, and no port',
      fields: { image: 'ollama/ollama:0.12', env: [{ name: 'OLLAMA_HOST', value: '0.0.0.0' }] },
      engine: { type: 'ollama', port: 8000 },
      want: 'container engine: env OLLAMA_HOST is 0.0.0.0, and engine.port is 8000, where pool, picker and probes ask; set engine.port to 11434, or let it listen on 8000',
    },
    {
      name: 'answer their own pod alone by a variable',
      fields: { image: 'ollama/ollama:0.12', env: [{ name: 'OLLAMA_HOST', value: '127.0.0.1:11434' }] },
      engine: { type: 'ollama', port: 11434 },
      want: 'container engine: env OLLAMA_HOST is 127.0.0.1:11434, where only its own pod can ask; set 0.0.0.0:11434',
    },
    {
      name: 'are of a kind that answers its own pod alone',
      fields: { command: ['python3', '-m', 'sglang.launch_server'], args: ['--model-path=m'] },
      engine: { type: 'sglang', port: 30000 },
      want: 'container engine: sglang.launch_server without --host listens on localhost, where only its own pod can ask; add --host 0.0.0.0',
    },
    {
      name: 'answer over HTTPS',
      fields: { args: ['--ssl-certfile=/c', '--ssl-keyfile=/k'] },
      want: "container engine: args has --ssl-certfile, and the cluster's gateway asks engines in plain HTTP; remove it, TLS ends at the gateway",
    },
    {
      name: 'are asked over HTTPS',
      fields: { readinessProbe: { httpGet: { port: 8000, scheme: 'HTTPS' } } },
      want: "container engine: readinessProbe asks engine.port 8000 over HTTPS, and the cluster's gateway asks it in plain HTTP; serve HTTP there, and remove scheme",
    },
    {
      name: 'listen on a socket',
      fields: { image: 'ghcr.io/ggml-org/llama.cpp:server', args: ['--host', '/run/llama.sock'] },
      engine: { type: 'llama-cpp', port: 8080 },
      want: 'container engine: args has --host /run/llama.sock, where only its own pod can ask; set 0.0.0.0, or remove it',
    },
    {
      name: 'see none of their cards',
      fields: {
        env: [{ name: 'HIP_VISIBLE_DEVICES', value: '6,7' }],
        resources: { limits: { 'amd.com/gpu': 2 } },
      },
      want: 'container engine: env HIP_VISIBLE_DEVICES is 6,7, and in its pod its cards are 0 to 1; remove it, for it sees no others',
    },
    {
      name: 'see the first of cards that they do not all have',
      fields: {
        env: [{ name: 'CUDA_VISIBLE_DEVICES', value: '0,1' }],
        resources: { limits: { 'nvidia.com/gpu': 1 } },
      },
      want: undefined,
    },
    {
      name: 'answer their own pod alone',
      fields: { args: ['--host', '127.0.0.1'] },
      want: 'container engine: args has --host 127.0.0.1, where only its own pod can ask; set 0.0.0.0, or remove it',
    },
    {
      name: 'answer their own pod alone, as TGI is told it',
      fields: { image: 'ghcr.io/huggingface/text-generation-inference:3.3', args: ['--hostname=127.0.0.1'] },
      engine: { type: 'tgi', port: 80 },
      want: 'container engine: args has --hostname 127.0.0.1, where only its own pod can ask; set 0.0.0.0, or remove it',
    },
    {
      name: 'use more cards than they get',
      fields: { command: ['vllm', 'serve', 'm', '-tp=4'], resources: { limits: { 'nvidia.com/gpu': 1 } } },
      want: 'container engine: args ask for 4 GPUs, and its limits are nvidia.com/gpu: 1; raise the limit to 4, or ask for fewer',
    },
    ...(
      [
        ['sglang', ['python3', '-m', 'sglang.launch_server', '--host=::', '--tp', '4', '--port=8000']],
        ['trtllm-serve', ['trtllm-serve', 'm', '--host=0.0.0.0', '--tp_size=2', '--pp_size', '2']],
        ['tgi', ['text-generation-launcher', '--num-shard=4', '-p', '8000']],
        ['triton-tensorrt-llm', ['python3', 'launch_triton_server.py', '--world_size=4', '--openai']],
      ] as const
    ).map(([type, command]) => ({
      name: `use more cards than they get, as ${type} is told it`,
      fields: { command: [...command], resources: { limits: { 'nvidia.com/gpu': 2 } } },
      engine: { type, port: 8000 },
      want: 'container engine: args ask for 4 GPUs, and its limits are nvidia.com/gpu: 2; raise the limit to 4, or ask for fewer',
    })),
    {
      name: 'use more cards than they get, by a variable',
      fields: {
        image: 'ghcr.io/huggingface/text-generation-inference:3.3',
        env: [{ name: 'NUM_SHARD', value: '4' }],
        resources: { limits: { 'nvidia.com/gpu': 2 } },
      },
      engine: { type: 'tgi', port: 80 },
      want: 'container engine: args ask for 4 GPUs, and its limits are nvidia.com/gpu: 2; raise the limit to 4, or ask for fewer',
    },
    {
      name: 'have parts that share their cards',
      fields: {
        command: ['sglang', 'serve', '--host=::', '--tp=8', '--dp=8', '--enable-dp-attention'],
        resources: { limits: { 'nvidia.com/gpu': 8 } },
      },
      engine: { type: 'sglang', port: 30000 },
      want: undefined,
    },
    {
      name: 'listen where a variable of theirs says',
      fields: { command: ['vllm', 'serve', 'm', '--port=$(PORT)'], env: [{ name: 'PORT', value: '9000' }] },
      want: 'container engine: args has --port 9000, and engine.port is 8000, where pool, picker and probes ask; set engine.port to 9000, or let it listen on 8000',
    },
    {
      name: 'listen where a script says again',
      fields: {
        command: ['sh', '-c', 'PORT=8000\nvllm serve m --port=$PORT'],
        env: [{ name: 'PORT', value: '9000' }],
      },
      want: undefined,
    },
    {
      name: 'listen where a script says unless a variable does',
      fields: { command: ['sh', '-c', `exec vllm serve m --port "\${PORT:-8080}"`] },
      want: 'container engine: args has --port 8080, and engine.port is 8000, where pool, picker and probes ask; set engine.port to 8080, or let it listen on 8000',
    },
    {
      name: 'listen where something says that is no port',
      fields: { command: ['vllm', 'serve', 'm', '--port=http'] },
      want: 'container engine: args has --port http, and engine.port is 8000, where pool, picker and probes ask; let it listen on 8000',
    },
    {
      name: 'are given what their release knows no more',
      fields: { image: 'vllm/vllm-openai:v0.18.0', args: ['m', '--swap_space=16'] },
      want: 'container engine: args has --swap-space, which vLLM has no more since 0.18, so that image vllm/vllm-openai:v0.18.0 would end at it; remove it',
    },
    {
      name: 'are given what their release knows no more, by a script',
      fields: {
        image: 'mirror.example.com/vllm-openai:v0.20.1',
        command: ['sh', '-c', 'exec vllm serve m --task embed'],
      },
      want: 'container engine: args has --task, which vLLM has no more since 0.13, so that image mirror.example.com/vllm-openai:v0.20.1 would end at it; write --runner, or --runner=pooling for embeddings',
    },
    {
      name: 'are given what their release still knows',
      fields: { image: 'vllm/vllm-openai:v0.8.5', args: ['m', '--swap-space=16', '--disable-log-requests'] },
      want: undefined,
    },
    {
      name: 'are given what nobody knows of their release',
      fields: { image: 'vllm/vllm-openai:latest', args: ['m', '--disable-log-requests'] },
      want: undefined,
    },
    {
      name: 'are given by a script what another program of it knows',
      fields: {
        image: 'vllm/vllm-openai:v0.20.1',
        command: ['sh', '-c', 'vllm serve m & vllm bench serve --host 127.0.0.1; python3 warm.py --task embed\nwait'],
      },
      want: undefined,
    },
    {
      name: 'are asked by another program of their script',
      fields: { command: ['sh', '-c', 'vllm serve m --port 9000 & exec litellm --port 8000'] },
      want: undefined,
    },
    {
      name: 'have a version that is not of vLLM itself',
      fields: { image: 'registry.example.com/vllm-openai:v25.10.1', args: ['m', '--disable-log-requests'] },
      want: undefined,
    },
    {
      name: 'have another release than their image, which a script installs',
      fields: {
        image: 'vllm/vllm-openai:v0.20.1',
        command: ['sh', '-c', "pip install 'vllm==0.8.5' && exec vllm serve m --swap-space=4"],
      },
      want: undefined,
    },
    {
      name: 'work for a frontend that is elsewhere',
      fields: { command: ['python3', '-m', 'dynamo.vllm', '--model', 'm'] },
      want: "container engine runs dynamo.vllm, a worker that answers a frontend of Dynamo alone; start the engine's own server, or dynamo.frontend beside it",
    },
    {
      name: 'are one half of an engine',
      fields: { command: ['sglang', 'serve', '--host=::', '--disaggregation-mode', 'prefill'] },
      engine: { type: 'sglang', port: 30000 },
      want: 'container engine: args has --disaggregation-mode prefill, one half of an engine, and a replica answers by itself; remove it',
    },
    {
      name: 'use more parts than they have devices',
      fields: {
        command: ['vllm', 'serve', 'm', '--tensor-parallel-size=2'],
        resources: { limits: { 'aws.amazon.com/neuron': 1 } },
      },
      want: undefined,
    },
    {
      name: 'are one of several nodes',
      fields: { command: ['sglang', 'serve', '--host=::', '--nnodes', '2', '--node-rank', '0'] },
      engine: { type: 'sglang', port: 30000 },
      want: 'container engine: args has --nnodes, for an engine on several nodes, and a replica is one pod; choose GPUs that one node has, and remove it',
    },
    {
      name: 'are the one of one node',
      fields: {
        command: ['sglang', 'serve', '--host=::', '--nnodes=1', '--node-rank=0', '--dist-init-addr=127.0.0.1:5000'],
      },
      engine: { type: 'sglang', port: 30000 },
      want: undefined,
    },
    {
      name: 'belong to a LeaderWorkerSet',
      fields: {
        command: ['sh', '-c', 'python3 server.py leader'],
        env: [
          {
            name: 'KEY',
            valueFrom: { fieldRef: { fieldPath: "metadata.labels['leaderworkerset.sigs.k8s.io/group-key']" } },
          },
        ],
      },
      want: 'container engine joins a cluster of several nodes, and a replica is one pod, which serves by itself; use GPUs that one node has, and remove what joins',
    },
    {
      name: 'join a cluster of several nodes',
      fields: { command: ['bash', '-c', 'ray start --address=head:6379 --block'] },
      want: 'container engine joins a cluster of several nodes, and a replica is one pod, which serves by itself; use GPUs that one node has, and remove what joins',
    },
  ])('because they $name', ({ fields, engine = VLLM, want }) =>
    expect(problemOf(container(fields), engine)).toBe(want),
  );

  test.each([
    { name: 'asks', status: { authentication: 'Enforced' } },
    { name: 'does not ask', status: {} },
  ])('because they ask for a key of their own, where the front door $name for one', ({ name, status }) => {
    const env = [{ name: 'VLLM_API_KEY', valueFrom: { secretKeyRef: { name: 'key', key: 'key' } } }];
    expect(problemOf(container({ command: ['vllm', 'serve', 'm'], env }), VLLM, {}, {}, status)).toBe(
      name === 'asks'
        ? "container engine: env has VLLM_API_KEY, a key of its own, and the front door takes the callers' keys and passes none on; remove it"
        : undefined,
    );
  });

  test('unless another container takes the port', () =>
    expect(problemOf({ containers: [...(container({ args: ['--port=8200'] }).containers ?? []), fronted] }, VLLM)).toBe(
      undefined,
    ));
});
