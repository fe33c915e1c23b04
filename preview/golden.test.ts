import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readApis } from './apis.ts';
import { begin } from './begin.ts';
import { FUNCTIONS } from './functions.ts';
import { loadManifests } from './load.ts';
import { play, problemsOf } from './play.ts';
import { failureReport } from './print/failure.ts';
import { report } from './print/report.ts';
import { PLAIN } from './print/styles.ts';
import { formatProblem } from './problem.ts';
import { withOutages } from './world.ts';

const ROOT = join(import.meta.dirname, '..');
const WORLD = { apis: readApis(join(ROOT, 'apis')), functions: FUNCTIONS };

const EXAMPLES = join(ROOT, 'examples');
const PAGE = { width: 100, styles: PLAIN };

const foldersIn = (parent: string): string[] =>
  readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

/** How many rounds it takes is no part of what becomes of manifests, and changes with any function. */
const withoutRounds = (text: string): string => text.replace(/after \d+ rounds?/g, 'after N rounds');

function playFolder(folder: string) {
  const { manifests, problems } = loadManifests([folder]);
  const begun = begin(WORLD, manifests);
  const refused = begun.ok ? problems : [...problems, ...begun.problems];
  if (!begun.ok || refused.length > 0) throw new Error(refused.map(formatProblem).join('\n'));
  return play(begun.state);
}

describe('what is printed, in full', () => {
  const golden = join(import.meta.dirname, 'golden');
  test.each(foldersIn(golden))('of %s', async (name) => {
    const folder = join(golden, name);
    const played = playFolder(folder);
    const problems = problemsOf(played, true).map((problem) => `error: ${formatProblem(problem)}\n`);
    const text = report(played, PAGE) + problems.join('').replaceAll(`${folder}/`, '');
    await expect(withoutRounds(text)).toMatchFileSnapshot(join(folder, 'expected.txt'));
  });
});

describe('what is printed of a failure, in full', () => {
  test.each([
    { example: 'canary', fail: [{ what: 'engines', site: 'us-east' }] },
    { example: 'canary', fail: [{ what: 'cluster', site: 'us-east' }] },
    {
      example: 'canary',
      fail: [
        { what: 'engines', site: 'us-east' },
        { what: 'engines', site: 'eu-west' },
      ],
    },
    { example: 'failover-to-groq', fail: [{ what: 'engines', site: 'gpu' }] },
    { example: 'failover-to-groq', fail: [{ what: 'cluster', site: 'gpu' }] },
  ] as const)('of examples/$example without $fail', async ({ example, fail }) => {
    const before = playFolder(join(EXAMPLES, example));
    const after = play(withOutages(before.state, fail));
    const name = [example, ...fail.map(({ what, site }) => `${what}-${site}`)].join('.');
    expect(problemsOf(after, true)).toEqual([]);
    await expect(withoutRounds(failureReport({ before, after }, PAGE))).toMatchFileSnapshot(
      join(import.meta.dirname, 'golden-failures', `${name}.txt`),
    );
  });
});

describe('the examples', () => {
  test.each(foldersIn(EXAMPLES))('%s settles without a problem', (name) => {
    expect(problemsOf(playFolder(join(EXAMPLES, name)), true)).toEqual([]);
  });
});
