import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../cli/program.ts';
import { parseManifests } from './manifests.ts';
import { collected } from './testing-output.ts';

const EXAMPLES = join(import.meta.dirname, '..', 'examples');
const CANARY = join(EXAMPLES, 'canary');
const GOLDEN = join(import.meta.dirname, 'golden');
const MAIN = join(import.meta.dirname, 'main.ts');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'preview-'));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('good.yaml', endpoint('http://h.example:8000'));
  write('refused.yaml', endpoint('http://10.0.0.7:99999'));
  write('bad.yaml', endpoint('ftp://10.0.0.7'));
  write('unknown.yaml', endpoint('http://10.0.0.7').replace('ModelEndpoint', 'ModelEndpiont'));
  write(
    'gateway.yaml',
    'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata:\n  name: front\nspec:\n  listeners: []\n',
  );
  write('groupless.yaml', endpoint('http://10.0.0.7').replace('modelplane.ai', 'modelplane.io'));
  write(
    'service.yaml',
    '{apiVersion: modelplane.ai/v1alpha1, kind: ModelService, metadata: {name: chat, namespace: team, labels: {a: b}}, spec: {endpoints: [{selector: {matchLabels: {track: x}}}]}}',
  );
  write('secret.yaml', '{apiVersion: v1, kind: Secret, metadata: {name: a, namespace: team}}');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A process of its own takes its time on a machine that has other things to do. */
const PATIENCE_MS = 30_000;

const endpoint = (url: string) =>
  `apiVersion: modelplane.ai/v1alpha1\nkind: ModelEndpoint\nmetadata:\n  name: one\n  namespace: team\n  labels: {track: x}\nspec:\n  url: ${url}\n`;

/** Runs the command in this process, on the files in the folder. */
async function preview(args: readonly string[], columns?: number) {
  const output = collected(columns);
  const inFolder = args.map((arg) => (arg.endsWith('.yaml') ? join(folder, arg) : arg));
  const status = await run(['preview', ...inFolder], output);
  const { stdout, stderr } = output.written;
  return { status, stdout: stdout.replaceAll(`${folder}/`, ''), stderr: stderr.replaceAll(`${folder}/`, '') };
}

const spawned = (args: readonly string[], input: string) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', input });
  return { status, stdout, stderr };
};

