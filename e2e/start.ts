import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheRoot, prune } from '../tools/cache.ts';
import { Problem } from '../tools/problem.ts';
import type { Report, Step } from '../tools/progress.ts';
import { control } from './control.ts';
import type { DaemonOptions } from './daemon.ts';
import { inferenceKit } from './inference/kit.ts';
import {
  fingerprint,
  type Instance,
  identityOf,
  instanceDir,
  isAlive,
  logsDir,
  makeFolders,
  type Purpose,
  ROOT,
  recordedInstance,
  recordInstance,
  removeTraces,
  runningInstance,
  socketPath,
  socketsDir,
} from './instance.ts';
import { configuration, type Kit, modules, packages, programs, versions } from './kit.ts';
import { unshareArguments } from './netns.ts';
import { logFile } from './processes.ts';
import { type Message, STEPS, type StepName } from './steps.ts';

/** A control plane that this process started, and that ends with this process unless it is told to stay. */
export interface Started {
  readonly instance: Instance;
  stay(): void;
}

/** The steps from nothing to a control plane that is ready; `result` is there once they are done. */
export function startSteps(purpose: Purpose): { steps: readonly Step[]; result(): Started } {
  const made: { unshared?: string[]; kit?: Partial<Kit>; daemon?: Daemon; instance?: Instance } = {};
  const kit = () => made.kit as Kit;
  const daemon = () => made.daemon as Daemon;
  const steps: Step[] = [
    {
      title: 'Programs',
      run: async (report) => {
        made.unshared = await unshareArguments();
        made.kit = {
          programs: await programs(report),
          inference: await inferenceKit(report),
          modules: await modules(),
          versions: versions(),
        };
      },
    },
    {
      title: 'Packages',
      run: async (report) => {
        made.kit = {
          ...kit(),
          packages: await packages(kit().programs.crossplane, report),
          configuration: configuration(),
        };
      },
    },
    ...(Object.keys(STEPS) as StepName[]).map((name, i) => ({
      title: STEPS[name],
      run: async (report: Report) => {
        if (i === 0) {
          made.daemon = await startDaemon(kit(), made.unshared ?? [], purpose);
          made.instance = await recordDaemon(daemon(), { unshared: made.unshared ?? [], purpose, isReady: false });
        }
        await daemon().until(name, report);
      },
    })),
  ];
  return {
    steps: [
      ...steps,
      {
        title: 'Ready',
        run: async () => {
          await daemon().ready();
          made.instance = await recordDaemon(daemon(), { unshared: made.unshared ?? [], purpose, isReady: true });
        },
      },
    ],
    result: () => ({ instance: made.instance as Instance, stay: daemon().stay }),
  };
}

interface Daemon {
  readonly child: ChildProcess;
  until(step: StepName, report: Report): Promise<void>;
  ready(): Promise<void>;
  stay(): void;
}

async function startDaemon(kit: Kit, unshared: readonly string[], purpose: Purpose): Promise<Daemon> {
  await makeFolders();
  const images = join(cacheRoot(), 'unpacked');
  await prune(images);
  const options: DaemonOptions = {
    kit,
    dir: instanceDir(),
    logs: logsDir(),
    images,
    sockets: socketsDir(),
    demo: purpose === 'up',
  };
  const optionsFile = join(instanceDir(), 'options.json');
  await writeFile(optionsFile, JSON.stringify(options, null, 2));
  const log = openSync(logFile(logsDir(), 'daemon'), 'a');
  const child = spawn(
    'unshare',
    [...unshared, process.execPath, join(import.meta.dirname, 'daemon.ts'), optionsFile],
    // A session of its own, so that Ctrl-C reaches it through this process, which it watches.
    { stdio: ['ignore', log, log, 'ipc'], detached: true, cwd: ROOT },
  );
  return follow(child);
}

function follow(child: ChildProcess): Daemon {
  const done = new Set<StepName | 'ready'>();
  let failure: string | undefined;
  let report: Report = () => {};
  child.on('message', (message: Message) => {
    if (message.type === 'done') done.add(message.step);
    if (message.type === 'ready') done.add('ready');
    if (message.type === 'progress') report(message.text);
    if (message.type === 'failed') failure = message.text;
  });
  child.once('exit', (code, signal) => {
    failure ??= `the control plane ended (${signal ?? `exit code ${code}`})`;
  });
  const until = async (what: StepName | 'ready') => {
    while (!done.has(what)) {
      if (failure) throw new Problem(`${failure}\nThe logs are in ${logsDir()}.`);
      await delay(FOLLOW_POLL_MS);
    }
  };
  return {
    child,
    until: (step, to) => {
      report = to;
      return until(step);
    },
    ready: () => until('ready'),
    stay: () => {
      // `unshare` holds the channel too, so it would never close by itself.
      child.send('stay', () => child.disconnect());
      child.unref();
    },
  };
}

const FOLLOW_POLL_MS = 30;

async function recordDaemon(
  { child }: Daemon,
  told: Pick<Instance, 'unshared' | 'purpose' | 'isReady'>,
): Promise<Instance> {
  const holder = await identityOf(child.pid ?? 0);
  const daemon = await identityOf(await childOf(child.pid ?? 0));
  if (!holder || !daemon) throw new Problem(`the control plane ended at its start; the logs are in ${logsDir()}.`);
  const instance: Instance = {
    holder,
    daemon,
    ...told,
    checkout: ROOT,
    fingerprint: await fingerprint(),
    sockets: socketsDir(),
    kubeconfig: join(instanceDir(), 'admin.kubeconfig'),
  };
  await recordInstance(instance);
  return instance;
}

/** The process that `unshare` forked: the first one inside. */
async function childOf(pid: number): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
    if (children.trim()) return Number(children.trim().split(' ')[0]);
    await delay(20);
  }
  return 0;
}

/**
 * The control plane of `npm run up`, if it was made from what is here now. One that was made from something else is
 * ended; one that is not ours to end is a Problem.
 */
export async function currentInstance(): Promise<Instance | undefined> {
  const running = await runningInstance();
  if (!running) return undefined;
  const process = `process ${running.holder.pid}`;
  if (running.checkout !== ROOT)
    throw new Problem(`a control plane of ${running.checkout} is running: npm run down ends it.`);
  if (running.purpose === 'scenarios') throw new Problem(`scenarios are running (${process}): wait, or npm run down.`);
  if (!running.isReady) throw new Problem(`a control plane is starting (${process}): wait, or npm run down.`);
  if (running.fingerprint === (await fingerprint())) return running;
  console.log('The control plane that runs was made from other sources: it is ended.');
  await stopInstance();
  return undefined;
}

const STOP_TIMEOUT_MS = 30_000;

/** Ends the control plane, if there is one, and removes what any has left. Answers whether there was one. */
export async function stopInstance(): Promise<boolean> {
  const instance = await recordedInstance();
  const wasRunning = instance !== undefined && (await isAlive(instance.holder));
  if (wasRunning) await end(instance);
  await removeTraces();
  return wasRunning;
}

async function end({ holder, sockets }: Instance): Promise<void> {
  await control(socketPath(sockets, 'control'), { do: 'down' }).catch(() => process.kill(holder.pid, 'SIGTERM'));
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (await isAlive(holder)) {
    if (Date.now() > deadline) process.kill(holder.pid, 'SIGKILL');
    await delay(50);
  }
}
