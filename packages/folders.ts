import { rmSync } from 'node:fs';
import { mkdir, mkdtempDisposable, readFile, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The checkout. */
export const ROOT = join(import.meta.dirname, '..');

/** What a build leaves. */
export const DIST = join(ROOT, 'dist');

export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

/** A folder that is gone at the end of the block: `await using folder = await temporaryFolder('npm')`. */
export async function temporaryFolder(purpose: string): Promise<TemporaryFolder> {
  const { path, remove } = await mkdtempDisposable(join(tmpdir(), `modelplane-${purpose}-`));
  if (inUse.size === 0) for (const signal of ENDING) process.on(signal, removeAll);
  inUse.add(path);
  const dispose = async () => {
    inUse.delete(path);
    if (inUse.size === 0) unwatch();
    await remove();
  };
  return { path, [Symbol.asyncDispose]: dispose };
}

/** A process that a signal ends, Ctrl-C above all, never comes to the end of a block. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const inUse = new Set<string>();

const unwatch = (): void => {
  for (const signal of ENDING) process.off(signal, removeAll);
};

/** Then the signal does what it would have done. */
function removeAll(signal: NodeJS.Signals): void {
  for (const path of inUse) rmSync(path, { recursive: true, force: true });
  inUse.clear();
  unwatch();
  process.kill(process.pid, signal);
}

/** Writes a file that is there whole or not at all, whatever kills this process and whoever else writes the same one. */
export async function writeWhole(path: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.${process.pid}`, content);
  await rename(`${path}.${process.pid}`, path);
}

/** A file that may not be there. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** What a cache says of itself; nothing where it isn't there or was damaged, so that it is made again. */
export async function readRecord<T>(path: string): Promise<T | undefined> {
  const text = await readIfThere(path);
  try {
    return text && JSON.parse(text.toString());
  } catch {
    return undefined;
  }
}
