import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../packages/folders.ts';
import { entry, keyOf, list, PLATFORM } from './testing.ts';

// Each reads a thousand files before it begins; a busy machine takes a while for that.
vi.setConfig({ testTimeout: 300_000 });

interface Stored {
  readonly metadata: { readonly namespace: string; readonly name: string; readonly resourceVersion?: string };
  readonly [field: string]: unknown;
}

/** As much of an API server as a verifier asks for: lists and watches of two kinds, one Secret, and Events. */
function fakeApi() {
  const lists: Record<string, Map<string, Stored>> = { configmaps: new Map(), modelservices: new Map() };
  const watchers: Record<string, Set<ServerResponse>> = { configmaps: new Set(), modelservices: new Set() };
  const events: { message: string }[] = [];
  const asked: string[] = [];
  let secret: Stored = { metadata: { namespace: PLATFORM, name: 'verifier-tls', resourceVersion: '1' } };
  let version = 1;
  const send = (res: ServerResponse, body: unknown, status = 200) =>
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  const answerSecret = async (req: IncomingMessage, res: ServerResponse) => {
    if (req.method !== 'PUT') return send(res, { apiVersion: 'v1', kind: 'Secret', ...secret });
    const body = (await json(req)) as Stored;
    if (body.metadata.resourceVersion !== secret.metadata.resourceVersion)
      return send(res, { kind: 'Status', code: 409 }, 409);
    secret = { ...body, metadata: { ...body.metadata, resourceVersion: String(++version) } };
    return send(res, { apiVersion: 'v1', kind: 'Secret', ...secret });
  };
  const answerList = (kind: string, isWatch: boolean, res: ServerResponse) => {
    const items = lists[kind];
    if (items === undefined) return send(res, { kind: 'Status', code: 404 }, 404);
    const metadata = { resourceVersion: String(version) };
    if (!isWatch) return send(res, { kind: 'List', metadata, items: [...items.values()] });
    res.writeHead(200, { 'content-type': 'application/json' });
    res.flushHeaders();
    watchers[kind]?.add(res);
    return res.on('close', () => watchers[kind]?.delete(res));
  };
  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    const url = new URL(req.url ?? '/', 'http://x');
    asked.push(`${req.method} ${url.pathname}`);
    if (url.pathname.endsWith('/secrets/verifier-tls')) return answerSecret(req, res);
    const kind = url.pathname.split('/').at(-1) ?? '';
    if (kind !== 'events') return answerList(kind, url.searchParams.get('watch') === 'true', res);
    events.push((await json(req)) as { message: string });
    return send(res, {}, 201);
  };
  const server = createServer((req, res) => void answer(req, res));
  const put = (kind: string, object: Stored, type = 'MODIFIED') => {
    const one = { ...object, metadata: { ...object.metadata, resourceVersion: String(++version) } };
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    if (type === 'DELETED') lists[kind]?.delete(key);
    else lists[kind]?.set(key, one);
    for (const res of watchers[kind] ?? []) res.write(`${JSON.stringify({ type, object: one })}\n`);
  };
  return { server, put, events, asked, secretOf: () => secret, end: () => server.closeAllConnections() };
}

const configMap = (namespace: string, data: Record<string, object | string>) => {
  const { data: text } = list(namespace, data);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace, name: 'callers', creationTimestamp: '2027-01-01T00:00:00Z' },
    data: text,
  };
};

