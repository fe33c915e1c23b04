/** One line of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SAMPLE = /^(\w+)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** The samples of one metric, without the quotes' escapes undone: no label that is read here has any. */
export function samplesOf(text: string, metric: string): Sample[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(metric))
    .flatMap((line) => {
      const [, name = '', labels = '', value] = SAMPLE.exec(line) ?? [];
      const pairs = [...labels.matchAll(LABEL)].map(([, key, label]) => [key, label]);
      return name === metric ? [{ name, labels: Object.fromEntries(pairs), value: Number(value) }] : [];
    });
}

/** How often each of several things happened, by what it is called. */
export type Counts = Readonly<Record<string, number>>;

/** The sum of samples for each name that they are given; a sample without one is left out. */
export function countBy(samples: readonly Sample[], nameOf: (labels: Sample['labels']) => string | undefined): Counts {
  const counts: Record<string, number> = {};
  for (const { labels, value } of samples) {
    const name = nameOf(labels);
    if (name !== undefined) counts[name] = (counts[name] ?? 0) + value;
  }
  return counts;
}

/** What came to pass between two counts. */
export const since = (before: Counts, after: Counts): Counts =>
  Object.fromEntries(
    Object.entries(after)
      .map(([name, value]) => [name, value - (before[name] ?? 0)] as const)
      .filter(([, value]) => value !== 0),
  );

export const sum = (counts: Counts): number => Object.values(counts).reduce((total, value) => total + value, 0);

/** Counts of several sources as one. */
export function total(all: readonly Counts[]): Counts {
  const counts: Record<string, number> = {};
  for (const [name, value] of all.flatMap(Object.entries<number>)) counts[name] = (counts[name] ?? 0) + value;
  return counts;
}

/** How often each name is there. */
export const tally = (names: readonly string[]): Counts => total(names.map((name) => ({ [name]: 1 })));
