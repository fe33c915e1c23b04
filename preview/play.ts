import { reconcileComposite, type Trace } from './controller.ts';
import { type ClusterObject, describe, uidOf } from './objects.ts';
import type { Problem } from './problem.ts';
import { simulate } from './simulate/simulate.ts';
import type { State } from './world.ts';

/** Enough for anything that settles: a deployment needs about ten. */
const MAX_ROUNDS = 60;

export interface Played {
  readonly state: State;
  /** How many rounds changed something. */
  readonly rounds: number;
  /** What the last round still changed; empty when nothing changes any more. */
  readonly restless: readonly string[];
}

export interface PlayOptions {
  /** Stop after so many rounds, settled or not. */
  readonly until?: number;
  readonly trace?: (one: Trace) => void;
  readonly progress?: (round: number) => void;
}

/**
 * Plays the cluster forward until nothing changes. In one round every composite, those among them that were composed,
 * is reconciled once; then every controller that is not here has its say.
 */
export function play(state: State, { until = MAX_ROUNDS, trace, progress }: PlayOptions = {}): Played {
  for (let round = 1; round <= until; round++) {
    progress?.(round);
    state.changed.clear();
    // A map's iterator comes to what is added on the way, so a child is reconciled in the round that composes it.
    for (const object of state.cluster.values()) {
      const api = state.world.apis.find(object.apiVersion, object.kind);
      if (api && !state.live?.held.has(uidOf(object))) reconcileComposite(state, object, api, trace);
    }
    simulate(state);
    if (state.changed.size === 0) return { state, rounds: round - 1, restless: [] };
  }
  return { state, rounds: until, restless: [...state.changed] };
}

/** What makes the command fail: a function that gave up, an object that was not taken, or a cluster that never settles. */
export function problemsOf({ state, restless, rounds }: Played, mustSettle: boolean): Problem[] {
  const failed = [...state.cluster.values()].flatMap((object) =>
    (state.failures.get(uidOf(object)) ?? []).map((message) => ({
      ...whereOf(state, object),
      object: describe(object),
      message,
    })),
  );
  const unsettled = `still changing after ${rounds} rounds of reconciles: ${fewOf(restless)}`;
  return restless.length > 0 && mustSettle ? [...failed, { message: unsettled }] : failed;
}

function whereOf({ sources }: State, object: ClusterObject): { readonly where?: string } {
  const where = sources.get(uidOf(object));
  return where === undefined ? {} : { where };
}

/** A few names stand for many. */
export const fewOf = (names: readonly string[]): string =>
  names.length <= 5 ? names.join(', ') : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
