import { createHash } from 'node:crypto';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2ServerRequest } from 'node:http2';
import type { Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import type { KeyPair } from '../pki.ts';
import type { Behaviour, MockName, MockSpec, Seen } from './catalogue.ts';

type Req = IncomingMessage | Http2ServerRequest;
/** HTTP/2's answers have the same methods. */
type Res = ServerResponse;

export interface Mock {
  behave(behaviour: Behaviour): Promise<void>;
}

/** Small: a test reads what was asked, not what was meant. */
const MAX_KEPT_BODY_BYTES = 64 * 1024;

export async function startMock(name: MockName, spec: MockSpec, certificate: KeyPair | undefined): Promise<Mock> {
  let behaviour: Behaviour = {};
  const answer = (req: Req, res: Res) => {
    respond(name, spec, behaviour, req, res).catch((error) => res.destroy(error));
  };
  let listening = await listen(spec, certificate, answer);
  return {
    behave: async (next) => {
      behaviour = next;
      if (next.absent) await listening.close();
      else if (!listening.isOpen()) listening = await listen(spec, certificate, answer);
    },
  };
}

interface Listening {
  isOpen(): boolean;
  close(): Promise<void>;
}

async function listen(
  { address, port }: MockSpec,
  certificate: KeyPair | undefined,
  answer: (req: Req, res: Res) => void,
): Promise<Listening> {
  const server: Server = certificate
    ? createSecureServer({ ...certificate, allowHTTP1: true }, (req, res) => answer(req, res as unknown as Res))
    : createHttpServer({ requestTimeout: 0 }, answer);
  acceptWebSockets(server);
  const sockets = new Set<{ destroy(): void; once(event: 'close', listener: () => void): void }>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, resolve);
  });
  return {
    isOpen: () => server.listening,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Sends back every message as it came. */
function acceptWebSockets(server: Server): void {
  const echo = new WebSocketServer({ noServer: true });
  server.on('upgrade', (req, socket, head) =>
    echo.handleUpgrade(req, socket, head, (ws) =>
      ws.on('message', (data, isBinary) => ws.send(data, { binary: isBinary })),
    ),
  );
}

async function respond(name: MockName, spec: MockSpec, general: Behaviour, req: Req, res: Res): Promise<void> {
  const body = await read(req);
  const own = req.headers['x-mock'];
  const behaviour: Behaviour = { ...general, ...(typeof own === 'string' && JSON.parse(own)) };
  if (behaviour.delayMs) await delay(behaviour.delayMs);
  if (behaviour.reset) return void res.destroy();
  const seen = describe(name, req, body);
  const isServed = spec.serves.some(
    (path) => seen.path === path || seen.path.startsWith(`${path.replace(/\/$/, '')}/`),
  );
  const status = behaviour.status ?? (isServed ? 200 : 404);
  const asked = parse(body.text);
  if (asked.stream === true || behaviour.chunks) return stream(status, seen, asked, behaviour, res);
  const padding = behaviour.padding ? { padding: 'x'.repeat(behaviour.padding) } : {};
  const text = JSON.stringify({ ...completion(name, asked), seen, ...padding }, null, 2);
  res.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
  res.end(text);
}

interface Body {
  readonly bytes: number;
  readonly sha256: string;
  /** Empty where there is more than a question. */
  readonly text: string;
}

async function read(req: Req): Promise<Body> {
  const hash = createHash('sha256');
  const kept: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of req) {
    hash.update(chunk);
    bytes += chunk.length;
    if (bytes <= MAX_KEPT_BODY_BYTES) kept.push(chunk);
  }
  const text = bytes <= MAX_KEPT_BODY_BYTES ? Buffer.concat(kept).toString() : '';
  return { bytes, sha256: hash.digest('hex'), text };
}

interface Asked {
  readonly model?: string;
  readonly stream?: boolean;
}

function parse(text: string): Asked {
  try {
    return JSON.parse(text) ?? {};
  } catch {
    return {};
  }
}

function describe(mock: MockName, req: Req, body: Body): Seen {
  const socket = 'stream' in req ? req.stream.session?.socket : req.socket;
  const headers = Object.entries(req.headers).filter(([header]) => !header.startsWith(':'));
  return {
    mock,
    method: req.method ?? '',
    path: req.url ?? '',
    httpVersion: req.httpVersion,
    host: String(req.headers[':authority'] ?? req.headers.host ?? ''),
    sni: (socket as TLSSocket | undefined)?.servername || null,
    localAddress: socket?.localAddress ?? '',
    localPort: socket?.localPort ?? 0,
    headers: Object.fromEntries(headers) as Seen['headers'],
    bodyBytes: body.bytes,
    bodySha256: body.sha256,
  };
}

const completion = (mock: MockName, { model = 'unknown' }: Asked): object => ({
  id: 'chatcmpl-mock',
  object: 'chat.completion',
  model,
  choices: [{ index: 0, message: { role: 'assistant', content: `answered by ${mock}` }, finish_reason: 'stop' }],
});

/** As OpenAI streams: an event per chunk, the first of which says what was seen, and a last one that says so. */
async function stream(status: number, seen: Seen, { model }: Asked, behaviour: Behaviour, res: Res): Promise<void> {
  const { chunks = 5, intervalMs = 0 } = behaviour;
  res.writeHead(status, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  for (let i = 0; i < chunks && !res.destroyed; i++) {
    const delta = { content: `${i} ` };
    const event = { object: 'chat.completion.chunk', model, choices: [{ index: 0, delta }], ...(i === 0 && { seen }) };
    res.write(`data: ${JSON.stringify(event)}\n\n`);
    if (intervalMs) await delay(intervalMs);
  }
  res.end('data: [DONE]\n\n');
}
