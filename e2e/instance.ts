import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { cacheRoot } from '../tools/cache.ts';

/** The checkout. */
export const ROOT = join(import.meta.dirname, '..');

/** One control plane per user: its folders, which `down` removes but for the logs. */
export const instanceDir = (): string => join(cacheRoot(), 'up');
export const logsDir = (): string => join(cacheRoot(), 'logs');
export const evidenceDir = (): string => join(cacheRoot(), 'evidence');

const stateFile = (): string => join(cacheRoot(), 'up.json');

/** A process by its id and the moment of its start, because ids are given out again. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string;
}

export type Purpose = 'up' | 'scenarios';

/** What is known of the control plane that runs, from outside of its namespaces. */
export interface Instance {
  /** The process that holds the namespaces: all that runs in them ends with it. */
  readonly holder: ProcessIdentity;
  /** The first process inside, by its id outside. */
  readonly daemon: ProcessIdentity;
  /** What `unshare` was given, which says how to get in. */
  readonly unshared: readonly string[];
  readonly checkout: string;
  /** Of all that the control plane was made from: another one means that it is out of date. */
  readonly fingerprint: string;
  readonly sockets: string;
  /** For use inside; `up` writes another one for outside. */
  readonly kubeconfig: string;
  /** False while it starts. */
  readonly isReady: boolean;
  /** What it was started for: scenarios end theirs themselves. */
  readonly purpose: Purpose;
}

/** Unix sockets have short paths, and no namespace hides them. */
export const socketsDir = (): string =>
  join(tmpdir(), `modelplane-${createHash('sha256').update(cacheRoot()).digest('hex').slice(0, 8)}`);

/** The sockets that lead inside, by what is behind them. */
export const SOCKETS = ['control', 'heartbeat', 'api', 'web', 'websecure'] as const;

export const socketPath = (sockets: string, name: (typeof SOCKETS)[number]): string => join(sockets, name);

/** What was last recorded of a control plane, whether it still runs or not. */
export async function recordedInstance(): Promise<Instance | undefined> {
  const text = await readFile(stateFile(), 'utf8').catch(() => undefined);
  return text ? JSON.parse(text) : undefined;
}

/** The running control plane, or none: what a crash left of one is no control plane. */
export async function runningInstance(): Promise<Instance | undefined> {
  const instance = await recordedInstance();
  return instance && (await isAlive(instance.holder)) ? instance : undefined;
}

export const recordInstance = (instance: Instance): Promise<void> =>
  writeFile(stateFile(), `${JSON.stringify(instance, null, 2)}\n`, { mode: 0o600 });

/** Removes what a control plane leaves on the disk; its logs stay until the next one starts. */
export async function removeTraces(): Promise<void> {
  await rm(stateFile(), { force: true });
  await rm(instanceDir(), { recursive: true, force: true });
  await rm(socketsDir(), { recursive: true, force: true });
}

/** Empty folders for a new control plane. */
export async function makeFolders(): Promise<void> {
  await removeTraces();
  await rm(logsDir(), { recursive: true, force: true });
  for (const dir of [instanceDir(), logsDir()]) await mkdir(dir, { recursive: true });
  await mkdir(socketsDir(), { recursive: true, mode: 0o700 });
}

/** The kernel's word for when a process started: field 22 of its stat, after the name, which may contain anything. */
export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const started = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  return started === undefined ? undefined : { pid, started };
}

export async function isAlive({ pid, started }: ProcessIdentity): Promise<boolean> {
  return (await identityOf(pid))?.started === started;
}

/** What the control plane is made from. Scenarios, tests and what is written about them are not: they change while it runs. */
const SOURCES = [
  'functions',
  'verifier',
  'apis',
  'install',
  'packages',
  'tools',
  'e2e',
  'crossplane.yaml',
  'package-lock.json',
];
const IGNORED = /\.test\.ts$|\.md$|^e2e\/(scenarios|down|run)\b/;

export async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of await filesBelow(join(ROOT, source))) {
      const name = relative(ROOT, file);
      if (!IGNORED.test(name)) hash.update(`${name}\0`).update(await readFile(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (!entries) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}
