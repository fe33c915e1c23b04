import { type Event, play } from './events.ts';
import { genesis } from './genesis.ts';
import { settle } from './settle.ts';
import { judgeSettled, watcherOf } from './watch.ts';
import { type Functions, split, type Violation, type World } from './world.ts';

/** What came of a story. */
export interface Played {
  readonly violation: Violation | undefined;
  /** What happened, up to what broke. */
  readonly told: readonly string[];
  readonly reconciles: number;
}

/** The world in which every story begins: everything is declared and serves. */
export function beginning(functions: Functions): World {
  const world = genesis();
  settle(world, functions, watcherOf(functions));
  judgeSettled(world);
  return world;
}

/** Plays a story up to the first thing that breaks. */
export function playStory(begin: World, functions: Functions, story: readonly Event[]): Played {
  const world = { ...split(begin), reconciles: 0 };
  const watcher = watcherOf(functions);
  const told: string[] = [];
  for (const event of story) {
    const sentence = play({ world, functions, watcher }, event);
    if (sentence !== undefined) told.push(sentence);
    if (event.do === 'settle' && world.violations.length === 0) judgeSettled(world);
    if (world.violations.length > 0) break;
  }
  return { violation: world.violations[0], told, reconciles: world.reconciles };
}
