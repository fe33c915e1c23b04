import { once } from 'node:events';
import type { ClientHttp2Stream } from 'node:http2';
import { type AddressInfo, createServer } from 'node:net';
import { RunFunctionResponse, Status } from '@crossplane-org/function-sdk-typescript';
import { type Client, status } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { FunctionHandler } from './function.ts';
import { bytesMethod } from './server-protocol.ts';
import {
  aboutXr,
  beginCall,
  call,
  client,
  echo,
  framed,
  page,
  request,
  run,
  soon,
  start,
  tagged,
  xr,
} from './testing-server.ts';

/** A wait that no test would survive. */
const NO_DEADLINE_MS = 60_000;

const answerOf = async (stream: ClientHttp2Stream): Promise<Buffer> => Buffer.concat(await Array.fromAsync(stream));

describe('calls', () => {
  const spec: (req: Parameters<FunctionHandler>[0]) => Record<string, string> = (req) =>
    req.observed?.composite?.resource?.spec;

  test('may have 20 MB', async () => {
    const { port } = await start((req) => tagged(String(spec(req).data?.length)));
    expect(await run(client(port), aboutXr({ data: 'x'.repeat(20_000_000) }))).toBe('20000000');
  });

  test('may have objects 60 levels deep', async () => {
    const { port } = await start((req) => tagged(String(JSON.stringify(spec(req)).split('{').length - 1)));
    const deep = Array.from({ length: 59 }).reduce<object>((inner) => ({ inner }), {});
    expect(await run(client(port), aboutXr(deep))).toBe('60');
  });

  test('come in on IPv6 as well', async () => {
    const { port } = await start(echo, { address: { host: '::1', port: 0 } });
    expect(await run(client(port, undefined, '[::1]'))).toBe('t1');
  });

  test('are logged with tag, composite, severity and time', async () => {
    const { port, lines } = await start(echo);
    const bytes = aboutXr({});
    await run(client(port), bytes);
    expect(lines.at(-1)).toEqual({
      level: 30,
      tag: 't1',
      xr: { kind: 'ModelService', namespace: 'ml', name: 'qwen' },
      severity: 'none',
      ms: expect.any(Number),
      bytes: { request: bytes.length, response: RunFunctionResponse.encode(tagged('t1')).finish().length },
      msg: 'answered',
    });
  });
});

describe('a failing function', () => {
  const secret = 'hunter2';
  const state = { composite: { ...xr({ secret }), connectionDetails: { secret: Buffer.from(secret) } }, resources: {} };
  const secrets = request({
    input: { secret },
    context: { secret },
    observed: state,
    desired: state,
    requiredResources: { required: { items: [xr({ secret })] } },
    credentials: { credentials: { credentialData: { data: { secret: Buffer.from(secret) } } } },
  });
  const quoting: FunctionHandler = (req) => {
    throw Object.assign(new Error(`cannot use ${JSON.stringify(req)}`), { input: secret });
  };

  test.each<{ name: string; handler: FunctionHandler }>([
    { name: 'that throws', handler: quoting },
    {
      name: 'that throws no error',
      handler: () => {
        throw secret;
      },
    },
    {
      name: 'whose answer cannot be encoded',
      handler: () => ({ ...tagged('t1'), meta: { tag: 't1', ttl: { seconds: secret as never, nanos: 0 } } }),
    },
  ])('$name leaves nothing of a resource in the log', async ({ handler }) => {
    const { port, lines } = await start(handler);
    await run(client(port), secrets);
    const error = expect.objectContaining({ kind: expect.any(String) });
    expect(lines.at(-1)).toMatchObject({ level: 50, tag: 't1', severity: 'fatal', error });
    expect(JSON.stringify(lines)).not.toContain(secret);
  });

  test('is found by the places in the log, and with --debug by the message', async () => {
    const plain = await start(quoting);
    const debug = await start(quoting, {}, 'debug');
    await Promise.all([plain, debug].map(({ port }) => run(client(port), secrets)));
    const at = expect.arrayContaining([expect.stringMatching(/^ {4}at .*server\.test\.ts/)]);
    expect(plain.lines.at(-1)?.error).toEqual({ kind: 'Error', at });
    expect(debug.lines.at(-1)?.error).toEqual({ kind: 'Error', at, message: expect.stringContaining(secret) });
  });
});