const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** A verifier as it runs in a pod, but for where its API server is. */
async function start(apiPort: number, folder: string) {
  const kubeconfig = join(folder, 'kubeconfig');
  const cluster = {
    name: 'fake',
    cluster: { server: `http://127.0.0.1:${apiPort}`, 'insecure-skip-tls-verify': true },
  };
  const contexts = [{ name: 'fake', context: { cluster: 'fake', user: 'fake' } }];
  await writeFile(
    kubeconfig,
    JSON.stringify({ clusters: [cluster], users: [{ name: 'fake', user: {} }], contexts, 'current-context': 'fake' }),
  );
  const config = JSON.stringify({
    platformNamespace: PLATFORM,
    certificateSecret: 'verifier-tls',
    serverNames: ['localhost'],
  });
  const args = [
    join(import.meta.dirname, 'main.ts'),
    '--config',
    config,
    '--kubeconfig',
    kubeconfig,
    '--port',
    '0',
    '--health-port',
    '0',
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let log = '';
  child.stdout.on('data', (chunk) => {
    log += chunk;
  });
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const ports = async () => {
    for (;;) {
      const [, port, healthPort] = /"port":(\d+),"healthPort":(\d+)/.exec(log) ?? [];
      if (port && healthPort) return { port: Number(port), healthPort: Number(healthPort) };
      if (child.exitCode !== null) throw new Error(log);
      await delay(20);
    }
  };
  return { child, ports, log: () => log };
}

const until = async (isSo: () => Promise<boolean> | boolean): Promise<void> => {
  while (!(await isSo())) await delay(20);
};

const readiness = async (port: number) => (await fetch(`http://127.0.0.1:${port}/readyz`)).status;

function statusOf(port: number, ca: string, key: string): Promise<number> {
  const session = connect(`https://localhost:${port}`, { ca });
  return new Promise<number>((resolve, reject) => {
    session.on('error', reject);
    const stream = session.request({
      ':path': '/authorize',
      'x-forwarded-uri': '/ml-team/qwen/v1',
      authorization: `Bearer ${key}`,
    });
    stream.on('response', ({ ':status': status = 0 }) => resolve(status));
    stream.on('error', reject);
    stream.resume();
    stream.end();
  }).finally(() => session.destroy());
}

test('a verifier reads lists and services, makes its certificate, hears changes, tells of bad entries, and outlives the API server', async () => {
  await using folder = await temporaryFolder('verifier');
  const api = fakeApi();
  api.put(
    'configmaps',
    configMap('ml-team', { alice: entry('alice'), bad: { keyHash: keyOf('bad'), services: ['*'] } }),
  );
  api.server.listen(0, '127.0.0.1');
  await once(api.server, 'listening');
  const apiPort = (api.server.address() as AddressInfo).port;
  const verifier = await start(apiPort, folder.path);
  const { port, healthPort } = await verifier.ports();
  await until(async () => (await readiness(healthPort)) === 200);
  const data = api.secretOf().data as Record<string, string>;
  const ca = Buffer.from(data['ca.crt'] ?? '', 'base64').toString();
  expect([await statusOf(port, ca, keyOf('alice')), await statusOf(port, ca, keyOf('bad'))]).toEqual([200, 401]);
  await until(() => api.events.length > 0);
  expect(api.events.map(({ message }) => message)).toEqual([
    expect.stringContaining('bad lets nobody in: keyHash must be'),
  ]);

  api.put('configmaps', configMap('ml-team', { bob: entry('bob') }));
  await until(async () => (await statusOf(port, ca, keyOf('bob'))) === 200);
  expect(await statusOf(port, ca, keyOf('alice'))).toBe(401);

  // Away, with all its connections; what is known goes on, and what changes meanwhile is heard afterwards.
  api.server.close();
  api.end();
  expect(await statusOf(port, ca, keyOf('bob'))).toBe(200);
  api.put('configmaps', configMap('ml-team', { carol: entry('carol') }));
  await delay(200);
  api.server.listen(apiPort, '127.0.0.1');
  expect([await readiness(healthPort), await statusOf(port, ca, keyOf('bob'))]).toEqual([200, 200]);

  api.put('configmaps', configMap('ml-team', {}), 'DELETED');
  verifier.child.kill('SIGTERM');
  await until(async () => (await readiness(healthPort).catch(() => 0)) !== 200);
  const [code] = await once(verifier.child, 'exit');
  expect(code).toBe(0);
  expect(verifier.log() + JSON.stringify(api.events)).not.toMatch(/mpk_/);
  expect([...new Set(api.asked)].filter((one) => !one.startsWith('GET')).sort()).toEqual([
    'POST /api/v1/namespaces/ml-team/events',
    'PUT /api/v1/namespaces/modelplane-system/secrets/verifier-tls',
  ]);
  api.server.close();
  api.end();
});

test('one that starts while the API server is away is not ready, and says why', async () => {
  await using folder = await temporaryFolder('verifier');
  const verifier = await start(1, folder.path);
  await until(() => verifier.log().includes('waiting for the Secret of the certificate'));
  expect(verifier.log()).not.toContain('"serving"');
});

test('two verifiers end up with one certificate', async () => {
  await using folder = await temporaryFolder('verifier');
  const api = fakeApi();
  api.server.listen(0, '127.0.0.1');
  await once(api.server, 'listening');
  const apiPort = (api.server.address() as AddressInfo).port;
  api.put('configmaps', configMap('ml-team', { alice: entry('alice') }));
  const both = await Promise.all([start(apiPort, folder.path), start(apiPort, folder.path)]);
  const ports = await Promise.all(both.map((one) => one.ports()));
  await until(async () =>
    (await Promise.all(ports.map(({ healthPort }) => readiness(healthPort)))).every((status) => status === 200),
  );
  const ca = Buffer.from((api.secretOf().data as Record<string, string>)['ca.crt'] ?? '', 'base64').toString();
  expect(ca.match(/BEGIN/g)).toHaveLength(1);
  expect(await Promise.all(ports.map(({ port }) => statusOf(port, ca, keyOf('alice'))))).toEqual([200, 200]);
  api.server.close();
  api.end();
});
