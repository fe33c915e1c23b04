import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { ask, codeOf, entry, forwarded, keyOf, known, list, service, startVerifier, type Verifier } from './testing.ts';

const QWEN = '/ml-team/qwen/v1/chat/completions';
const KNOWN = () => known([list('ml-team', { alice: entry('alice') })], [service('ml-team', 'qwen')]);
const start = (options: Partial<Parameters<typeof startVerifier>[0]> = {}) =>
  startVerifier({ knowledge: KNOWN(), ...options });

const health = async (verifier: Verifier, path: string) => {
  const response = await fetch(`http://127.0.0.1:${verifier.healthPort}${path}`);
  return { status: response.status, body: await response.text() };
};

describe('by HTTP/2', () => {
  test('a key is let in, and its lack is not', async () => {
    await using verifier = await start();
    const [good, none] = [await ask(verifier, forwarded(QWEN, keyOf('alice'))), await ask(verifier, forwarded(QWEN))];
    expect([good.status, good.headers['x-modelplane-caller'], good.body]).toEqual([200, 'ml-team/alice', '']);
    expect([none.status, codeOf(none), none.headers['content-type']]).toEqual([
      401,
      'invalid_api_key',
      'application/json',
    ]);
  });

  test.each([
    { name: 'two Authorization headers', twice: ['authorization', 'authorization'] },
    { name: 'two x-api-key headers', twice: ['x-api-key', 'x-api-key'] },
    { name: 'one of each', twice: ['authorization', 'x-api-key'] },
  ])('$name are seen as two', async ({ twice }) => {
    await using verifier = await start();
    const shown = twice.map(
      (name) => [name, name === 'authorization' ? `Bearer ${keyOf('alice')}` : keyOf('alice')] as const,
    );
    const got = await rawAsk(verifier, [['x-forwarded-uri', QWEN], ...shown]);
    expect(got).toContain('You provided more than one API key');
  });

  test('the list of models is there, and nothing else', async () => {
    await using verifier = await start();
    const models = await ask(verifier, { authorization: `Bearer ${keyOf('alice')}` }, '/v1/models');
    expect(JSON.parse(models.body).data).toHaveLength(1);
    for (const path of ['/', '/metrics', '/v1/models/', '/authorize/', '/../authorize'])
      expect((await ask(verifier, forwarded(QWEN, keyOf('alice')), path)).status).toBe(404);
  });

  test('1,000 requests of one connection are answered each for itself', async () => {
    await using verifier = await start();
    const session = connectHttp2(`https://localhost:${verifier.port}`, { ca: verifier.cert });
    const statuses = await Promise.all(
      Array.from({ length: 1_000 }, (_, i) => statusOf(session, forwarded(QWEN, i % 2 ? keyOf('alice') : 'mpk_wrong'))),
    );
    session.destroy();
    expect(statuses).toEqual(Array.from({ length: 1_000 }, (_, i) => (i % 2 ? 200 : 401)));
  });
});

type Session = ReturnType<typeof connectHttp2>;

const statusOf = (session: Session, headers: object): Promise<number> =>
  new Promise((resolve, reject) => {
    const stream = session.request({ ':path': '/authorize', ...headers } as Record<string, string>);
    stream.on('response', ({ ':status': status = 0 }) => resolve(status));
    stream.on('error', reject);
    stream.resume();
    stream.end();
  });

/** HPACK's plainest form: a name and a value as they are (RFC 7541, 6.2.3). */
const field = (name: string, value: string): Buffer => Buffer.concat([Buffer.of(0x10), text(name), text(value)]);

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'latin1');
  return Buffer.concat([bytes.length < 127 ? Buffer.of(bytes.length) : Buffer.of(127, bytes.length - 127), bytes]);
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Frames of our own, because no client sends a header twice; what comes back is the body of the answer. */
const rawAsk = (verifier: Verifier, headers: readonly (readonly [string, string])[]): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connectTls({
      port: verifier.port,
      host: '127.0.0.1',
      servername: 'localhost',
      ca: verifier.cert,
      ALPNProtocols: ['h2'],
    });
    const pseudo = [
      [':method', 'GET'],
      [':scheme', 'https'],
      [':authority', 'localhost'],
      [':path', '/authorize'],
    ] as const;
    const block = Buffer.concat([...pseudo, ...headers].map(([name, value]) => field(name, value)));
    socket.write(
      Buffer.concat([
        Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
        frame(4, 0, 0, Buffer.alloc(0)),
        frame(1, 5, 1, block),
      ]),
    );
    let got = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      got = Buffer.concat([got, chunk]);
      if (got.includes('}}\n')) socket.end(() => resolve(got.toString('latin1')));
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(got.toString('latin1')));
  });

