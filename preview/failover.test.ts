import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../cli/program.ts';
import { temporaryFolder } from '../packages/folders.ts';
import { collected } from './testing-output.ts';

const EXAMPLE = readFileSync(join(import.meta.dirname, '../examples/failover-tiers/manifests.yaml'), 'utf8');

const drain = (text: string, endpoint: string): string =>
  text.replace(new RegExp(`(name: ${endpoint}\\n(?:.+\\n)+?spec:\\n)`), '$1  draining: true\n');

/** Who takes which share of examples/failover-tiers, edited. */
async function shares(edit: (text: string) => string): Promise<Record<string, number>> {
  await using folder = await temporaryFolder('failover');
  const file = join(folder.path, 'manifests.yaml');
  await writeFile(file, edit(EXAMPLE));
  const output = collected();
  await run(['preview', '-o', 'json', file], output);
  const [path] = JSON.parse(output.written.stdout).paths as { shares: { name: string; percent: number }[] }[];
  return Object.fromEntries((path?.shares ?? []).map(({ name, percent }) => [name, percent]));
}

test.each([
  { name: 'as it is, the own gateways take all', drained: [], want: { 'llama-eu': 50, 'llama-us': 50 } },
  { name: 'while one is drained, the other takes all', drained: ['llama-eu'], want: { 'llama-us': 100 } },
  {
    name: 'while both are drained, the provider takes over',
    drained: ['llama-eu', 'llama-us'],
    want: { 'llama-together': 100 },
  },
])('in examples/failover-tiers, $name', async ({ drained, want }) => {
  expect(await shares((text) => drained.reduce(drain, text))).toEqual(want);
});
