import type { Measured } from './measure.ts';
import type { Counts } from './metrics.ts';

/** A heading and a table under it. */
function show(heading: string, rows: Readonly<Record<string, object>>): void {
  console.log(`\n${heading}`);
  console.table(rows);
}

const LARGEST = 25;

export function showActivity(when: string, { activity }: Measured): void {
  showCounts(`Calls of functions ${when}`, activity.calls);
  showCounts(`Reconciles ${when}`, activity.reconciles);
  showCounts(`Writes ${when}`, activity.writes);
  showCounts(`Events that Crossplane's circuit breakers counted ${when}`, activity.circuitEvents);
}

/** The most frequent first. */
function showCounts(heading: string, counts: Counts): void {
  const sorted = Object.entries(counts).sort(([, a], [, b]) => b - a);
  const rest = sorted.length > LARGEST ? `, of ${sorted.length} the ${LARGEST} largest` : '';
  show(`${heading}${rest}`, Object.fromEntries(sorted.slice(0, LARGEST).map(([name, count]) => [name, { count }])));
}

/** What each program used while everything was made, and while nothing happened; its memory is that of the end. */
export function showUsage(making: Measured, quiet: Measured): void {
  const { after } = quiet.usages;
  const rows = Object.keys(after)
    .map((name) => {
      const cpu = ({ usages }: Measured) =>
        (usages.after[name]?.cpuSeconds ?? 0) - (usages.before[name]?.cpuSeconds ?? 0);
      return {
        name,
        processes: after[name]?.processes,
        'CPU seconds until ready': Math.round(cpu(making)),
        'CPU % while quiet': Math.round((1000 * cpu(quiet)) / quiet.seconds) / 10,
        'memory MiB': Math.round(after[name]?.memoryMiB ?? 0),
      };
    })
    .sort((a, b) => b['CPU seconds until ready'] - a['CPU seconds until ready']);
  show('Used, in percent of one core', Object.fromEntries(rows.map(({ name, ...row }) => [name, row])));
}
