import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ProcessSpec } from './processes.ts';

const run = promisify(execFile);

const PORT = 5000;

/** Where Crossplane pulls packages, and the stand-in for a kubelet images, instead of from the public registries. */
export const REGISTRY = `127.0.0.1:${PORT}`;

/** A package as a file, to be published where `repository` says. */
export interface PackageFile {
  readonly path: string;
  /** With its public registry, such as xpkg.crossplane.io/org/name. */
  readonly repository: string;
  readonly version: string;
}

export const registry = (binary: string): ProcessSpec => ({
  name: 'registry',
  command: binary,
  args: [`-port=${PORT}`],
  ready: async () => (await fetch(`http://${REGISTRY}/v2/`)).ok,
});

/** What a repository is called in the registry here: its path without the public registry. */
const pathOf = (repository: string): string => repository.slice(repository.indexOf('/') + 1);

export const pushPackage = (crossplane: string, { path, repository, version }: PackageFile): Promise<unknown> =>
  run(crossplane, ['xpkg', 'push', `--package-files=${path}`, `${REGISTRY}/${pathOf(repository)}:${version}`]);

interface Descriptor {
  readonly digest: string;
  readonly mediaType: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An image of an OCI layout, by its name there: what is no package is pushed as any registry takes it. */
export async function pushImage(
  layout: string,
  name: string,
  { repository, version }: Omit<PackageFile, 'path'>,
): Promise<void> {
  const blob = (digest: string) => readFile(join(layout, 'blobs', ...digest.split(':')));
  const index = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as { manifests: Descriptor[] };
  const found = index.manifests.find(({ annotations }) => annotations?.['org.opencontainers.image.ref.name'] === name);
  if (!found) throw new Error(`${layout} has no image ${name}`);
  const manifest = await blob(found.digest);
  const { config, layers } = JSON.parse(manifest.toString()) as { config: Descriptor; layers: Descriptor[] };
  const base = `http://${REGISTRY}/v2/${pathOf(repository)}`;
  for (const { digest } of [config, ...layers]) await pushBlob(base, digest, await blob(digest));
  await put(`${base}/manifests/${version}`, manifest, found.mediaType);
}

/** In two steps, as the distribution specification has it for every registry. */
async function pushBlob(base: string, digest: string, bytes: Buffer): Promise<void> {
  const begun = await fetch(`${base}/blobs/uploads/`, { method: 'POST' });
  const place = new URL(begun.headers.get('location') ?? '', base);
  place.searchParams.set('digest', digest);
  await put(place.href, bytes, 'application/octet-stream');
}

async function put(url: string, body: Buffer, type: string): Promise<void> {
  const response = await fetch(url, { method: 'PUT', headers: { 'content-type': type }, body: new Uint8Array(body) });
  if (!response.ok) throw new Error(`PUT ${url}: ${response.status} ${await response.text()}`);
}

/** Production's references stay as they are, and Crossplane looks for them here. */
export const imageConfig = (publicRegistry: string): object => ({
  apiVersion: 'pkg.crossplane.io/v1beta1',
  kind: 'ImageConfig',
  metadata: { name: `e2e-${publicRegistry.replaceAll(/[^a-z0-9]+/g, '-')}` },
  spec: {
    matchImages: [{ type: 'Prefix', prefix: `${publicRegistry}/` }],
    rewriteImage: { prefix: `${REGISTRY}/` },
  },
});

interface ImageConfig {
  readonly kind?: string;
  readonly spec?: { readonly matchImages?: readonly { readonly prefix: string }[]; readonly runtime?: object };
}

/**
 * What an ImageConfig says of the runtime counts for where an image really comes from, so who uses a mirror adds the
 * mirror's prefixes to it; other objects stay as they are.
 */
export function withMirror<T extends ImageConfig>(object: T): T {
  if (object.kind !== 'ImageConfig' || !object.spec?.runtime) return object;
  const images = object.spec.matchImages ?? [];
  const mirrored = images.map((image) => ({ ...image, prefix: `${REGISTRY}/${pathOf(image.prefix)}` }));
  return { ...object, spec: { ...object.spec, matchImages: [...images, ...mirrored] } };
}
