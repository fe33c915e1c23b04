import { execFile, spawn } from 'node:child_process';
import { cp, link, mkdir, realpath } from 'node:fs/promises';
import { arch } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { KubeletConfig, Program } from './config.ts';
import { installationImage } from './installation.ts';
import { type Image, linkTree, once } from './tree.ts';

const run = promisify(execFile);

export interface Reference {
  readonly registry: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** `docker.io/traefik:v3` and `127.0.0.1:5000/a/b@sha256:…`; Docker's own registry goes without saying. */
export function parseReference(image: string): Reference {
  const [name = '', digest] = image.split('@');
  const [, path = '', tag] = /^(.*?)(?::([^:/]+))?$/.exec(name) ?? [];
  const [first = '', ...rest] = path.split('/');
  const hasRegistry = rest.length > 0 && /[.:]|^localhost$/.test(first);
  const registry = hasRegistry ? first : 'docker.io';
  const repository = (hasRegistry ? rest.join('/') : path).replace(registry === 'docker.io' ? /^library\// : /^$/, '');
  return { registry, repository, ...(tag && { tag }), ...(digest && { digest }) };
}

/** Programs stand for the images that cannot be had here; every other image is pulled from the registry. */
export async function pullImage(config: KubeletConfig, image: string): Promise<Image> {
  const reference = parseReference(image);
  const program = config.programs[reference.repository];
  if (program) {
    requireTag(reference, program.tag);
    if ('folder' in program) return installationImage(config.images, program);
    return programImage(config, program);
  }
  if (reference.registry === config.registry) return registryImage(config, reference);
  const known = Object.keys(config.programs).join(', ');
  throw new Error(`${image} cannot be had here: there are ${known} and what the registry ${config.registry} holds`);
}

function requireTag({ repository, tag }: Reference, only: string | undefined): void {
  if (tag && only && tag !== only) throw new Error(`${repository}:${tag} cannot be had here: there is ${only}`);
}

async function programImage({ images }: KubeletConfig, program: Program): Promise<Image> {
  const path = program.path ?? `/${basename(program.binary)}`;
  // The folder above a cached binary is named after the hash of what it was built from.
  const root = join(images, basename(join(program.binary, '..')));
  await once(root, async (dir) => {
    await mkdir(join(dir, 'etc/ssl/certs'), { recursive: true });
    const libraries = program.isDynamic ? await librariesOf(program.binary) : [];
    for (const file of libraries) await copy(file, join(dir, file));
    await copy(program.binary, join(dir, path));
  });
  const user = program.user ?? 65_532;
  return { id: root, root, entrypoint: [path], command: [], env: [], workingDir: '/', user, isProgram: true };
}

/** A link where it can be one: a binary has a hundred megabytes. */
async function copy(from: string, to: string): Promise<void> {
  await mkdir(join(to, '..'), { recursive: true });
  const file = await realpath(from);
  await link(file, to).catch(() => cp(file, to));
}

/** Where the loader finds each library that a binary names, and the loader itself. */
async function librariesOf(binary: string): Promise<string[]> {
  const { stdout } = await run('ldd', [binary]);
  return stdout.split('\n').flatMap((line) => /(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}

const MANIFESTS = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
];
const INDEXES = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];

async function registryImage({ registry, images }: KubeletConfig, reference: Reference): Promise<Image> {
  const base = `http://${registry}/v2/${reference.repository}`;
  const { digest, manifest } = await manifestOf(base, reference.digest ?? reference.tag ?? 'latest');
  const { config = {} } = await fetchJson<ImageConfig>(`${base}/blobs/${manifest.config.digest}`);
  const root = join(images, digest.replace('sha256:', ''));
  await once(root, async (dir) => {
    for (const { digest } of manifest.layers) await mergeLayer(await layerTree(base, images, digest), dir);
  });
  return {
    id: digest,
    root,
    entrypoint: config.Entrypoint ?? [],
    command: config.Cmd ?? [],
    env: config.Env ?? [],
    workingDir: config.WorkingDir || '/',
    user: Number.parseInt(config.User ?? '0', 10) || 0,
    isProgram: false,
  };
}

/** The parts of OCI's documents that are read here. */
interface ImageConfig {
  readonly config?: {
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly Env?: readonly string[];
    readonly WorkingDir?: string;
    readonly User?: string;
  };
}

interface Index {
  readonly manifests: readonly { readonly digest: string; readonly platform?: { readonly architecture: string } }[];
}

interface Manifest {
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
}

async function manifestOf(base: string, reference: string): Promise<{ digest: string; manifest: Manifest }> {
  const accept = [...MANIFESTS, ...INDEXES].join(', ');
  const response = await fetchOk(`${base}/manifests/${reference}`, { accept });
  if (!INDEXES.includes(response.headers.get('content-type') ?? '')) {
    const manifest = (await response.json()) as Manifest;
    return { digest: response.headers.get('docker-content-digest') ?? reference, manifest };
  }
  const { manifests } = (await response.json()) as Index;
  const wanted = arch() === 'x64' ? 'amd64' : arch();
  const entry = manifests.find(({ platform }) => platform?.architecture === wanted);
  if (!entry) throw new Error(`${base} has no image for ${wanted}`);
  return manifestOf(base, entry.digest);
}

const fetchJson = async <T>(url: string): Promise<T> => (await fetchOk(url)).json() as Promise<T>;

async function fetchOk(url: string, headers: Record<string, string> = {}): Promise<Response> {
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return response;
}

/** A layer's files, unpacked once for all images that share it. */
async function layerTree(base: string, images: string, digest: string): Promise<string> {
  const tree = join(images, `layer-${digest.replace('sha256:', '')}`);
  await once(tree, async (dir) => {
    const { body } = await fetchOk(`${base}/blobs/${digest}`);
    const tar = spawn('tar', ['-xz', '-p', '--no-same-owner', '-C', dir], { stdio: ['pipe', 'inherit', 'inherit'] });
    const done = new Promise((resolve) => tar.once('close', resolve));
    await pipeline(Readable.fromWeb(body as never), tar.stdin);
    if ((await done) !== 0) throw new Error(`cannot unpack layer ${digest}`);
  });
  return tree;
}

/** Links instead of copies: an image of a hundred megabytes is there at once. */
async function mergeLayer(tree: string, dir: string): Promise<void> {
  const { stdout } = await run('find', [tree, '-name', '.wh.*', '-print', '-quit']);
  if (stdout) throw new Error(`a layer deletes files of another, which is not supported here: ${stdout.trim()}`);
  await linkTree(tree, dir);
}
