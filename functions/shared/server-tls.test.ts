import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { type ChannelCredentials, credentials, status } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { FunctionHandler } from './function.ts';
import { loadCertificates, refusal } from './server-tls.ts';
import {
  authority,
  CROSSPLANE_CLIENT,
  FUNCTION_SERVER,
  type Issued,
  type Leaf,
  mountCertificates,
} from './testing-certificates.ts';
import { client, echo, page, run, soon, start, type TestServer } from './testing-server.ts';

const NAME = 'crossplane.crossplane-system';
const DAY_MS = 86_400_000;
const yesterday = new Date(Date.now() - DAY_MS);
const tomorrow = new Date(Date.now() + DAY_MS);

const [ours, foreign, expired] = await Promise.all([
  authority(),
  authority(),
  authority({ notBefore: new Date(0), notAfter: yesterday }),
]);

const certificate = ({ cert }: { cert: string }): X509Certificate => new X509Certificate(cert);

test.each<{ name: string; leaf: Leaf; want: string | undefined }>([
  {
    name: "Crossplane's own, which OpenSSL takes for self-signed, is accepted",
    leaf: CROSSPLANE_CLIENT,
    want: undefined,
  },
  {
    name: 'one with more names than that is accepted',
    leaf: { names: ['other', NAME], usage: 'client' },
    want: undefined,
  },
  {
    name: 'one that has expired is refused',
    leaf: { ...CROSSPLANE_CLIENT, notBefore: new Date(0), notAfter: yesterday },
    want: 'its certificate is expired or not valid yet',
  },
  {
    name: 'one that is not valid yet is refused',
    leaf: { ...CROSSPLANE_CLIENT, notBefore: tomorrow, notAfter: tomorrow },
    want: 'its certificate is expired or not valid yet',
  },
  {
    name: "a function's or a provider's, which is for servers, is refused",
    leaf: { ...CROSSPLANE_CLIENT, usage: 'server' },
    want: 'its certificate is not for TLS clients',
  },
  {
    name: 'one without any purpose is refused',
    leaf: { ...CROSSPLANE_CLIENT, usage: undefined },
    want: 'its certificate is not for TLS clients',
  },
  {
    name: 'one of another name is refused',
    leaf: { names: ['crossplane.other-system'], usage: 'client' },
    want: `its certificate is not for ${NAME}`,
  },
])('of the client certificates that our authority signed, $name', async ({ leaf, want }) =>
  expect(refusal(certificate(await ours.sign(leaf)), [certificate(ours)], NAME)).toBe(want),
);

test.each([
  { name: 'its subject, which Crossplane gives to all', names: [], clientName: 'Crossplane' },
  { name: 'a wildcard', names: ['*.crossplane-system.svc'], clientName: 'crossplane.crossplane-system.svc' },
])("a certificate's name is not $name", async ({ names, clientName }) => {
  const peer = certificate(await ours.sign({ names, usage: 'client' }));
  expect(refusal(peer, [certificate(ours)], clientName)).toBe(`its certificate is not for ${clientName}`);
});

const UNSIGNED = 'its certificate is not signed by an authority in ca.crt that is valid now';

test.each([
  { name: 'a stranger that calls itself the same is not ours', signer: foreign, trusted: [ours], want: UNSIGNED },
  { name: 'nobody is trusted without an authority', signer: ours, trusted: [], want: UNSIGNED },
  { name: 'one that has expired signs nothing any more', signer: expired, trusted: [expired], want: UNSIGNED },
  {
    name: 'both are, while one replaces the other',
    signer: foreign,
    trusted: [expired, ours, foreign],
    want: undefined,
  },
])('of authorities, $name', async ({ signer, trusted, want }) =>
  expect(refusal(certificate(await signer.sign(CROSSPLANE_CLIENT)), trusted.map(certificate), NAME)).toBe(want),
);

test('a client without a certificate is refused', () =>
  expect(refusal(undefined, [certificate(ours)], NAME)).toBe('it has no certificate'));

const server = await ours.sign(FUNCTION_SERVER);
const weak = await ours.sign({ ...FUNCTION_SERVER, keyBits: 1024 });
const whole = { 'tls.key': server.key, 'tls.crt': server.cert, 'ca.crt': ours.cert };

