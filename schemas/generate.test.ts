import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { generateReference, generateSchemas } from './generate.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));

test('the committed types are those of apis/, so `npm run generate` changes nothing', async () => {
  const generated = await generateSchemas();
  const committed = readdirSync(HERE).filter((file) => !/^(generate|reference)\./.test(file));
  expect(committed.sort()).toEqual([...generated.keys()].sort());
  for (const [file, source] of generated) expect(readFileSync(`${HERE}/${file}`, 'utf8')).toBe(source);
});

test('the pages of docs/reference are those of apis/, and their tables are whole', () => {
  const folder = `${HERE}/../docs/reference`;
  const generated = generateReference();
  expect(readdirSync(folder).sort()).toEqual([...generated.keys()].sort());
  for (const [file, page] of generated) {
    expect(readFileSync(`${folder}/${file}`, 'utf8')).toBe(page);
    const rows = page.split('\n').filter((line) => line.startsWith('| `'));
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) expect(row.split(/(?<!\\)\|/)).toHaveLength(5);
  }
});
