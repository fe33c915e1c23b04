import { once } from 'node:events';
import { type AddressInfo, createServer as createTcpServer, type Server as NetServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { FunctionRunnerServiceService } from '@crossplane-org/function-sdk-typescript';
import { Server as GrpcServer, type handleUnaryCall, ServerCredentials } from '@grpc/grpc-js';
import { type Logger, pino } from 'pino';
import type { FunctionHandler } from './function.ts';
import { type Address, type Flags, HELP, parseFlags } from './server-flags.ts';
import { type Health, health } from './server-health.ts';
import { type Metrics, metrics, metricsServer } from './server-metrics.ts';
import { answer, bytesMethod, errorKind, type Failure } from './server-protocol.ts';
import { type TlsOptions, tlsServer } from './server-tls.ts';

const RUN_FUNCTION = FunctionRunnerServiceService.runFunction.path;

/** What health is asked about by name. */
const SERVICE = 'apiextensions.fn.proto.v1.FunctionRunnerService';

/** Some forty objects of the size that etcd takes at most. grpc-js would stop at 4 MiB. */
const MAX_REQUEST_BYTES = 64 * 1024 * 1024;

/** The kubelet itself takes about a minute to bring a changed Secret into a Pod. */
const CERTIFICATE_POLL_MS = 10_000;

export interface ServerOptions {
  /** Port 0 stands for any that is free. */
  readonly address: Address;
  readonly metricsAddress: Address;
  readonly tls: TlsOptions | 'insecure';
  /** How long stop() waits for calls in progress. */
  readonly shutdownMs: number;
  readonly log: Logger;
}

export interface RunningServer {
  readonly port: number;
  readonly metricsPort: number;
  /** Finishes what is in progress, or cuts it at the deadline. */
  stop(): Promise<void>;
}

/** The whole of a function's main.ts: flags, logs, signals and exit codes around startServer. */
export async function serve(
  handler: FunctionHandler,
  argv: readonly string[] = process.argv.slice(2),
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const parsed = parseFlags(argv, env);
  if (!parsed.ok) return fail(parsed.message);
  if (parsed.flags.help) return void process.stdout.write(HELP);
  const log = logger(env.FUNCTION_NAME ?? 'function', parsed.flags.debug);
  try {
    stopOnSignal(await startServer(handler, options(parsed.flags, log)), log);
  } catch (error) {
    fail((error as Error).message);
  }
}

function fail(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}

/** Crossplane tells a function its name; one log line is one JSON object, and says its level in words. */
const logger = (name: string, debug: boolean): Logger =>
  pino({
    base: { function: name },
    level: debug ? 'debug' : 'info',
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (level) => ({ level }) },
  });

const options = (flags: Flags, log: Logger): ServerOptions => ({
  address: flags.address,
  metricsAddress: flags.metricsAddress,
  tls: flags.insecure
    ? 'insecure'
    : { dir: flags.certificatesDir, clientName: flags.clientName, pollMs: CERTIFICATE_POLL_MS },
  shutdownMs: flags.shutdownSeconds * 1000,
  log,
});

/** A second signal finds no listener any more and ends the process at once. */
function stopOnSignal(server: RunningServer, log: Logger): void {
  const stop = async (signal: NodeJS.Signals) => {
    log.info({ signal }, 'shutting down');
    await server.stop();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
}

/** Serves a function until stop() is called; rejects with one sentence when it cannot. */
export async function startServer(handler: FunctionHandler, options: ServerOptions): Promise<RunningServer> {
  const { log, shutdownMs } = options;
  const stats = metrics();
  const checks = health([SERVICE]);
  const calls = callServer(handler, checks, stats, log);
  const listener = connectionListener(calls, options.tls, stats, log);
  const sockets = openSockets(listener);
  const http = metricsServer(stats, checks.isServing);
  const giveUp = (error: unknown) => {
    listener.close();
    throw error;
  };
  const port = await listen(listener, options.address, '--address').catch(giveUp);
  const metricsPort = await listen(http, options.metricsAddress, '--metrics-address').catch(giveUp);
  log.info({ port, metricsPort, insecure: options.tls === 'insecure' }, 'serving');
  const stop = async () => {
    checks.stop();
    listener.close();
    const deadline = delay(shutdownMs, 'deadline' as const, { ref: false });
    if ((await Promise.race([calls.drain(), deadline])) === 'deadline') {
      log.warn({ connections: sockets.size }, 'cutting what is still in progress at the deadline');
    }
    for (const socket of sockets) socket.destroy();
    http.close();
    http.closeAllConnections();
  };
  return { port, metricsPort, stop };
}

async function listen(server: NetServer, address: Address, flag: string): Promise<number> {
  server.listen(address);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`cannot listen on ${address.host ?? ''}:${address.port} (${code}): choose another with ${flag}`);
  }
  return (server.address() as AddressInfo).port;
}

