import { parentPort, workerData } from 'node:worker_threads';
import { FUNCTIONS } from './functions.ts';
import { beginning, playStory } from './run.ts';
import { storyOf } from './stories.ts';
import type { Violation } from './world.ts';

/** Every how many seeds a worker takes one, and which is its first. */
export interface Share {
  readonly first: number;
  readonly step: number;
}

/** What a worker says after each seed. */
export interface Tried {
  readonly seed: number;
  readonly reconciles: number;
  readonly violation: Violation | undefined;
}

/** Plays seed after seed until it is ended. */
function work({ first, step }: Share): void {
  const begin = beginning(FUNCTIONS);
  for (let seed = first; ; seed += step) {
    const { violation, reconciles } = playStory(begin, FUNCTIONS, storyOf(seed));
    parentPort?.postMessage({ seed, reconciles, violation } satisfies Tried);
    if (violation !== undefined) return;
  }
}

work(workerData as Share);
