// @peculiar/x509 is built on a container that wants this polyfill before it.
import 'reflect-metadata';
import { KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

const DAY_MS = 86_400_000;

const VALIDITY_MS = 365 * DAY_MS;

/** The next certificate is made so long before the one that serves expires. */
const RENEWAL_MS = 30 * DAY_MS;

/** The next one serves when it has been in ca.crt for so long: by then whoever asks us trusts it. */
const TRUSTED_AFTER_MS = 3_600_000;

/** Clocks differ. */
const BACKDATED_MS = 300_000;

/** The data of the Secret, decoded: the certificate that serves, the next one, and all that are to be trusted. */
export interface CertificateData {
  readonly 'tls.crt'?: string;
  readonly 'tls.key'?: string;
  readonly 'next.crt'?: string;
  readonly 'next.key'?: string;
  readonly 'ca.crt'?: string;
}

export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export type Issue = (now: number) => Promise<Pair>;

/**
 * A certificate that signs itself. It is no authority, so nobody who has its key can make another one that is trusted,
 * and there is no authority's key to look after.
 */
export const issuerFor =
  (names: readonly string[]): Issue =>
  async (now) => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      serialNumber: Buffer.from(webcrypto.getRandomValues(new Uint8Array(15))).toString('hex'),
      name: `CN=${names[0]}`,
      notBefore: new Date(now - BACKDATED_MS),
      notAfter: new Date(now + VALIDITY_MS),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
      ],
    });
    const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();
    return { cert: `${certificate.toString('pem')}\n`, key };
  };

/**
 * What the Secret should hold; the same object when nothing is to be done. `serving` is what this verifier has: a Secret
 * that somebody has emptied gets it back, because it is what everybody trusts.
 */
export async function nextData(
  data: CertificateData,
  serving: Pair | undefined,
  issue: Issue,
  now: number,
): Promise<CertificateData> {
  const current = pairOf(data['tls.crt'], data['tls.key'], now);
  if (current === undefined) {
    const kept = serving && pairOf(serving.cert, serving.key, now);
    return withPairs(kept ?? (await issue(now)), undefined, data['ca.crt'], now);
  }
  const next = pairOf(data['next.crt'], data['next.key'], now);
  const isTrusted = (data['ca.crt'] ?? '').includes(current.cert.trim());
  if (next !== undefined && madeAt(next) + TRUSTED_AFTER_MS <= now)
    return withPairs(next, undefined, data['ca.crt'], now);
  if (next === undefined && expiryOf(current).getTime() - RENEWAL_MS <= now)
    return withPairs(current, await issue(now), data['ca.crt'], now);
  return isTrusted ? data : withPairs(current, next, data['ca.crt'], now);
}

/** What can be served now. */
export const servable = (data: CertificateData, now: number): Pair | undefined =>
  pairOf(data['tls.crt'], data['tls.key'], now);

export const expiryOf = ({ cert }: Pair): Date => new X509Certificate(cert).validToDate;

const madeAt = ({ cert }: Pair): number => new X509Certificate(cert).validFromDate.getTime() + BACKDATED_MS;

function pairOf(cert: string | undefined, key: string | undefined, now: number): Pair | undefined {
  if (cert === undefined || key === undefined || key === '') return undefined;
  try {
    return new X509Certificate(cert).validToDate.getTime() > now ? { cert, key } : undefined;
  } catch {
    return undefined;
  }
}

function withPairs(current: Pair, next: Pair | undefined, trusted: string | undefined, now: number): CertificateData {
  const authorities = new Set([...(next ? [next.cert.trim()] : []), current.cert.trim(), ...stillValid(trusted, now)]);
  return {
    'tls.crt': current.cert,
    'tls.key': current.key,
    ...(next && { 'next.crt': next.cert, 'next.key': next.key }),
    'ca.crt': `${[...authorities].join('\n')}\n`,
  };
}

/** Certificates that were trusted and have not expired: another verifier may serve one of them still. */
const stillValid = (bundle = '', now: number): string[] =>
  (bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).filter((cert) => {
    try {
      return new X509Certificate(cert).validToDate.getTime() > now;
    } catch {
      return false;
    }
  });
