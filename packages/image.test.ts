import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder, writeWhole } from './folders.ts';
import { dockerArchive, image, joinLayouts, writeLayout } from './image.ts';
import { type Layer, layer, readTar, sha256 } from './tar.ts';

let base: Layer;
let top: Layer;

beforeAll(async () => {
  base = await layer([{ path: 'usr/local/bin/node', content: Buffer.from('node'), executable: true }]);
  top = await layer([{ path: 'function/main.cjs', content: Buffer.from('serve()') }]);
});

const build = (name = 'compose-model-service') =>
  image({ name, description: 'Gives a model one URL.', arch: 'arm64', layers: [base, top] });

const parse = (bytes: Buffer | undefined) => JSON.parse(String(bytes));

describe('image', () => {
  test('runs Node on the bundle as an unprivileged user, and says what it is', () => {
    expect(parse(build().config.bytes)).toEqual({
      created: '1970-01-01T00:00:00Z',
      architecture: 'arm64',
      os: 'linux',
      variant: 'v8',
      config: {
        User: '2000:2000',
        ExposedPorts: { '9443/tcp': {}, '8080/tcp': {} },
        Env: ['PATH=/usr/local/bin'],
        Entrypoint: ['/usr/local/bin/node', '--enable-source-maps', '/function/main.cjs'],
        WorkingDir: '/',
        Labels: {
          'org.opencontainers.image.title': 'compose-model-service',
          'org.opencontainers.image.description': 'Gives a model one URL.',
          'org.opencontainers.image.version': expect.stringMatching(/^v\d+\.\d+\.\d+$/),
          'org.opencontainers.image.source': expect.stringMatching(/^https:\/\//),
          'org.opencontainers.image.licenses': 'Apache-2.0',
        },
      },
      rootfs: { type: 'layers', diff_ids: [base.diffId, top.diffId] },
      history: [
        { created: '1970-01-01T00:00:00Z', created_by: 'Node and the libraries that it needs' },
        { created: '1970-01-01T00:00:00Z', created_by: 'compose-model-service' },
      ],
    });
  });

  test('has a manifest that names its configuration and layers by digest and size', () => {
    const { config, manifest } = build();
    expect(parse(manifest.bytes)).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        digest: sha256(config.bytes),
        size: config.bytes.length,
      },
      layers: [base, top].map(({ bytes }) => ({
        mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
        digest: sha256(bytes),
        size: bytes.length,
      })),
    });
  });

  test('has the same digest each time it is made from the same layers', () => {
    expect(build().manifest.digest).toBe(build().manifest.digest);
  });
});

describe('dockerArchive', () => {
  test('holds one image, whose files are named after what is in them', async () => {
    const { config } = build();
    const files = new Map((await readTar(await dockerArchive(build()))).map((entry) => [entry.path, entry]));
    const contentOf = (path: string): Buffer | undefined => {
      const entry = files.get(path);
      return entry && 'content' in entry ? entry.content : undefined;
    };
    const names = {
      Config: `${config.digest.slice(7)}.json`,
      RepoTags: null,
      Layers: [base, top].map(({ digest }) => `${digest.slice(7)}.tar.gz`),
    };
    expect([...files.keys()].sort()).toEqual(['manifest.json', names.Config, ...names.Layers].sort());
    expect(parse(contentOf('manifest.json'))).toEqual([names]);
    expect([names.Config, ...names.Layers].map(contentOf)).toEqual([config.bytes, base.bytes, top.bytes]);
  });
});

describe('writeLayout', () => {
  test('writes what the images share once, and takes away what no image has any more', async () => {
    await using folder = await temporaryFolder('layout-test');
    const images = [build('compose-model-endpoint'), build('compose-model-service')];
    await writeWhole(join(folder.path, 'blobs/sha256/0123'), 'of an earlier build');
    await writeLayout(folder.path, images);
    const names = await readdir(join(folder.path, 'blobs/sha256'));
    const digests = await Promise.all(
      names.map(async (n) => sha256(await readFile(join(folder.path, 'blobs/sha256', n)))),
    );
    const expected = [base, top, ...images.flatMap(({ config, manifest }) => [config, manifest])];
    expect(names.map((name) => `sha256:${name}`)).toEqual(digests);
    expect(digests.sort()).toEqual(expected.map(({ digest }) => digest).sort());
  });

  test('lists each image by name', async () => {
    await using folder = await temporaryFolder('layout-test');
    const { manifest } = build();
    await writeLayout(folder.path, [build()]);
    expect(parse(await readFile(join(folder.path, 'index.json')))).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [
        {
          mediaType: 'application/vnd.oci.image.manifest.v1+json',
          digest: manifest.digest,
          size: manifest.bytes.length,
          annotations: { 'org.opencontainers.image.ref.name': 'compose-model-service' },
        },
      ],
    });
    expect(parse(await readFile(join(folder.path, 'oci-layout')))).toEqual({ imageLayoutVersion: '1.0.0' });
  });
});

test('layouts of two architectures become one index, which says which is which and holds every blob', async () => {
  await using folder = await temporaryFolder('join-test');
  const layouts = ['amd64', 'arm64'] as const;
  for (const arch of layouts) {
    const one = image({ name: 'verifier', description: 'Decides.', arch, layers: [base, top] });
    await writeLayout(join(folder.path, arch), [build('other'), one]);
  }
  const joined = join(folder.path, 'joined');
  await joinLayouts(
    layouts.map((arch) => join(folder.path, arch)),
    'verifier',
    joined,
  );
  const blobOf = async (digest: string) => parse(await readFile(join(joined, 'blobs', ...digest.split(':'))));
  const { manifests } = parse(await readFile(join(joined, 'index.json')));
  expect(manifests).toHaveLength(1);
  const index = await blobOf(manifests[0].digest);
  expect(index.manifests.map(({ platform }: { platform: object }) => platform)).toEqual([
    { architecture: 'amd64', os: 'linux' },
    { architecture: 'arm64', os: 'linux', variant: 'v8' },
  ]);
  for (const { digest } of index.manifests) {
    const manifest = await blobOf(digest);
    const names = await readdir(join(joined, 'blobs/sha256'));
    for (const part of [manifest.config, ...manifest.layers]) expect(names).toContain(part.digest.slice(7));
  }
});
