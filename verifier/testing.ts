import { connect } from 'node:http2';
import type { AccessList } from './access.ts';
import { issuerFor, type Pair } from './certificate.ts';
import { keyHash } from './credentials.ts';
import { hook } from './hook.ts';
import { type Issuers, issuers } from './issuers.ts';
import { type Knowledge, knowledge } from './knowledge.ts';
import { type Limiter, limiter } from './limiter.ts';
import { metrics } from './metrics.ts';
import type { Service } from './models.ts';
import { type RunningServer, type ServerOptions, startServer } from './server.ts';

export const PLATFORM = 'modelplane-system';

/** A key of a caller, made of his name so that tests can read it. */
export const keyOf = (caller: string): string => `mpk_${caller}_0123456789abcdefghijklmnopqrstuvwxyz`;

export const list = (
  namespace: string,
  data: Record<string, object | string>,
  name = 'callers',
  created = 0,
): AccessList => ({
  namespace,
  name,
  created,
  data: Object.fromEntries(
    Object.entries(data).map(([entry, value]) => [entry, typeof value === 'string' ? value : JSON.stringify(value)]),
  ),
});

/** An entry for the key that `keyOf` makes. */
export const entry = (caller: string, services: readonly string[] = ['*'], more: object = {}) => ({
  keyHash: keyHash(keyOf(caller)),
  services,
  ...more,
});

export const service = (namespace: string, name: string, more: Partial<Service> = {}): Service => ({
  namespace,
  name,
  ready: true,
  baseURL: `https://models.example.com/${namespace}/${name}/v1`,
  created: 1_700_000_000,
  requestsPerMinute: undefined,
  ...more,
});

export function known(lists: readonly AccessList[], services: readonly Service[] = []): Knowledge {
  const result = knowledge(PLATFORM);
  for (const one of lists) result.setList(one);
  for (const one of services) result.setService(one);
  return result;
}

let pair: Promise<Pair> | undefined;

/** For localhost, and made once. */
const certificate = (): Promise<Pair> => {
  pair ??= issuerFor(['localhost'])(Date.now());
  return pair;
};

interface Given extends Partial<Omit<ServerOptions, 'hook' | 'tls'>> {
  readonly knowledge: Knowledge;
  readonly issuers?: Issuers;
  readonly limiter?: Limiter;
}

export interface Verifier extends RunningServer, AsyncDisposable {
  readonly cert: string;
}

/** A verifier that listens on this machine. */
export async function startVerifier({
  knowledge,
  issuers: tokens,
  limiter: limits,
  ...options
}: Given): Promise<Verifier> {
  const tls = await certificate();
  const server = await startServer({
    port: 0,
    healthPort: 0,
    host: '127.0.0.1',
    tls,
    hook: hook({ knowledge, issuers: tokens ?? issuers([]), limiter: limits ?? limiter(undefined) }),
    metrics: metrics(),
    isReady: () => true,
    leavingMs: 0,
    ...options,
  });
  return { ...server, cert: tls.cert, [Symbol.asyncDispose]: server.stop };
}

export interface Got {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Headers = Readonly<Record<string, string | readonly string[]>>;

/** One request as Traefik makes it, on a connection of its own. */
export async function ask(verifier: Verifier, headers: Headers, path = '/authorize'): Promise<Got> {
  const session = connect(`https://localhost:${verifier.port}`, { ca: verifier.cert });
  try {
    return await new Promise<Got>((resolve, reject) => {
      session.on('error', reject);
      const stream = session.request({ ':path': path, ...(headers as Record<string, string>) });
      let got: Omit<Got, 'body'> = { status: 0, headers: {} };
      const chunks: Buffer[] = [];
      stream.on('response', ({ ':status': status = 0, ...rest }) => {
        got = { status, headers: rest as Record<string, string> };
      });
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      stream.on('end', () => resolve({ ...got, body: Buffer.concat(chunks).toString() }));
      stream.end();
    });
  } finally {
    session.destroy();
  }
}

/** What Traefik asks with for a path, and a key as a client sends it. */
export const forwarded = (uri: string, key?: string): Headers => ({
  'x-forwarded-method': 'POST',
  'x-forwarded-uri': uri,
  ...(key !== undefined && { authorization: `Bearer ${key}` }),
});

export const codeOf = ({ body }: Got): string | undefined => (body === '' ? undefined : JSON.parse(body).error?.code);
