import type { EngineBehaviour } from '../catalogue.ts';

/** What vLLM reports of itself and a picker reads, in the text format of Prometheus. */
export function metricsText(model: string, running: number, { waiting = 0, cacheUsage = 0 }: EngineBehaviour): string {
  const gauges = {
    'vllm:num_requests_running': running,
    'vllm:num_requests_waiting': waiting,
    'vllm:kv_cache_usage_perc': cacheUsage,
  };
  const lines = Object.entries(gauges).flatMap(([name, value]) => [
    `# TYPE ${name} gauge`,
    `${name}{model_name=${JSON.stringify(model)}} ${value}`,
  ]);
  return `${[...lines, ...CACHE_CONFIG].join('\n')}\n`;
}

const CACHE_CONFIG = [
  '# TYPE vllm:cache_config_info gauge',
  'vllm:cache_config_info{block_size="16",num_gpu_blocks="4096"} 1',
];
