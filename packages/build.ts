import { glob, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { buildTool } from '../tools/build.ts';
import { Problem, runMain } from '../tools/problem.ts';
import type { Report } from '../tools/progress.ts';
import { runSteps } from '../tools/progress.ts';
import { ARCHES, type Arch, requireArches } from './arch.ts';
import { baseContents, baseLayer } from './base.ts';
import { bundle } from './bundle.ts';
import { DIST, ROOT } from './folders.ts';
import { type Image, image, writeLayout } from './image.ts';
import {
  CONFIGURATION_REPOSITORY,
  FUNCTIONS,
  type FunctionName,
  functionRepository,
  objectName,
  VERIFIER,
  VERSION,
} from './repositories.ts';
import { type Layer, layer } from './tar.ts';
import { type BuiltFile, buildXpkg } from './xpkg.ts';

/** Crossplane pulls every function before it can run the first composition. */
const MAX_IMAGE_BYTES = 70_000_000;

export interface BuiltPackage extends BuiltFile {
  /** Where it is published, without a tag. */
  readonly repository: string;
  /** A Configuration runs nothing, so it is the same everywhere. */
  readonly arch: Arch | 'any';
  readonly path: string;
}

/** A program before it is packed for an architecture: JavaScript runs on any. */
interface Bundled<Name extends string> {
  readonly name: Name;
  readonly description: string;
  readonly top: Layer;
}

/** Builds every package for these architectures into dist/; what is there and up to date stays as it is. */
export async function buildPackages(arches: readonly Arch[], report: Report = () => {}): Promise<BuiltPackage[]> {
  const crossplane = await buildTool('crossplane', (message) => report(`Crossplane's command line: ${message}`));
  report('bundling');
  const functions = await Promise.all(FUNCTIONS.map(bundled));
  const verifier = await bundledVerifier();
  const built: BuiltPackage[] = [];
  for (const arch of arches) {
    const images = await functionImages(arch, functions, verifier, (message) => report(`${arch}: ${message}`));
    for (const { name, image } of images) {
      report(`${arch}: packing ${name}`);
      built.push(await functionPackage(crossplane, arch, name, image));
    }
  }
  return [...built, await configurationPackage(crossplane)];
}

async function bundled(name: FunctionName): Promise<Bundled<FunctionName>> {
  const meta = parse(await readFile(join(ROOT, metadataPath(name)), 'utf8'));
  const description: string = meta.metadata.annotations['meta.crossplane.io/description'];
  return { name, description, top: await layer(await bundle(`functions/${name}/main.ts`)) };
}

const bundledVerifier = async (): Promise<Bundled<typeof VERIFIER>> => ({
  name: VERIFIER,
  description: 'Decides for the front door who may come in, by access lists and tokens.',
  top: await layer(await bundle('verifier/main.ts')),
});

const metadataPath = (name: FunctionName): string => `functions/${name}/crossplane.yaml`;

/**
 * The images of one architecture, and beside them a list of what their common layer is made of. The verifier's is in the
 * layout only: it is in no package.
 */
async function functionImages(
  arch: Arch,
  functions: readonly Bundled<FunctionName>[],
  verifier: Bundled<typeof VERIFIER>,
  report: Report,
): Promise<{ name: FunctionName; image: Image }[]> {
  const base = await baseLayer(arch, report);
  const imageOf = ({ name, description, top }: Bundled<string>) =>
    image({ name, description, arch, layers: [base, top] });
  const images = functions.map((one) => ({ name: one.name, image: imageOf(one) }));
  const all = [...images.map(({ image }) => image), imageOf(verifier)];
  for (const one of all) refuseLarge(one);
  await writeLayout(join(DIST, arch, 'images'), all);
  await writeFile(join(DIST, arch, 'base.json'), `${JSON.stringify(baseContents(arch), undefined, 2)}\n`);
  return images;
}

function refuseLarge({ name, layers }: Image): void {
  const size = layers.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size <= MAX_IMAGE_BYTES) return;
  throw new Problem(
    `the image of ${name} has ${readableSize(size)}, and ${readableSize(MAX_IMAGE_BYTES)} is the limit.`,
  );
}

async function functionPackage(
  crossplane: string,
  arch: Arch,
  name: FunctionName,
  image: Image,
): Promise<BuiltPackage> {
  const path = join(DIST, arch, `${name}.xpkg`);
  const built = await buildXpkg(crossplane, { paths: [metadataPath(name)], image }, path);
  return { ...built, repository: functionRepository(name), arch, path };
}

async function configurationPackage(crossplane: string): Promise<BuiltPackage> {
  const path = join(DIST, 'configuration.xpkg');
  const apis = await Array.fromAsync(glob('apis/{mrap.yaml,*/{definition,composition}.yaml}', { cwd: ROOT }));
  const built = await buildXpkg(crossplane, { paths: ['crossplane.yaml', ...apis], examples: 'examples' }, path);
  return { ...built, repository: CONFIGURATION_REPOSITORY, arch: 'any', path };
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { arch: { type: 'string', multiple: true, default: [...ARCHES] } } });
  const arches = requireArches(values.arch);
  let built: readonly BuiltPackage[] = [];
  const run = async (report: Report): Promise<void> => {
    built = await buildPackages(arches, report);
  };
  await runSteps([{ title: `Packages of ${VERSION} for ${arches.join(' and ')}`, run }]);
  console.log(`\n${table(built)}`);
}

/** The name is the one that Crossplane gives the package, and the digest that of the file. */
function table(packages: readonly BuiltPackage[]): string {
  const rows = packages.map(({ repository, arch, size, digest }) => [
    objectName(repository),
    arch,
    readableSize(size),
    digest,
  ]);
  const all = [['PACKAGE', 'ARCH', 'SIZE', 'DIGEST'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const readableSize = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

if (import.meta.main) await runMain(main);
