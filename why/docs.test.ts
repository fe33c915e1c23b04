import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  at,
  cluster,
  deployment,
  enginesOf,
  FRONT_DOOR,
  settle,
  withAvailable,
} from '../functions/compose-model-deployment/testing.ts';
import { whyCommand } from './args.ts';
import { settled, textOf, why } from './testing.ts';

const PAGE = readFileSync(join(import.meta.dirname, '..', 'docs', 'why.md'), 'utf8');

test('docs/why.md shows what is printed', () => {
  const state = settled(FRONT_DOOR, cluster('us'), deployment({ placements: [at('us')] }));
  withAvailable(state, enginesOf(state, 'us'), 0);
  expect(PAGE).toContain(`\`\`\`\n${textOf(why(settle(state), 'modelservice/qwen'))}\`\`\``);
});

test('docs/why.md names every option', () => {
  const options = whyCommand(async () => {}).options.map(({ long, short }) => [long ?? '', short ?? '']);
  expect(options.length).toBeGreaterThan(5);
  expect(options.filter((names) => !names.some((name) => name !== '' && PAGE.includes(name)))).toEqual([]);
});
