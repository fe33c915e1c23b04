import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { cacheRoot, prune } from '../tools/cache.ts';
import { Problem } from '../tools/problem.ts';
import type { Report } from '../tools/progress.ts';
import type { Arch } from './arch.ts';
import { debianFiles, lockedPackages } from './debian.ts';
import { readLinkage } from './elf.ts';
import { readIfThere, readRecord, writeWhole } from './folders.ts';
import { lockedNode, NODE_PATH, nodeFiles } from './node-binary.ts';
import { type Entry, type Layer, layer, sha256 } from './tar.ts';

/** Crossplane's own runtime configuration runs every package as this user. */
export const USER_ID = 2000;

/** What the layer that all functions share is made of. */
export const baseContents = (arch: Arch): object => ({ node: lockedNode(arch), debian: lockedPackages(arch) });

/** The layer that all functions of one architecture share: Node, the libraries that it needs, a user, and licences. */
export async function baseLayer(arch: Arch, report: Report): Promise<Layer> {
  const path = join(cacheRoot(), 'images', `base-${arch}-${await baseKey(arch)}`);
  const cached = await readLayer(path);
  if (cached) return cached;
  const node = await nodeFiles(arch, report);
  const debian = await debianFiles(arch, report);
  report('compressing Node and its libraries');
  const built = await layer([...node, ...libraries(node, debian), ...debian.filter(isKept), ...ACCOUNTS]);
  await writeLayer(path, built);
  // Whenever there is a new one, because nothing tells which of the others somebody will still ask for.
  await prune(dirname(path));
  return built;
}

/** The shared libraries that Node needs, and those that they need, from the packages that have them. */
export function libraries(node: readonly Entry[], debian: readonly Entry[]): Entry[] {
  const { interpreter = '', needed } = readLinkage(contentOf(node, NODE_PATH));
  const found = new Map<string, Entry>();
  // The interpreter is loaded before anything else, so the libraries that name it as a library find it there.
  const wanted = needed.filter((name) => name !== basename(interpreter));
  for (const name of wanted) {
    if (found.has(name)) continue;
    const { path, content } = findLibrary(name, debian);
    found.set(name, { path, content });
    wanted.push(...readLinkage(content).needed.filter((other) => other !== basename(interpreter)));
  }
  const linker = findLibrary(basename(interpreter), debian);
  return [...found.values(), { path: interpreter.slice(1), content: linker.content, executable: true }];
}

/** A library by its soname, which is often a link to the file that carries a longer version. */
function findLibrary(name: string, debian: readonly Entry[]): { path: string; content: Buffer } {
  const entry = debian.find(({ path }) => /^(usr\/)?lib\/[^/]+-linux-gnu\//.test(path) && basename(path) === name);
  if (!entry) throw missing(name);
  const target = 'link' in entry ? join(dirname(entry.path), entry.link) : entry.path;
  return { path: entry.path, content: contentOf(debian, target) };
}

function contentOf(entries: readonly Entry[], path: string): Buffer {
  const entry = entries.find((candidate) => candidate.path === path);
  if (entry && 'content' in entry) return entry.content;
  throw missing(path);
}

const missing = (file: string): Problem =>
  new Problem(`no package in debian.lock.json has ${file}: add the one that does to update-debian.ts.`);

/** What scanners and lawyers ask for: which Debian, which packages at which version, and under what terms. */
const isKept = (entry: Entry): boolean =>
  [
    /^etc\/(os-release|debian_version)$/,
    /^usr\/lib\/os-release$/,
    /^usr\/share\/common-licenses\/./,
    /^usr\/share\/doc\/[^/]+\/copyright$/,
    /^var\/lib\/dpkg\/status\.d\/./,
  ].some((kept) => kept.test(entry.path)) ||
  // Packages of one source share its folder by a link.
  ('link' in entry && /^usr\/share\/doc\/[^/]+$/.test(entry.path));

const ACCOUNTS: readonly Entry[] = [
  {
    path: 'etc/passwd',
    content: Buffer.from(
      `root:x:0:0:root:/:/sbin/nologin\nfunction:x:${USER_ID}:${USER_ID}:function:/nonexistent:/sbin/nologin\n`,
    ),
  },
  { path: 'etc/group', content: Buffer.from(`root:x:0:\nfunction:x:${USER_ID}:\n`) },
  // For who mounts nothing there; with a read-only root nothing of ours needs it.
  { path: 'tmp', folderMode: 0o1777 },
];

/** The code that makes the layer: what is above it, such as the names of packages, has no say in it. */
const MADE_BY = ['arch.ts', 'base.ts', 'debian.ts', 'elf.ts', 'node-binary.ts', 'tar.ts'];

/** Changes with everything that the layer is made from: its inputs, the code here, and the Node that compresses. */
async function baseKey(arch: Arch): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([baseContents(arch), process.version]));
  for (const name of MADE_BY) hash.update(name).update(await readFile(join(import.meta.dirname, name)));
  return hash.digest('hex').slice(0, 16);
}

async function readLayer(path: string): Promise<Layer | undefined> {
  const ids = await readRecord<Omit<Layer, 'bytes'>>(`${path}.json`);
  const bytes = await readIfThere(`${path}.tar.gz`);
  return ids && bytes && sha256(bytes) === ids.digest ? { ...ids, bytes } : undefined;
}

async function writeLayer(path: string, { bytes, ...ids }: Layer): Promise<void> {
  await writeWhole(`${path}.tar.gz`, bytes);
  await writeWhole(`${path}.json`, JSON.stringify(ids));
}
