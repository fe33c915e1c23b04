import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { metricsIn, queries } from '../../install/monitoring/metrics.ts';
import { temporaryFolder } from '../../packages/folders.ts';
import { load } from './client.ts';
import { deployment, inside, test } from './inference/testing.ts';
import { applyReady, endpoint } from './objects.ts';
import { CROSSPLANE, startPrometheus, targetsOf, toolOrWhyNot, writeRules } from './prometheus.ts';
import { apply, eventually } from './testing.ts';
import { admin } from './world.ts';

const SIDES = ['control plane', 'inference cluster'] as const;

/** What nobody says before it happens, or before a platform team asks for it. */
const NOT_YET: readonly RegExp[] = [
  /^function_(failures|refusals)_total$/,
  /^verifier_/,
  /^circuit_breaker_opens_total$/,
  // With TLS only.
  /^traefik_tls_certs_not_after$/,
  /^inference_objective_request_error_total$/,
  // With flow control only.
  /^inference_extension_flow_control_queue_size$/,
];

test('every query of alerts and dashboard is answered by a Prometheus that asks what runs here, as install/monitoring says', async ({
  namespace,
  skip,
}) => {
  const tool = await toolOrWhyNot('prometheus');
  if ('whyNot' in tool) return skip(tool.whyNot);
  const placements = [{ name: 'only', clusterSelector: { matchLabels: { region: 'us' } } }];
  await applyReady(namespace, deployment('qwen', { model: 'Qwen/Qwen3-8B', placements }));
  // Refused, so that there is a refusal to count.
  await apply([endpoint('bad', { url: 'http://127.0.0.1' })], namespace);
  await using folder = await temporaryFolder('prometheus');
  const rules = await Promise.all(SIDES.map((side) => writeRules(folder.path, side)));
  const targets = [
    ...(await targetsOf('monitoring', admin)),
    CROSSPLANE,
    ...(await targetsOf('monitoring/inference-cluster', inside('us'), `mp-${namespace}`)),
  ];
  await using prometheus = await startPrometheus(tool.path, folder.path, targets, rules);
  const client = await load(`/${namespace}/qwen`, { model: 'qwen', rate: 20 });
  await eventually(
    async () => (await prometheus.query('up == 1')).length === targets.length,
    () => 'every target should answer',
  );
  await delay(10_000);
  const { failures } = await client.stop();
  expect(failures).toEqual([]);

  const jobs = (await prometheus.query('count by (job) (up == 1)')) as { metric: { job: string } }[];
  expect(jobs.map(({ metric }) => metric.job).sort()).toEqual([
    ...['modelplane-crossplane', 'modelplane-engines', 'modelplane-front-door'],
    ...['modelplane-functions', 'modelplane-pickers', 'modelplane-provider-kubernetes'],
  ]);
  const names = [...new Set(queries().flatMap(({ expr }) => metricsIn(expr)))];
  const said = await prometheus.api<string[]>('label/__name__/values');
  expect(names.filter((name) => !said.includes(name) && !NOT_YET.some((one) => one.test(name)))).toEqual([]);

  const panels = queries().filter(({ where }) => !where.startsWith('Modelplane'));
  for (const { where, expr } of panels) {
    const result = await prometheus.query(expr);
    const mayBeEmpty = metricsIn(expr).some((name) => NOT_YET.some((one) => one.test(name)));
    if (!mayBeEmpty) expect(result, where).not.toEqual([]);
  }
  interface Rule {
    readonly name: string;
    readonly health: string;
    readonly state: string;
  }
  const { groups } = await prometheus.api<{ groups: readonly { rules: readonly Rule[] }[] }>('rules');
  const evaluated = groups.flatMap(({ rules }) => rules);
  expect(evaluated.filter(({ health }) => health !== 'ok')).toEqual([]);
  expect(evaluated.filter(({ state }) => state === 'firing').map(({ name }) => name)).toEqual([
    'ModelplaneSpecRefused',
  ]);
});
