// @peculiar/x509 is built on a container that wants this polyfill before it.
import 'reflect-metadata';
import { KeyObject, webcrypto } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rename, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
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
  /** Of an RSA key of its own; without it the key is one that all share, because making one takes long. */
  readonly keyBits?: number;
}

export const CROSSPLANE_CLIENT: Leaf = { names: ['crossplane.crossplane-system'], usage: 'client' };
export const FUNCTION_SERVER: Leaf = { names: ['localhost'], usage: 'server' };

const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', publicExponent: new Uint8Array([1, 0, 1]) };
const KEY_BITS = 2048;

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

const newKeys = (modulusLength: number): Promise<webcrypto.CryptoKeyPair> =>
  webcrypto.subtle.generateKey({ ...RSA, modulusLength }, true, ['sign', 'verify']);

const sharedKeys = newKeys(KEY_BITS);

export async function authority(validity: Pick<Leaf, 'notBefore' | 'notAfter'> = {}): Promise<Authority> {
  const keys = await newKeys(KEY_BITS);
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
      const { publicKey, privateKey } = await (leaf.keyBits ? newKeys(leaf.keyBits) : sharedKeys);
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
  ...(names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })))]),
];

/**
 * Puts certificates into a directory, or renews those that are there, as the kubelet does with a Secret: the files are
 * links through one link, `..data`, that is swapped.
 */
export async function mountCertificates(dir: string, { cert, key }: Issued, ca: string): Promise<void> {
  const version = await mkdtemp(join(dir, '..version-'));
  const files = { 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca };
  await Promise.all(Object.entries(files).map(([file, content]) => writeFile(join(version, file), content)));
  await symlink(basename(version), join(dir, '..data_tmp'));
  await rename(join(dir, '..data_tmp'), join(dir, '..data'));
  const missing = Object.keys(files).filter((file) => !existsSync(join(dir, file)));
  await Promise.all(missing.map((file) => symlink(join('..data', file), join(dir, file))));
}
