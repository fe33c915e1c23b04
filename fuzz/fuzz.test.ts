import { expect, test } from 'vitest';
import type { Event } from './events.ts';
import { FUNCTIONS } from './functions.ts';
import { ANSWERS } from './invariants.ts';
import { MUTANTS, type Mutant } from './mutants.ts';
import { SETTLED } from './outcomes.ts';
import { beginning, playStory } from './run.ts';
import { shrink } from './shrink.ts';
import { storyOf } from './stories.ts';

const BEGIN = beginning(FUNCTIONS);

test('everything serves in the world in which every story begins', () => {
  expect(BEGIN.violations).toEqual([]);
});

test.each([1, 2, 3, 4, 5, 6])('story %i breaks nothing', (seed) => {
  expect(playStory(BEGIN, FUNCTIONS, storyOf(seed)).violation).toBeUndefined();
});

/** More than any mutant takes. */
const SEEDS = Array.from({ length: 100 }, (_, index) => index + 1);

const broken = ({ functions }: Mutant, story: readonly Event[]): string | undefined =>
  playStory(BEGIN, functions, story).violation?.invariant;

test.each(MUTANTS)('$name is found', (mutant) => {
  expect([mutant.seed, ...SEEDS].some((seed) => broken(mutant, storyOf(seed)) === mutant.breaks)).toBe(true);
});

test('whatever must hold has somebody who breaks it, so that none of it is said in vain', () => {
  const caught = MUTANTS.map(({ breaks }) => breaks);
  expect(caught).toEqual(expect.arrayContaining([...ANSWERS, ...SETTLED].map(({ name }) => name)));
});

test('a story is shortened to what it takes, and breaks the same', () => {
  const shows = (story: readonly Event[]): boolean =>
    story.some((event) => event.do === 'middlewares' && event.present);
  const short = shrink(SEEDS.map(storyOf).find(shows) ?? [], shows);
  expect(short).toEqual([{ do: 'middlewares', present: true }]);
});
