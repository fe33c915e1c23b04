import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from './folders.ts';

test('a temporary folder is gone at the end of its block', async () => {
  let path: string;
  {
    await using folder = await temporaryFolder('test');
    ({ path } = folder);
    expect(existsSync(path)).toBe(true);
  }
  expect(existsSync(path)).toBe(false);
});

test('Ctrl-C removes it, and ends the process as ever', async () => {
  const script = `
    import { temporaryFolder } from ${JSON.stringify(join(import.meta.dirname, 'folders.ts'))};
    await using folder = await temporaryFolder('test');
    console.log(folder.path);
    await new Promise((resolve) => setTimeout(resolve, 60_000));`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script]);
  const [output] = await once(child.stdout, 'data');
  child.kill('SIGINT');
  const [, signal] = await once(child, 'exit');
  expect({ signal, left: existsSync(String(output).trim()) }).toEqual({ signal: 'SIGINT', left: false });
});
