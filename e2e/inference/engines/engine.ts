import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import type { EngineBehaviour, EngineSeen } from '../catalogue.ts';
import { metricsAsTold } from './metrics.ts';

/** Which engine this is: a container of a pod, at the pod's address. */
export interface EngineIdentity {
  readonly cluster: string;
  readonly namespace: string;
  readonly pod: string;
  readonly pool: string;
  readonly address: string;
  readonly ports: readonly number[];
}

export interface Engine {
  readonly identity: EngineIdentity;
  listen(): Promise<void>;
  /**
   * Takes no more connections; what is being answered is finished, as a graceful shutdown does, or cut. Resolves when
   * nobody is connected any more.
   */
  close(how: 'finish' | 'cut'): Promise<void>;
  isListening(): boolean;
  requests(): number;
}

/**
 * The layer in front of an engine's server, at the pod's address: it passes every request on to the server's port on this
 * machine, and says in each answer what arrived. Without a port there is no server, and it answers probes alone.
 */
export function engine(
  identity: EngineIdentity,
  port: () => number | undefined,
  behaviour: () => EngineBehaviour,
): Engine {
  const sockets = new Set<Socket>();
  const agent = new Agent({ keepAlive: true });
  let servers: Server[] = [];
  let asked = 0;
  const handle = (req: IncomingMessage, res: ServerResponse) => {
    if (!isAboutItself(req)) asked += 1;
    const to = port();
    if (to === undefined) return void res.writeHead(isAboutItself(req) ? 200 : 501).end();
    // As if the connection had broken, which it has.
    relay({ identity, agent, port: to, behaviour }, req, res).catch((error) => res.destroy(error));
  };
  return {
    identity,
    listen: async () => {
      servers = identity.ports.map(() => newServer(sockets, handle));
      await Promise.all(identity.ports.map((port, i) => listenAt(servers[i] as Server, identity.address, port)));
    },
    close: async (how) => {
      const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
      for (const server of servers) server.closeIdleConnections();
      servers = [];
      if (how === 'cut') for (const socket of sockets) socket.destroy();
      await Promise.all(closed);
      agent.destroy();
    },
    isListening: () => servers.length > 0,
    requests: () => asked,
  };
}

/** Probes, and pickers that read metrics. */
const isAboutItself = ({ method, url = '' }: IncomingMessage): boolean =>
  method === 'GET' && (url === '/health' || url === '/metrics');

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

interface Way {
  readonly identity: EngineIdentity;
  readonly agent: Agent;
  readonly port: number;
  behaviour(): EngineBehaviour;
}

async function relay(way: Way, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const body = await buffer(req);
  const answer = await send(way, req, body, res);
  res.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers));
  if (isAboutItself(req)) return void res.end(metricsAsTold(await text(answer), way.behaviour()));
  const seen = describe(way.identity, req, modelIn(body));
  const type = answer.headers['content-type'] ?? '';
  if (type.startsWith('text/event-stream')) return stream(answer, seen, res);
  const said = await buffer(answer);
  res.end(type.startsWith('application/json') ? withSeen(said.toString(), seen) : said);
}

/** Of one connection, or of a body that is read here, and another one afterwards. */
const NOT_PASSED_ON: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'keep-alive',
  'transfer-encoding',
]);

const endToEnd = (headers: IncomingMessage['headers']): IncomingMessage['headers'] =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_PASSED_ON.has(name)));

function send({ agent, port }: Way, req: IncomingMessage, body: Buffer, res: ServerResponse): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method, url: path } = req;
    const headers = { ...endToEnd(req.headers), 'content-length': body.length };
    const server = request({ agent, host: '127.0.0.1', port, method, path, headers }, resolve);
    server.once('error', reject);
    res.once('close', () => server.destroy());
    server.end(body);
  });
}

function modelIn(body: Buffer): string {
  try {
    return JSON.parse(body.toString())?.model ?? '';
  } catch {
    return '';
  }
}

const describe = (
  { cluster, namespace, pod, pool, address }: EngineIdentity,
  req: IncomingMessage,
  model: string,
): EngineSeen => ({
  ...{ cluster, namespace, pod, pool, address, model },
  ...{ method: req.method ?? '', path: req.url ?? '', headers: req.headers },
});

const withSeen = (json: string, seen: EngineSeen): string => JSON.stringify({ ...JSON.parse(json), seen });

const EVENT = 'data: ';
const END_OF_EVENT = '\n\n';

/** The events as they come, the first of which says what was seen. */
async function stream(answer: IncomingMessage, seen: EngineSeen, res: ServerResponse): Promise<void> {
  let head: string | undefined = '';
  for await (const part of answer.setEncoding('utf8')) {
    if (head === undefined) {
      res.write(part);
      continue;
    }
    head += part;
    const end = head.indexOf(END_OF_EVENT);
    if (end < 0) continue;
    res.write(EVENT + withSeen(head.slice(EVENT.length, end), seen) + head.slice(end));
    head = undefined;
  }
  res.end(head);
}
