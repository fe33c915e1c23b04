import { describe, expect, test } from 'vitest';
import { metrics as functionMetrics } from '#shared/server-metrics.ts';
import { FUNCTIONS, functionRepository, objectName } from '../../packages/repositories.ts';
import { metrics as verifierMetrics } from '../../verifier/metrics.ts';
import { objectsOf } from '../manifests.ts';
import { dashboard, groupsOf, metricsIn, queries } from './metrics.ts';

/** What others' programs say, held to the programs themselves by e2e/scenarios/monitoring.e2e.ts. */
const OTHERS: readonly RegExp[] = [
  /^up$/,
  // Traefik 3.7
  /^traefik_(router|service)_requests_total$/,
  /^traefik_router_request_duration_seconds_bucket$/,
  /^traefik_(open_connections|config_last_reload_success|tls_certs_not_after)$/,
  // Crossplane 2.4
  /^circuit_breaker_opens_total$/,
  // provider-kubernetes 1.3
  /^controller_runtime_reconcile_total$/,
  // The pickers of GIE 1.5, and of llm-d, which has them beside its own names
  /^inference_pool_(ready_pods|average_queue_size|average_kv_cache_utilization)$/,
  /^inference_objective_request_(error_)?total$/,
  /^inference_extension_flow_control_queue_size$/,
  // vLLM
  /^vllm:(num_requests_(running|waiting)|time_to_first_token_seconds_bucket|(generation|prompt)_tokens_total)$/,
];

/** What our own programs say, as they say it. */
async function ours(): Promise<Set<string>> {
  const said = [await functionMetrics().expose(), await verifierMetrics().expose()].join('\n');
  const types = [...said.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Set(types.flatMap(([, name = '', type]) => (type === 'histogram' ? [`${name}_bucket`] : [name])));
}

describe.each(queries())('$where: $expr', ({ expr }) => {
  test('is a query, and every metric in it is one that somebody says', async () => {
    const known = await ours();
    const unknown = metricsIn(expr).filter((name) => !known.has(name) && !OTHERS.some((other) => other.test(name)));
    expect(unknown).toEqual([]);
    expect(metricsIn(expr)).not.toEqual([]);
  });
});

test('no pattern of others is left over', () => {
  const asked = queries().flatMap(({ expr }) => metricsIn(expr));
  expect(OTHERS.filter((other) => !asked.some((name) => other.test(name)))).toEqual([]);
});

test('a query that is none is told', () => {
  expect(() => metricsIn('sum by (a (b)')).toThrow(/cannot read/);
});

const SIDES = ['control plane', 'inference cluster'] as const;

test.each(SIDES)('every alert of the %s has a name of its own, a severity and a sentence', (side) => {
  const rules = groupsOf(side).flatMap(({ rules }) => rules);
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  for (const { alert, labels, annotations } of rules) {
    expect(alert).toMatch(/^Modelplane[A-Z]/);
    expect(labels.severity).toMatch(/^(critical|warning|info)$/);
    expect(annotations.summary).toMatch(/^[A-Z{].*\.$/);
  }
});

test('the jobs of the queries are those under which metrics are collected', () => {
  interface PodMonitor {
    readonly spec: {
      readonly podMetricsEndpoints: readonly { readonly relabelings: readonly { readonly replacement?: string }[] }[];
    };
  }
  const folders = ['monitoring', 'monitoring/inference-cluster'] as const;
  const monitors = folders.flatMap((folder) => [...objectsOf<PodMonitor>(folder, 'PodMonitor').values()]);
  const jobs = monitors.flatMap(({ spec }) =>
    spec.podMetricsEndpoints.flatMap(({ relabelings }) => relabelings.flatMap(({ replacement }) => replacement ?? [])),
  );
  const asked = queries().flatMap(({ expr }) => [...expr.matchAll(/job="([^"]+)"/g)].map(([, job]) => job));
  expect(asked.filter((job) => !jobs.includes(job ?? ''))).toEqual([]);
});

test('every function is asked', () => {
  interface Selecting {
    readonly spec: { readonly selector: { readonly matchExpressions: readonly { readonly values: string[] }[] } };
  }
  const monitor = objectsOf<Selecting>('monitoring', 'PodMonitor').get('modelplane-functions');
  const names = FUNCTIONS.map((name) => objectName(functionRepository(name)));
  expect(monitor?.spec.selector.matchExpressions[0]?.values).toEqual(names);
});

test('no two panels of the dashboard lie over each other, and each asks a data source of its own choice', () => {
  interface Placed {
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly title: string;
  }
  const panels = dashboard().panels as unknown as Placed[];
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(JSON.stringify(panels)).not.toMatch(/"uid":"(?!\$\{(control|inference)\})/);
});
