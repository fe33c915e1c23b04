import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { EngineBehaviour, EngineSeen } from '../catalogue.ts';
import { metricsText } from './metrics.ts';

/** Which engine this is: a container of a pod, at the pod's address. */
export interface EngineIdentity {
  readonly cluster: string;
  readonly namespace: string;
  readonly pod: string;
  readonly pool: string;
  readonly address: string;
  readonly ports: readonly number[];
  /** The names that it serves its model under; undefined where its arguments do not say, and it takes every name. */
  readonly models: readonly string[] | undefined;
}

export interface Engine {
  readonly identity: EngineIdentity;
  listen(): Promise<void>;
  /** Takes no more connections; what is being answered is finished, as a graceful shutdown does, or cut. */
  close(how: 'finish' | 'cut'): void;
  isListening(): boolean;
  requests(): number;
}

/** The names that an engine is told to serve its model under. */
export function servedModels(args: readonly string[] = []): string[] | undefined {
  const at = args.indexOf('--served-model-name');
  if (at < 0) return undefined;
  const rest = args.slice(at + 1);
  const end = rest.findIndex((arg) => arg.startsWith('--'));
  return end < 0 ? rest : rest.slice(0, end);
}

/** A mock of vLLM's server: its routes and metrics, and answers that say what was seen. */
export function engine(identity: EngineIdentity, behaviour: () => EngineBehaviour): Engine {
  const sockets = new Set<Socket>();
  let servers: Server[] = [];
  const load = { running: 0, total: 0 };
  const handle = (req: IncomingMessage, res: ServerResponse) => {
    respond(identity, behaviour(), load, req, res).catch((error) => res.destroy(error));
  };
  return {
    identity,
    listen: async () => {
      servers = identity.ports.map(() => newServer(sockets, handle));
      await Promise.all(identity.ports.map((port, i) => listenAt(servers[i] as Server, identity.address, port)));
    },
    close: (how) => {
      for (const server of servers) {
        server.close();
        server.closeIdleConnections();
      }
      servers = [];
      if (how === 'cut') for (const socket of sockets) socket.destroy();
    },
    isListening: () => servers.length > 0,
    requests: () => load.total,
  };
}

function newServer(sockets: Set<Socket>, handle: (req: IncomingMessage, res: ServerResponse) => void): Server {
  // A connection is kept for as long as its client wants: one that is closed just as a request comes fails it.
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, handle);
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return server;
}

const listenAt = (server: Server, address: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });

interface Load {
  running: number;
  total: number;
}

async function respond(
  identity: EngineIdentity,
  behaviour: EngineBehaviour,
  load: Load,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const path = new URL(req.url ?? '/', 'http://engine').pathname;
  if (path === '/health') return void res.writeHead(behaviour.unhealthy ? 503 : 200).end();
  if (path === '/metrics') {
    const metrics = metricsText(identity.models?.[0] ?? 'unknown', load.running, behaviour);
    return void res.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(metrics);
  }
  load.running += 1;
  load.total += 1;
  res.once('close', () => {
    load.running -= 1;
  });
  const asked = parse(await text(req));
  if (behaviour.delayMs) await delay(behaviour.delayMs);
  const seen = describe(identity, req, asked);
  const answer = answerOf(identity, behaviour, path, asked, seen);
  if (answer.status === 200 && asked.stream) return stream(seen, behaviour, res);
  json(res, answer.status, { ...answer.body, seen });
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

function answerOf(
  { models }: EngineIdentity,
  { status }: EngineBehaviour,
  path: string,
  { model = '' }: Asked,
  seen: EngineSeen,
): Answer {
  if (status !== undefined) return { status, body: {} };
  if (path === '/v1/models') return { status: 200, body: modelList(models ?? []) };
  if (!ROUTES.has(path)) return notFound('Not Found');
  if (models?.includes(model) === false) return notFound(`The model \`${model}\` does not exist.`);
  return { status: 200, body: completion(seen) };
}

const notFound = (message: string): Answer => ({
  status: 404,
  body: { error: { message, type: 'NotFoundError', code: 404 } },
});

/** Of vLLM's routes those that take a body with a model. */
const ROUTES: ReadonlySet<string> = new Set([
  '/v1/chat/completions',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/responses',
  '/tokenize',
  '/detokenize',
]);

interface Asked {
  readonly model?: string;
  readonly stream?: boolean;
}

function parse(body: string): Asked {
  try {
    return JSON.parse(body) ?? {};
  } catch {
    return {};
  }
}

const describe = (
  { cluster, namespace, pod, pool, address }: EngineIdentity,
  req: IncomingMessage,
  { model = '' }: Asked,
): EngineSeen => ({
  cluster,
  namespace,
  pod,
  pool,
  address,
  method: req.method ?? '',
  path: req.url ?? '',
  model,
  headers: req.headers,
});

function json(res: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body, null, 2);
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  res.end(text);
}

const modelList = (models: readonly string[]): object => ({
  object: 'list',
  data: models.map((id) => ({ id, object: 'model', owned_by: 'vllm' })),
});

const completion = ({ model, cluster, pod }: EngineSeen): object => ({
  id: 'chatcmpl-mock',
  object: 'chat.completion',
  model,
  choices: [
    { index: 0, message: { role: 'assistant', content: `answered by ${pod} in ${cluster}` }, finish_reason: 'stop' },
  ],
  usage: { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 },
});

/** As OpenAI streams: an event per chunk, the first of which says what was seen, and a last one that says so. */
async function stream(seen: EngineSeen, behaviour: EngineBehaviour, res: ServerResponse): Promise<void> {
  const { chunks = 5, intervalMs = 0 } = behaviour;
  res.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  for (let i = 0; i < chunks && !res.destroyed; i++) {
    const delta = { content: `${i} ` };
    const choices = [{ index: 0, delta }];
    const event = { object: 'chat.completion.chunk', model: seen.model, choices, ...(i === 0 && { seen }) };
    res.write(`data: ${JSON.stringify(event)}\n\n`);
    if (intervalMs) await delay(intervalMs);
  }
  res.end('data: [DONE]\n\n');
}
