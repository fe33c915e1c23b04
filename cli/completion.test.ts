import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { collected } from '../preview/testing-output.ts';
import { run } from './program.ts';

async function modelplane(...args: readonly string[]) {
  const output = collected();
  const status = await run(args, output);
  return { status, ...output.written };
}

describe('the script of completion', () => {
  test.each(['bash', 'zsh', 'fish', 'powershell'])('of %s is printed', async (shell) => {
    const { status, stdout } = await modelplane('completion', shell);
    expect(status).toBe(0);
    expect(stdout).toMatch(/modelplane complete '?--/);
  });

  test('of bash can be read twice by one shell', async () => {
    const { stdout: script } = await modelplane('completion', 'bash');
    const { status, stderr } = spawnSync('bash', ['-ec', 'eval "$1"; eval "$1"', 'bash', script], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  test('of a shell that there is not is refused', async () => {
    expect(await modelplane('completion', 'csh')).toMatchObject({ status: 2, stdout: '' });
  });
});

describe('what a shell offers', () => {
  test.each([
    { name: 'is a command', words: ['prev'], want: /^preview\t/ },
    { name: 'is an option', words: ['preview', '--str'], want: /^--strict\t/ },
    { name: 'is a value of an option', words: ['preview', '--output', 'm'], want: /^markdown\t\n:4\n$/ },
    { name: 'are files where a manifest belongs', words: ['preview', 'exa'], want: /^:0\n$/ },
  ])('$name', async ({ words, want }) => {
    expect((await modelplane('complete', '--', ...words)).stdout).toMatch(want);
  });
});
