import { execFile } from 'node:child_process';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { DIST, temporaryFolder } from '../../packages/folders.ts';
import { CONFIGURATION_REPOSITORY, FUNCTIONS, functionRepository, VERSION } from '../../packages/repositories.ts';
import { buildTool } from '../../tools/build.ts';
import { ROOT } from '../instance.ts';
import { thisArch } from '../kit.ts';
import { type PackageFile, pushPackage } from '../registry.ts';

const run = promisify(execFile);

/** What packages are built from. */
const SOURCES = [
  'LICENSE',
  'package.json',
  'package-lock.json',
  'crossplane.yaml',
  'apis',
  'examples',
  'functions',
  'packages',
  'schemas',
  'tools',
  'verifier',
];

/** Builds the packages of a later version as a release would be, from a checkout that says so, and publishes them. */
export async function publishRelease(version: string): Promise<void> {
  await using checkout = await temporaryFolder('release');
  await checkOut(version, checkout.path);
  await run(process.execPath, ['packages/build.ts', '--arch', thisArch()], { cwd: checkout.path });
  const crossplane = await buildTool('crossplane');
  const dist = join(checkout.path, relative(ROOT, DIST));
  for (const file of packagesIn(dist, version)) await pushPackage(crossplane, file);
}

/** Its functions are the ones that are here, and its kinds but for a sentence: their definitions have to change. */
async function checkOut(version: string, folder: string): Promise<void> {
  for (const source of SOURCES) await cp(join(ROOT, source), join(folder, source), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const rewrite = (file: string, from: string, to: string) => rewriteFile(join(folder, file), from, to);
  await rewrite('package.json', `"version": "${VERSION.slice(1)}"`, `"version": "${version.slice(1)}"`);
  await rewrite('crossplane.yaml', `~${VERSION}`, `~${version}`);
  await rewrite('apis/modelservices/definition.yaml', 'Endpoints that can take requests.', `As of ${version}.`);
}

async function rewriteFile(path: string, from: string, to: string): Promise<void> {
  const text = await readFile(path, 'utf8');
  if (!text.includes(from)) throw new Error(`${path} does not say ${from}`);
  await writeFile(path, text.replaceAll(from, to));
}

const packagesIn = (dist: string, version: string): PackageFile[] => [
  ...FUNCTIONS.map((name) => ({
    path: join(dist, thisArch(), `${name}.xpkg`),
    repository: functionRepository(name),
    version,
  })),
  { path: join(dist, 'configuration.xpkg'), repository: CONFIGURATION_REPOSITORY, version },
];
