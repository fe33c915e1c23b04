import { once } from 'node:events';
import { type ClientHttp2Session, type ClientHttp2Stream, connect } from 'node:http2';
import {
  FunctionRunnerServiceService,
  Resource,
  RunFunctionRequest,
  RunFunctionResponse,
} from '@crossplane-org/function-sdk-typescript';
import { type ChannelCredentials, Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { type Level, pino } from 'pino';
import { onTestFinished, vi } from 'vitest';
import type { FunctionHandler } from './function.ts';
import { type RunningServer, type ServerOptions, startServer } from './server.ts';
import { bytesMethod } from './server-protocol.ts';

/** A real server on ports of its own, which ends with the test, and what it has logged. */
export interface TestServer extends RunningServer {
  readonly lines: readonly Readonly<Record<string, unknown>>[];
}

const ANY_PORT = { host: '127.0.0.1', port: 0 };

const CALL_TIMEOUT_MS = 25_000;

const RUN_FUNCTION: string = FunctionRunnerServiceService.runFunction.path;

export async function start(
  handler: FunctionHandler,
  options: Partial<ServerOptions> = {},
  level: Level = 'info',
): Promise<TestServer> {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level, base: {}, timestamp: false }, { write: (line) => lines.push(JSON.parse(line)) });
  const defaults = { address: ANY_PORT, metricsAddress: ANY_PORT, tls: 'insecure', shutdownMs: 5000, log } as const;
  const server = await startServer(handler, { ...defaults, ...options });
  onTestFinished(() => server.stop());
  return { ...server, lines };
}

/** Answers with the tag that it was called with. */
export const echo: FunctionHandler = ({ meta }) => tagged(meta?.tag ?? '');

export const tagged = (tag: string): RunFunctionResponse => ({
  ...RunFunctionResponse.create(),
  meta: { tag, ttl: undefined },
});

export function client(
  port: number,
  as: ChannelCredentials = credentials.createInsecure(),
  host = '127.0.0.1',
): Client {
  const client = new Client(`${host}:${port}`, as, { 'grpc.ssl_target_name_override': 'localhost' });
  onTestFinished(() => client.close());
  return client;
}

/** Sends bytes to a method; what comes back is the bytes of the answer, or the status of the error. */
export function call(client: Client, path: string, request: Uint8Array): Promise<Uint8Array | status> {
  const { requestSerialize, responseDeserialize } = bytesMethod(path);
  const deadline = Date.now() + CALL_TIMEOUT_MS;
  return new Promise((resolve) => {
    const answered = (error: ServiceError | null, response?: Uint8Array) =>
      resolve(error?.code ?? response ?? status.UNKNOWN);
    client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, { deadline }, answered);
  });
}

/** Runs the function; what comes back is the tag of its answer, or the status of the error. */
export async function run(client: Client, request = aboutXr({})): Promise<string | status | undefined> {
  const got = await call(client, RUN_FUNCTION, request);
  return typeof got === 'number' ? got : RunFunctionResponse.decode(got).meta?.tag;
}

/** A call whose headers have reached the server, and whose message has not been sent. */
export async function beginCall(
  port: number,
  path = RUN_FUNCTION,
): Promise<{ session: ClientHttp2Session; stream: ClientHttp2Stream }> {
  const session = connect(`http://127.0.0.1:${port}`).on('error', () => {});
  onTestFinished(() => session.destroy());
  await once(session, 'connect');
  const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
  const stream = session.request(headers).on('error', () => {});
  // Frames are read in order, so the headers were read before the ping that is answered.
  await new Promise((resolve) => session.ping(resolve));
  return { session, stream };
}

/** A gRPC message on the wire: no compression, its length, its bytes. */
export function framed(bytes: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(bytes.length, 1);
  return Buffer.concat([prefix, bytes]);
}

export const xr = (spec: object): Resource => ({
  ...Resource.create(),
  resource: { kind: 'ModelService', metadata: { namespace: 'ml', name: 'qwen' }, spec },
});

export const request = (partial: Partial<RunFunctionRequest>): Uint8Array =>
  RunFunctionRequest.encode({
    ...RunFunctionRequest.create(),
    meta: { tag: 't1', capabilities: [] },
    ...partial,
  }).finish();

export const aboutXr = (spec: object): Uint8Array => request({ observed: { composite: xr(spec), resources: {} } });

/** What its HTTP port answers. */
export async function page({ metricsPort }: RunningServer, path: string): Promise<{ status: number; body: string }> {
  const response = await fetch(`http://127.0.0.1:${metricsPort}${path}`);
  return { status: response.status, body: await response.text() };
}

/** Waits for what must become true, for as long as a busy machine may need. */
export const soon = (check: () => unknown): Promise<unknown> => vi.waitFor(check, { timeout: 5000, interval: 20 });
