import { percent, splitWeights } from '#shared/weights.ts';
import type { Endpoint, Entry } from './endpoints.ts';

/** Gateway API, HTTPRouteRule.backendRefs: a rule has at most 16. */
export const MAX_BACKENDS = 16;

/** A share of the traffic: an endpoint's, or one that is held and answered with 503. */
export interface Backend {
  readonly endpoint: Endpoint | undefined;
  readonly entry: Entry;
  readonly weight: number;
}

/** Who gets the traffic, and why it is not simply everyone. */
export interface Split {
  readonly backends: readonly Backend[];
  /** The tier that takes the traffic; undefined when none has an endpoint to give it to. */
  readonly tier: number | undefined;
}

/** Which of an entry's endpoints may be given traffic. */
type Eligible = (endpoint: Endpoint) => boolean;

/** The lowest tier with a usable endpoint takes all traffic. */
export const splitOfUsable = (entries: readonly Entry[], hold: boolean): Split =>
  split(entries, hold, ({ usable }) => usable);

/**
 * For when no endpoint is usable: those that drain take the traffic, because there is nobody to take it from them. Of a
 * user's own, the ones that serve come first: one that has given all its traffic away may be about to be deleted.
 */
export function splitOfDraining(entries: readonly Entry[], hold: boolean, served: ReadonlySet<string>): Split {
  const serving = split(entries, hold, ({ willing, composed, name }) => willing && (composed || served.has(name)));
  return serving.tier === undefined ? split(entries, hold, ({ willing }) => willing) : serving;
}

/** For when there is nobody else at all. */
export const splitOfReady = (entries: readonly Entry[], hold: boolean): Split =>
  split(entries, hold, ({ ready }) => ready);

function split(entries: readonly Entry[], hold: boolean, eligible: Eligible): Split {
  const tiers = entries.filter(({ endpoints }) => endpoints.some(eligible)).map(({ tier }) => tier);
  if (tiers.length === 0) return { backends: [], tier: undefined };
  const tier = Math.min(...tiers);
  const shares = entries.filter((entry) => entry.tier === tier).flatMap((entry) => shareOf(entry, hold, eligible));
  const weights = splitWeights(shares.map(({ entry, parts }) => ({ weight: entry.weight, parts: parts.length })));
  const backends = shares.flatMap(({ entry, parts }, share) =>
    parts.map((endpoint, part) => ({ endpoint, entry, weight: weights[share]?.[part] ?? 0 })),
  );
  return { backends, tier };
}

/** An entry's share has a part for each endpoint, or one part for nobody where an empty entry's share is held. */
function shareOf(entry: Entry, hold: boolean, eligible: Eligible): { entry: Entry; parts: (Endpoint | undefined)[] }[] {
  const endpoints = entry.endpoints.filter(eligible);
  if (endpoints.length > 0) return [{ entry, parts: endpoints }];
  return hold ? [{ entry, parts: [undefined] }] : [];
}

/** The largest number of backends that a tier may come to, whichever of its endpoints are ready at the time. */
export function mostBackends(entries: readonly Entry[], hold: boolean): number {
  const perTier = Map.groupBy(entries, ({ tier }) => tier).values();
  const parts = ({ endpoints }: Entry) => Math.max(endpoints.filter(({ wanted }) => wanted).length, hold ? 1 : 0);
  return Math.max(0, ...perTier.map((tier) => tier.reduce((count, entry) => count + parts(entry), 0)));
}

/** The part of all traffic that an entry's endpoints take, in percent. */
export function entryPercent({ backends }: Split, entry: Entry): number {
  const weightOf = (some: readonly Backend[]) => some.reduce((weight, backend) => weight + backend.weight, 0);
  const served = backends.filter((backend) => backend.entry === entry && backend.endpoint !== undefined);
  return percent(weightOf(served), weightOf(backends));
}
