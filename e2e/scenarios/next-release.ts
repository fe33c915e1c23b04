import { execFile } from 'node:child_process';
import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DIST, type TemporaryFolder, temporaryFolder } from '../../packages/folders.ts';
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
];

/** Builds the packages of a later version as a release would be, from a checkout that says so, and publishes them. */
export async function publishRelease(version: string): Promise<void> {
  await using checkout = await checkoutOf(version);
  await run(process.execPath, ['packages/build.ts', '--arch', thisArch()], { cwd: checkout.path });
  const crossplane = await buildTool('crossplane');
  for (const file of packagesIn(checkout.path.concat(DIST.slice(ROOT.length)), version))
    await pushPackage(crossplane, file);
}

/** Its functions are the ones that are here, and its kinds but for a sentence: their definitions have to change. */
async function checkoutOf(version: string): Promise<TemporaryFolder> {
  const checkout = await temporaryFolder('release');
  for (const source of SOURCES) await cp(join(ROOT, source), join(checkout.path, source), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(checkout.path, 'node_modules'));
  const rewrite = (file: string, edit: (text: string) => string) => rewriteFile(join(checkout.path, file), edit);
  await rewrite('package.json', (text) => text.replace(`"${VERSION.slice(1)}"`, `"${version.slice(1)}"`));
  await rewrite('crossplane.yaml', (text) => text.replaceAll(`~${VERSION}`, `~${version}`));
  await rewrite('apis/modelservices/definition.yaml', (text) =>
    text.replace('description: Endpoints that can take requests.', `description: As of ${version}.`),
  );
  return checkout;
}

async function rewriteFile(path: string, edit: (text: string) => string): Promise<void> {
  const before = await readFile(path, 'utf8');
  const after = edit(before);
  if (after === before) throw new Error(`${path} has nothing that a release would change`);
  await writeFile(path, after);
}

const packagesIn = (dist: string, version: string): PackageFile[] => [
  ...FUNCTIONS.map((name) => ({
    path: join(dist, thisArch(), `${name}.xpkg`),
    repository: functionRepository(name),
    version,
  })),
  { path: join(dist, 'configuration.xpkg'), repository: CONFIGURATION_REPOSITORY, version },
];
