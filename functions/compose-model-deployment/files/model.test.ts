import { expect, test } from 'vitest';
import { downloadOf } from './model.ts';

const VLLM = 'docker.io/vllm/vllm-openai:v0.27.1';
const engine = (fields: object) => ({ spec: { containers: [{ name: 'engine', ...fields }] } }) as never;

test.each([
  {
    name: 'a model of the short form',
    type: 'vllm',
    container: { command: ['vllm', 'serve'], args: ['Qwen/Qwen3-8B', '--port=8000'] },
    want: { repository: 'Qwen/Qwen3-8B' },
  },
  {
    name: 'one quantisation of GGUF files, at a revision',
    type: 'vllm',
    container: { command: ['vllm', 'serve'], args: ['unsloth/Qwen3-8B-GGUF:Q4_K_M', '--revision', 'abc'] },
    want: { repository: 'unsloth/Qwen3-8B-GGUF', quantisation: 'Q4_K_M', revision: 'abc' },
  },
  {
    name: 'by the words of vLLM’s own image',
    type: 'vllm',
    container: { image: VLLM, args: ['--model', 'Qwen/Qwen3-8B'] },
    want: { repository: 'Qwen/Qwen3-8B' },
  },
  {
    name: 'by SGLang',
    type: 'sglang',
    container: { command: ['python3', '-m', 'sglang.launch_server'], args: ['--model-path=Qwen/Qwen3-8B'] },
    want: { repository: 'Qwen/Qwen3-8B' },
  },
  { name: 'from a folder', type: 'vllm', container: { command: ['vllm', 'serve'], args: ['/models/qwen'] } },
  { name: 'from a store', type: 'vllm', container: { command: ['vllm', 'serve'], args: ['s3://bucket/qwen'] } },
  { name: 'by a variable', type: 'vllm', container: { command: ['sh', '-c', 'vllm serve $MODEL'] } },
  {
    name: 'by another loader',
    type: 'vllm',
    container: { command: ['vllm', 'serve'], args: ['Qwen/Qwen3-8B', '--load-format=runai_streamer'] },
  },
  {
    name: 'by an image of somebody’s own',
    type: 'vllm',
    container: { image: 'example.com/e:1', args: ['Qwen/Qwen3-8B'] },
  },
  { name: 'by another engine', type: 'tgi', container: { args: ['--model-id', 'Qwen/Qwen3-8B'] } },
])('what is downloaded $name', ({ type, container, want }) =>
  expect(downloadOf({ type, port: 8000 } as never, engine(container))).toEqual(want),
);
