import { createHash } from 'node:crypto';
import { access, appendFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheRoot } from './cache.ts';
import { familyDir } from './catalogue.ts';
import { runLocked } from './locked.ts';
import { Problem } from './problem.ts';
import type { Report } from './progress.ts';

/** The last part of the folder's path, and the folder beside this file that pins what is in it. */
const NAME = 'openai';

const INSTALL = `
set -e
python3 -m venv "$1/venv"
"$1/venv/bin/python" -m pip install --no-input --progress-bar=off --disable-pip-version-check --no-deps --require-hashes \
  --only-binary=:all: -r requirements.txt >&2
cp package.json package-lock.json "$1"
npm ci --prefix "$1" --ignore-scripts >&2`;

/** OpenAI's clients for Python and Node, as they are published: `venv` and `node_modules` in a folder of the cache. */
export async function openaiFolder(): Promise<string> {
  const dir = familyDir(NAME);
  const hash = createHash('sha256').update(JSON.stringify([process.platform, process.arch]));
  for (const file of (await readdir(dir)).sort()) hash.update(await readFile(join(dir, file)));
  return join(cacheRoot(), 'tools', `${NAME}-${hash.digest('hex').slice(0, 16)}`, NAME);
}

export const isThere = (folder: string): Promise<boolean> =>
  access(folder).then(
    () => true,
    () => false,
  );

/** Installs both from their registries. Where they cannot be had, a Problem says why. */
export async function installOpenAI(report: Report): Promise<void> {
  const folder = await openaiFolder();
  if (await isThere(folder)) return;
  await mkdir(dirname(folder), { recursive: true });
  const log = `${folder}.log`;
  await writeFile(log, '');
  const command = ['sh', '-c', INSTALL, 'sh', join(`${folder}.partial`, NAME)];
  const { status, stderr } = await runLocked(
    { path: folder, cwd: familyDir(NAME), command, product: NAME },
    (text) => report(text.trim().split('\n').at(-1) ?? ''),
    (text) => appendFile(log, text),
  );
  if (status !== 0)
    throw new Problem(`cannot install OpenAI's clients (${log}):\n${stderr.trim().split('\n').slice(-5).join('\n')}`);
}
