import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { run } from '../cli/program.ts';
import { collected } from '../preview/testing-output.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'key-'));
  vi.stubEnv('PATH', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** What there is by the name of kubectl. */
function kubectl(script: string): void {
  writeFileSync(join(folder, 'kubectl'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'kubectl'), 0o755);
}

const NO_CONTEXT = `case "$*" in
  'config current-context') echo 'error: current-context is not set' ;;
  *) echo 'error: current-context must exist in order to minify' ;;
esac >&2
exit 1`;

test.each([
  { name: 'no kubectl', script: undefined, args: ['list'], want: 'kubectl is not on the PATH: install it.\n' },
  { name: 'no kubeconfig', script: NO_CONTEXT, args: ['list'], want: 'kubectl: current-context is not set\n' },
  {
    name: 'an API server that cannot be reached',
    script: "echo 'Unable to connect to the server: EOF' >&2; exit 1",
    args: ['list', '-n', 'ml-team'],
    want: 'kubectl: Unable to connect to the server: EOF\n',
  },
])('with $name a command fails with one sentence that says whose it is', async ({ script, args, want }) => {
  if (script !== undefined) kubectl(script);
  const output = collected();
  expect(await run(['key', ...args], output)).toBe(1);
  expect(output.written).toEqual({ stdout: '', stderr: want });
});

test('what writes nothing needs no kubectl', async () => {
  const output = collected();
  expect(await run(['key', 'new', 'alice', '--dry-run'], output)).toBe(0);
  expect(output.written.stdout).toContain('alice: \'{"keyHash":"sha256:');
});
