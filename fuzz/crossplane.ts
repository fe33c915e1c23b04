import { ask, type Turn } from './asking.ts';
import { type Lag, read } from './store.ts';
import type { Functions, World } from './world.ts';
import { writes } from './writing.ts';

/** How a reconcile goes, where it does not go as it should. */
export interface Course {
  /** Caches that lag behind, by kind. */
  readonly lag?: Lag;
  /** After so many writes it is cut off: the process ends, or the API server goes away. */
  readonly cut?: number | undefined;
  /** Crossplane applies in the order of a Go map, which is another each time. */
  readonly order?: number;
}

/** Who looks on: at an answer before anything comes of it, and after each write. */
export interface Watcher {
  turn(world: World, turn: Turn): void;
  wrote(world: World, turn: Turn, what: string): void;
}

/**
 * One reconcile, as Crossplane 2.4 does it (composition_functions.go): it observes what the composite refers to, calls
 * the function, deletes what is no longer desired, writes the references, applies, and last writes the status.
 */
export function reconcile(world: World, functions: Functions, key: string, course: Course, watcher: Watcher): void {
  const { store } = world;
  const xr = read(store, key, course.lag) ?? store.objects.get(key);
  // While it goes, no function is asked.
  if (xr === undefined || !store.objects.has(key) || xr.metadata.deletionTimestamp !== undefined) return;
  const turn = ask(world, functions, key, xr, course.lag ?? {});
  if (turn === undefined) return;
  watcher.turn(world, turn);
  let left = course.cut ?? Number.POSITIVE_INFINITY;
  for (const write of writes(world, key, turn, course.order ?? 0)) {
    if (left-- <= 0) return;
    const what = write();
    if (what === undefined) return;
    watcher.wrote(world, turn, what);
  }
}
