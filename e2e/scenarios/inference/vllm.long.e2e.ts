import { randomUUID } from 'node:crypto';
import { describe, expect } from 'vitest';
import { request, stream } from '../client.ts';
import { eventually } from '../testing.ts';
import { metric } from './pickers.ts';
import { enginePods } from './placements.ts';
import { AT_ONCE, MODEL, NAME, test, type Vllm, whyNoVllm, withoutEngines } from './vllm.ts';

const missing = await whyNoVllm();

/** An engine starts in the first of these. */
const TIMEOUT_MS = 1_200_000;

const ASKED = { messages: [{ role: 'user', content: 'hello' }], prompt: 'hello', input: 'hello' };

/** Weights are random: an answer ends where it is told to, and nowhere before. */
const ofLength = (tokens: number) => ({ max_tokens: tokens, min_tokens: tokens, ignore_eos: true });

const post = (path: string, body: object) => ({
  path,
  options: {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    timeoutMs: TIMEOUT_MS,
  },
});

const ask = ({ path, options }: ReturnType<typeof post>) => request(path, options);

const chatOf = ({ path }: Vllm, body: object) =>
  post(`${path}/v1/chat/completions`, { model: NAME, messages: ASKED.messages, ...body });

const eventsIn = (text: string): string[] =>
  text
    .split('\n\n')
    .filter(Boolean)
    .map((event) => event.replace(/^data: /, ''));

/** A stream of so many tokens, to its end. */
async function streamed(vllm: Vllm, tokens: number): Promise<{ status: number; usage: unknown; last: string }> {
  const options = { ...ofLength(tokens), stream: true, stream_options: { include_usage: true } };
  const { path, options: request } = chatOf(vllm, options);
  const { status, chunks } = await stream(path, request);
  const events = eventsIn(chunks.map(({ text }) => text).join(''));
  const [last = ''] = events.slice(-1);
  return { status, usage: JSON.parse(events.at(-2) ?? '{}').usage, last };
}

const ended = (tokens: number) => ({
  status: 200,
  usage: expect.objectContaining({ completion_tokens: tokens }),
  last: '[DONE]',
});

interface Route {
  readonly method: string;
  readonly path: string;
}

/** What the engine says at its start that it serves. */
const routesIn = (log: string): Route[] =>
  [...log.matchAll(/Route: (\S+), Methods: (.+)$/gm)].flatMap(([, path = '', methods = '']) =>
    methods.split(', ').map((method) => ({ method, path })),
  );

const isApi = ({ path }: Route): boolean => path.startsWith('/v1/');

const inWords = ({ method, path }: Route): string => `${method} ${path}`;

describe.skipIf(missing)(`vLLM on the CPU${missing ? `: ${missing}` : ''}`, { timeout: TIMEOUT_MS }, () => {
  test('starts by the arguments that were composed, and serves its model by both of its names', async ({ vllm }) => {
    const { args } = vllm.pod.spec.containers[0];
    expect(args.slice(0, 4)).toEqual([MODEL, '--served-model-name', NAME, MODEL]);
    const { data } = JSON.parse((await request(`${vllm.path}/v1/models`)).body);
    expect(data.map(({ id, root }: { id: string; root: string }) => [id, root])).toEqual([
      [NAME, MODEL],
      [MODEL, MODEL],
    ]);
    for (const model of [NAME, MODEL]) {
      const { status, body } = await ask(chatOf(vllm, { model, ...ofLength(3) }));
      expect([status, JSON.parse(body).usage?.completion_tokens]).toEqual([200, 3]);
    }
    const unknown = await ask(chatOf(vllm, { model: 'other' }));
    expect([unknown.status, JSON.parse(unknown.body).error]).toMatchObject([404, { type: 'NotFoundError' }]);
  });

  test('streams, and says at the end what was used', async ({ vllm }) => {
    expect(await streamed(vllm, 40)).toEqual(ended(40));
  });

  test('has many routes, of which those of the API are on the front door and no other', async ({ vllm }) => {
    const routes = routesIn(await vllm.log());
    // What an engine tells of itself, and lets anybody do to it.
    const notForCallers = ['GET /metrics', 'GET /openapi.json', 'POST /tokenize', 'POST /scale_elastic_ep'];
    expect(routes.map(inWords)).toEqual(expect.arrayContaining(notForCallers));
    const tried = routes.map((route) => ({ ...route, mark: randomUUID() }));
    for (const { method, path, mark } of tried) {
      const asked = `${vllm.path}${path.replaceAll(/\{\w+\}/g, 'any')}?mark=${mark}`;
      const { options } = post('', { model: NAME, ...ASKED, max_tokens: 1 });
      await request(asked, method === 'POST' ? options : { method });
    }
    // Its own log has a line for each request that it answered.
    const log = await vllm.log();
    const arrived = tried.filter(({ mark }) => log.includes(mark));
    expect(arrived.filter((route) => !isApi(route)).map(inWords)).toEqual([]);
    expect(arrived.map(inWords).sort()).toEqual(routes.filter(isApi).map(inWords).sort());
  });

  test('is read by the picker: what waits there is what the picker says that waits', async ({ vllm }) => {
    const waiting = 3;
    const answers = Array.from({ length: AT_ONCE + waiting }, () => ask(chatOf(vllm, ofLength(600))));
    await eventually(
      async () => (await metric(vllm.namespace, /^inference_pool_average_queue_size/)) === waiting,
      () => `the picker should see ${waiting} requests wait`,
    );
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(answers.map(() => 200));
  });

  test('is told to stop while it answers, and ends when it has', async ({ vllm }) => {
    const began = Date.now();
    const trial = 200;
    await streamed(vllm, trial);
    // An answer that goes on when the time is over in which gateways hear of it, and the engine is told.
    const tokens = Math.round((ANSWER_MS / (Date.now() - began)) * trial);
    let isAnswering = true;
    const answer = streamed(vllm, tokens).finally(() => {
      isAnswering = false;
    });
    await withoutEngines(vllm.namespace);
    await eventually(
      async () => (await vllm.log()).includes('draining in-flight requests count=1'),
      () => 'it should be told to stop, and say that it still answers',
    );
    expect(isAnswering).toBe(true);
    expect(await answer).toEqual(ended(tokens));
    await eventually(
      async () => (await enginePods('us', vllm.namespace)).length === 0,
      () => 'its pod should be gone',
    );
    expect((await vllm.log()).trim().split('\n').at(-1)).toBe('[exited with 0]');
  });
});

/** Of the preStop hook that was composed, fifteen seconds, more than twice as much. */
const ANSWER_MS = 40_000;
