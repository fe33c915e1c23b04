import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Problem, runMain } from '../tools/problem.ts';
import { FUNCTIONS } from './functions.ts';
import { beginning, playStory } from './run.ts';
import { shrink } from './shrink.ts';
import { storyOf } from './stories.ts';
import type { Tried } from './worker.ts';

const USAGE = `npm run fuzz [-- --minutes N --seed S]

Plays random stories on a control plane of its own, with the real functions, for N minutes (5), and stops at the first
that breaks something. Each story comes from a seed: the first from S, which else is taken from the clock.`;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How often it says how far it is, in milliseconds. */
const PROGRESS = 15_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { minutes: { type: 'string' }, seed: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) return console.log(USAGE);
  const minutes = numberOf('--minutes', values.minutes ?? '5');
  const seed = numberOf('--seed', values.seed ?? `${Math.floor(Date.now() / 1000)}`);
  const failed = await search(Math.floor(seed), minutes * MINUTE);
  if (failed === undefined) return;
  process.exitCode = 1;
  report(failed);
}

function numberOf(option: string, text: string): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || number < 0)
    throw new Problem(`Cannot use ${option} ${text}: it takes a number that is not negative.`);
  return number;
}

/** Plays on every core until time is up or something breaks. */
async function search(seed: number, milliseconds: number): Promise<Tried | undefined> {
  const step = availableParallelism();
  const began = Date.now();
  let [stories, reconciles] = [0, 0];
  const say = (): void => {
    const perHour = Math.round((reconciles * HOUR) / (Date.now() - began) / 1000);
    console.log(`${stories} stories from seed ${seed} on, ${reconciles} reconciles, ${perHour} thousand an hour`);
  };
  const progress = setInterval(say, PROGRESS);
  const workers = Array.from(
    { length: step },
    (_, core) => new Worker(new URL('./worker.ts', import.meta.url), { workerData: { first: seed + core, step } }),
  );
  const failed = await new Promise<Tried | undefined>((resolve, reject) => {
    setTimeout(() => resolve(undefined), milliseconds).unref();
    for (const worker of workers) {
      worker.on('error', reject);
      worker.on('message', (tried: Tried) => {
        stories += 1;
        reconciles += tried.reconciles;
        if (tried.violation !== undefined) resolve(tried);
      });
    }
  });
  clearInterval(progress);
  await Promise.all(workers.map((worker) => worker.terminate()));
  say();
  return failed;
}

/** The shortest story that breaks the same. */
function report({ seed, violation }: Tried): void {
  console.log(`\nSeed ${seed} breaks: ${violation?.invariant}. Looking for the shortest story …\n`);
  const begin = beginning(FUNCTIONS);
  const short = shrink(
    storyOf(seed),
    (story) => playStory(begin, FUNCTIONS, story).violation?.invariant === violation?.invariant,
  );
  const { told, violation: shown } = playStory(begin, FUNCTIONS, short);
  for (const [index, sentence] of told.entries()) console.log(`${index + 1}. ${sentence}`);
  console.log(`\nThen this does not hold: ${shown?.invariant}.\n${shown?.what}\n`);
  console.log(`To play it again: npm run fuzz -- --seed ${seed}`);
}

await runMain(main);
