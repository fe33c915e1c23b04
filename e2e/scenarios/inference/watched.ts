import { isDeepStrictEqual } from 'node:util';
import type { InferenceClusterName } from '../../inference/catalogue.ts';
import type { LoadResult } from '../client.ts';
import { eventually } from '../testing.ts';
import { type History, routedOf, splitsOf } from './history.ts';
import { ALIKE, BOTH, clientOf, edit, NAME, pathOf, placed, settled } from './placements.ts';
import { ask, poolOf } from './testing.ts';

/** What to make fail, and what to read off meanwhile. */
interface Gauges {
  /** Name of the pool of placement a, in us. */
  readonly pool: string;
  /** What the deployment's status says of its split. */
  readonly splits: History;
  /** What the front door's route says of it. */
  readonly routed: History;
}

interface Outcome<T> extends LoadResult {
  readonly splits: readonly string[];
  readonly routed: readonly string[];
  /** What the trouble had to tell. */
  readonly told: T;
}

/** Sends requests to both placements alike, and looks at who is given them, while something is made to fail. */
export async function watched<T>(namespace: string, trouble: (gauges: Gauges) => Promise<T>): Promise<Outcome<T>> {
  await edit(namespace, BOTH);
  await placed(namespace, ...ALIKE);
  await answered(namespace, 'us', 'eu');
  const pool = await poolOf('us', namespace, 'a');
  const gauges = { pool, splits: await splitsOf(namespace), routed: await routedOf(namespace) };
  const client = await clientOf(namespace);
  try {
    const told = await trouble(gauges);
    await settled();
    const { splits, routed } = gauges;
    return { ...(await client.stop()), told, splits: splits.values(), routed: routed.values() };
  } finally {
    await client.stop();
    gauges.splits.stop();
    gauges.routed.stop();
  }
}

/** By chance only one of two clusters answers so many in a row once in a million times. */
const IN_A_ROW = 20;

/** Waits until these clusters answer everything, each of them something, and says when that was seen. */
export async function answered(namespace: string, ...clusters: readonly InferenceClusterName[]): Promise<number> {
  let inARow: string[] = [];
  await eventually(
    async () => {
      const { status, engine } = await ask(pathOf(namespace), { model: NAME });
      inARow = status === 200 && engine ? [...inARow, engine.cluster].slice(-IN_A_ROW) : [];
      return inARow.length === IN_A_ROW && isDeepStrictEqual(new Set(inARow), new Set(clusters));
    },
    () => `every request should be answered, by ${clusters.join(' and ')} alone`,
  );
  return Date.now();
}