/** A gRPC server that is given its connections, because its own TLS would take Crossplane for a stranger. */
interface CallServer {
  accept(socket: Socket): void;
  /** Tells clients to go elsewhere; done when the answers to what they have called are on their way. */
  drain(): Promise<void>;
}

function callServer(handler: FunctionHandler, checks: Health, stats: Metrics, log: Logger): CallServer {
  const server = new GrpcServer({ 'grpc.max_receive_message_length': MAX_REQUEST_BYTES, 'grpc.enable_channelz': 0 });
  const runFunction: handleUnaryCall<Uint8Array, Uint8Array> = ({ request }, respond) =>
    respond(null, observedAnswer(handler, request, stats, log));
  server.addService({ runFunction: bytesMethod(RUN_FUNCTION) }, { runFunction });
  server.addService(checks.service, checks.implementation);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  const connections = new Set<Socket>();
  return {
    accept: (socket) => {
      connections.add(socket);
      socket.once('close', () => connections.delete(socket));
      injector.injectConnection(socket);
    },
    drain: async () => {
      // Its callback does not wait for connections that were injected.
      server.tryShutdown(() => {});
      await Promise.all([...connections].map(written));
    },
  };
}

/** A connection's close alone would wait for the client as well, which may hold on for as long as it likes. */
const written = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    for (const event of ['finish', 'close'] as const) socket.once(event, () => resolve());
  });

/** An answer that has been counted and logged. */
function observedAnswer(handler: FunctionHandler, request: Uint8Array, stats: Metrics, log: Logger): Uint8Array {
  const started = performance.now();
  const { response, ...answered } = answer(handler, request);
  const { failure, ...said } = answered;
  const ms = performance.now() - started;
  stats.answered(answered, ms / 1000);
  const fields = {
    ...said,
    ms: Math.round(ms * 100) / 100,
    bytes: { request: request.length, response: response.length },
  };
  if (failure) log.error({ ...fields, ...explained(failure, log.isLevelEnabled('debug')) }, failure.message);
  else if (said.refusal) log.warn(fields, 'answered, and refused the spec');
  else log.info(fields, 'answered');
  return response;
}

/** Where something was thrown. Its message may quote what is in a resource, and is for those who ask for it. */
function explained({ thrown }: Failure, withMessage: boolean) {
  if (thrown === undefined) return {};
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : '';
  const at = stack.split('\n').filter((line) => /^ {4}at /.test(line));
  return { error: { kind: errorKind(thrown), ...(withMessage && { message: String(thrown) }), at } };
}

function connectionListener(calls: CallServer, tls: ServerOptions['tls'], stats: Metrics, log: Logger): NetServer {
  if (tls === 'insecure') {
    log.warn('serving anyone, in plain text: --insecure is for development');
    return createTcpServer(calls.accept);
  }
  return tlsServer(tls, {
    accepted: calls.accept,
    refused: (peer, reason) => {
      stats.refused();
      log.warn({ peer, reason }, 'refused a connection');
    },
    renewed: ({ expires }) => {
      stats.certificateExpires(expires);
      log.info({ expires }, 'serving with these certificates');
    },
    broken: (reason) => log.error({ reason }, 'cannot serve the new certificates, so the old ones stay'),
  });
}

/** Every connection there is, those that are still at their handshake included. */
function openSockets(listener: NetServer): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  listener.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
}
