const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** As apimachinery's resource.Quantity is written: a number, and a suffix or an exponent. */
const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([KMGTPE]i|[numkMGTPE]))?$/;

/** The amount, near enough to compare; undefined where an API server could not read it. */
export function amountOf(quantity: string | number): number | undefined {
  const [, digits, exponent = '0', suffix] = QUANTITY.exec(String(quantity)) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * 10 ** Number(exponent) * (suffix === undefined ? 1 : (SUFFIXES[suffix] ?? 1));
}
