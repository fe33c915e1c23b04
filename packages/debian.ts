import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cacheRoot } from '../tools/cache.ts';
import { Problem } from '../tools/problem.ts';
import type { Report } from '../tools/progress.ts';
import type { Arch } from './arch.ts';
import lock from './debian.lock.json' with { type: 'json' };
import { readIfThere, temporaryFolder, writeWhole } from './folders.ts';
import { run } from './run.ts';
import { type Entry, readTar, sha256 } from './tar.ts';

/** A package of Debian's, pinned: `path` starts with its archive, such as debian or debian-security. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly path: string;
  readonly sha256: string;
}

export const SUITE = lock.suite;

export const lockedPackages = (arch: Arch): readonly DebianPackage[] => lock[arch];

/** Every file of the locked packages, and for security scanners what each package says of itself. */
export async function debianFiles(arch: Arch, report: Report): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const locked of lockedPackages(arch)) {
    const deb = await debianFile(locked, report);
    const purpose = `unpack ${locked.name}`;
    entries.push(...(await readTar(await run(purpose, 'dpkg-deb', ['--fsys-tarfile', deb]))), {
      path: `var/lib/dpkg/status.d/${locked.name}`,
      content: await run(purpose, 'dpkg-deb', ['--field', deb]),
    });
  }
  return entries;
}

/** The path of a package's file, which is fetched once for all builds of this machine. */
export async function debianFile(locked: DebianPackage, report: Report): Promise<string> {
  const target = join(cacheRoot(), 'debian', `${locked.sha256}.deb`);
  if (await holds(target, locked.sha256)) return target;
  report(`fetching ${locked.name} ${locked.version}`);
  const [archive = '', ...rest] = locked.path.split('/');
  const url = `${await archiveUrl(archive)}/${rest.join('/')}`;
  await using folder = await temporaryFolder('deb');
  const fetched = join(folder.path, 'package.deb');
  // apt's own client, because it knows this machine's proxies. It needs no lists to fetch an address; as root it
  // would warn that the user it steps down to cannot write to our folder.
  const args = ['-o', 'APT::Sandbox::User=root', 'download-file', url, fetched];
  await run(`fetch ${locked.name}`, '/usr/lib/apt/apt-helper', args).catch((error: Error) => {
    throw unavailable(locked, error.message);
  });
  if (!(await holds(fetched, locked.sha256))) throw unavailable(locked, 'what came is not what its lock file names');
  await writeWhole(target, await readFile(fetched));
  return target;
}

const unavailable = ({ name, version }: DebianPackage, cause: string): Problem =>
  new Problem(
    `cannot have ${name} ${version} from Debian: ${cause}\n` +
      'If Debian has a newer version by now, `npm run update:debian` pins it; DEBIAN_MIRROR names another mirror.',
  );

async function holds(path: string, hash: string): Promise<boolean> {
  const bytes = await readIfThere(path);
  return bytes !== undefined && sha256(bytes) === `sha256:${hash}`;
}

/** Where an archive of Debian's is for this machine: DEBIAN_MIRROR, or what its own sources say. */
export async function archiveUrl(archive: string): Promise<string> {
  if (process.env.DEBIAN_MIRROR) return `${process.env.DEBIAN_MIRROR.replace(/\/$/, '')}/${archive}`;
  const url = (await sourceUrls()).find((candidate) => basename(new URL(candidate).pathname) === archive);
  if (url) return url;
  throw new Problem(
    `no apt source of this machine is Debian's archive ${archive}: set DEBIAN_MIRROR to the address of a mirror, without the /${archive}.`,
  );
}

async function sourceUrls(): Promise<string[]> {
  // With an empty state of its own, apt prints what it would fetch from every source, and fetches nothing.
  await using state = await temporaryFolder('apt');
  const args = ['-o', `Dir::State=${state.path}`, '--print-uris', 'update'];
  const uris = (await run("read this machine's apt sources", 'apt-get', args)).toString();
  return [...uris.matchAll(/^'(.+?)\/dists\/.+?'/gm)].map(([, url = '']) => url);
}
