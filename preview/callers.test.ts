import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../cli/program.ts';
import { keyHash } from '../verifier/credentials.ts';
import { collected } from './testing-output.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'callers-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const hash = (caller: string): string => keyHash(`mpk_${caller}`);

const gateway = (spec: object) => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'InferenceGateway',
  metadata: { name: 'default' },
  spec,
});

const list = (namespace: string, data: Readonly<Record<string, object>>, name = 'callers') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace, labels: { 'modelplane.ai/access': '' } },
  data: Object.fromEntries(Object.entries(data).map(([entry, value]) => [entry, JSON.stringify(value)])),
});

const service = (name: string, more: object = {}, namespace = 'ml-team') => [
  {
    apiVersion: 'modelplane.ai/v1alpha1',
    kind: 'ModelEndpoint',
    metadata: { name, namespace, labels: { model: name } },
    spec: { url: 'http://h.example:8000' },
  },
  {
    apiVersion: 'modelplane.ai/v1alpha1',
    kind: 'ModelService',
    metadata: { name, namespace },
    spec: { endpoints: [{ selector: { matchLabels: { model: name } } }], ...more },
  },
];

const KEYS = { authentication: { keys: {} } };
const JWT = {
  authentication: {
    jwt: [{ name: 'corp', issuer: 'https://id.example.com', audiences: ['a'], jwksURL: 'https://id.example.com/jwks' }],
  },
};

const LISTS = [
  list('ml-team', {
    alice: { keyHash: hash('alice'), services: ['qwen'], limits: { requestsPerMinute: 600 } },
    past: { keyHash: hash('past'), services: ['qwen'], expires: '2020-01-01T00:00:00Z' },
    researchers: { groups: ['corp:ml'], services: ['qwen'] },
    wrong: { keyHash: 'mpk_secret', services: ['qwen'] },
  }),
  list('shop', { alice: { keyHash: hash('other'), services: ['*'] } }),
];
const SERVICES = [...service('qwen', { limits: { requestsPerMinute: 60, concurrent: 4 } }), ...service('llama')];

/** Runs the preview of some manifests. */
async function preview(args: readonly string[], spec: object, objects: readonly object[] = [...LISTS, ...SERVICES]) {
  const file = join(folder, 'all.yaml');
  writeFileSync(file, [gateway(spec), ...objects].map((object) => JSON.stringify(object)).join('\n---\n'));
  const output = collected(200);
  const status = await run(['preview', ...args, file], output);
  return { status, ...output.written };
}

/** What --as is answered, for a program. */
async function answered(as: readonly string[], spec: object) {
  const { status, stdout, stderr } = await preview(['-o', 'json', ...as.flatMap((one) => ['--as', one])], spec);
  const { caller } = JSON.parse(stdout);
  return { status, caller, stderr };
}

const NOTHING = { allowed: false, limits: [] };

