import type { EngineBehaviour } from '../catalogue.ts';

/** The gauges that a picker reads, by what an engine may be told to say of itself. */
const GAUGES = {
  waiting: 'vllm:num_requests_waiting',
  cacheUsage: 'vllm:kv_cache_usage_perc',
} as const;

/** An engine's metrics, in the text format of Prometheus, but for what it has been told to say. */
export function metricsAsTold(text: string, behaviour: EngineBehaviour): string {
  let told = text;
  for (const [word, gauge] of Object.entries(GAUGES)) {
    const value = behaviour[word as keyof typeof GAUGES];
    if (value !== undefined) told = told.replaceAll(new RegExp(`^(${gauge}\\{.*\\}) .*$`, 'gm'), `$1 ${value}`);
  }
  return told;
}
