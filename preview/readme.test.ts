import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readApis } from './apis.ts';
import { begin } from './begin.ts';
import { FUNCTIONS } from './functions.ts';
import { loadManifests } from './load.ts';
import { play } from './play.ts';
import { report } from './print/report.ts';
import { PLAIN } from './print/styles.ts';

const ROOT = join(import.meta.dirname, '..');

test('README.md shows what the preview of examples/canary prints about its traffic', () => {
  const { manifests } = loadManifests([join(ROOT, 'examples', 'canary')]);
  const begun = begin({ apis: readApis(join(ROOT, 'apis')), functions: FUNCTIONS }, manifests);
  if (!begun.ok) throw new Error('examples/canary is refused');
  const printed = report(play(begun.state), { width: 100, styles: PLAIN });
  const shown = readFileSync(join(ROOT, 'README.md'), 'utf8').match(/```\n(http:[^`]*)```/)?.[1];
  expect(printed).toContain(shown ?? 'a block in README.md that begins with a URL');
});