describe('the command', () => {
  test('prints what becomes of a file, and ends well', async () => {
    const { status, stdout, stderr } = await preview(['good.yaml']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('✓ ModelEndpoint team/one  http://h.example:8000\n');
    expect(stdout).toContain('Settled after 2 rounds of reconciles.');
  });

  test('is a process that reads standard input, writes no colours where there is no terminal, and has an exit code', {
    timeout: PATIENCE_MS,
  }, () => {
    const good = spawned(['-'], endpoint('http://10.0.0.9'));
    expect(good).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('✓ EndpointSlice') });
    expect(good.stdout).not.toContain('\u001b');
    expect(spawned(['-'], 'a: [')).toEqual({
      status: 1,
      stdout: '',
      stderr: expect.stringMatching(/^standard input:1: /),
    });
    expect(spawned(['-'], '')).toEqual({ status: 1, stdout: '', stderr: 'standard input: holds no manifest\n' });
  });

  test('takes a path from the folder in which npm was called', { timeout: PATIENCE_MS }, () => {
    const called = { cwd: join(import.meta.dirname, '..'), env: { ...process.env, INIT_CWD: folder } };
    const { stdout } = spawnSync(process.execPath, [MAIN, 'good.yaml'], { encoding: 'utf8', ...called });
    expect(stdout).toContain('✓ ModelEndpoint team/one');
  });

  test('says which of the manifests nobody reads', async () => {
    const { stdout } = await preview(['groupless.yaml', 'good.yaml']);
    expect(stdout.replaceAll('\n', ' ')).toContain(
      'Nobody here reads ModelEndpoint team/one of modelplane.io/v1alpha1 (did you mean modelplane.ai/v1alpha1?).',
    );
  });

  test('says nothing when its reader goes away', { timeout: PATIENCE_MS }, () => {
    const command = `"${process.execPath}" "${MAIN}" -o yaml "${join(folder, 'good.yaml')}" | true`;
    expect(spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stderr).toBe('');
  });

  test('fits the terminal', async () => {
    const { stdout } = await preview(['refused.yaml'], 50);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(50);
  });

  test('prints YAML and JSON that can be read back', async () => {
    const kinds = ['ModelEndpoint', 'EndpointSlice', 'Service'];
    const read = (text: string) => parseManifests(text, 'out').manifests.map(({ object }) => object.kind);
    expect(read((await preview(['good.yaml', '-o', 'yaml'])).stdout)).toEqual(kinds);
    expect(read((await preview(['good.yaml', '-o', 'json'])).stdout)).toEqual(kinds);
  });

  test('stops after the rounds that were asked for, and calls that no failure', async () => {
    expect(await preview(['good.yaml', '--until', '1'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Stopped after 1 round of reconciles; still changing: '),
    });
  });

  test('shows what a failure changes', async () => {
    const { status, stdout, stderr } = await preview([CANARY, '--fail', 'engines=us-east']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(
      '\n  100%  (was 10%)  canary on eu-west  Critical, 100  (made-up address)\n        → http://',
    );
    expect(stdout).toContain('After the failure: settled after ');
  });

  test('stops so many rounds after a failure', async () => {
    const { status, stdout } = await preview([CANARY, '--fail', 'engines=us-east', '--until', '1']);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Settled after \d+ rounds of reconciles\. After the failure: stopped after 1 round of\s/);
  });

  test('prints as YAML what there is after a failure', async () => {
    const { stdout } = await preview([CANARY, '--fail', 'cluster=us-east', '-o', 'yaml']);
    const objects = parseManifests(stdout, 'out').manifests.map(({ object }) => object);
    expect(objects.find(({ kind }) => kind === 'ModelDeployment')).toMatchObject({
      status: {
        placements: [
          { name: 'stable', phase: 'Unknown' },
          { name: 'canary', phase: 'Ready' },
        ],
      },
    });
  });

  test('draws a page, also of a failure', async () => {
    const page = expect.stringMatching(/^<!doctype html>\n[\s\S]*<\/html>\n$/);
    expect(await preview([CANARY, '-o', 'html'])).toEqual({ status: 0, stderr: '', stdout: page });
    const failed = await preview([CANARY, '--fail', 'engines=us-east', '-o', 'html']);
    expect(failed).toEqual({ status: 0, stderr: '', stdout: page });
    expect(failed.stdout).toContain('The engines of us-east fail');
  });

  test('renders a single composite as Crossplane would', async () => {
    const { status, stdout } = await preview(['--single', 'good.yaml', '--required', 'secret.yaml']);
    const objects = parseManifests(stdout, 'out').manifests.map(({ object }) => object);
    expect(status).toBe(0);
    expect(objects.map(({ kind }) => kind)).toEqual(['ModelEndpoint', 'EndpointSlice', 'Service']);
    expect(objects[0]).toMatchObject({
      metadata: { name: 'one', namespace: 'team' },
      status: { routing: { host: 'h.example:8000' } },
    });
  });

  test('holds a share in a line of 80 columns, its address in another', async () => {
    const shares = (await preview([CANARY], 80)).stdout.split('✓', 1)[0]?.split('\n') ?? [];
    expect(shares.filter((line) => line.length > 80)).toEqual([]);
    expect(shares.filter((line) => /^ +\d+%/.test(line))).toHaveLength(2);
  });

  test('counts what is in another cluster, and lists it when asked to', async () => {
    expect((await preview([CANARY])).stdout).toMatch(/└─ ✓ \d+ objects {2}on us-east\n/);
    const unfolded = (await preview([CANARY, '--unfold'])).stdout;
    expect(unfolded).toMatch(/├─ ✓ InferencePool mp-ml-team\/qwen-stable-\w+ {2}on us-east\n/);
    expect(unfolded).not.toMatch(/\d objects/);
  });

  test('begins with who gets what, and who stands by', async () => {
    const { stdout } = await preview([join(EXAMPLES, 'failover-to-groq')], 80);
    expect(stdout.split('\n').slice(0, 4)).toEqual([
      expect.stringMatching(/^http:.*\/ml-team\/assistant\/v1\/chat\/completions {2}\(made-up address\)$/),
      '  100%  default on gpu  Standard, 0  (made-up address)',
      expect.stringMatching(/^ {8}→ http:/),
      '  standby, tier 1: groq  → https://api.groq.com/openai/v1',
    ]);
  });

  test('calls no address made up that a manifest gives', async () => {
    const { stdout } = await preview([join(EXAMPLES, 'front-door-metallb'), 'good.yaml', 'service.yaml']);
    expect(stdout).toContain('→ http://h.example:8000/');
    expect(stdout).not.toContain('made-up');
  });

  test.each([
    {
      name: 'what waits',
      args: ['good.yaml', 'service.yaml'],
      want: /^service\.yaml:1: ModelService team\/chat: WaitingForGateway: /,
    },
    {
      name: 'what names nothing',
      args: [join(GOLDEN, 'held-share')],
      want: /ModelService team\/chat: SomeEntriesEmpty: No ModelEndpoint for canary/,
    },
    {
      name: 'what nobody reads',
      args: ['groupless.yaml'],
      want: /^groupless\.yaml:1: ModelEndpoint team\/one: nobody here reads modelplane\.io\/v1alpha1; did you mean modelplane\.ai\/v1alpha1\?\n$/,
    },
  ])('is content with $name, unless it is to be strict', async ({ args, want }) => {
    expect(await preview(args)).toMatchObject({ status: 0, stderr: '' });
    const strict = await preview([...args, '--strict']);
    expect(strict.status).toBe(1);
    expect(strict.stderr).toMatch(want);
  });

  test('has nothing to say to good manifests when it is strict', async () => {
    expect(await preview([CANARY, '--strict'])).toMatchObject({ status: 0, stderr: '' });
  });

  test('explains itself', async () => {
    expect(await preview(['--help'])).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('Usage: modelplane preview [options] [path...]'),
    });
  });
});

