import { onTestFinished } from 'vitest';
import { logsDir } from '../instance.ts';
import type { ProcessSpec } from '../processes.ts';
import { launch, logFile } from '../processes.ts';
import { eventually } from './testing.ts';

/** How long a program may take to do its work on a busy machine. */
const START_MS = 60_000;

export interface Running {
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** A program of a scenario's own, which ends with the scenario at the latest. */
export async function startProcess(spec: ProcessSpec): Promise<Running> {
  const child = launch(spec, logFile(logsDir(), spec.name));
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  onTestFinished(() => stop('SIGKILL'));
  if (spec.ready) await eventually(spec.ready, () => `${spec.name} should be ready`, START_MS);
  return { stop };
}
