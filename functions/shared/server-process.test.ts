import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { credentials } from '@grpc/grpc-js';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { authority, CROSSPLANE_CLIENT, FUNCTION_SERVER, mountCertificates } from './testing-certificates.ts';
import { aboutXr, beginCall, client, run } from './testing-server.ts';

const dir = mkdtempSync(join(tmpdir(), 'server-'));
const BUNDLE = join(dir, 'main.cjs');

const MAIN = `
  import { asFunction } from './function.ts';
  import { serve } from './server.ts';
  serve(asFunction({
    requires: () => ({}),
    compose: ({ xr }) => ({ desired: { a: { resource: xr.spec, ready: true } }, status: {}, conditions: [], ready: true }),
  }));
`;

// As in an image: one file, with nothing beside it.
beforeAll(async () => {
  const stdin = { contents: MAIN, resolveDir: import.meta.dirname, loader: 'ts' } as const;
  await build({ stdin, outfile: BUNDLE, bundle: true, platform: 'node', format: 'cjs', target: 'node24' });
});

afterAll(() => rmSync(dir, { recursive: true }));

function launch(flags: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [BUNDLE, ...flags], { cwd: dir, env });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** What a process that ends by itself has said. */
async function outcome(flags: readonly string[], env?: NodeJS.ProcessEnv) {
  const child = launch(flags, env);
  const [stdout, stderr, [code]] = await Promise.all([
    child.stdout.setEncoding('utf8').toArray(),
    child.stderr.setEncoding('utf8').toArray(),
    once(child, 'exit'),
  ]);
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

interface Serving {
  readonly child: ChildProcessWithoutNullStreams;
  readonly port: number;
  readonly lines: Record<string, unknown>[];
}

async function serving(flags: readonly string[], env?: NodeJS.ProcessEnv): Promise<Serving> {
  const child = launch(['--address=127.0.0.1:0', '--metrics-address=127.0.0.1:0', ...flags], env);
  const lines: Record<string, unknown>[] = [];
  const port = await new Promise<number>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      const entry = JSON.parse(line);
      lines.push(entry);
      if (entry.msg === 'serving') resolve(entry.port);
    });
  });
  return { child, port, lines };
}

describe('a process ends with 1 and one sentence when', () => {
  test('a flag is unknown', async () =>
    expect(await outcome(['--adress=x'])).toEqual({
      code: 1,
      stdout: '',
      stderr: "Unknown option '--adress'; see --help\n",
    }));

  test('there are no certificates, rather than serve anyone', async () => {
    const { code, stderr } = await outcome(['--address=127.0.0.1:0'], { TLS_SERVER_CERTS_DIR: dir });
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `no certificates to serve with: cannot read ${dir}/tls.key (ENOENT). Crossplane mounts them into a function; for development there is --insecure\n`,
    });
  });

  test.each(['--address', '--metrics-address'])('the port of %s is in use', async (flag) => {
    const other = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    const address = `127.0.0.1:${(other.address() as { port: number }).port}`;
    const free = ['--insecure', '--address=127.0.0.1:0', '--metrics-address=127.0.0.1:0'];
    const { code, stderr } = await outcome([...free, `${flag}=${address}`]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `cannot listen on ${address} (EADDRINUSE): choose another with ${flag}\n`,
    });
  });
});

test('--help explains every flag and ends with 0', async () => {
  const { code, stdout, stderr } = await outcome(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.match(/--[a-z-]+/g)).toEqual(
    expect.arrayContaining(['--address', '--tls-server-certs-dir', '--client-name', '--insecure', '--metrics-address']),
  );
});

test('the bundle serves Crossplane by what it mounts, and says whom it answered and nothing of what', async () => {
  const certificates = mkdtempSync(join(dir, 'certificates-'));
  const ours = await authority();
  await mountCertificates(certificates, await ours.sign(FUNCTION_SERVER), ours.cert);
  const env = { TLS_SERVER_CERTS_DIR: certificates, FUNCTION_NAME: 'compose-model-service' };
  const { port, lines } = await serving([], env);
  const { key, cert } = await ours.sign(CROSSPLANE_CLIENT);
  const crossplane = credentials.createSsl(null, Buffer.from(key), Buffer.from(cert), { rejectUnauthorized: false });
  expect(await run(client(port, crossplane), aboutXr({ secret: 'hunter2' }))).toBe('t1');
  const answered = { level: 'info', function: 'compose-model-service', tag: 't1', severity: 'none', msg: 'answered' };
  await expect.poll(() => lines).toContainEqual(expect.objectContaining(answered));
  expect(JSON.stringify(lines)).not.toContain('hunter2');
});

describe('a process that is told to end', () => {
  const SECOND_MS = 1000;

  /** How a process ends after a signal, and after how long. */
  async function ended(child: ChildProcessWithoutNullStreams, signal: NodeJS.Signals) {
    const started = performance.now();
    child.kill(signal);
    const [code] = await once(child, 'exit');
    return { code, ms: performance.now() - started };
  }

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s does so at once while a client holds a connection',
    async (signal) => {
      const { child, port } = await serving(['--insecure']);
      const held = client(port);
      expect(await run(held)).toBe('t1');
      const { code, ms } = await ended(child, signal);
      expect(code).toBe(0);
      expect(ms).toBeLessThan(5 * SECOND_MS);
    },
  );

  test('does so at its deadline while a call is in progress', async () => {
    const { child, port } = await serving(['--insecure', '--shutdown-timeout=1']);
    await beginCall(port);
    const { code, ms } = await ended(child, 'SIGTERM');
    expect(code).toBe(0);
    expect(ms).toBeGreaterThan(0.9 * SECOND_MS);
    expect(ms).toBeLessThan(5 * SECOND_MS);
  });
});
