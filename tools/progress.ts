import { Listr, PRESET_TIMER } from 'listr2';

/** Hears what is going on, to show it as it likes. */
export type Report = (message: string) => void;

export interface Step {
  readonly title: string;
  run(report: Report): Promise<void>;
}

/** A line at most this often where nobody watches: a log is read afterwards. */
const LOG_INTERVAL_MS = 30_000;
const TERMINAL_INTERVAL_MS = 500;

/** Runs steps one after another and shows each with its time: in place on a terminal, else as plain lines. */
export async function runSteps(steps: readonly Step[]): Promise<void> {
  const interval = process.stdout.isTTY ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS;
  let failure: unknown;
  const tasks = steps.map(({ title, run }) => ({
    title,
    task: async (_: unknown, task: { output: string }) => {
      const report = throttled(interval, (message) => {
        task.output = message;
      });
      await run(report).catch((error) => {
        failure = error;
        // What went wrong is said once, at the end, by who called.
        throw new Error('see below');
      });
    },
  }));
  const list = new Listr(tasks, {
    concurrent: false,
    rendererOptions: { timer: PRESET_TIMER, collapseErrors: false, showErrorMessage: false },
    fallbackRendererOptions: { timer: PRESET_TIMER },
  });
  await list.run().catch((error) => {
    throw failure ?? error;
  });
}

function throttled(interval: number, report: Report): Report {
  let last = Date.now();
  return (message) => {
    if (Date.now() - last < interval) return;
    last = Date.now();
    report(message);
  };
}
