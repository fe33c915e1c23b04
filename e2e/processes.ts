import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProcessSpec {
  readonly name: string;
  /** What the log says was started, where the arguments are more than a reader wants to know. */
  readonly title?: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Answers true once the process does its work; without it a process counts as ready when it runs. */
  readonly ready?: () => Promise<boolean>;
}

interface Supervised {
  readonly spec: ProcessSpec;
  child: ChildProcess;
  stopping: boolean;
}

export interface Supervisor {
  /** Starts a process and waits until it is ready. */
  start(spec: ProcessSpec): Promise<void>;
  /** Starts a process that was stopped again, as it was. */
  restart(name: string): Promise<void>;
  stop(name: string, signal?: NodeJS.Signals): Promise<void>;
  /** In the reverse order of their starts. */
  stopAll(): Promise<void>;
  list(): { name: string; pid: number | undefined; running: boolean }[];
}

const READY_TIMEOUT_MS = 90_000;
const READY_POLL_MS = 50;

/** How long a process may take to end by itself before it is killed. */
const STOP_TIMEOUT_MS = 5000;

/** One log per process, all of them stopped together. `died` hears of a process that ended without being asked to. */
export function supervisor(logs: string, died: (name: string, why: string) => void): Supervisor {
  const supervised = new Map<string, Supervised>();

  async function start(spec: ProcessSpec): Promise<void> {
    const process: Supervised = { spec, child: launch(spec, logFile(logs, spec.name)), stopping: false };
    supervised.delete(spec.name);
    supervised.set(spec.name, process);
    process.child.once('exit', (code, signal) => {
      if (!process.stopping) died(spec.name, describe(code, signal));
    });
    await untilReady(process, logs);
  }

  async function stop(name: string, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const process = required(name);
    process.stopping = true;
    await end(process.child, signal);
  }

  function required(name: string): Supervised {
    const process = supervised.get(name);
    if (!process) throw new Error(`no process is called ${name}: there are ${[...supervised.keys()].join(', ')}`);
    return process;
  }

  return {
    start,
    stop,
    restart: (name) => start(required(name).spec),
    stopAll: async () => {
      for (const name of [...supervised.keys()].reverse()) await stop(name);
    },
    list: () => [...supervised].map(([name, { child }]) => ({ name, pid: child.pid, running: isRunning(child) })),
  };
}

export const logFile = (logs: string, name: string): string => join(logs, `${name}.log`);

export function launch({ title, command, args, env = {}, cwd }: ProcessSpec, log: string): ChildProcess {
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const sink = createWriteStream(log, { flags: 'a' });
  sink.write(`$ ${title ?? [command, ...args].join(' ')}\n`);
  child.stdout.pipe(sink, { end: false });
  child.stderr.pipe(sink, { end: false });
  child.once('error', (error) => sink.write(`${error.message}\n`));
  child.once('close', (code, signal) => sink.end(`[${describe(code, signal)}]\n`));
  return child;
}

const isRunning = (child: ChildProcess): boolean =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

const describe = (code: number | null, signal: NodeJS.Signals | null): string =>
  signal ? `ended by ${signal}` : `exited with ${code}`;

async function untilReady({ spec, child }: Supervised, logs: string): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (isRunning(child)) {
    if (!spec.ready || (await spec.ready().catch(() => false))) return;
    if (Date.now() > deadline) throw await failure(spec.name, 'did not become ready', logs);
    await delay(READY_POLL_MS);
  }
  throw await failure(spec.name, 'ended at its start', logs);
}

async function failure(name: string, what: string, logs: string): Promise<Error> {
  const file = logFile(logs, name);
  const last = (await readFile(file, 'utf8').catch(() => '')).trim().split('\n').slice(-5);
  return new Error(`${name} ${what}; ${file} ends with:\n${last.join('\n')}`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (!isRunning(child)) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}

/** Whether an address answers HTTP or HTTPS with success. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  await response.body?.cancel();
  return response.ok;
}
