/** The API server rejects a backendRef above this (Gateway API, BackendRef.weight). */
export const MAX_WEIGHT = 1_000_000;

/** An entry's weight, shared evenly by `parts` backends. */
export interface Share {
  readonly weight: number;
  readonly parts: number;
}

/**
 * Weights for the parts of every share, share by share: in the shares' exact ratio where whole numbers up to
 * MAX_WEIGHT in all can say it, else each within one unit of it. No part gets 0, and what lifting parts to 1 costs
 * is taken from the largest. The sum does not depend on the order of the shares.
 */
export function splitWeights(shares: readonly Share[]): number[][] {
  const exact = exactWeights(shares);
  const total = sum(exact.flat());
  return total <= MAX_WEIGHT ? exact.map((parts) => parts.map(Number)) : scaledDown(exact, total);
}

/** Whole numbers in the exact ratio, as small as they can be. Big, because 16 shares of a million do not fit a double. */
function exactWeights(shares: readonly Share[]): bigint[][] {
  const multiple = shares.map(({ parts }) => BigInt(Math.max(1, parts))).reduce(leastCommonMultiple, 1n);
  const weights = shares.map(({ weight, parts }) =>
    Array.from({ length: parts }, () => (BigInt(weight) * multiple) / BigInt(parts)),
  );
  const divisor = weights.flat().reduce(greatestCommonDivisor, 0n);
  return weights.map((parts) => parts.map((weight) => weight / (divisor || 1n)));
}

/**
 * Largest remainder: every part gets its whole units, at least 1, and the units left go to the largest remainders.
 * What lifting parts to 1 took too much is given back by the largest part.
 */
function scaledDown(exact: readonly (readonly bigint[])[], total: bigint): number[][] {
  const parts = exact.flat().map((weight) => {
    const scaled = weight * BigInt(MAX_WEIGHT);
    const lifted = scaled < total;
    return { weight, units: lifted ? 1 : Number(scaled / total), remainder: lifted ? -1n : scaled % total };
  });
  const left = MAX_WEIGHT - parts.reduce((units, part) => units + part.units, 0);
  for (const part of parts.toSorted((a, b) => compare(b.remainder, a.remainder)).slice(0, Math.max(0, left)))
    part.units += 1;
  const [largest] = parts.toSorted((a, b) => compare(b.weight, a.weight));
  if (largest !== undefined) largest.units += Math.min(0, left);
  return regrouped(parts, exact).map((share) => share.map(({ units }) => units));
}

function regrouped<T>(flat: readonly T[], like: readonly (readonly unknown[])[]): T[][] {
  const rest = flat.values();
  return like.map(({ length }) => rest.take(length).toArray());
}

/** Percentages of a whole to a hundredth, for people. */
export const percent = (part: number, whole: number): number =>
  whole === 0 ? 0 : Math.round((part / whole) * 1e4) / 100;

const sum = (numbers: readonly bigint[]): bigint => numbers.reduce((a, b) => a + b, 0n);

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

const greatestCommonDivisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : greatestCommonDivisor(b, a % b));

const leastCommonMultiple = (a: bigint, b: bigint): bigint => (a / greatestCommonDivisor(a, b)) * b;
