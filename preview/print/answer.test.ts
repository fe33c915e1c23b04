import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { run } from '../../cli/program.ts';
import { collected } from '../testing-output.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const SCHEMA = JSON.parse(readFileSync(join(ROOT, 'preview', 'answer.schema.json'), 'utf8'));
const isAnswer = new Ajv2020({ allowUnionTypes: true }).compile(SCHEMA);

async function answer(...args: readonly string[]) {
  const output = collected();
  await run(
    ['preview', '-o', 'json', ...args.map((arg) => (/^(examples|preview)\//.test(arg) ? join(ROOT, arg) : arg))],
    output,
  );
  return JSON.parse(output.written.stdout);
}

describe('the answer for programs', () => {
  test.each([
    { name: 'shares of two clusters', args: ['examples/canary'] },
    { name: 'a standby', args: ['examples/failover-to-groq'] },
    { name: 'a share that nobody serves', args: ['preview/golden/held-share'] },
    { name: 'a path that is refused', args: ['preview/golden/namespace-not-let-in'] },
    { name: 'a spec that is refused', args: ['preview/golden/refused-url'] },
    { name: 'what is not there', args: ['nowhere.yaml'] },
    { name: 'a failure', args: ['examples/canary', '--fail', 'engines=us-east'] },
    { name: 'an edit', args: ['examples/canary', '--then', 'examples/failover-to-groq'] },
    { name: 'what is stopped on the way', args: ['examples/canary', '--until', '2'] },
    { name: 'what strictness finds', args: ['preview/golden/held-share', '--strict'] },
  ])('of $name is as its schema says', async ({ args }) => {
    expect(isAnswer(await answer(...args)) ? [] : isAnswer.errors).toEqual([]);
  });

  test('has shares with their priority', async () => {
    const { paths, problems, settled } = await answer('examples/canary');
    expect({ problems, settled }).toEqual({ problems: [], settled: true });
    expect(paths).toMatchObject([
      {
        request: 'http://models.example.com/ml-team/qwen/v1/chat/completions',
        service: 'ml-team/qwen',
        madeUp: false,
        shares: [
          {
            name: 'stable on us-east',
            percent: 90,
            cluster: 'us-east',
            priority: { criticality: 'Critical', value: 100 },
          },
          { name: 'canary on eu-west', percent: 10, cluster: 'eu-west', madeUp: true, ready: true },
        ],
        standby: [],
      },
    ]);
  });

  test('has the priority of each traffic class, which share engines', async () => {
    const { paths } = await answer('examples/traffic-classes');
    const priorities = paths.map((path: { service: string; shares: { priority: object }[] }) => [
      path.service,
      path.shares[0]?.priority,
    ]);
    expect(priorities).toEqual([
      ['ml-team/assistant', { criticality: 'Critical', value: 100 }],
      ['ml-team/assistant-nightly', { criticality: 'BestEffort', value: -100 }],
    ]);
  });

  test('has who stands by, and the problems that are on standard error too', async () => {
    const [path] = (await answer('examples/failover-to-groq')).paths;
    expect(path.standby).toMatchObject([{ tier: 1, name: 'groq', usable: true, endpoint: 'ml-team/groq' }]);
    expect((await answer('preview/golden/refused-url')).problems).toMatchObject([
      { object: 'ModelEndpoint team/one', message: expect.stringMatching(/^cannot use spec\.url/) },
    ]);
  });

  test('of manifests that cannot be played has their problems', async () => {
    expect(await answer('nowhere.yaml')).toMatchObject({
      settled: false,
      problems: [{ where: 'nowhere.yaml', message: 'there is no such file or folder' }],
      paths: [],
    });
  });

  test('has what was, and what an edit changes', async () => {
    const { before, paths, changes } = await answer('examples/canary', '--then', 'examples/failover-to-groq');
    expect([before.length, paths.length]).toEqual([1, 1]);
    expect(changes.created).toContainEqual(expect.objectContaining({ object: 'ModelDeployment ml-team/gpt-oss' }));
    expect(changes.deleted).toContainEqual(expect.objectContaining({ object: 'ModelDeployment ml-team/qwen' }));
  });
});
