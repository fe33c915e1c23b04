import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { WebSocket } from 'ws';
import { MOCKS } from '../mocks/catalogue.ts';
import { chat, request, stream } from './client.ts';
import { applyReady, endpoint, service, to, URLS } from './objects.ts';
import { apply, test } from './testing.ts';
import { frontDoor, mockBehaves } from './world.ts';

/** A service called model, whose endpoints share alike. */
const serve = (namespace: string, ...specs: readonly object[]): Promise<void> =>
  publish(namespace, undefined, ...specs);

/** The same, with paths beside /v1. */
const publish = (namespace: string, paths: readonly string[] | undefined, ...specs: readonly object[]): Promise<void> =>
  applyReady(
    namespace,
    ...specs.map((spec, index) => endpoint(`model-${index}`, spec)),
    service(
      'model',
      specs.map((_, index) => to(`model-${index}`)),
      { ...(paths && { paths }) },
    ),
  );

const AT_ONCE = 50;

/** How often each mock answered, or each status came that is not 200. */
async function answersOf(path: string, requests: number): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let sent = 0; sent < requests; sent += AT_ONCE) {
    for (const { status, seen } of await Promise.all(Array.from({ length: AT_ONCE }, () => chat(path)))) {
      const who = status === 200 ? (seen?.mock ?? 'nobody') : status;
      counts[who] = (counts[who] ?? 0) + 1;
    }
  }
  return counts;
}

test('a canary of 90 and 10 gets its share of 2,000 requests, within four standard deviations', async ({
  namespace,
}) => {
  await applyReady(
    namespace,
    endpoint('stable', { url: URLS.first }),
    endpoint('canary', { url: URLS.second }),
    service('model', [to('stable', { weight: 90 }), to('canary', { weight: 10 })]),
  );
  const { first = 0, second = 0 } = await answersOf(`/${namespace}/model`, 2000);
  expect(first + second).toBe(2000);
  expect(Math.abs(second - 200)).toBeLessThan(4 * Math.sqrt(2000 * 0.9 * 0.1));
});

describe('a provider receives /v1/chat/completions and /tokenize', () => {
  test.for([
    { spec: { url: URLS.gateway }, completions: '/v1/chat/completions', tokenize: '/tokenize' },
    {
      spec: { url: `${URLS.gateway}/openai/v1` },
      completions: '/openai/v1/chat/completions',
      tokenize: '/openai/tokenize',
    },
    {
      spec: { url: `${URLS.gateway}/v1beta/openai` },
      completions: '/v1beta/openai/chat/completions',
      tokenize: '/v1beta/openai/tokenize',
    },
    { spec: { url: URLS.gateway, basePath: '/' }, completions: '/chat/completions', tokenize: '/tokenize' },
    { spec: { url: URLS.gateway, rewritePath: '/' }, completions: '/v1/chat/completions', tokenize: '/tokenize' },
    {
      spec: { url: URLS.gateway, rewritePath: '/openai/v1/' },
      completions: '/openai/v1/chat/completions',
      tokenize: '/openai/v1/tokenize',
    },
    {
      spec: { url: URLS.gateway, rewritePath: '/ml-team/qwen/us' },
      completions: '/ml-team/qwen/us/v1/chat/completions',
      tokenize: '/ml-team/qwen/us/tokenize',
    },
  ])('as $completions and $tokenize with $spec', async ({ spec, completions, tokenize }, { namespace }) => {
    await publish(namespace, ['/tokenize'], spec);
    expect((await chat(`/${namespace}/model`)).seen?.path).toBe(completions);
    expect((await request(`/${namespace}/model/tokenize?add=1`)).seen?.path).toBe(`${tokenize}?add=1`);
  });
});

describe('of what a provider serves beside /v1', () => {
  const statusesOf = (namespace: string) =>
    Promise.all(
      ['', '/', '/metrics', '/v1x', '/tokenize', '/v1/models', '/v1/load_lora_adapter', '/v1//load%5Flora_adapter'].map(
        async (path) => [path, (await request(`/${namespace}/model${path}`)).status] as const,
      ),
    ).then(Object.fromEntries);
  const closed = { '': 404, '/': 404, '/metrics': 404, '/v1x': 404, '/tokenize': 404, '/v1/models': 200 };
  const loader = (status: number) => ({ '/v1/load_lora_adapter': status, '/v1//load%5Flora_adapter': status });

  test('nothing arrives, and no LoRA loader', async ({ namespace }) => {
    await serve(namespace, { url: URLS.gateway });
    expect(await statusesOf(namespace)).toEqual({ ...closed, ...loader(503) });
  });

  test('what is named arrives, and nothing else', async ({ namespace }) => {
    await publish(namespace, ['/tokenize', '/v1/load_lora_adapter'], { url: URLS.gateway });
    expect(await statusesOf(namespace)).toEqual({ ...closed, '/tokenize': 200, ...loader(200) });
  });

  test('all of it arrives where / is named', async ({ namespace }) => {
    await publish(namespace, ['/'], { url: URLS.gateway });
    const all = Object.fromEntries(Object.keys(closed).map((path) => [path, 200]));
    expect(await statusesOf(namespace)).toEqual({ ...all, ...loader(200) });
  });
});

