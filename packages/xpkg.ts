import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ROOT, readIfThere, readRecord, temporaryFolder, writeWhole } from './folders.ts';
import { dockerArchive, type Image } from './image.ts';
import { run } from './run.ts';
import { sha256 } from './tar.ts';

/** What a package is built from. */
export interface PackageSource {
  /** Files and folders of the checkout that hold its metadata and objects; what isn't YAML is left out. */
  readonly paths: readonly string[];
  /** A folder of the checkout with examples for the catalogue. */
  readonly examples?: string;
  /** What a Function runs. */
  readonly image?: Image;
}

export interface BuiltFile {
  readonly size: number;
  readonly digest: string;
}

interface BuildRecord extends BuiltFile {
  /** A hash of all that the package was made from. */
  readonly inputs: string;
}

/**
 * Builds a package with Crossplane's own command line, which puts no time and no path of this machine into it. A package
 * that was built from the same inputs before stays as it is.
 */
export async function buildXpkg(crossplane: string, source: PackageSource, target: string): Promise<BuiltFile> {
  await using staging = await temporaryFolder('xpkg');
  // In a folder of its own, because the command takes every YAML file below its root for a part of the package.
  for (const path of source.paths) await copyYaml(join(ROOT, path), join(staging.path, 'package', path));
  if (source.examples) await copyYaml(join(ROOT, source.examples), join(staging.path, 'examples'));
  const inputs = sha256(JSON.stringify([crossplane, source.image?.manifest.digest, await hashOf(staging.path)]));
  const before = await upToDate(target, inputs);
  if (before) return before;
  await mkdir(dirname(target), { recursive: true });
  await xpkgBuild(crossplane, staging.path, source.image, target);
  const built = describe(await readFile(target));
  await writeWhole(recordOf(target), JSON.stringify({ inputs, ...built }));
  return built;
}

async function xpkgBuild(crossplane: string, staging: string, image: Image | undefined, target: string): Promise<void> {
  const runtime = join(staging, 'runtime.tar');
  if (image) await writeFile(runtime, await dockerArchive(image));
  const partial = `${target}.${process.pid}`;
  await run(`build ${target}`, crossplane, [
    'xpkg',
    'build',
    `--package-root=${join(staging, 'package')}`,
    `--examples-root=${join(staging, 'examples')}`,
    `--package-file=${partial}`,
    ...(image ? [`--embed-runtime-image-tarball=${runtime}`] : []),
  ]);
  await rename(partial, target);
}

async function copyYaml(from: string, to: string): Promise<void> {
  const filter = async (path: string): Promise<boolean> => /\.ya?ml$/.test(path) || (await stat(path)).isDirectory();
  await cp(from, to, { recursive: true, filter });
}

/** Of the names and contents of all files below a folder. */
async function hashOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(`${file.slice(folder.length)}\0`).update(await readFile(file));
  return hash.digest('hex');
}

/** Beside each package, what it was built from, so that the next build knows whether to build it again. */
const recordOf = (target: string): string => `${target}.json`;

/** The package that is there, if it is the one that was built from these inputs. */
async function upToDate(target: string, inputs: string): Promise<BuiltFile | undefined> {
  const record = await readRecord<BuildRecord>(recordOf(target));
  if (record?.inputs !== inputs) return undefined;
  const bytes = await readIfThere(target);
  const built = bytes && describe(bytes);
  return built?.digest === record.digest ? built : undefined;
}

const describe = (bytes: Buffer): BuiltFile => ({ size: bytes.length, digest: sha256(bytes) });
