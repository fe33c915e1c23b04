import type { Bucket } from './decision.ts';
import { memoryRates } from './rates.ts';
import type { SharedRates } from './rates-redis.ts';

export interface Limiter {
  /** Milliseconds until a request may be made that is in all of these buckets; 0 when it may now, and is counted. */
  admit(buckets: readonly Bucket[]): Promise<number>;
  readonly size: number;
}

/**
 * What this verifier has let in is counted here in any case, and what all of them have in Redis. So while Redis is gone
 * or slow each verifier holds a caller to the whole limit by itself, from the very first request on: with two, a caller
 * gets at most twice his limit, and nobody waits longer than Redis' deadline.
 */
export function limiter(shared: SharedRates | undefined, clock: () => number = () => performance.now()): Limiter {
  const own = memoryRates();
  return {
    admit: async (buckets) => {
      if (buckets.length === 0) return 0;
      // What is known here is part of what Redis knows, so it need not be asked for a no.
      const wait = own.waitFor(buckets, clock());
      if (wait > 0) return wait;
      const ofAll = await shared?.take(buckets);
      // Others have come in while Redis was asked.
      const late = ofAll ?? own.waitFor(buckets, clock());
      if (late === 0) own.take(buckets, clock());
      return late;
    },
    get size() {
      return own.size;
    },
  };
}