describe('what somebody may call', () => {
  test.each([
    {
      name: 'a key opens what its entry names, with the limits of both',
      as: ['caller=ml-team/alice'],
      spec: KEYS,
      want: {
        caller: 'ml-team/alice',
        services: [
          {
            service: 'ml-team/llama',
            ...NOTHING,
            why: 'entry alice of ConfigMap ml-team/callers opens ml-team/qwen alone',
          },
          {
            service: 'ml-team/qwen',
            allowed: true,
            limits: ['60 requests a minute', '4 at a time', '600 requests a minute to all that entry alice opens'],
          },
        ],
      },
    },
    {
      name: 'one that has expired opens nothing any more',
      as: ['caller=past'],
      spec: KEYS,
      want: {
        caller: 'ml-team/past',
        services: [
          {
            service: 'ml-team/llama',
            ...NOTHING,
            why: 'entry past of ConfigMap ml-team/callers opens ml-team/qwen alone',
          },
          {
            service: 'ml-team/qwen',
            ...NOTHING,
            why: 'entry past of ConfigMap ml-team/callers expired on 2020-01-01T00:00:00.000Z',
          },
        ],
      },
    },
    {
      name: 'a token is let in by its group',
      as: ['caller=corp:dave', 'group=corp:ml'],
      spec: JWT,
      want: {
        caller: 'corp:dave, group corp:ml',
        services: [
          {
            service: 'ml-team/llama',
            ...NOTHING,
            why: 'entry researchers of ConfigMap ml-team/callers opens ml-team/qwen alone',
          },
          { service: 'ml-team/qwen', allowed: true, limits: ['60 requests a minute', '4 at a time'] },
        ],
      },
    },
    {
      name: 'a token that no list names opens nothing',
      as: ['caller=corp:dave'],
      spec: JWT,
      want: {
        caller: 'corp:dave',
        services: ['ml-team/llama', 'ml-team/qwen'].map((id) => ({
          service: id,
          ...NOTHING,
          why: 'no access list names it',
        })),
      },
    },
    {
      name: 'a key opens nothing where tokens alone are taken',
      as: ['caller=ml-team/alice'],
      spec: JWT,
      want: {
        caller: 'ml-team/alice',
        services: ['ml-team/llama', 'ml-team/qwen'].map((id) => ({
          service: id,
          ...NOTHING,
          why: 'the InferenceGateway takes tokens alone: it has no authentication.keys',
        })),
      },
    },
    {
      name: 'nor a token of an issuer that is not trusted',
      as: ['group=corp:ml'],
      spec: KEYS,
      want: {
        caller: 'group corp:ml',
        services: ['ml-team/llama', 'ml-team/qwen'].map((id) => ({
          service: id,
          ...NOTHING,
          why: 'the InferenceGateway has no issuer corp in authentication.jwt',
        })),
      },
    },
    {
      name: 'without authentication anybody may call everything',
      as: ['caller=ml-team/alice'],
      spec: {},
      want: {
        caller: 'ml-team/alice',
        note: 'The InferenceGateway has no authentication, so anybody may call every service and no limit holds.',
        services: ['ml-team/llama', 'ml-team/qwen'].map((id) => ({ service: id, allowed: true, limits: [] })),
      },
    },
  ])('$name', async ({ as, spec, want }) => {
    expect(await answered(as, spec)).toEqual({ status: 0, caller: want, stderr: '' });
  });

  test.each([
    { as: 'caller=alice', says: 'it is in several namespaces; say caller=ml-team/alice or caller=shop/alice' },
    { as: 'caller=alcie', says: 'no access list has it; did you mean alice?' },
    { as: 'caller=researchers', says: 'its entry is for tokens; say caller=ISSUER:NAME or group=ISSUER:NAME' },
    { as: 'caller=wrong', says: 'ConfigMap ml-team/callers lets it in nowhere: keyHash must be sha256:' },
  ])('$as is answered in one sentence', async ({ as, says }) => {
    const { status, stderr } = await answered([as], KEYS);
    expect({ status, lines: stderr.trim().split('\n').length }).toEqual({ status: 1, lines: 1 });
    expect(stderr).toContain(says);
    expect(stderr).not.toContain('mpk_secret');
  });

  test('is printed for people, and for a pull request', async () => {
    const { stdout } = await preview(['--as', 'caller=ml-team/alice'], KEYS);
    expect(stdout.split('\n').slice(0, 6)).toEqual([
      'As ml-team/alice:',
      '  may not call  ml-team/llama',
      '      entry alice of ConfigMap ml-team/callers opens ml-team/qwen alone',
      '  may call      ml-team/qwen',
      '      at most 60 requests a minute, and 4 at a time, and 600 requests a minute to all that entry alice opens',
      '',
    ]);
    const { stdout: markdown } = await preview(['-o', 'markdown', '--as', 'caller=ml-team/alice'], KEYS);
    expect(markdown).toContain('| `ml-team/llama` | no | entry alice of ConfigMap ml-team/callers opens');
  });
});

describe('a service that nobody may call', () => {
  const CLOSED = 'Nobody may call ml-team/llama: the front door asks who calls, and no access list opens it.';

  test('is said, and is a problem where the preview is strict', async () => {
    const { stdout, status } = await preview([], KEYS);
    expect({ status, said: stdout.includes(CLOSED) }).toEqual({ status: 0, said: true });
    expect(JSON.parse((await preview(['-o', 'json'], KEYS)).stdout).closed).toEqual(['ml-team/llama']);
    expect((await preview(['-o', 'markdown'], KEYS)).stdout).toContain('Nobody may call ml-team/llama');
    const strict = await preview(['--strict'], KEYS);
    expect(strict.status).toBe(1);
    expect(strict.stderr).toContain(CLOSED);
    expect(strict.stderr).toContain('ConfigMap ml-team/callers: wrong lets nobody in: keyHash must be');
    expect(strict.stderr).not.toContain('mpk_secret');
  });

  test('is not where nobody is asked', async () => {
    expect((await preview([], {})).stdout).not.toContain('Nobody may call');
  });
});