test('a base of /v1 and one of /openai/v1 share one service', async ({ namespace }) => {
  await serve(namespace, { url: URLS.first }, { url: URLS.nested });
  const { first = 0, nested = 0, ...others } = await answersOf(`/${namespace}/model`, 100);
  expect(others).toEqual({});
  // Each replica of the front door takes turns by itself.
  expect(Math.abs(first - nested)).toBeLessThanOrEqual(10);
});

describe('an https provider', () => {
  test('sees its own name as Host and as SNI, verified by a public authority', async ({ namespace }) => {
    await serve(namespace, { url: 'https://api.groq.com/openai/v1' });
    const { status, seen } = await chat(`/${namespace}/model`);
    expect({ status, mock: seen?.mock, host: seen?.host, sni: seen?.sni, path: seen?.path }).toEqual({
      status: 200,
      mock: 'groq',
      host: 'api.groq.com',
      sni: 'api.groq.com',
      path: '/openai/v1/chat/completions',
    });
  });

  test('of an authority that nobody else knows is refused without it, and served with it', async ({ namespace }) => {
    const url = `https://${MOCKS.company.name}:${MOCKS.company.port}`;
    await serve(namespace, { url });
    expect((await chat(`/${namespace}/model`)).status).toBeGreaterThanOrEqual(500);
    const authority = await readFile(
      join(dirname(process.env.E2E_KUBECONFIG ?? ''), 'mocks', 'private-ca.crt'),
      'utf8',
    );
    await apply(
      [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'ca' }, data: { 'ca.crt': authority } }],
      namespace,
    );
    await serve(namespace, { url, tls: { caCertificateRef: { kind: 'ConfigMap', name: 'ca' } } });
    await expect.poll(async () => (await chat(`/${namespace}/model`)).status, { timeout: 20_000 }).toBe(200);
    const { seen } = await chat(`/${namespace}/model`);
    expect({ host: seen?.host, sni: seen?.sni }).toEqual({
      host: `${MOCKS.company.name}:8443`,
      sni: MOCKS.company.name,
    });
  });

  test("that shows another's certificate gets no request", async ({ namespace }) => {
    await serve(namespace, { url: `https://${MOCKS.impostor.name}` });
    expect((await chat(`/${namespace}/model`)).status).toBeGreaterThanOrEqual(500);
  });
});

test("a client's own objective, fairness and destination do not arrive, under any spelling", async ({ namespace }) => {
  await serve(namespace, { url: URLS.first, objectives: { default: 'ours' } });
  const headers = {
    'x-llm-d-inference-objective': 'forged',
    'X-Gateway-Inference-Objective': 'forged',
    x_llm_d_inference_objective: 'forged',
    'x-llm-d-inference-fairness-id': 'forged',
    'x-gateway-destination-endpoint': '10.0.0.1:80',
    'x-gateway-model-name-rewrite': 'forged',
    'x-prefiller-host-port': '10.0.0.1:80',
  };
  const { seen } = await chat(`/${namespace}/model`, { headers });
  expect(seen?.headers).toMatchObject({
    'x-llm-d-inference-objective': 'ours',
    'x-gateway-inference-objective': 'ours',
    'x-llm-d-inference-fairness-id': namespace,
    'x-gateway-inference-fairness-id': namespace,
  });
  expect(JSON.stringify(seen?.headers)).not.toMatch(/forged|10\.0\.0\.1:80/);
});

test('a stream of 200 chunks over a minute arrives chunk by chunk', async ({ namespace }) => {
  await serve(namespace, { url: URLS.first });
  const { status, chunks } = await stream(`/${namespace}/model/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'mock', messages: [], stream: true }),
    headers: { 'content-type': 'application/json', 'x-mock': JSON.stringify({ chunks: 200, intervalMs: 300 }) },
    timeoutMs: 90_000,
  });
  expect(status).toBe(200);
  expect(
    chunks
      .map(({ text }) => text)
      .join('')
      .match(/^data: \{/gm),
  ).toHaveLength(200);
  // Buffered, they would come in a few lumps at the end.
  expect(chunks.length).toBeGreaterThan(150);
  expect(chunks.at(0)?.atMs).toBeLessThan(5_000);
  expect(chunks.at(-1)?.atMs).toBeGreaterThan(50_000);
});

test('a body of 30 MB arrives whole', async ({ namespace }) => {
  await serve(namespace, { url: URLS.first });
  const body = Buffer.alloc(30 * 1024 * 1024, 'x');
  const { status, seen } = await request(`/${namespace}/model/v1/files`, { method: 'POST', body });
  expect({ status, bytes: seen?.bodyBytes }).toEqual({ status: 200, bytes: body.length });
});

test('a WebSocket goes through', async ({ namespace }) => {
  await serve(namespace, { url: URLS.first });
  const socket = new WebSocket(`${(await frontDoor()).replace('http', 'ws')}/${namespace}/model/v1/realtime`);
  const echoed = await new Promise<string>((resolve, reject) => {
    socket.on('open', () => socket.send('hello'));
    socket.on('message', (data) => resolve(data.toString()));
    socket.on('error', reject);
  });
  socket.close();
  expect(echoed).toBe('hello');
});

test('with one of two backends dead every request is answered, POSTs included', async ({
  namespace,
  onTestFinished,
}) => {
  await serve(namespace, { url: URLS.first }, { url: URLS.nested });
  onTestFinished(() => mockBehaves('nested'));
  await mockBehaves('nested', { absent: true });
  expect(await answersOf(`/${namespace}/model`, 500)).toEqual({ first: 500 });
});
