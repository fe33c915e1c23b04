import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { optionsOf, simulatorArguments } from './arguments.ts';
import { engine } from './engine.ts';
import { metricsAsTold } from './metrics.ts';

const HELP = `Usage of flags:
      --force-dummy-tokenizer   Force it
      --lora-modules strings    LoRA
      --max-model-len int       Context
      --max-num-seqs int        At once
      --model string            The model
      --port int                Port
      --served-model-name strings   Names
  -v, --v Level                 Verbosity
`;

const OURS = ['--port=9', '--force-dummy-tokenizer'];

test.each([
  {
    name: 'a model by its place is one by an option, and what the simulator has no option for is left out',
    args: ['Qwen/Qwen3-8B', '--served-model-name', 'qwen', 'Qwen/Qwen3-8B', '--port=8000', '--shutdown-timeout=600'],
    want: ['--model=Qwen/Qwen3-8B', '--served-model-name', 'qwen', 'Qwen/Qwen3-8B'],
  },
  {
    name: 'of what it has an option for every value is kept, and its defaults are vLLM’s',
    args: ['--model', 'm', '--lora-modules', '{"name":"a=b"}', '{"name":"c"}', '--tensor-parallel-size', '2', '--v=3'],
    want: ['--model', 'm', '--lora-modules', '{"name":"a=b"}', '{"name":"c"}', '--v=3'],
  },
])('$name', ({ args, want }) =>
  expect(simulatorArguments(args, optionsOf(HELP), 9)).toEqual([
    ...want,
    '--max-num-seqs=256',
    '--max-model-len=32768',
    ...OURS,
  ]),
);

test('what an engine is told to take at once it takes, and no more', () =>
  expect(simulatorArguments(['m', '--max-num-seqs=1', '--max-model-len', '9'], optionsOf(HELP), 9)).toEqual([
    '--model=m',
    '--max-num-seqs=1',
    '--max-model-len',
    '9',
    ...OURS,
  ]));

test('an engine reports what is so, but for the gauges that it was told', () => {
  const said = [
    '# HELP vllm:num_requests_waiting Number of requests that wait.',
    'vllm:num_requests_waiting{model_name="qwen {1}"} 0',
    'vllm:num_requests_running{model_name="qwen {1}"} 3',
    'vllm:kv_cache_usage_perc{model_name="qwen {1}"} 0.25',
  ].join('\n');
  expect(metricsAsTold(said, {})).toBe(said);
  expect(metricsAsTold(said, { waiting: 50, cacheUsage: 0.99 }).split('\n')).toEqual([
    '# HELP vllm:num_requests_waiting Number of requests that wait.',
    'vllm:num_requests_waiting{model_name="qwen {1}"} 50',
    'vllm:num_requests_running{model_name="qwen {1}"} 3',
    'vllm:kv_cache_usage_perc{model_name="qwen {1}"} 0.99',
  ]);
});

/** A layer in front of a server that answers so, both at the loopback address, and what asks it. */
async function inFrontOf(server: RequestListener | undefined) {
  const behind = server && createServer(server).listen(0, '127.0.0.1');
  if (behind) await once(behind, 'listening');
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  const { port } = free.address() as AddressInfo;
  await new Promise((resolve) => free.close(resolve));
  const identity = { cluster: 'us', namespace: 'mp-ml', pod: 'qwen-1', pool: 'qwen', address: '127.0.0.1' };
  const layer = engine(
    { ...identity, ports: [port] },
    () => (behind?.address() as AddressInfo | undefined)?.port,
    () => ({ waiting: 7 }),
  );
  await layer.listen();
  onTestFinished(async () => {
    await layer.close('cut');
    behind?.close();
  });
  const ask = (path: string, body?: object) =>
    fetch(`http://127.0.0.1:${port}${path}`, body && { method: 'POST', body: JSON.stringify(body) });
  return { layer, ask };
}

test('an answer is that of the server, and says what arrived', async () => {
  const { ask, layer } = await inFrontOf((_, res) =>
    res.writeHead(201, { 'content-type': 'application/json', 'x-own': 'yes' }).end('{"id":1}'),
  );
  const answer = await ask('/v1/completions?a=b', { model: 'qwen' });
  expect([answer.status, answer.headers.get('x-own'), layer.requests()]).toEqual([201, 'yes', 1]);
  expect(await answer.json()).toMatchObject({
    id: 1,
    seen: { cluster: 'us', pod: 'qwen-1', method: 'POST', path: '/v1/completions?a=b', model: 'qwen' },
  });
});

test('of a stream the first event says what arrived, and the others are as they came', async () => {
  const { ask } = await inFrontOf((_, res) => {
    res.writeHead(200, { 'content-type': 'text/event-stream' });
    res.write('data: {"i"');
    res.end(':0}\n\ndata: {"i":1}\n\ndata: [DONE]\n\n');
  });
  const [first = '', ...rest] = (await (await ask('/v1/completions', { model: 'm' })).text()).split('\n\n');
  expect(JSON.parse(first.slice('data: '.length))).toMatchObject({ i: 0, seen: { pod: 'qwen-1', model: 'm' } });
  expect(rest).toEqual(['data: {"i":1}', 'data: [DONE]', '']);
});

test('the metrics are those of the server, but for what was told, and count as no request', async () => {
  // A picker takes them compressed, and the layer does not.
  const { ask, layer } = await inFrontOf((req, res) =>
    res.end(req.headers['accept-encoding'] ? 'compressed' : 'vllm:num_requests_waiting{a="b"} 0\n'),
  );
  expect(await (await ask('/metrics')).text()).toBe('vllm:num_requests_waiting{a="b"} 7\n');
  expect(layer.requests()).toBe(0);
});

test('a connection breaks with that to the server', async () => {
  const { ask } = await inFrontOf((_, res) => void res.destroy());
  await expect(ask('/v1/completions', {})).rejects.toThrow('fetch failed');
});

test('without a server it is healthy, and answers nothing', async () => {
  const { ask } = await inFrontOf(undefined);
  expect([(await ask('/health')).status, (await ask('/v1/models')).status]).toEqual([200, 501]);
});
