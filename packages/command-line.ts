import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { readApiFiles } from '../preview/api-files.ts';
import { Problem, runMain } from '../tools/problem.ts';
import { DIST, ROOT, writeWhole } from './folders.ts';
import { bundledPackages, licenses } from './licenses.ts';

const BUNDLE = 'modelplane.cjs';
/** Of what each command prints for programs. */
const SCHEMAS = { 'preview.schema.json': 'preview', 'why.schema.json': 'why' } as const;

/** The oldest Node that its libraries take (undici 8), and what that understands. */
const NODE = { major: 22, minor: 19, target: 'node22' };

/** Before anything else, and in words that any Node understands: an older one would print this whole file. */
const TOO_OLD = `{
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < ${NODE.major} || (major === ${NODE.major} && minor < ${NODE.minor})) {
    process.stderr.write('modelplane needs Node ${NODE.major}.${NODE.minor} or later, and this is ' + process.versions.node + '.\\n');
    process.exit(2);
  }
}`;

/** The command line as an npm package that depends on nothing: one file, ready for `npm publish` and `npx`. */
export async function buildCommandLine(folder: string): Promise<void> {
  const { outputFiles, metafile, warnings } = await build({
    entryPoints: ['cli/main.ts'],
    absWorkingDir: ROOT,
    outfile: BUNDLE,
    write: false,
    bundle: true,
    minify: true,
    // A function's name is in its stack traces, and in what an exception says.
    keepNames: true,
    platform: 'node',
    target: NODE.target,
    banner: { js: TOO_OLD },
    // The package of that name: Node warns whoever uses its own, and a bundle is not a package that it would excuse.
    alias: { punycode: 'punycode/' },
    format: 'cjs',
    metafile: true,
    logLevel: 'silent',
    plugins: [withApis],
  }).catch((error: Error) => {
    throw new Problem(`cannot bundle the command line: ${error.message}`);
  });
  const [warning] = warnings;
  if (warning) throw new Problem(`cannot bundle the command line: ${warning.text} (${warning.location?.file})`);
  const [bundle] = outputFiles;
  if (!bundle) throw new Problem('cannot bundle the command line: there is no output');
  const write = (name: string, content: string | Buffer) => writeWhole(join(folder, name), content);
  const { version, license, homepage } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  await Promise.all([
    write(BUNDLE, Buffer.from(bundle.contents)),
    write('package.json', `${JSON.stringify(manifest({ version, license, homepage }), null, 2)}\n`),
    write('README.md', await readFile(join(ROOT, 'cli', 'README.md'))),
    ...Object.entries(SCHEMAS).map(async ([name, of]) =>
      write(name, await readFile(join(ROOT, of, 'answer.schema.json'))),
    ),
    write('LICENSE', await readFile(join(ROOT, 'LICENSE'))),
    write('THIRD-PARTY-LICENSES', await licenses(ROOT, bundledPackages(metafile))),
  ]);
  await chmod(join(folder, BUNDLE), 0o755);
}

const manifest = (shared: { version: string; license: string; homepage: string }) => ({
  name: 'modelplane',
  description: 'See what manifests of Modelplane routing become, and why what is applied does not serve',
  ...shared,
  bin: { modelplane: BUNDLE },
  engines: { node: `>=${NODE.major}.${NODE.minor}` },
  files: [BUNDLE, ...Object.keys(SCHEMAS), 'THIRD-PARTY-LICENSES'],
});

/** A bundle has no folder of XRDs and Compositions beside it, so it carries them. */
const withApis: Plugin = {
  name: 'with-apis',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]preview[/\\]own-apis\.ts$/ }, () => {
      const files = readApiFiles(join(ROOT, 'apis')).map((one) => ({
        ...one,
        folder: one.folder.slice(ROOT.length + 1),
      }));
      return { contents: `export const ownApiFiles = () => ${JSON.stringify(files)};`, loader: 'js' };
    });
  },
};

/** Where `npm run build:cli` leaves it. */
export const COMMAND_LINE = join(DIST, 'npm');

if (import.meta.main) {
  await runMain(async () => {
    await buildCommandLine(COMMAND_LINE);
    console.log(`${COMMAND_LINE}: npm publish it, or npm pack it`);
  });
}
