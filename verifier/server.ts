import { once } from 'node:events';
import { createServer as createHttpServer, type Server } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, refusalAnswer } from './answers.ts';
import { type Hook, UNAVAILABLE } from './hook.ts';
import type { Metrics } from './metrics.ts';
import { MODELS_PATH } from './target.ts';

/** Where Traefik asks. */
const AUTHORIZE_PATH = '/authorize';

/** The front door asks another verifier after a second (functions/compose-inference-gateway/hook.ts). */
const DEADLINE_MS = 800;

/** A connection pins a Traefik to one of us, so it is asked to make another one now and then. */
const SESSION_AGE_MS = 300_000;

/** What a client's headers may be: the entry points take no more. */
const MAX_HEADER_BYTES = 65_536;

/** How long a pod that is leaving goes on answering new connections, until nobody is sent to it any more. */
const LEAVING_MS = 5_000;

interface TlsMaterial {
  readonly key: string;
  readonly cert: string;
}

export interface ServerOptions {
  readonly port: number;
  readonly healthPort: number;
  readonly host?: string;
  readonly tls: TlsMaterial;
  readonly hook: Hook;
  readonly metrics: Metrics;
  /** Whether everything has been read that a decision is made of. */
  readonly isReady: () => boolean;
  readonly sessionAgeMs?: number;
  readonly leavingMs?: number;
}

export interface RunningServer {
  readonly port: number;
  readonly healthPort: number;
  renew(tls: TlsMaterial): void;
  stop(): Promise<void>;
}

/** Answers Traefik by HTTPS with HTTP/2 and nothing less, and the kubelet and Prometheus in plain HTTP on another port. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { hook, metrics, isReady, tls, host, sessionAgeMs = SESSION_AGE_MS, leavingMs = LEAVING_MS } = options;
  let leaving = false;
  const sessions = new Set<ServerHttp2Session>();
  const server = createSecureServer({
    ...tls,
    minVersion: 'TLSv1.2',
    allowHTTP1: false,
    settings: { maxHeaderListSize: MAX_HEADER_BYTES, maxConcurrentStreams: 1_000, enablePush: false },
  });
  server.on('session', (session) => {
    sessions.add(session);
    // Not all at once after a rollout.
    const timer = setTimeout(() => retire(session), sessionAgeMs * (0.75 + Math.random() / 2)).unref();
    session.once('close', () => {
      clearTimeout(timer);
      sessions.delete(session);
    });
    // Of one connection; whoever it was asks again. Nothing of it is ours to log.
    session.on('error', () => session.destroy());
  });
  server.on(
    'stream',
    (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, rawHeaders: string[]) => {
      stream.on('error', () => stream.destroy());
      void respond(stream, headers[':path'] as string | undefined, rawHeaders);
    },
  );
  server.on('tlsClientError', () => metrics.brokenHandshake());
  const respond = async (stream: ServerHttp2Stream, path: string | undefined, rawHeaders: string[]) => {
    const began = performance.now();
    const asked = stream.endAfterHeaders ? undefined : ended(stream);
    const answer = await answerOf(path?.split('?', 1)[0], rawHeaders);
    metrics.answered(
      path === AUTHORIZE_PATH ? 'authorize' : 'other',
      answer.status,
      (performance.now() - began) / 1000,
    );
    await asked;
    if (stream.closed || stream.destroyed) return;
    stream.respond({ ':status': answer.status, ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
    stream.end(answer.body);
  };
  const answerOf = async (path: string | undefined, rawHeaders: string[]): Promise<Answer> => {
    // Who has not read everything knows nobody, and must not say that somebody is not known.
    if (!isReady()) return refusalAnswer(UNAVAILABLE);
    try {
      if (path === AUTHORIZE_PATH) return await inTime(hook.authorize({ rawHeaders }));
      if (path === MODELS_PATH) return await inTime(hook.models({ rawHeaders }));
    } catch {
      // An exception may quote what it was about, which is a key.
      metrics.failed();
      return refusalAnswer(UNAVAILABLE);
    }
    return refusalAnswer({ status: 404, code: 'not_found', message: 'There is nothing at this path.' });
  };
  const health = healthServer(metrics, () => isReady() && !leaving);
  const port = await listen(server, options.port, host);
  const healthPort = await listen(health, options.healthPort, host).catch((error: unknown) => {
    server.close();
    throw error;
  });
  return {
    port,
    healthPort,
    renew: (renewed) => server.setSecureContext({ ...renewed, minVersion: 'TLSv1.2' }),
    stop: async () => {
      leaving = true;
      await delay(leavingMs);
      server.close();
      for (const session of sessions) retire(session);
      await Promise.race([allClosed(sessions), delay(NOTICE_MS + DEADLINE_MS, undefined, { ref: false })]);
      for (const session of sessions) session.destroy();
      health.close();
      health.closeAllConnections();
    },
  };
}

/**
 * Who has to be able to ask again sends the end of a question apart from it. An answer that came before it would be followed
 * by a reset of the stream, which costs both sides.
 */
const ended = (stream: ServerHttp2Stream): Promise<void> =>
  new Promise((resolve) => {
    stream.resume();
    for (const event of ['end', 'close'] as const) stream.once(event, () => resolve());
  });

/** The highest number that a stream can have (RFC 9113, 6.8): what is on its way already is answered. */
const EVERY_STREAM = 2 ** 31 - 1;

/** How long a client has to learn that a connection takes no more, before requests on it are refused. */
const NOTICE_MS = 1_000;

function retire(session: ServerHttp2Session): void {
  if (session.closed || session.destroyed) return;
  session.goaway(0, EVERY_STREAM);
  setTimeout(() => session.close(), NOTICE_MS).unref();
}

async function inTime(answer: Promise<Answer>): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Answer>((resolve) => {
    timer = setTimeout(resolve, DEADLINE_MS, refusalAnswer(UNAVAILABLE));
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

const allClosed = (sessions: ReadonlySet<ServerHttp2Session>) =>
  Promise.all([...sessions].map((session) => (session.destroyed ? undefined : once(session, 'close'))));

async function listen(server: Http2SecureServer | Server, port: number, host: string | undefined): Promise<number> {
  server.listen({ port, ...(host !== undefined && { host }) });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const healthServer = (metrics: Metrics, isReady: () => boolean): Server =>
  createHttpServer(async (req, res) => {
    const { code, body } = await healthPage(req.url?.split('?', 1)[0], metrics, isReady);
    res.writeHead(code, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(body);
  });

async function healthPage(path: string | undefined, metrics: Metrics, isReady: () => boolean) {
  switch (path) {
    case '/metrics':
      return { code: 200, body: await metrics.expose() };
    case '/healthz':
      return { code: 200, body: 'ok\n' };
    case '/readyz':
      return isReady() ? { code: 200, body: 'ok\n' } : { code: 503, body: 'not ready\n' };
    default:
      return { code: 404, body: 'see /metrics, /healthz or /readyz\n' };
  }
}
