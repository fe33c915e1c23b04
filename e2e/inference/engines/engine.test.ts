import { expect, test } from 'vitest';
import { servedModels } from './engine.ts';
import { metricsText } from './metrics.ts';

test.each([
  {
    name: 'an engine serves its model under every name that it is told, up to the next flag',
    args: ['Qwen/Qwen3-8B', '--served-model-name', 'qwen', 'Qwen/Qwen3-8B', '--port=8000'],
    want: ['qwen', 'Qwen/Qwen3-8B'],
  },
  { name: 'the names may be the last arguments', args: ['m', '--served-model-name', 'a'], want: ['a'] },
  { name: 'an engine that is told no name takes every one', args: ['m', '--port=8000'], want: undefined },
])('$name', ({ args, want }) => expect(servedModels(args)).toEqual(want));

test('an engine reports the gauges that a picker reads, as it was told to', () =>
  expect(
    metricsText('qwen', 3, { waiting: 50, cacheUsage: 0.99 })
      .split('\n')
      .filter((line) => /^vllm:[nk]/.test(line)),
  ).toEqual([
    'vllm:num_requests_running{model_name="qwen"} 3',
    'vllm:num_requests_waiting{model_name="qwen"} 50',
    'vllm:kv_cache_usage_perc{model_name="qwen"} 0.99',
  ]));