describe('health', () => {
  /** A HealthCheckRequest as health.proto has it, and below the status of a HealthCheckResponse. */
  const about = (service: string): Uint8Array => Buffer.from(`\n${String.fromCharCode(service.length)}${service}`);
  const SERVING = [8, 1];
  const NOT_SERVING = [8, 2];
  const SERVICE_UNKNOWN = [8, 3];

  test.each([
    { service: '', want: Buffer.from(SERVING) },
    { service: 'apiextensions.fn.proto.v1.FunctionRunnerService', want: Buffer.from(SERVING) },
    { service: 'other', want: status.NOT_FOUND },
  ])('of "$service" is told to those who ask', async ({ service, want }) => {
    const { port } = await start(echo);
    expect(await call(client(port), '/grpc.health.v1.Health/Check', about(service))).toEqual(want);
  });

  const WATCH = '/grpc.health.v1.Health/Watch';

  function watch(to: Client, service: string): unknown[] {
    const { requestSerialize, responseDeserialize } = bytesMethod(WATCH);
    const seen: unknown[] = [];
    to.makeServerStreamRequest(WATCH, requestSerialize, responseDeserialize, about(service))
      .on('data', (bytes) => seen.push([...bytes]))
      .on('status', ({ code }) => seen.push(code));
    return seen;
  }

  test.each([
    { service: '', first: SERVING },
    { service: 'other', first: SERVICE_UNKNOWN },
  ])('of "$service" is told to those who watch, until it ends', async ({ service, first }) => {
    const server = await start(echo);
    const seen = watch(client(server.port), service);
    await soon(() => expect(seen).toEqual([first]));
    await server.stop();
    await soon(() => expect(seen).toEqual([first, NOT_SERVING, status.OK]));
  });

  test('does not hold up the end when somebody begins to watch in the middle of it', async () => {
    const server = await start(echo, { shutdownMs: NO_DEADLINE_MS });
    const { stream } = await beginCall(server.port, WATCH);
    const stopped = server.stop();
    stream.end(framed(about('')));
    expect(await answerOf(stream)).toEqual(framed(Buffer.from(NOT_SERVING)));
    await stopped;
  });
});

describe('over HTTP', () => {
  test('Prometheus finds calls by severity, their duration, and the process', async () => {
    const server = await start(echo);
    await run(client(server.port));
    const lines = (await page(server, '/metrics')).body.split('\n');
    expect(lines).toContain('function_requests_total{severity="none"} 1');
    expect(lines).toContain('function_requests_total{severity="fatal"} 0');
    expect(lines).toContain('function_request_duration_seconds_count 1');
    expect(lines).toContain('function_refused_connections_total 0');
    expect(lines).toContainEqual(expect.stringMatching(/^process_resident_memory_bytes \d+$/));
  });

  test('Prometheus finds refused specs and failures, by kind, to alert on', async () => {
    const refused = RunFunctionResponse.fromPartial({
      conditions: [{ type: 'SpecAccepted', status: Status.STATUS_CONDITION_FALSE, reason: 'InvalidURL' }],
    });
    const broken = () => {
      throw new TypeError('no');
    };
    const answers = [() => refused, broken];
    const server = await start((req) => (answers.shift() ?? echo)(req));
    await run(client(server.port), aboutXr({}));
    await run(client(server.port), aboutXr({}));
    const lines = (await page(server, '/metrics')).body.split('\n');
    expect(lines).toContain('function_refusals_total{kind="ModelService",reason="InvalidURL"} 1');
    expect(lines).toContain('function_failures_total{kind="ModelService",what="exception"} 1');
    expect(server.lines.at(-2)).toMatchObject({ level: 40, refusal: 'InvalidURL' });
  });

  test.each([
    { path: '/healthz', want: { status: 200, body: 'ok\n' } },
    { path: '/readyz?verbose', want: { status: 200, body: 'ok\n' } },
    { path: '/', want: { status: 404, body: 'see /metrics, /healthz or /readyz\n' } },
  ])('$path is $want', async ({ path, want }) => expect(await page(await start(echo), path)).toEqual(want));
});

describe('stopping', () => {
  const ANSWER = framed(RunFunctionResponse.encode(tagged('t1')).finish());
  test('lets go of a client that holds its connection and calls nothing', async () => {
    const server = await start(echo, { shutdownMs: NO_DEADLINE_MS });
    const { session, stream } = await beginCall(server.port);
    stream.end(framed(aboutXr({})));
    expect(await answerOf(stream)).toEqual(ANSWER);
    await server.stop();
    await soon(() => expect(session.destroyed).toBe(true));
  });

  test('finishes a call in progress, takes no other, and is not ready meanwhile', async () => {
    const server = await start(echo, { shutdownMs: NO_DEADLINE_MS });
    const { stream } = await beginCall(server.port);
    const stopped = server.stop();
    expect(await page(server, '/readyz')).toEqual({ status: 503, body: 'shutting down\n' });
    expect(await run(client(server.port))).toBe(status.UNAVAILABLE);
    stream.end(framed(aboutXr({})));
    expect(await answerOf(stream)).toEqual(ANSWER);
    await stopped;
  });

  test('cuts what is still in progress at the deadline', async () => {
    const server = await start(echo, { shutdownMs: 50 });
    const { session } = await beginCall(server.port);
    await server.stop();
    await soon(() => expect(session.destroyed).toBe(true));
    const msg = 'cutting what is still in progress at the deadline';
    expect(server.lines.at(-1)).toEqual({ level: 40, connections: 1, msg });
  });
});

describe('a port in use', () => {
  async function busyPort(): Promise<number> {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    return (other.address() as AddressInfo).port;
  }

  test.each([
    { flag: '--address', option: 'address' },
    { flag: '--metrics-address', option: 'metricsAddress' },
  ] as const)('is told with its way out: $flag', async ({ flag, option }) => {
    const port = await busyPort();
    await expect(start(echo, { [option]: { host: '127.0.0.1', port } })).rejects.toThrow(
      `cannot listen on 127.0.0.1:${port} (EADDRINUSE): choose another with ${flag}`,
    );
  });
});
