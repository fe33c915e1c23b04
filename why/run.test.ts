import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../cli/program.ts';
import { collected } from '../preview/testing-output.ts';
import type { State } from '../preview/world.ts';
import { HEALTHY } from './testing-causes.ts';

let folder: string;
let server: Server | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'why-'));
});
afterEach(async () => {
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true });
});

/** What an API server answers to a path; undefined where it is what there is. */
type Instead = (path: string) => number | undefined;

/** An API server that has what a state has; answers with a kubeconfig for it. */
async function apiServer(state: State, instead: Instead = () => undefined): Promise<string> {
  const made = createServer((req, res) => {
    const url = new URL(req.url ?? '', 'http://server');
    const code = instead(url.pathname);
    const found = code === undefined ? answered(state, url) : { message: `no ${url.pathname} for you` };
    res.writeHead(code ?? (found === undefined ? 404 : 200), { 'content-type': 'application/json' });
    res.end(JSON.stringify(found ?? { message: 'not found' }));
  });
  server = made.listen(0, '127.0.0.1');
  await once(made, 'listening');
  return kubeconfig(`http://127.0.0.1:${(made.address() as AddressInfo).port}`);
}

/** `/api/v1` or `/apis/GROUP/VERSION`, perhaps `/namespaces/NAMESPACE`, a plural, and perhaps a name. */
function answered(state: State, { pathname, searchParams }: URL): object | undefined {
  const match =
    /^\/apis?\/(?<version>v1|[^/]+\/[^/]+)(\/namespaces\/(?<namespace>[^/]+))?\/(?<plural>[^/]+)(\/(?<name>[^/]+))?$/.exec(
      pathname,
    );
  const { version, namespace, plural = '', name } = match?.groups ?? {};
  const label = searchParams.get('labelSelector');
  const objects = [...state.cluster.values()].filter(
    ({ apiVersion, kind, metadata }) =>
      apiVersion === version &&
      new RegExp(`^(${kind}(s|es)|${kind.slice(0, -1)}ies)$`, 'i').test(plural) &&
      (namespace === undefined || metadata.namespace === namespace) &&
      (label === null || metadata.labels?.[label] !== undefined),
  );
  if (name !== undefined) return objects.find(({ metadata }) => metadata.name === name);
  return { items: objects.map(({ apiVersion: _, kind: __, ...item }) => item) };
}

async function kubeconfig(address: string): Promise<string> {
  const file = join(folder, 'kubeconfig');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: address, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token: 'secret-token' } }],
    contexts: [{ name: 'prod', context: { cluster: 'c', user: 'u', namespace: 'ml-team' } }],
    'current-context': 'prod',
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

async function modelplane(...argv: readonly string[]) {
  const output = collected();
  const code = await run(argv, output);
  return { code, ...output.written };
}

describe('modelplane why', () => {
  test('asks the cluster of the kubeconfig, in the namespace of its context', async () => {
    const file = await apiServer(HEALTHY.service());
    const { code, stdout, stderr } = await modelplane('why', 'ms/llama', '--kubeconfig', file, '--context', 'prod');
    expect(await modelplane('why', 'ms', 'llama', '--kubeconfig', file)).toMatchObject({ code, stdout });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^ModelService ml-team\/llama serves\.\n\n✓ /);
  });

  test('names commands that ask the same cluster', async () => {
    const file = await apiServer(HEALTHY.service());
    const asked = await modelplane('why', 'ms/lama', '--kubeconfig', file, '--context', 'prod', '-o', 'json');
    expect(asked.code).toBe(1);
    expect(JSON.parse(asked.stdout).cause.command).toEqual({
      run: `kubectl get modelservice --namespace=ml-team --kubeconfig=${file} --context=prod`,
    });
  });

  test('says what may not be read, and nothing that it does not know', async () => {
    const file = await apiServer(HEALTHY.service(), (path) => (path.includes('inferencegateways') ? 403 : undefined));
    const { code, stdout } = await modelplane('why', 'ms/llama', '--kubeconfig', file);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^It cannot be told whether ModelService ml-team\/llama serves/);
    expect(stdout).toContain('Could not be seen\n  You may not read InferenceGateway default.\n');
  });

  test.each([
    { name: 'credentials that are refused', instead: () => 401, says: 'the API server does not know who you are' },
    { name: 'an API server that fails', instead: () => 500, code: 1, prints: 'It cannot be told whether' },
  ])('of $name is one sentence', async ({ instead, says = '', prints = '' }) => {
    const file = await apiServer(HEALTHY.service(), instead);
    const { code, stdout, stderr } = await modelplane('why', 'ms/llama', '--kubeconfig', file);
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: expect.stringContaining(prints),
      stderr: expect.stringContaining(says),
    });
    expect(stdout + stderr).not.toContain('secret-token');
  });

  test.each([
    {
      name: 'a kubeconfig that is not there',
      argv: ['--kubeconfig', '/nowhere/config'],
      says: 'cannot read the kubeconfig /nowhere/config',
    },
    { name: 'a context that is not there', argv: ['--context', 'dev'], says: 'the kubeconfig has no context dev' },
    { name: 'nobody who listens', argv: [], says: 'cannot reach the API server at http://127.0.0.1:9:' },
  ])('of $name is one sentence', async ({ argv, says }) => {
    const file = await kubeconfig('http://127.0.0.1:9');
    const { code, stdout, stderr } = await modelplane('why', 'ms/llama', '--kubeconfig', file, ...argv);
    expect({ code, stdout, stderr }).toEqual({ code: 1, stdout: '', stderr: expect.stringMatching(/^[^\n]+\n$/) });
    expect(stderr).toContain(says);
  });

  test.each([
    { argv: ['why'], says: "missing required argument 'what'" },
    { argv: ['why', 'ms/llama', '-o', 'jsn'], says: 'did you mean json?' },
    { argv: ['why', 'ms/llama', '--wach'], says: 'Did you mean --watch?' },
    { argv: ['why', 'modelservise/llama'], says: 'did you mean modelservice?' },
  ])('$argv is wrong usage', async ({ argv, says }) => {
    const { code, stderr } = await modelplane(...argv);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(says) });
  });
});

test('preview --live compares files with the cluster of the kubeconfig', async () => {
  const file = await apiServer(HEALTHY.service());
  const edited = join(folder, 'new.yaml');
  await writeFile(
    edited,
    `
apiVersion: modelplane.ai/v1alpha1
kind: ModelEndpoint
metadata: { name: groq, labels: { model: llama } }
spec: { url: https://api.example.com/openai/v1 }`,
  );
  const { code, stdout, stderr } = await modelplane('preview', '--live', '--kubeconfig', file, edited);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain(
    'ModelEndpoint ml-team/groq\n      spec.url: https://api.groq.com/openai/v1 → https://api.example.com/openai/v1',
  );
});
