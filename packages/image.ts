import { access, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Arch } from './arch.ts';
import { USER_ID } from './base.ts';
import { BUNDLE_PATH } from './bundle.ts';
import { writeWhole } from './folders.ts';
import { NODE_PATH } from './node-binary.ts';
import { LICENSE, SOURCE, VERSION } from './repositories.ts';
import { type Blob, blob, type Layer, writeTar } from './tar.ts';

const MEDIA_TYPES = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
} as const;

/** The epoch, for tools that want a time: one of the build would give every build a digest of its own. */
const CREATED = '1970-01-01T00:00:00Z';

/** What an image is made from: the layer that all share, and the one of the function. */
export interface ImageSource {
  readonly name: string;
  readonly description: string;
  readonly arch: Arch;
  readonly layers: readonly [base: Layer, top: Layer];
}

/** One function for one architecture, as the OCI image specification has it. */
export interface Image {
  readonly name: string;
  readonly config: Blob;
  readonly manifest: Blob;
  readonly layers: readonly Layer[];
}

export function image({ name, description, arch, layers }: ImageSource): Image {
  const config = json({
    created: CREATED,
    architecture: arch,
    os: 'linux',
    ...(arch === 'arm64' && { variant: 'v8' }),
    config: {
      User: `${USER_ID}:${USER_ID}`,
      // gRPC, then metrics and health.
      ExposedPorts: { '9443/tcp': {}, '8080/tcp': {} },
      Env: ['PATH=/usr/local/bin'],
      Entrypoint: [`/${NODE_PATH}`, '--enable-source-maps', `/${BUNDLE_PATH}`],
      WorkingDir: '/',
      Labels: {
        'org.opencontainers.image.title': name,
        'org.opencontainers.image.description': description,
        'org.opencontainers.image.version': VERSION,
        'org.opencontainers.image.source': SOURCE,
        'org.opencontainers.image.licenses': LICENSE,
      },
    },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: ['Node and the libraries that it needs', name].map((what) => ({ created: CREATED, created_by: what })),
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.manifest,
    config: descriptor(MEDIA_TYPES.config, config),
    layers: layers.map((layer) => descriptor(MEDIA_TYPES.layer, layer)),
  });
  return { name, config, manifest, layers };
}

/** What `docker load` takes, and `crossplane xpkg build --embed-runtime-image-tarball`. */
export function dockerArchive({ config, layers }: Image): Promise<Buffer> {
  const contents = {
    Config: `${hex(config)}.json`,
    RepoTags: null,
    Layers: layers.map((layer) => `${hex(layer)}.tar.gz`),
  };
  return writeTar([
    { path: 'manifest.json', content: json([contents]).bytes },
    { path: contents.Config, content: config.bytes },
    ...layers.map((layer) => ({ path: `${hex(layer)}.tar.gz`, content: layer.bytes })),
  ]);
}

/** An OCI image layout of these images and nothing else; what they share is there once. */
export async function writeLayout(folder: string, images: readonly Image[]): Promise<void> {
  const folderOfBlobs = join(folder, 'blobs/sha256');
  const blobs = new Map(images.flatMap((i) => [i.config, i.manifest, ...i.layers]).map((b) => [hex(b), b.bytes]));
  for (const [name, bytes] of blobs) await writeBlob(join(folderOfBlobs, name), bytes);
  for (const name of await readdir(folderOfBlobs)) if (!blobs.has(name)) await rm(join(folderOfBlobs, name));
  await writeWhole(join(folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }).bytes);
  await writeWhole(join(folder, 'index.json'), json(index(images)).bytes);
}

/**
 * A layout of its own for an image that several layouts have, each for its architecture: one index of them, as any tool that
 * copies images takes it.
 */
export async function joinLayouts(layouts: readonly string[], name: string, folder: string): Promise<void> {
  const blobOf = (layout: string, digest: string) => readFile(join(layout, 'blobs', ...digest.split(':')));
  const put = (one: Blob) => writeBlob(join(folder, 'blobs/sha256', hex(one)), one.bytes);
  const manifests: object[] = [];
  for (const layout of layouts) {
    const { manifests: there } = JSON.parse(await readFile(join(layout, 'index.json'), 'utf8')) as Index;
    const found = there.find(({ annotations }) => annotations?.[REF_NAME] === name);
    if (!found) throw new Error(`${layout} has no image ${name}`);
    const { annotations: _, ...described } = found;
    const manifest = blob(await blobOf(layout, found.digest));
    const { config, layers } = JSON.parse(manifest.bytes.toString()) as { config: Digest; layers: Digest[] };
    await put(manifest);
    for (const { digest } of [config, ...layers]) await put(blob(await blobOf(layout, digest)));
    const { architecture, os, variant } = JSON.parse((await blobOf(layout, config.digest)).toString());
    manifests.push({ ...described, platform: { architecture, os, variant } });
  }
  const all = json({ schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests });
  await put(all);
  const outer = { schemaVersion: 2, mediaType: MEDIA_TYPES.index, manifests: [descriptor(MEDIA_TYPES.index, all)] };
  await writeWhole(join(folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }).bytes);
  await writeWhole(join(folder, 'index.json'), json(outer).bytes);
}

interface Digest {
  readonly digest: string;
}

interface Index {
  readonly manifests: readonly (Digest & { readonly annotations?: Readonly<Record<string, string>> })[];
}

const REF_NAME = 'org.opencontainers.image.ref.name';

const index = (images: readonly Image[]): object => ({
  schemaVersion: 2,
  mediaType: MEDIA_TYPES.index,
  manifests: images.map(({ name, manifest }) => ({
    ...descriptor(MEDIA_TYPES.manifest, manifest),
    annotations: { [REF_NAME]: name },
  })),
});

/** A blob is named after its bytes and appears whole, so one that is there is the right one. */
async function writeBlob(path: string, bytes: Buffer): Promise<void> {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (!isThere) await writeWhole(path, bytes);
}

const descriptor = (mediaType: string, { digest, bytes }: Blob): object => ({ mediaType, digest, size: bytes.length });

const json = (value: unknown): Blob => blob(Buffer.from(JSON.stringify(value)));

const hex = ({ digest }: Blob): string => digest.slice('sha256:'.length);