describe('the command fails with one sentence', () => {
  test.each([
    {
      name: 'for a field that is wrong',
      args: ['bad.yaml'],
      want: 'bad.yaml:8: ModelEndpoint team/one: spec.url: url must begin with http:// or https://\n',
    },
    {
      name: 'for a kind that there is not',
      args: ['unknown.yaml'],
      want: 'unknown.yaml:2: ModelEndpiont team/one: kind: ModelEndpiont is not a kind of modelplane.ai; did you mean ModelEndpoint?\n',
    },
    {
      name: "for a field of somebody else's kind",
      args: ['good.yaml', 'gateway.yaml'],
      want: 'gateway.yaml:6: Gateway front: spec.gatewayClassName: is required\ngateway.yaml:6: Gateway front: spec.listeners: must hold at least 1 item, and has 0\n',
    },
    { name: 'for a file that is not there', args: ['none.yaml'], want: 'none.yaml: there is no such file or folder\n' },
    {
      name: 'for the same file twice',
      args: ['good.yaml', './good.yaml'],
      want: 'good.yaml:1: ModelEndpoint team/one: is there twice; the other one is at good.yaml:1\n',
    },
    {
      name: 'for the failure of a cluster that there is not',
      args: [CANARY, '--fail', 'cluster=us-east,asia'],
      want: '--fail cluster=asia names no InferenceCluster of these manifests, which have eu-west, us-east\n',
    },
    {
      name: 'for a single one that is no composite',
      args: ['--single', 'secret.yaml'],
      want: 'secret.yaml:1: Secret team/a: kind: Secret is no composite resource\n',
    },
    {
      name: 'for a single one that is wrong',
      args: ['--single', 'bad.yaml'],
      want: 'bad.yaml:8: ModelEndpoint team/one: spec.url: url must begin with http:// or https://\n',
    },
  ])('$name', async ({ args, want }) => expect(await preview(args)).toEqual({ status: 1, stdout: '', stderr: want }));

  test('for a spec that a function refuses, after showing what there is', async () => {
    const { status, stdout, stderr } = await preview(['refused.yaml']);
    expect(status).toBe(1);
    expect(stdout).toContain('✗ ModelEndpoint team/one');
    expect(stderr).toMatch(/^refused\.yaml:1: ModelEndpoint team\/one: cannot use spec\.url.*\n$/);
  });
});

describe('asked in a wrong way it ends with 2, and says how to put it right', () => {
  test.each([
    { name: 'an option that there is not', args: ['--outptu', 'yaml', 'good.yaml'], want: 'Did you mean --output?' },
    { name: 'an output that there is not', args: ['-o', 'htlm', 'good.yaml'], want: 'did you mean html?' },
    { name: 'a failure of nothing', args: ['--fail', 'clutser=us', 'good.yaml'], want: 'Did you mean cluster=us?' },
    { name: 'no file at all', args: [], want: 'give a file or a folder of manifests, such as examples/canary' },
  ])('$name', async ({ args, want }) => {
    const { status, stdout, stderr } = await preview(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(want);
    expect(stderr).toMatch(/^[^\n]*\(--help lists the options\)\n$/);
  });
});
