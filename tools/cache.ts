import { readdir, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Binaries, the running control plane's state and the evidence of failed scenarios: all outside the checkout. */
export const cacheRoot = (): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'modelplane-routing');

const KEPT_MS = 14 * 24 * 3600 * 1000;

/** Removes what has been in a folder for two weeks: it can be made again, or nobody looks at it any more. */
export async function prune(dir: string): Promise<void> {
  for (const name of await readdir(dir).catch(() => [])) {
    const path = join(dir, name);
    if (Date.now() - (await stat(path)).mtimeMs > KEPT_MS) await rm(path, { recursive: true, force: true });
  }
}
