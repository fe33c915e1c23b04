import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readApis } from './apis.ts';
import { begin } from './begin.ts';
import { FUNCTIONS } from './functions.ts';
import { loadManifests } from './load.ts';
import { play, problemsOf } from './play.ts';
import { report } from './print/report.ts';
import { PLAIN } from './print/styles.ts';
import { formatProblem } from './problem.ts';

const ROOT = join(import.meta.dirname, '..');
const WORLD = { apis: readApis(join(ROOT, 'apis')), functions: FUNCTIONS };

const foldersIn = (parent: string): string[] =>
  readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);

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
    const text = report(played, { width: 100, styles: PLAIN }) + problems.join('').replaceAll(`${folder}/`, '');
    await expect(text).toMatchFileSnapshot(join(folder, 'expected.txt'));
  });
});

describe('the examples', () => {
  test.each(foldersIn(join(ROOT, 'examples')))('%s settles without a problem', (name) => {
    expect(problemsOf(playFolder(join(ROOT, 'examples', name)), true)).toEqual([]);
  });
});
