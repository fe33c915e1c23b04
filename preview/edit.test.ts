import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../cli/program.ts';
import { collected } from './testing-output.ts';

const PLATFORM = `
apiVersion: modelplane.ai/v1alpha1
kind: InferenceGateway
metadata: {name: default}
spec: {backend: Traefik, hostname: models.example.com}
`;
const clusters = (...names: readonly string[]): string =>
  names
    .map(
      (name) => `---
apiVersion: modelplane.ai/v1alpha1
kind: InferenceCluster
metadata: {name: ${name}}
spec:
  kubeconfigSecretRef: {namespace: modelplane-system, name: ${name}}
  gateway: {namespace: inference, name: inference-gateway}
`,
    )
    .join('');
const deployment = (spec: string, more = ''): string => `---
apiVersion: modelplane.ai/v1alpha1
kind: ModelDeployment
metadata: {name: qwen, namespace: ml${more}}
spec: {model: Qwen/Qwen3-8B, ${spec}}
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'edit-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function edited(before: string, after: string, ...options: readonly string[]) {
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const output = collected(80);
  const files = [write('before.yaml', before), '--then', write('after.yaml', after)];
  const status = await run(['preview', ...files, ...options], output);
  return { status, ...output.written };
}

const answer = async (before: string, after: string) => JSON.parse((await edited(before, after, '-o', 'json')).stdout);
const sharesOf = ([path]: readonly { shares: readonly { name: string; percent: number; priority: object }[] }[]) =>
  path?.shares.map(({ name, percent }) => `${percent} ${name}`);

const US = PLATFORM + clusters('us');

describe('an edit', () => {
  test('of nothing changes nothing', async () => {
    const { changes, rounds, before, paths } = await answer(
      US + deployment('criticality: High'),
      US + deployment('criticality: High'),
    );
    expect({ changes, rounds }).toEqual({ changes: { created: [], changed: [], deleted: [] }, rounds: 0 });
    expect(paths).toEqual(before);
  });

  test('of the criticality changes the objective, and neither share nor engines', async () => {
    const { changes, before, paths } = await answer(
      US + deployment('criticality: Standard'),
      US + deployment('criticality: Critical'),
    );
    expect([before[0].shares[0].priority, paths[0].shares[0].priority]).toEqual([
      { criticality: 'Standard', value: 0 },
      { criticality: 'Critical', value: 100 },
    ]);
    expect(sharesOf(paths)).toEqual(sharesOf(before));
    expect(changes.changed).toContainEqual(
      expect.objectContaining({ site: 'us', fields: ['spec.priority: 0 → 100'], replacesEngines: false }),
    );
    expect([changes.created, changes.deleted]).toEqual([[], []]);
  });

  test('of the GPUs replaces the engines, which a reviewer is told', async () => {
    const { stdout } = await edited(US + deployment('gpus: 1'), US + deployment('gpus: 2'));
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /Look at - Deployment mp-ml\/qwen-default-\w+ on us replaces its engines/,
    );
  });

  test('that leaves a placement where it serves does not move it, whatever else would fit', async () => {
    const before = PLATFORM + clusters('us') + deployment('replicas: 1');
    const after = PLATFORM + clusters('eu', 'us') + deployment('replicas: 2');
    const { paths, changes } = await answer(before, after);
    expect(sharesOf(paths)).toEqual(['100 default on us']);
    expect(changes.created.map(({ object }: { object: string }) => object)).toContain('InferenceCluster eu');
  });

  test('that takes a deployment away leaves its path to nobody', async () => {
    const { stdout } = await edited(US + deployment('replicas: 1'), US);
    expect(stdout).toContain('  is not there any more: answers 404\n');
    expect(stdout).toMatch(/Deleted\n(?: {2}.*\n)* {2}ModelDeployment ml\/qwen\n/);
    // What is observed there, and is not ours, stays.
    expect(stdout).not.toMatch(/Deleted[\s\S]*kube-system/);
  });

  test('that an API server would not take is a problem of its manifest', async () => {
    const { status, stdout, stderr } = await edited(US + deployment('replicas: 1'), US + deployment('replicas: many'));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/after\.yaml:\d+: ModelDeployment ml\/qwen: spec\.replicas: must be a whole number/);
  });

  test('is shown as Markdown with what was before, and text of a manifest is no markup', async () => {
    const { stdout } = await edited(
      US + deployment('criticality: High'),
      US + deployment('criticality: Critical'),
      '-o',
      'markdown',
    );
    expect(stdout).toContain('| share | before | who | priority |');
    expect(stdout).toContain('| 100% | 100% | default on us | Critical, 100 (was High, 50) |');
    expect(stdout).toContain('<details><summary>2 changed</summary>');
  });

  test('is drawn with both moments', async () => {
    const { stdout } = await edited(US + deployment('criticality: High'), US, '-o', 'html');
    expect(stdout).toMatch(
      /<h2>Before<\/h2>[\s\S]*High, 50[\s\S]*<h2>After the edit<\/h2>[\s\S]*is not there any more: answers 404/,
    );
  });

  test('that moves a placement, or makes something wait, says so to a reviewer', async () => {
    const selected = (cluster: string) => deployment(`clusterSelector: {matchLabels: {"name": ${cluster}}}`);
    const labelled = clusters('us', 'eu').replace(/name: (us|eu)}\nspec/g, 'name: $1, labels: {name: $1}}\nspec');
    const moved = await edited(PLATFORM + labelled + selected('us'), PLATFORM + labelled + selected('eu'));
    expect(moved.stdout.replace(/\s+/g, ' ')).toContain(
      'default on eu now gets a share of http://models.example.com/ml/qwen',
    );
    const waiting = await edited(
      US + deployment('replicas: 1'),
      US.replace(/apiVersion[\s\S]*?---/, '---') + deployment('replicas: 1'),
    );
    expect(waiting.stdout.replace(/\s+/g, ' ')).toContain('ModelDeployment ml/qwen was ready, and is not ready.');
  });

  test('of the criticality is drawn with what it was before', async () => {
    const { stdout } = await edited(
      US + deployment('criticality: High'),
      US + deployment('criticality: Critical'),
      '-o',
      'html',
    );
    expect(stdout.match(/<span class="priority">[^<]*/g)).toEqual([
      '<span class="priority">High, 50',
      '<span class="priority">Critical, 100',
    ]);
  });
});

describe('a composite that is paused', () => {
  const PAUSED = ', annotations: {crossplane.io/paused: "true"}';

  test('composes nothing, and says why', async () => {
    const { stdout } = await edited(US + deployment('replicas: 1', PAUSED), US + deployment('replicas: 1', PAUSED));
    expect(stdout).not.toContain('Deployment mp-ml');
    const alone = collected(80);
    writeFileSync(join(folder, 'paused.yaml'), US + deployment('replicas: 1', PAUSED));
    expect(await run(['preview', join(folder, 'paused.yaml')], alone)).toBe(0);
    expect(alone.written.stdout).toContain('‖ ModelDeployment ml/qwen\n   Synced ReconcilePaused: ');
    expect(await run(['preview', '--strict', join(folder, 'paused.yaml')], collected())).toBe(1);
  });

  test('keeps what it composed before', async () => {
    const { paths, changes } = await answer(US + deployment('replicas: 1'), US + deployment('replicas: 4', PAUSED));
    expect(sharesOf(paths)).toEqual(['100 default on us']);
    expect(changes.changed).toEqual([expect.objectContaining({ object: 'ModelDeployment ml/qwen' })]);
  });
});
