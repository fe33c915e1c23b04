import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { generateSchemas } from './generate.ts';

const HERE = fileURLToPath(new URL('.', import.meta.url));

test('the committed types are those of apis/, so `npm run generate` changes nothing', async () => {
  const generated = await generateSchemas();
  const committed = readdirSync(HERE).filter((file) => !file.startsWith('generate.'));
  expect(committed.sort()).toEqual([...generated.keys()].sort());
  for (const [file, source] of generated) expect(readFileSync(`${HERE}/${file}`, 'utf8')).toBe(source);
});
