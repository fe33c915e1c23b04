import type { Bucket } from './decision.ts';

/** What limits are about. */
export const WINDOW_MS = 60_000;

/**
 * Counts requests in a window that slides: of one key, never more than its limit in any minute, and never fewer, however
 * they are spread over it. A window that starts anew every minute would let twice as many through around its start, and
 * a bucket that is forgotten when it is idle would start full.
 */
export interface Rates {
  /** Milliseconds until all of these may be taken; 0 when they may now. Changes nothing. */
  waitFor(buckets: readonly Bucket[], now: number): number;
  take(buckets: readonly Bucket[], now: number): void;
  /** How many keys are remembered. */
  readonly size: number;
}

/** When requests of one key were let in, oldest first from `start` on. */
interface Log {
  times: number[];
  start: number;
}

/** More than this many keys are looked through now and then for those of which nothing is left. */
const SWEEP_ABOVE = 1_024;

/** Rates in memory: for one verifier alone, and for each where Redis does not answer. */
export function memoryRates(): Rates {
  const logs = new Map<string, Log>();
  let swept = 0;
  const logOf = (key: string, now: number): Log | undefined => {
    const log = logs.get(key);
    if (log !== undefined) forget(log, now);
    return log;
  };
  return {
    waitFor: (buckets, now) => {
      let wait = 0;
      for (const { key, limit } of buckets) wait = Math.max(wait, waitOf(logOf(key, now), limit, now));
      return wait;
    },
    take: (buckets, now) => {
      for (const { key } of buckets) {
        const log = logOf(key, now);
        if (log === undefined) logs.set(key, { times: [now], start: 0 });
        else log.times.push(now);
      }
      if (logs.size <= SWEEP_ABOVE || now - swept <= WINDOW_MS) return;
      swept = now;
      sweep(logs, now);
    },
    get size() {
      return logs.size;
    },
  };
}

/** Until there is room again: also where the limit was lowered meanwhile, and many must leave the window. */
function waitOf(log: Log | undefined, limit: number, now: number): number {
  if (log === undefined) return 0;
  const count = log.times.length - log.start;
  if (count < limit) return 0;
  return (log.times[log.start + count - limit] ?? now) + WINDOW_MS - now;
}

function sweep(logs: Map<string, Log>, now: number): void {
  for (const [key, log] of logs) if ((log.times.at(-1) ?? 0) <= now - WINDOW_MS) logs.delete(key);
}

/** What is a minute old is out. The array is cut when half of it is dead, so that a request costs the same on average. */
function forget(log: Log, now: number): void {
  while (log.start < log.times.length && (log.times[log.start] ?? 0) <= now - WINDOW_MS) log.start++;
  if (log.start * 2 <= log.times.length) return;
  log.times = log.times.slice(log.start);
  log.start = 0;
}
