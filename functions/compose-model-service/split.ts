import { percent, splitWeights } from '#shared/weights.ts';
import type { Endpoint, Entry } from './endpoints.ts';
import { bestOf, isAtLeast, type Standing } from './standing.ts';

/** Gateway API, HTTPRouteRule.backendRefs: a rule has at most 16. */
export const MAX_BACKENDS = 16;

/** A share of the traffic. */
export interface Backend {
  /** Name of the Service that it goes to; undefined where it is held, and answered with 503. */
  readonly service: string | undefined;
  /** Undefined where nobody that is known is behind the Service. */
  readonly endpoint: Endpoint | undefined;
  readonly weight: number;
}

/** Who gets the traffic, and why it is not simply everyone. */
export interface Split {
  readonly backends: readonly Backend[];
  /** The best standing that anybody has; undefined where the last route stays, because nobody has any. */
  readonly standing: Standing | undefined;
  /** The tier that takes the traffic; undefined with the standing. */
  readonly tier: number | undefined;
  /** Those who would have a share, and for whom a rule has no place. */
  readonly leftOut: readonly Endpoint[];
}

export interface SplitOptions {
  /** An entry gives its share to no other. */
  readonly keepsShares: boolean;
  /** There is somewhere to send a share that nobody takes. */
  readonly canHold: boolean;
}

interface Share {
  readonly entry: Entry;
  readonly endpoints: readonly Endpoint[];
}

/** The best standing that anybody has decides; of those who have it the lowest tier takes the traffic. */
export function splitOf(entries: readonly Entry[], options: SplitOptions): Split | undefined {
  const standing = bestOf(entries.flatMap(({ endpoints }) => endpoints.map((one) => one.standing)));
  if (standing === undefined) return undefined;
  const having = entries.filter(({ endpoints }) => endpoints.some((one) => one.standing === standing));
  const tier = Math.min(...having.map((entry) => entry.tier));
  const shares = entries
    .filter((entry) => entry.tier === tier)
    .map((entry) => ({ entry, endpoints: takers(entry, standing, options) }));
  const isHeld = options.canHold && shares.length > Math.min(MAX_BACKENDS, shares.filter(isTaken).length);
  const taking = fitting(shares, isHeld ? MAX_BACKENDS - 1 : MAX_BACKENDS);
  const placed = shares.map(({ entry, endpoints }) => ({
    entry,
    endpoints: endpoints.filter((one) => taking.has(one)),
  }));
  const leftOut = shares.flatMap(({ endpoints }) => endpoints.filter((one) => !taking.has(one)));
  return { backends: backendsOf(placed, isHeld), standing, tier, leftOut };
}

/**
 * Whom an entry gives its share to: its endpoints of the standing that decides. One that keeps its share and has none
 * takes the best that it has, but nobody who may well be dead while others live.
 */
function takers({ endpoints }: Entry, standing: Standing, { keepsShares }: SplitOptions): Endpoint[] {
  const own = keepsShares ? bestOf(endpoints.map((one) => one.standing)) : standing;
  const limit = isAtLeast(standing, 'Unready') ? 'Unready' : standing;
  return own === undefined || !isAtLeast(own, limit) ? [] : endpoints.filter((one) => one.standing === own);
}

/**
 * Who has one of the places: first one endpoint of each entry, then the others, and at each step those who serve
 * already before those who would be new. So what is in a route stays there for as long as it is good.
 */
function fitting(shares: readonly Share[], places: number): Set<Endpoint> {
  const queues = shares.map(({ endpoints }) => servingFirst(endpoints));
  const firsts = queues.flatMap((queue) => queue.slice(0, 1));
  const others = queues.flatMap((queue) => queue.slice(1));
  return new Set([...servingFirst(firsts), ...servingFirst(others)].slice(0, places));
}

const servingFirst = (endpoints: readonly Endpoint[]): Endpoint[] =>
  endpoints.toSorted((a, b) => Number(b.serves) - Number(a.serves));

const isTaken = ({ endpoints }: Share): boolean => endpoints.length > 0;

/** An entry's weight is spread evenly over its endpoints; all that is held is one share. */
function backendsOf(shares: readonly Share[], isHeld: boolean): Backend[] {
  const parts = ({ endpoints }: Share) => endpoints.length || (isHeld ? 1 : 0);
  const weights = splitWeights(shares.map((share) => ({ weight: share.entry.weight, parts: parts(share) })));
  const taken = shares.flatMap(({ endpoints }, share) =>
    endpoints.map((endpoint, part) => ({ service: endpoint.backend, endpoint, weight: weights[share]?.[part] ?? 0 })),
  );
  const held = sum(shares.map((share, index) => (isTaken(share) ? 0 : (weights[index]?.[0] ?? 0))));
  return held === 0 ? taken : [...taken, { service: undefined, endpoint: undefined, weight: held }];
}

/** For when nobody has any standing: those whom the last route names go on, because some of them may well answer. */
export function lastSplit(
  entries: readonly Entry[],
  backendRefs: readonly { readonly name: string; readonly weight?: number }[],
  holdName: string,
): Split {
  const endpoints = entries.flatMap((entry) => entry.endpoints);
  const backends = backendRefs.map(({ name, weight = 1 }) => ({
    service: name === holdName ? undefined : name,
    endpoint: endpoints.find(({ backend }) => backend === name),
    weight,
  }));
  return { backends, standing: undefined, tier: undefined, leftOut: [] };
}

/** The part of all traffic that an entry's endpoints take, in percent. */
export function entryPercent({ backends }: Split, { endpoints }: Entry): number {
  const own = backends.filter(({ endpoint }) => endpoint !== undefined && endpoints.includes(endpoint));
  return percent(sum(own.map(({ weight }) => weight)), sum(backends.map(({ weight }) => weight)));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
