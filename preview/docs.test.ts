import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../cli/program.ts';
import { previewCommand } from './args.ts';
import { collected } from './testing-output.ts';

const ROOT = join(import.meta.dirname, '..');
const PAGE = readFileSync(join(ROOT, 'docs', 'preview.md'), 'utf8').replace(/after \d+ rounds?/g, 'after N rounds');

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

/** The page's commands, without what a shell does with them. */
const COMMANDS = [...PAGE.matchAll(/^`?(?:npm run(?: --silent)? preview --|npx modelplane preview) ([^`#<>\n]*)/gm)]
  .map(([, args = '']) => ({ command: args.trim() }))
  // Nobody here has a cluster to look at.
  .filter(({ command }) => command !== '-' && !command.startsWith('--live'));

test('docs/preview.md has commands for most of what there is', () => expect(COMMANDS.length).toBeGreaterThan(7));

test.each(COMMANDS)('docs/preview.md has a command that works: preview $command', async ({ command }) => {
  const output = collected();
  const args = command.split(/\s+/).map((arg) => (arg.startsWith('examples/') ? join(ROOT, arg) : arg));
  expect([await run(['preview', ...args], output), output.written.stderr]).toEqual([0, '']);
});
