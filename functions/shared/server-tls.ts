import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls';
import { certificatesIn } from './pem.ts';

/** What Crossplane mounts into a function: its own certificate, and the authority that signed it and Crossplane's. */
interface Certificates {
  readonly key: string;
  readonly cert: string;
  readonly ca: string;
  /** The certificates in `ca`: two of them while an authority is being replaced. */
  readonly authorities: readonly X509Certificate[];
  /** When `cert` stops being valid. */
  readonly expires: Date;
}

/** The key usage of a TLS client (RFC 5280 §4.2.1.12, id-kp-clientAuth). */
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

type Load =
  | { readonly ok: true; readonly certificates: Certificates }
  | { readonly ok: false; readonly reason: string };

/** What is in a directory now, if it is whole and fits together. */
export function loadCertificates(dir: string): Load {
  try {
    return { ok: true, certificates: wholeCertificates(dir) };
  } catch (error) {
    return { ok: false, reason: (error as Error).message };
  }
}

function wholeCertificates(dir: string): Certificates {
  const key = read(dir, 'tls.key');
  const cert = read(dir, 'tls.crt');
  const ca = read(dir, 'ca.crt');
  const leaf = parsed(`${dir}/tls.crt`, () => new X509Certificate(cert));
  const privateKey = parsed(`${dir}/tls.key`, () => createPrivateKey(key));
  const authorities = parsed(`${dir}/ca.crt`, () => certificatesIn(ca));
  if (authorities.length === 0) throw new Error(`${dir}/ca.crt holds no certificate`);
  if (!leaf.checkPrivateKey(privateKey)) throw new Error(`${dir}/tls.key is not the key of ${dir}/tls.crt`);
  const certificates = { key, cert, ca, authorities, expires: leaf.validToDate };
  parsed(`${dir}/tls.crt`, () => createSecureContext(secureContext(certificates)));
  return certificates;
}

function read(dir: string, file: string): string {
  try {
    return readFileSync(join(dir, file), 'utf8');
  } catch (error) {
    throw new Error(`cannot read ${dir}/${file} (${(error as NodeJS.ErrnoException).code})`);
  }
}

function parsed<T>(path: string, parse: () => T): T {
  try {
    return parse();
  } catch {
    // OpenSSL's own words ("no start line") would not tell a reader which file it is.
    throw new Error(`${path} is not a PEM file that OpenSSL can use`);
  }
}

const secureContext = ({ key, cert, ca }: Certificates): SecureContextOptions => ({
  key,
  cert,
  ca,
  minVersion: 'TLSv1.2',
});

/**
 * Why a client may not call us, or undefined when it may. OpenSSL cannot be asked: it takes Crossplane's certificates,
 * whose subject is the name of their issuer and which have no authority key identifier, for self-signed ones. The
 * signature comes first, so that nothing is read from a certificate that anyone could have made.
 */
export function refusal(
  peer: X509Certificate | undefined,
  authorities: readonly X509Certificate[],
  clientName: string,
  now = new Date(),
): string | undefined {
  if (!peer) return 'it has no certificate';
  const isSigner = (ca: X509Certificate) => peer.checkIssued(ca) && peer.verify(ca.publicKey) && isCurrent(ca, now);
  if (!authorities.some(isSigner)) return 'its certificate is not signed by an authority in ca.crt that is valid now';
  if (!isCurrent(peer, now)) return 'its certificate is expired or not valid yet';
  if (!peer.keyUsage?.includes(CLIENT_AUTH)) return 'its certificate is not for TLS clients';
  if (!hasName(peer, clientName)) return `its certificate is not for ${clientName}`;
  return undefined;
}

const isCurrent = ({ validFromDate, validToDate }: X509Certificate, now: Date): boolean =>
  validFromDate <= now && now <= validToDate;

/** An alternative name of the certificate exactly: its subject is the same for all that Crossplane makes. */
const hasName = (certificate: X509Certificate, name: string): boolean =>
  certificate.checkHost(name, { subject: 'never', wildcards: false }) !== undefined;

export interface TlsOptions {
  /** Holds tls.key, tls.crt and ca.crt. */
  readonly dir: string;
  /** The DNS name in the client's certificate. */
  readonly clientName: string;
  /** How often to look for renewed certificates. */
  readonly pollMs: number;
}

interface TlsEvents {
  accepted(socket: TLSSocket): void;
  refused(peer: string | undefined, reason: string): void;
  /** These are served from now on; at the start as well. */
  renewed(certificates: Certificates): void;
  /** What is in the directory cannot be served, and what was there before still is. */
  broken(reason: string): void;
}

/** A client that has not finished its handshake by then is cut. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** Accepts connections of Crossplane's, and of nobody else. Throws when there is nothing to serve with. */
export function tlsServer(options: TlsOptions, events: TlsEvents): Server {
  const loaded = loadCertificates(options.dir);
  if (!loaded.ok) {
    const wayOut = 'Crossplane mounts them into a function; for development there is --insecure';
    throw new Error(`no certificates to serve with: ${loaded.reason}. ${wayOut}`);
  }
  let current = loaded.certificates;
  const server = createServer({
    ...secureContext(current),
    requestCert: true,
    rejectUnauthorized: false, // refusal() decides.
    ALPNProtocols: ['h2'],
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  });
  server.on('secureConnection', (socket) => {
    const reason = refusal(socket.getPeerX509Certificate(), current.authorities, options.clientName);
    if (reason === undefined) return events.accepted(socket);
    events.refused(socket.remoteAddress, reason);
    socket.destroy();
  });
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    // Whoever closes without a word is a TCP probe, or has changed its mind.
    if (error.code !== 'ECONNRESET') events.refused(socket.remoteAddress, `its handshake failed (${error.code})`);
  });
  const renewed = (certificates: Certificates) => {
    current = certificates;
    server.setSecureContext(secureContext(certificates));
    events.renewed(certificates);
  };
  const watcher = watch(options, current, { renewed, broken: events.broken });
  server.once('close', () => clearInterval(watcher));
  events.renewed(current);
  return server;
}

/**
 * Looks at the directory again and again, and tells of what is new and whole. Reading is what finds every way in which
 * files are replaced: the kubelet swaps a symbolic link two levels up, which no watch on a file reports.
 */
function watch(
  { dir, pollMs }: TlsOptions,
  loaded: Certificates,
  { renewed, broken }: Pick<TlsEvents, 'renewed' | 'broken'>,
): NodeJS.Timeout {
  let seen = fingerprint(loaded);
  const look = () => {
    const found = loadCertificates(dir);
    const print = found.ok ? fingerprint(found.certificates) : found.reason;
    if (print === seen) return;
    seen = print;
    if (found.ok) renewed(found.certificates);
    else broken(found.reason);
  };
  return setInterval(look, pollMs).unref();
}

const fingerprint = ({ key, cert, ca }: Certificates): string => [key, cert, ca].join('\n');
