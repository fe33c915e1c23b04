import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { temporaryFolder } from '../../packages/folders.ts';
import { promtool, toolOrWhyNot, writeRules } from './prometheus.ts';

const SIDES = ['control plane', 'inference cluster'] as const;

describe('the alerts of install/monitoring', () => {
  test('are rules that promtool has nothing to say against', async ({ skip }) => {
    const tool = await toolOrWhyNot('promtool');
    if ('whyNot' in tool) return skip(tool.whyNot);
    await using folder = await temporaryFolder('rules');
    const files = await Promise.all(SIDES.map((side) => writeRules(folder.path, side)));
    expect(await promtool(tool.path, 'check', 'rules', '--lint=all', '--lint-fatal', ...files)).toContain('SUCCESS');
  });

  test.for([
    {
      name: 'no pod of the front door answers',
      series: { 'up{job="modelplane-front-door", pod="a"}': '0x20' },
      at: '5m',
      fires: ['ModelplaneFrontDoorDown'],
    },
    {
      name: 'one pod of two answers: nobody is woken',
      series: {
        'up{job="modelplane-front-door", pod="a"}': '0x20',
        'up{job="modelplane-front-door", pod="b"}': '1x20',
      },
      at: '10m',
      fires: [],
    },
    {
      name: 'every request of a path is answered with 503',
      series: { 'traefik_router_requests_total{router="qwen", code="503"}': '0+60x20', ...up() },
      at: '10m',
      fires: ['ModelplaneErrors', 'ModelplaneUnavailable'],
    },
    {
      name: 'one in a hundred fails: nobody is woken',
      series: {
        'traefik_router_requests_total{router="qwen", code="502"}': '0+1x20',
        'traefik_router_requests_total{router="qwen", code="200"}': '0+99x20',
        ...up(),
      },
      at: '15m',
      fires: [],
    },
    {
      name: 'a function fails for the first time',
      series: { 'function_failures_total{kind="ModelService", what="TypeError"}': '_x10 1x30', ...up() },
      at: '15m',
      fires: ['ModelplaneFunctionFails'],
    },
    {
      name: 'a spec was refused a day ago: nobody hears of it any more',
      series: { 'function_refusals_total{kind="ModelService", reason="NotAllowed"}': '1x1500', ...up() },
      at: '24h',
      fires: [],
    },
    {
      name: 'a pool has no engine',
      series: { 'inference_pool_ready_pods{name="qwen"}': '0x20', ...up() },
      at: '10m',
      fires: ['ModelplanePoolEmpty'],
    },
    {
      name: 'there is no verifier, because nobody asked for one: nobody is woken',
      series: up(),
      at: '10m',
      fires: [],
    },
  ])('fire as they should when $name', async ({ series, at, fires }, { skip }) => {
    const tool = await toolOrWhyNot('promtool');
    if ('whyNot' in tool) return skip(tool.whyNot);
    await using folder = await temporaryFolder('rules');
    const rules = await Promise.all(SIDES.map((side) => writeRules(folder.path, side)));
    // Of all alerts, so that one which fires and should not is seen.
    const input = Object.entries(series).map(([name, values]) => ({ series: name, values }));
    const expression = 'sort(count by (alertname) (ALERTS{alertstate="firing"}))';
    const exp_samples = fires.map((alertname) => ({ labels: `{alertname="${alertname}"}`, value: 1 }));
    const file = join(folder.path, 'test.yaml');
    const check = { expr: expression, eval_time: at, exp_samples };
    const one = { interval: '1m', input_series: input, promql_expr_test: [check] };
    await writeFile(file, stringify({ rule_files: rules, evaluation_interval: '1m', tests: [one] }));
    expect(await promtool(tool.path, 'test', 'rules', file)).toContain('SUCCESS');
  });
});

/** So that nothing but what is asked about is wrong. */
function up(): Record<string, string> {
  return { 'up{job="modelplane-front-door", pod="a"}': '1x1500' };
}