/** A directory of these files; one without content is left out. */
function directory(files: Record<string, string | undefined>): string {
  const dir = mkdtempSync(join(tmpdir(), 'certificates-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  for (const [file, content] of Object.entries(files))
    if (content !== undefined) writeFileSync(join(dir, file), content);
  return dir;
}

test('loads a certificate with its key and authorities', () => {
  const ca = `${ours.cert}\n${foreign.cert}\n`;
  const loaded = loadCertificates(directory({ ...whole, 'ca.crt': ca }));
  if (!loaded.ok) throw new Error(loaded.reason);
  const { authorities, ...rest } = loaded.certificates;
  expect(rest).toEqual({ key: server.key, cert: server.cert, ca, expires: certificate(server).validToDate });
  expect(authorities.map(String)).toEqual([ours, foreign].map((known) => String(certificate(known))));
});

test.each<{ name: string; files: Record<string, string | undefined>; want: string }>([
  { name: 'an empty directory', files: {}, want: 'cannot read DIR/tls.key (ENOENT)' },
  {
    name: 'a missing certificate',
    files: { ...whole, 'tls.crt': undefined },
    want: 'cannot read DIR/tls.crt (ENOENT)',
  },
  { name: 'a missing authority', files: { ...whole, 'ca.crt': undefined }, want: 'cannot read DIR/ca.crt (ENOENT)' },
  { name: 'an empty authority', files: { ...whole, 'ca.crt': '' }, want: 'DIR/ca.crt holds no certificate' },
  {
    name: 'half a certificate',
    files: { ...whole, 'tls.crt': server.cert.slice(0, 500) },
    want: 'DIR/tls.crt is not a PEM file that OpenSSL can use',
  },
  {
    name: 'half a key',
    files: { ...whole, 'tls.key': server.key.slice(0, 500) },
    want: 'DIR/tls.key is not a PEM file that OpenSSL can use',
  },
  {
    name: "another certificate's key",
    files: { ...whole, 'tls.crt': foreign.cert },
    want: 'DIR/tls.key is not the key of DIR/tls.crt',
  },
  {
    name: 'a key that is too short for OpenSSL to serve',
    files: { ...whole, 'tls.crt': weak.cert, 'tls.key': weak.key },
    want: 'DIR/tls.crt is not a PEM file that OpenSSL can use',
  },
])('does not load $name', ({ files, want }) => {
  const dir = directory(files);
  expect(loadCertificates(dir)).toEqual({ ok: false, reason: want.replaceAll('DIR', dir) });
});

test('does not load what is not there', () =>
  expect(loadCertificates('/nowhere')).toEqual({ ok: false, reason: 'cannot read /nowhere/tls.key (ENOENT)' }));

const mounted = async (): Promise<string> => {
  const dir = directory({});
  await mountCertificates(dir, server, ours.cert);
  return dir;
};

/** A function's server behind TLS, with the directory that its certificates are mounted in. */
async function startTls(handler: FunctionHandler = echo): Promise<TestServer & { readonly dir: string }> {
  const dir = await mounted();
  return { ...(await start(handler, { tls: { dir, clientName: NAME, pollMs: 20 } })), dir };
}

/** A client with this certificate. Node's, unlike Go's, cannot verify a server of Crossplane's authority. */
const as = (issued?: Issued): ChannelCredentials =>
  credentials.createSsl(null, issued ? Buffer.from(issued.key) : null, issued ? Buffer.from(issued.cert) : null, {
    rejectUnauthorized: false,
  });

/** The fingerprint of the certificate that a new connection sees. */
const served = ({ port }: TestServer): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connectTls({ port, ALPNProtocols: ['h2'], rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.once('error', reject);
  });

describe('a server behind TLS', () => {
  test('answers Crossplane', async () => {
    const { port } = await startTls();
    expect(await run(client(port, as(await ours.sign(CROSSPLANE_CLIENT))))).toBe('t1');
  });

  test.each<{ name: string; peer: () => Promise<Issued | undefined>; reason: string }>([
    { name: 'without a certificate', peer: async () => undefined, reason: 'it has no certificate' },
    {
      name: 'of another authority with the same name',
      peer: () => foreign.sign(CROSSPLANE_CLIENT),
      reason: UNSIGNED,
    },
    {
      name: 'whose certificate has expired',
      peer: () => ours.sign({ ...CROSSPLANE_CLIENT, notBefore: new Date(0), notAfter: yesterday }),
      reason: 'its certificate is expired or not valid yet',
    },
    {
      name: 'with the name of somebody else',
      peer: () => ours.sign({ names: ['function.crossplane-system'], usage: 'client' }),
      reason: `its certificate is not for ${NAME}`,
    },
    {
      name: "with a function's certificate",
      peer: async () => server,
      reason: 'its certificate is not for TLS clients',
    },
  ])('cuts off a client $name, says so, and counts it', async ({ peer, reason }) => {
    const handler = vi.fn(echo);
    const running = await startTls(handler);
    expect(await run(client(running.port, as(await peer())))).toBe(status.UNAVAILABLE);
    expect(handler).not.toHaveBeenCalled();
    expect(running.lines).toContainEqual({ level: 40, peer: '127.0.0.1', reason, msg: 'refused a connection' });
    expect((await page(running, '/metrics')).body).toMatch(/^function_refused_connections_total [1-9]/m);
  });

  test('cuts off a client in plain text', async () => {
    const { port, lines } = await startTls();
    expect(await run(client(port))).toBe(status.UNAVAILABLE);
    const reason = expect.stringMatching(/^its handshake failed \(ERR_SSL_/);
    expect(lines).toContainEqual({ level: 40, peer: '127.0.0.1', reason, msg: 'refused a connection' });
  });

  test('cuts off a client that knows TLS 1.1 at most', async () => {
    const { port, lines } = await startTls();
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    const socket = connectTls({ port, ...old, rejectUnauthorized: false });
    await new Promise((resolve) => socket.once('error', resolve).once('secureConnect', resolve));
    const reason = 'its handshake failed (ERR_SSL_UNSUPPORTED_PROTOCOL)';
    await soon(() => expect(lines).toContainEqual(expect.objectContaining({ reason })));
  });

  test('says nothing of a TCP probe', async () => {
    const { port, lines } = await startTls();
    const probe = connect(port, '127.0.0.1', () => probe.end()).resume();
    await new Promise((resolve) => probe.once('close', resolve));
    expect(lines.map(({ msg }) => msg)).toEqual(['serving with these certificates', 'serving']);
  });

  test('tells Prometheus when its certificate expires', async () => {
    const { body } = await page(await startTls(), '/metrics');
    const seconds = certificate(server).validToDate.getTime() / 1000;
    expect(body.split('\n')).toContain(`function_certificate_expiry_timestamp_seconds ${seconds}`);
  });

  test('does not start without certificates', async () => {
    const tls = { dir: directory({}), clientName: NAME, pollMs: 20 };
    await expect(start(echo, { tls })).rejects.toThrow(
      `no certificates to serve with: cannot read ${tls.dir}/tls.key (ENOENT). Crossplane mounts them into a function; for development there is --insecure`,
    );
  });
});

describe('renewed certificates', () => {
  const renewals = ({ lines }: TestServer) =>
    lines.filter(({ msg }) => msg === 'serving with these certificates').length;

  test('are served to new connections, while the old ones go on', async () => {
    const running = await startTls();
    const held = client(running.port, as(await ours.sign(CROSSPLANE_CLIENT)));
    expect(await run(held)).toBe('t1');
    const next = await ours.sign({ ...FUNCTION_SERVER, names: ['localhost', 'next'] });
    await mountCertificates(running.dir, next, ours.cert);
    await soon(async () => expect(await served(running)).toBe(certificate(next).fingerprint256));
    expect(await run(held)).toBe('t1');
    expect(await run(client(running.port, as()))).toBe(status.UNAVAILABLE);
  });

  test('bring a new authority, whose clients are taken from then on and no others', async () => {
    const running = await startTls();
    await mountCertificates(running.dir, await foreign.sign(FUNCTION_SERVER), foreign.cert);
    await soon(() => expect(renewals(running)).toBe(2));
    expect(await run(client(running.port, as(await foreign.sign(CROSSPLANE_CLIENT))))).toBe('t1');
    expect(await run(client(running.port, as(await ours.sign(CROSSPLANE_CLIENT))))).toBe(status.UNAVAILABLE);
  });

  test('that are half written leave the old ones, are told of once, and are served when they are whole', async () => {
    const running = await startTls();
    const next = await ours.sign({ ...FUNCTION_SERVER, names: ['next'] });
    const file = join(running.dir, 'tls.crt');
    writeFileSync(file, next.cert.slice(0, 300));
    const reason = `${file} is not a PEM file that OpenSSL can use`;
    const broken = { level: 50, reason, msg: 'cannot serve the new certificates, so the old ones stay' };
    await soon(() => expect(running.lines).toContainEqual(broken));
    expect(await served(running)).toBe(certificate(server).fingerprint256);
    expect(await run(client(running.port, as(await ours.sign(CROSSPLANE_CLIENT))))).toBe('t1');
    writeFileSync(file, next.cert);
    await soon(() => expect(renewals(running)).toBe(2));
    expect(await served(running)).toBe(certificate(next).fingerprint256);
    expect(running.lines.filter(({ level }) => level === 50)).toEqual([broken]);
  });
});
