import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runMain } from '../tools/problem.ts';
import { ARCHES, type Arch } from './arch.ts';
import { archiveUrl, type DebianPackage, SUITE } from './debian.ts';
import { temporaryFolder } from './folders.ts';
import { run } from './run.ts';

/** What is pinned, by the file that pins it. */
const LOCKS: Readonly<Record<string, readonly string[]>> = {
  // The libraries that Node's binary asks for, the package that holds the licence of two of them, and the one that says
  // which Debian this is and holds the texts of the common licences.
  'debian.lock.json': ['base-files', 'gcc-12-base', 'libc6', 'libgcc-s1', 'libstdc++6'],
  // Redis, for tests, and the libraries that it asks for beyond those of every Debian.
  '../tools/redis/debian.lock.json': ['libatomic1', 'libjemalloc2', 'liblzf1', 'redis-server', 'redis-tools'],
};

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Pins the newest version of each package for each architecture, as apt finds it in Debian's signed lists. */
async function main(): Promise<void> {
  const asked = process.argv.slice(2);
  for (const [file, packages] of Object.entries(LOCKS)) {
    if (asked.length > 0 && !asked.some((part) => file.includes(part))) continue;
    const lock: Record<string, unknown> = { suite: SUITE };
    for (const arch of ARCHES) lock[arch] = await newest(arch, packages);
    await writeFile(join(import.meta.dirname, file), `${JSON.stringify(lock, undefined, 2)}\n`);
  }
}

async function newest(arch: Arch, packages: readonly string[]): Promise<DebianPackage[]> {
  await using folder = await temporaryFolder('apt');
  const options = await isolated(folder.path, arch);
  const purpose = `find the newest packages for ${arch}`;
  await run(purpose, 'apt-get', [...options, 'update']);
  const printed = await run(purpose, 'apt-get', [...options, '--print-uris', 'download', ...packages]);
  return printed.toString().trim().split('\n').map(parseUri).sort(byName);
}

/** Options that give apt lists, sources and an architecture of its own, so that the machine's stay as they are. */
async function isolated(folder: string, arch: Arch): Promise<string[]> {
  const sources = join(folder, 'sources.list');
  const source = async (archive: string, suite: string): Promise<string> =>
    `deb [signed-by=${KEYRING}] ${await archiveUrl(archive)} ${suite} main\n`;
  await writeFile(sources, (await source('debian', SUITE)) + (await source('debian-security', `${SUITE}-security`)));
  await writeFile(join(folder, 'status'), '');
  await mkdir(join(folder, 'cache/archives/partial'), { recursive: true });
  await mkdir(join(folder, 'state/lists/partial'), { recursive: true });
  return Object.entries({
    'Dir::State': join(folder, 'state'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    'Dir::Etc::SourceList': sources,
    'Dir::Etc::SourceParts': '/dev/null',
    'APT::Architecture': arch,
    'APT::Architectures': arch,
  }).flatMap(([key, value]) => ['-o', `${key}=${value}`]);
}

/** `'http://…/debian/pool/main/g/glibc/libc6_2.36-9_amd64.deb' libc6_2.36-9_amd64.deb 2759320 SHA256:ba4f…` */
export function parseUri(line: string): DebianPackage {
  const [, path, name, version, sha256] =
    /^'[^']+\/(debian(?:-security)?\/pool\/[^']+)' ([^_]+)_(.+)_[^_]+\.deb \d+ SHA256:(\w+)$/.exec(line) ?? [];
  if (!path || !name || !version || !sha256) throw new Error(`apt-get printed something unexpected: ${line}`);
  return { name, version: decodeURIComponent(version), path, sha256 };
}

const byName = (a: DebianPackage, b: DebianPackage): number => (a.name < b.name ? -1 : 1);

if (import.meta.main) await runMain(main);