describe('it stays closed', () => {
  test('to everybody, and not ready, before it has read everything', async () => {
    let synced = false;
    await using verifier = await start({ isReady: () => synced });
    const before = [
      (await ask(verifier, forwarded(QWEN, keyOf('alice')))).status,
      (await health(verifier, '/readyz')).status,
    ];
    synced = true;
    const after = [
      (await ask(verifier, forwarded(QWEN, keyOf('alice')))).status,
      (await health(verifier, '/readyz')).status,
    ];
    expect([before, after]).toEqual([
      [503, 503],
      [200, 200],
    ]);
  });

  test('when something throws, and says nothing of it', async () => {
    const knowledge = {
      ...KNOWN(),
      access: () => {
        throw new Error(`about ${keyOf('alice')}`);
      },
    };
    await using verifier = await start({ knowledge });
    const got = await ask(verifier, forwarded(QWEN, keyOf('alice')));
    expect([got.status, codeOf(got)]).toEqual([503, 'unavailable']);
    expect(JSON.stringify(got)).not.toContain(keyOf('alice'));
    expect((await health(verifier, '/metrics')).body).toContain('verifier_failures_total 1');
  });

  test('when an answer takes too long, long before Traefik gives up', async () => {
    await using verifier = await start({ limiter: { admit: () => new Promise(() => {}), size: 0 } });
    expect((await ask(verifier, forwarded(QWEN, keyOf('alice')))).status).toBe(503);
  });

  test('to who speaks HTTP/1.1, or no TLS, or nothing', async () => {
    await using verifier = await start();
    const http1 = await new Promise<string>((resolve) => {
      const socket = connectTls({
        port: verifier.port,
        host: '127.0.0.1',
        servername: 'localhost',
        ca: verifier.cert,
        ALPNProtocols: ['http/1.1'],
      });
      socket.on('secureConnect', () =>
        socket.write(`GET /authorize HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${keyOf('alice')}\r\n\r\n`),
      );
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk;
      });
      socket.on('close', () => resolve(text));
      socket.on('error', () => resolve(text));
    });
    expect(http1).not.toContain('200');
    await expect(fetch(`http://127.0.0.1:${verifier.port}/authorize`)).rejects.toThrow();
    expect((await ask(verifier, forwarded(QWEN, keyOf('alice')))).status).toBe(200);
  });

  test.each([60_000, 100_000, 1_000_000])('to headers of %i bytes, without harm to others', async (size) => {
    await using verifier = await start();
    const session = connectHttp2(`https://localhost:${verifier.port}`, { ca: verifier.cert });
    session.on('error', () => {});
    const stream = session.request({
      ':path': '/authorize',
      ...forwarded(QWEN),
      'x-api-key': 'a'.repeat(size),
    } as Record<string, string>);
    const status = new Promise<number>((resolve) => {
      stream.on('response', ({ ':status': code = 0 }) => resolve(code));
      stream.on('close', () => resolve(0));
      stream.on('error', () => resolve(0));
      setTimeout(() => resolve(0), 1_000);
    });
    stream.end();
    expect((await ask(verifier, forwarded(QWEN, keyOf('alice')))).status).toBe(200);
    expect([0, 401]).toContain(await status);
    session.destroy();
  });
});

describe('connections', () => {
  test('are given up when they are old, and no request fails by it', async () => {
    await using verifier = await start({ sessionAgeMs: 40 });
    let sessions = 0;
    let session: Session | undefined;
    const current = () => {
      if (session === undefined || session.closed || session.destroyed) {
        session = connectHttp2(`https://localhost:${verifier.port}`, { ca: verifier.cert });
        session.on('goaway', () => session?.close());
        sessions++;
      }
      return session;
    };
    const until = performance.now() + 400;
    const statuses = new Set<number>();
    // As Go's client does: what was refused by its number was never looked at (RFC 9113, 8.7).
    const again = (error: Error) => {
      if (!error.message.includes('NGHTTP2_REFUSED_STREAM')) throw error;
      return statusOf(current(), forwarded(QWEN, keyOf('alice')));
    };
    while (performance.now() < until || sessions < 3)
      statuses.add(await statusOf(current(), forwarded(QWEN, keyOf('alice'))).catch(again));
    session?.destroy();
    expect([...statuses]).toEqual([200]);
    expect(sessions).toBeGreaterThan(2);
  });

  test('end in order when it stops: it is not ready, goes on answering for a while, and finishes what it has begun', async () => {
    const verifier = await start({ leavingMs: 300 });
    const stopped = verifier.stop();
    expect((await health(verifier, '/readyz')).status).toBe(503);
    expect((await ask(verifier, forwarded(QWEN, keyOf('alice')))).status).toBe(200);
    await stopped;
    await expect(ask(verifier, forwarded(QWEN, keyOf('alice')))).rejects.toThrow();
  });
});

test('metrics count answers and quote nobody', async () => {
  await using verifier = await start();
  await ask(verifier, forwarded(QWEN, keyOf('alice')));
  await ask(verifier, forwarded(`${QWEN}?key=${keyOf('alice')}`));
  const { body } = await health(verifier, '/metrics');
  expect(body).toContain('verifier_requests_total{what="authorize",status="200"} 1');
  expect(body).toContain('verifier_requests_total{what="authorize",status="401"} 1');
  expect(body).not.toContain('alice');
});
