import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Problem, runMain } from '../tools/problem.ts';
import type { Report } from '../tools/progress.ts';
import { runSteps } from '../tools/progress.ts';
import { ARCHES, type Arch, requireArches } from './arch.ts';
import { checkOut } from './checkout.ts';
import { buildCommandLine } from './command-line.ts';
import { DIST, ROOT, temporaryFolder, writeWhole } from './folders.ts';
import { joinLayouts } from './image.ts';
import { checked, PUBLIC, type Registries, renamed } from './registries.ts';
import { FUNCTIONS, VERIFIER, VERSION } from './repositories.ts';
import { run } from './run.ts';
import { sbom, sbomFile } from './sbom.ts';
import { sha256 } from './tar.ts';

export interface Release {
  readonly registries: Registries;
  readonly arches: readonly Arch[];
  /** Where it goes: a folder that is not there yet, is empty, or holds an earlier release. */
  readonly out: string;
}

const CHECKSUMS = 'SHA256SUMS';

/** What goes along with the packages, as it reads for these registries. */
const BESIDE = ['LICENSE', 'CHANGELOG.md', 'docs', 'examples', 'install'];

/** All that is published, for whatever registry: nothing of it is written into the checkout. */
export async function release({ registries, arches, out }: Release, report: Report = () => {}): Promise<void> {
  await requireOurs(out);
  await using staging = await temporaryFolder('release');
  await checkOut(staging.path, (text) => renamed(text, registries));
  report('packages');
  const options = arches.flatMap((arch) => ['--arch', arch]);
  await run('build the packages', process.execPath, ['packages/build.ts', ...options], { cwd: staging.path });
  const dist = join(staging.path, relative(ROOT, DIST));
  await rm(out, { recursive: true, force: true });
  for (const path of packagesOf(arches)) await cp(join(dist, path), join(out, path));
  for (const path of BESIDE) await cp(join(staging.path, path), join(out, path), { recursive: true, filter: isNoTest });
  await joinLayouts(
    arches.map((arch) => join(dist, arch, 'images')),
    VERIFIER,
    join(out, VERIFIER),
  );
  report('the command line');
  await packCommandLine(out);
  report('what it is made of');
  for (const arch of arches)
    await writeWhole(join(out, sbomFile(arch)), `${JSON.stringify(await sbom(arch), null, 2)}\n`);
  await writeFile(join(out, 'publish.sh'), publishScript(registries.ours, arches), { mode: 0o755 });
  await writeFile(join(out, CHECKSUMS), await checksums(out));
}

async function requireOurs(out: string): Promise<void> {
  const there = await readdir(out).catch((): string[] => []);
  if (there.length === 0 || there.includes(CHECKSUMS)) return;
  throw new Problem(`--out is ${out}, which holds something else than a release: name a folder that is not there yet.`);
}

const packagesOf = (arches: readonly Arch[]): string[] => [
  'configuration.xpkg',
  ...arches.flatMap((arch) => FUNCTIONS.map((name) => `${arch}/${name}.xpkg`)),
];

const isNoTest = (path: string): boolean => !path.endsWith('.ts');

/** Whether a file or folder of the checkout is beside the packages, so that a page there may name it. */
export const goesAlong = (path: string): boolean => BESIDE.includes(path.split('/', 1)[0] ?? '') && isNoTest(path);

async function packCommandLine(out: string): Promise<void> {
  await using folder = await temporaryFolder('command-line');
  await buildCommandLine(folder.path);
  await run('pack the command line', 'npm', ['pack', '--silent', '--pack-destination', out], { cwd: folder.path });
}

/** Functions first, so that the Configuration is never there without what it depends on. */
const publishScript = (registry: string, arches: readonly Arch[]): string => `#!/bin/sh
# Pushes this release to ${registry}. crossplane and crane log in with the credentials of docker's configuration.
set -eu
cd "$(dirname "$0")"
${FUNCTIONS.map((name) => `crossplane xpkg push -f ${arches.map((arch) => `${arch}/${name}.xpkg`).join()} ${registry}/${name}:${VERSION}`).join('\n')}
crane push ${VERIFIER} ${registry}/${VERIFIER}:${VERSION}
crossplane xpkg push -f configuration.xpkg ${registry}/routing:${VERSION}
`;

/** As sha256sum writes and checks them. */
async function checksums(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const lines = paths.sort().map(async (path) => {
    const digest = sha256(await readFile(path)).slice('sha256:'.length);
    return `${digest}  ${relative(folder, path)}\n`;
  });
  return (await Promise.all(lines)).join('');
}

const HELP = `npm run release [-- OPTIONS]: all that is published, in a folder of its own.

  --registry PREFIX   Where it will be published (default ${PUBLIC.ours})
  --providers PREFIX  Where provider-kubernetes and provider-helm are pulled from (default ${PUBLIC.providers})
  --arch ARCH         ${ARCHES.join(' or ')}; both, unless it is given
  --out FOLDER        Where it goes (default dist/release)
  --help              Print this
`;

const OPTIONS = {
  registry: { type: 'string', default: PUBLIC.ours },
  providers: { type: 'string', default: PUBLIC.providers },
  arch: { type: 'string', multiple: true },
  out: { type: 'string', default: join(DIST, 'release') },
  help: { type: 'boolean', default: false },
} as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { ...OPTIONS, arch: { ...OPTIONS.arch, default: [...ARCHES] } } });
  if (values.help) return console.log(HELP);
  const registries = checked({ ours: values.registry, providers: values.providers });
  const [arches, out] = [requireArches(values.arch), resolve(values.out)];
  const run = (report: Report) => release({ registries, arches, out }, report);
  await runSteps([{ title: `Release ${VERSION} for ${registries.ours}`, run }]);
  console.log(`\n${out}\nPublish it with ${join(out, 'publish.sh')}; ${join(out, 'docs/install.md')} installs it.`);
}

if (import.meta.main) await runMain(main);
