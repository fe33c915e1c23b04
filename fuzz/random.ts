/** Chance from a seed: the same seed always comes to the same story, on every machine. */
export interface Random {
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
  some<T>(items: readonly T[]): T[];
}

/** Mulberry32 (Tommy Ettinger, public domain): 32 bits of state are enough for stories of some hundred events. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    int,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[int(items.length)];
      if (item === undefined) throw new Error('there is nothing to pick from');
      return item;
    },
    some: (items) => items.filter(() => next() < 0.5),
  };
}

/** How many of the things that may be picked a story keeps to. */
const KEPT = 4;

/** The same chance, but of every list the same few are picked each time: who does less does it more often. */
export function narrowed(random: Random): Random {
  const kept = new Map<string, readonly number[]>();
  const pick = <T>(items: readonly T[]): T => {
    const key = JSON.stringify(items) ?? '';
    const places = kept.get(key) ?? Array.from({ length: KEPT }, () => random.int(items.length));
    kept.set(key, places);
    const item = items[random.pick(places)];
    return item === undefined ? random.pick(items) : item;
  };
  return { ...random, pick };
}
