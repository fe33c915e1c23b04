import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { previewCommand } from './args.ts';

const PAGE = readFileSync(join(import.meta.dirname, '..', 'docs', 'preview.md'), 'utf8').replace(
  /after \d+ rounds?/g,
  'after N rounds',
);

test('docs/preview.md shows what is printed', () => {
  const printed = readFileSync(join(import.meta.dirname, 'golden', 'held-share', 'expected.txt'), 'utf8');
  expect(PAGE).toContain(`\`\`\`\n${printed}\`\`\``);
});

test('docs/preview.md shows what is printed of a failure', () => {
  const printed = readFileSync(join(import.meta.dirname, 'golden-failures', 'canary.engines-us-east.txt'), 'utf8');
  const shown = PAGE.match(/--fail engines=us-east\n```\n[^`]*```\n([^`]+)```/)?.[1];
  expect(printed).toContain(shown ?? 'a block below the command');
});

test('docs/preview.md names every option', () => {
  const options = previewCommand(async () => {}).options.map(({ long }) => long ?? '');
  expect(options.length).toBeGreaterThan(8);
  expect(options.filter((option) => option !== '--output' && !PAGE.includes(option))).toEqual([]);
});
