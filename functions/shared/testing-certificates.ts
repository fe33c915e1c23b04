// @peculiar/x509 is built on a container that wants this polyfill before it.
import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** Certificates of the shape that Crossplane 2.4.0 gives itself and its functions (internal/initializer/tls.go). */
export interface Authority {
  /** PEM, as all of these are. */
  readonly cert: string;
  sign(leaf: Leaf): Promise<Issued>;
}

export interface Issued {
  readonly cert: string;
  readonly key: string;
}

export interface Leaf {
  readonly names: readonly string[];
  readonly usage: 'client' | 'server' | undefined;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

export const CROSSPLANE_CLIENT: Leaf = { names: ['crossplane.crossplane-system'], usage: 'client' };
export const FUNCTION_SERVER: Leaf = { names: ['localhost'], usage: 'server' };

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};

/** Crossplane numbers them all alike, and names them all alike: a leaf's subject is its issuer's. */
const SERIAL_NUMBER = '07e6';
const NAME = new Name(
  [
    ['C', 'Earth'],
    ['O', 'Crossplane'],
    ['L', 'Earth'],
    ['ST', 'Earth'],
    ['CN', 'Crossplane'],
  ].map(([type, value]) => ({
    [type as string]: [{ printableString: value as string }],
  })),
);

const HOUR_MS = 3_600_000;
const lastHour = () => new Date(Date.now() - HOUR_MS);
const nextHour = () => new Date(Date.now() + HOUR_MS);

const newKeys = (): Promise<webcrypto.CryptoKeyPair> => webcrypto.subtle.generateKey(RSA, true, ['sign', 'verify']);

// Making an RSA key is most of the time that a certificate takes, and who holds a leaf's does not matter to a test.
const leafKeys = newKeys();

export async function authority(validity: Pick<Leaf, 'notBefore' | 'notAfter'> = {}): Promise<Authority> {
  const keys = await newKeys();
  const create = (
    publicKey: webcrypto.CryptoKey,
    extensions: Extension[],
    { notBefore = lastHour(), notAfter = nextHour() },
  ) =>
    X509CertificateGenerator.create({
      serialNumber: SERIAL_NUMBER,
      subject: NAME,
      issuer: NAME,
      notBefore,
      notAfter,
      publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: RSA,
      extensions,
    });
  const own = await create(keys.publicKey, await authorityExtensions(keys.publicKey), validity);
  return {
    cert: own.toString('pem'),
    sign: async (leaf) => {
      const { publicKey, privateKey } = await leafKeys;
      const key = KeyObject.from(privateKey).export({ type: 'pkcs1', format: 'pem' }).toString();
      return { cert: (await create(publicKey, leafExtensions(leaf), leaf)).toString('pem'), key };
    },
  };
}

const authorityExtensions = async (publicKey: webcrypto.CryptoKey): Promise<Extension[]> => [
  new KeyUsagesExtension(KeyUsageFlags.cRLSign | KeyUsageFlags.keyCertSign, true),
  new BasicConstraintsExtension(true, undefined, true),
  await SubjectKeyIdentifierExtension.create(publicKey),
  new SubjectAlternativeNameExtension([{ type: 'dns', value: 'crossplane-root-ca' }]),
];

/** No authority key identifier: Go leaves it out where subject and issuer are the same. */
const leafExtensions = ({ names, usage }: Leaf): Extension[] => [
  new KeyUsagesExtension(
    KeyUsageFlags.digitalSignature | KeyUsageFlags.keyEncipherment | KeyUsageFlags.dataEncipherment,
    true,
  ),
  ...(usage === undefined ? [] : [new ExtendedKeyUsageExtension([ExtendedKeyUsage[`${usage}Auth`]])]),
  new BasicConstraintsExtension(false, undefined, true),
  new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
];

/** Writes what Crossplane mounts into a function, into `dir` or a new directory. */
export async function writeCertificates({ cert, key }: Issued, ca: string, dir?: string): Promise<string> {
  const into = dir ?? (await mkdtemp(join(tmpdir(), 'certificates-')));
  await Promise.all([
    writeFile(join(into, 'tls.crt'), cert),
    writeFile(join(into, 'tls.key'), key),
    writeFile(join(into, 'ca.crt'), ca),
  ]);
  return into;
}
