import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { Problem } from '../tools/problem.ts';
import { ROOT } from './folders.ts';
import { bundledPackages, licenses } from './licenses.ts';
import type { Entry } from './tar.ts';

/** Where a function is in its image, and what Node runs. */
export const BUNDLE_PATH = 'function/main.cjs';

/** A function as one file, the map from it to its sources, and the licences of all that is in it. */
export async function bundle(entryPoint: string): Promise<Entry[]> {
  const { outputFiles, metafile, warnings } = await build({
    entryPoints: [entryPoint],
    // What goes into the bundle and its map is written relative to this, so it says nothing of the machine.
    absWorkingDir: ROOT,
    outfile: BUNDLE_PATH,
    write: false,
    bundle: true,
    // A checkout whose dependencies are a link gives the same bytes as any other.
    preserveSymlinks: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    sourcemap: 'linked',
    // Stack traces need names and lines; the sources would double the size.
    sourcesContent: false,
    metafile: true,
    logLevel: 'silent',
  }).catch((error: Error) => {
    throw new Problem(`cannot bundle ${entryPoint}: ${error.message}`);
  });
  const [warning] = warnings;
  if (warning) throw new Problem(`cannot bundle ${entryPoint}: ${warning.text} (${warning.location?.file})`);
  return [
    ...outputFiles.map(({ path, contents }) => ({ path: path.slice(ROOT.length + 1), content: Buffer.from(contents) })),
    { path: 'usr/share/doc/function/LICENSE', content: await readFile(join(ROOT, 'LICENSE')) },
    { path: 'usr/share/doc/function/THIRD-PARTY-LICENSES', content: await licenses(ROOT, bundledPackages(metafile)) },
  ];
}
