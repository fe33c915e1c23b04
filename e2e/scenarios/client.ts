import { Agent, request as http, type IncomingMessage } from 'node:http';
import { request as https, Agent as TlsAgent } from 'node:https';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { EngineSeen } from '../inference/catalogue.ts';
import type { Seen } from '../mocks/catalogue.ts';
import { frontDoor } from './world.ts';

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly timeoutMs?: number;
  /** Another door than the front one, such as https://10.90.1.1. */
  readonly to?: string;
  /** The authority whose certificates are taken, where the door speaks TLS. */
  readonly ca?: string;
  readonly servername?: string;
  readonly agent?: Agent;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** What the mock saw, if one answered; for an engine see `ask`. */
  readonly seen: Seen | undefined;
}

const TIMEOUT_MS = 30_000;

/** One request with its path exactly as given: dot segments and escapes arrive as they are written here. */
export async function request(path: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await send(path, options);
  const body = await text(response);
  return { status: response.statusCode ?? 0, headers: response.headers, body, seen: seenIn(body) };
}

export interface ChatOptions extends RequestOptions {
  readonly model?: string;
  readonly prompt?: string;
}

/** A chat completion, as clients ask for one; a picker takes none without a message. */
export const chat = (path: string, options: ChatOptions = {}): Promise<Answer> =>
  request(`${path}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({
      model: options.model ?? 'mock',
      messages: [{ role: 'user', content: options.prompt ?? 'hello' }],
    }),
    ...options,
    headers: { 'content-type': 'application/json', ...options.headers },
  });

/** A pod of Traefik takes a route up a moment after it has said so, and there are two of them. */
const SERVED_TIMES = 6;
const SERVED_TIMEOUT_MS = 10_000;

/** Waits until every request of a few in a row is answered by someone behind the front door. */
export async function waitUntilServed(path: string, options: ChatOptions = {}): Promise<void> {
  const deadline = Date.now() + SERVED_TIMEOUT_MS;
  for (let served = 0; served < SERVED_TIMES; ) {
    const { status, body } = await chat(path, options);
    served = status === 200 ? served + 1 : 0;
    if (served === 0 && Date.now() > deadline) throw new Error(`${path} should be served, but: ${status} ${body}`);
  }
}

export interface Chunk {
  readonly text: string;
  readonly atMs: number;
}

/** An answer in parts, each with the time since the request at which it came. */
export async function stream(path: string, options: RequestOptions = {}): Promise<{ status: number; chunks: Chunk[] }> {
  const began = Date.now();
  const response = await send(path, options);
  response.setEncoding('utf8');
  const chunks: Chunk[] = [];
  for await (const part of response) chunks.push({ text: part, atMs: Date.now() - began });
  return { status: response.statusCode ?? 0, chunks };
}

async function send(path: string, options: RequestOptions): Promise<IncomingMessage> {
  const { method = 'GET', headers, body, timeoutMs = TIMEOUT_MS, ca, servername, agent } = options;
  const door = new URL(options.to ?? (await frontDoor()));
  const open = door.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const req = open(
      {
        host: door.hostname,
        port: door.port,
        path,
        method,
        headers: { ...headers, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }) },
        // A connection of its own unless the caller has some to reuse.
        agent: agent ?? false,
        timeout: timeoutMs,
        ...(ca && { ca }),
        ...(servername && { servername }),
      },
      resolve,
    );
    req.once('timeout', () => req.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    req.once('error', reject);
    req.end(body);
  });
}

function seenIn(body: string): Seen | undefined {
  try {
    return JSON.parse(body.replace(/^data: /, '').split('\n\ndata: ')[0] ?? '').seen;
  } catch {
    return undefined;
  }
}

interface Failure {
  /** When the request was sent, and when it was known to have failed (Date.now()). */
  readonly sentAt: number;
  readonly failedAt: number;
  readonly why: string;
}

export interface LoadResult {
  readonly sent: number;
  readonly failures: readonly Failure[];
  /** How many requests each answered. */
  readonly answeredBy: Readonly<Record<string, number>>;
  /** When the last of those that were answered was sent (Date.now()); 0 where none was. */
  readonly servedLastAt: number;
}

type Answerer = (seen: Seen | EngineSeen) => string;

const answerer: Answerer = (seen) => ('mock' in seen ? seen.mock : seen.cluster);

export interface Load {
  /** Stops sending, and waits for what is on its way. */
  stop(): Promise<LoadResult>;
}

/** Connections that a client at this rate would hold. */
const LOAD_SOCKETS = 32;

export interface LoadOptions extends ChatOptions {
  /** Requests a second. */
  readonly rate?: number;
  /** Whether connections are used again, as most clients do. */
  readonly keepAlive?: boolean;
  /** What tells apart who answered: the mock or the inference cluster where nothing is said. */
  readonly by?: Answerer;
}

/** A client that sends chat completions at a steady rate; anything but 200 is a failure. */
export async function load(
  path: string,
  { rate = 200, keepAlive = true, by = answerer, ...options }: LoadOptions = {},
): Promise<Load> {
  const to = options.to ?? (await frontDoor());
  const agent = new (to.startsWith('https:') ? TlsAgent : Agent)({ keepAlive, maxSockets: LOAD_SOCKETS });
  const began = Date.now();
  const failures: Failure[] = [];
  const answeredBy: Record<string, number> = {};
  const pending = new Set<Promise<void>>();
  let sent = 0;
  let servedLastAt = 0;
  const one = async () => {
    const sentAt = Date.now();
    const failed = (why: string) => failures.push({ sentAt, failedAt: Date.now(), why });
    try {
      const { status, body, seen } = await chat(path, { ...options, to, agent });
      if (status === 200) servedLastAt = Math.max(servedLastAt, sentAt);
      if (status !== 200) failed(`${status} ${body.slice(0, 200)}`);
      else if (seen) answeredBy[by(seen)] = (answeredBy[by(seen)] ?? 0) + 1;
    } catch (error) {
      failed((error as Error).message);
    }
  };
  const send = () => {
    // As many as are due: a timer that comes late makes up for it.
    for (; sent < ((Date.now() - began) * rate) / 1000; sent++) {
      const answer = one().finally(() => pending.delete(answer));
      pending.add(answer);
    }
  };
  const timer = setInterval(send, Math.max(1, 1000 / rate));
  const stop = async () => {
    clearInterval(timer);
    await Promise.all(pending);
    agent.destroy();
    return { sent, failures, answeredBy, servedLastAt };
  };
  // A scenario that fails before its end leaves no client behind for the next one.
  onTestFinished(() => void stop());
  return { stop };
}
