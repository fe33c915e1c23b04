import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '../rest.ts';

const RETRY_MS = 1000;

/** Tries until it works: an API server that is away comes back. */
export async function untilDone(what: string, attempt: () => Promise<void>): Promise<void> {
  while (true) {
    try {
      return await attempt();
    } catch (error) {
      console.error(`${what}: ${error}`);
      await delay(RETRY_MS);
    }
  }
}

/** Does the newest of what it is asked to do, one at a time, until it works: what came in between is out of date. */
export function latest(what: string, attempt: () => Promise<void>): () => Promise<void> {
  let wanted = 0;
  let done = 0;
  let running: Promise<void> | undefined;
  const run = async () => {
    while (done < wanted) {
      const now = wanted;
      await untilDone(what, attempt);
      done = now;
    }
    running = undefined;
  };
  return () => {
    wanted += 1;
    running ??= run();
    return running;
  };
}

/** What is about a pod that is gone, or whose place another of its name has taken, need not be done. */
export function ignoreGone(error: unknown): void {
  if (!(error instanceof ApiError && [404, 409].includes(error.code))) throw error;
}
