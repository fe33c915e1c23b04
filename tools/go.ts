import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { familyDir } from './catalogue.ts';
import { Problem } from './problem.ts';

const run = promisify(execFile);

interface GoEnvironment {
  readonly GOVERSION: string;
  readonly GOTOOLCHAIN: string;
  readonly GOCACHE: string;
  readonly GOMODCACHE: string;
}

/** The Go that builds a family. One that is too old, and fetches no newer Go by itself, is a Problem. */
export async function goFor(family: string): Promise<GoEnvironment> {
  const wanted = /^go (\S+)/m.exec(await readFile(join(familyDir(family), 'go.mod'), 'utf8'))?.[1] ?? '0';
  const go = await installedGo();
  if (!go)
    throw new Problem(`Go is not on the PATH: install Go ${wanted} or newer (https://go.dev/dl/) and try again.`);
  const installed = go.GOVERSION.replace(/^go/, '');
  const fetchesNewer = isAtLeast(installed, '1.21') && go.GOTOOLCHAIN !== 'local';
  if (isAtLeast(installed, wanted) || fetchesNewer) return go;
  throw new Problem(
    `Go ${installed} is too old: ${family} needs Go ${wanted}; install it (https://go.dev/dl/), or set GOTOOLCHAIN=auto.`,
  );
}

/** Asked outside any module, whose go line may be too new for it. */
async function installedGo(): Promise<GoEnvironment | undefined> {
  try {
    const variables = ['GOVERSION', 'GOTOOLCHAIN', 'GOCACHE', 'GOMODCACHE'];
    const { stdout } = await run('go', ['env', '-json', ...variables], { cwd: tmpdir() });
    return JSON.parse(stdout);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Compares Go versions number by number: a release candidate counts as its release. */
export function isAtLeast(version: string, floor: string): boolean {
  const numbers = (text: string) => (text.match(/\d+/g) ?? []).slice(0, 3).map(Number);
  const [a, b] = [numbers(version), numbers(floor)];
  const differing = [0, 1, 2].find((i) => (a[i] ?? 0) !== (b[i] ?? 0));
  return differing === undefined || (a[differing] ?? 0) > (b[differing] ?? 0);
}

/** Where the Go module cache keeps a module: it holds the CRDs and roles that belong to the binary's version. */
export async function moduleDir(family: string, module: string): Promise<string> {
  await goFor(family);
  const find = async () =>
    (await run('go', ['list', '-m', '-f', '{{.Dir}}', module], { cwd: familyDir(family) })).stdout.trim();
  const found = await find();
  if (found) return found;
  await run('go', ['mod', 'download', module], { cwd: familyDir(family) });
  return find();
}
