import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../cli/program.ts';
import { collected } from '../testing-output.ts';

const EXAMPLE = join(import.meta.dirname, '../../examples/groq-beside-own');

test.each(['tree', 'html', 'markdown'])('an edit that changes nothing says so as %s', async (format) => {
  const output = collected();
  expect(await run(['preview', EXAMPLE, '--then', EXAMPLE, '-o', format], output)).toBe(0);
  expect(output.written.stdout).toContain('Nothing changes.');
});
