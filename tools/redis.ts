import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ARCHES } from '../packages/arch.ts';
import { debianFile } from '../packages/debian.ts';
import { cacheRoot } from './cache.ts';
import { Problem } from './problem.ts';
import type { Report } from './progress.ts';
import lock from './redis/debian.lock.json' with { type: 'json' };

const run = promisify(execFile);

/** How Debian's Redis is started: unpacked in the cache, and not installed. */
export interface Redis {
  readonly program: string;
  readonly env: Readonly<Record<string, string>>;
}

const ARCH = ARCHES.find((arch) => arch === (process.arch === 'x64' ? 'amd64' : process.arch));

const folderOf = (): string => {
  const key = createHash('sha256').update(JSON.stringify(lock)).digest('hex').slice(0, 16);
  return join(cacheRoot(), 'tools', `redis-${key}`);
};

const redisIn = (folder: string): Redis => ({
  program: join(folder, 'usr/bin/redis-server'),
  env: {
    LD_LIBRARY_PATH: ['x86_64', 'aarch64'].map((machine) => join(folder, `usr/lib/${machine}-linux-gnu`)).join(':'),
  },
});

/** Redis where it is in the cache already; undefined where it is not. */
export async function cachedRedis(): Promise<Redis | undefined> {
  const redis = redisIn(folderOf());
  return access(redis.program).then(
    () => redis,
    () => undefined,
  );
}

/** Fetches Redis from Debian where it is not in the cache. Where it cannot be had, a Problem says why. */
export async function installRedis(report: Report): Promise<void> {
  if ((await cachedRedis()) !== undefined) return;
  if (ARCH === undefined) throw new Problem(`Debian's Redis is not pinned for ${process.arch}.`);
  // Beside where it is to be, so that it appears there whole or not at all.
  const partial = `${folderOf()}.${process.pid}`;
  try {
    await mkdir(partial, { recursive: true });
    for (const locked of lock[ARCH]) await run('dpkg-deb', ['--extract', await debianFile(locked, report), partial]);
    const { program, env } = redisIn(partial);
    await run(program, ['--version'], { env: { ...process.env, ...env } }).catch((error: Error) => {
      throw new Problem(`Debian's Redis does not start here: ${error.message.trim().split('\n').at(-1)}`);
    });
    // Of two that come at once one is the first, and both have made the same.
    await rename(partial, folderOf()).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
