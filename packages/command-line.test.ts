import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildCommandLine } from './command-line.ts';
import { ROOT, type TemporaryFolder, temporaryFolder } from './folders.ts';

let folder: TemporaryFolder;
const at = (...path: readonly string[]): string => join(folder.path, ...path);

beforeAll(async () => {
  folder = await temporaryFolder('command-line');
  await buildCommandLine(at('package'));
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder.path], { cwd: at('package') });
  mkdirSync(at('empty'));
}, 120_000);
afterAll(() => folder[Symbol.asyncDispose]());

/** As a stranger runs it: npx, with nothing but the packed file, in a folder without anything. */
function npx(...args: readonly string[]) {
  const tarball = readdirSync(folder.path).find((name) => name.endsWith('.tgz')) ?? '';
  const asked = ['--yes', '--offline', '--package', at(tarball), 'modelplane', ...args];
  const { status, stdout, stderr } = spawnSync('npx', asked, {
    cwd: at('empty'),
    encoding: 'utf8',
    // In a home that is new npm would speak of its own next version.
    env: { ...process.env, npm_config_cache: at('cache'), npm_config_update_notifier: 'false' },
  });
  return { status, stdout, stderr };
}

describe('the packed command line', () => {
  test('has nothing to install but itself', () => {
    const manifest = JSON.parse(readFileSync(at('package', 'package.json'), 'utf8'));
    expect(manifest).not.toHaveProperty('dependencies');
    expect(manifest).toMatchObject({
      name: 'modelplane',
      bin: { modelplane: 'modelplane.cjs' },
      engines: { node: '>=22.19' },
    });
    expect(readFileSync(at('package', 'modelplane.cjs'), 'utf8')).not.toContain(ROOT);
  });

  test.each([{ example: 'canary' }, { example: 'front-door-own-gateway' }])(
    'previews examples/$example by npx in an empty folder as this checkout does',
    ({ example }) => {
      const folder = join(ROOT, 'examples', example);
      const here = spawnSync(process.execPath, [join(ROOT, 'cli', 'main.ts'), 'preview', folder], { encoding: 'utf8' });
      expect(npx('preview', folder)).toEqual({ status: 0, stderr: '', stdout: here.stdout });
      expect(here.stdout).toMatch(/^http:/);
    },
  );

  test('takes options without more ado, and says by its exit code who is to do something', () => {
    writeFileSync(
      at('empty', 'bad.yaml'),
      'apiVersion: modelplane.ai/v1alpha1\nkind: ModelEndpiont\nmetadata: {name: a}\n',
    );
    expect(npx('preview', '-o', 'json', 'bad.yaml')).toEqual({
      status: 1,
      stdout: expect.stringContaining('"problems": [\n    {\n      "where": "bad.yaml:2"'),
      stderr: expect.stringMatching(/^bad\.yaml:2: .*did you mean ModelEndpoint\?\n$/),
    });
    expect(npx('preveiw').stderr).toContain('Did you mean preview?');
    expect(npx('preview', '--strcit').status).toBe(2);
  });

  test('completes commands, options and values, and knows its version', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(npx('version').stdout).toBe(`${version}\n`);
    expect(npx('completion', 'bash').stdout).toContain('complete -F __modelplane_complete modelplane');
    const run = (...args: readonly string[]) =>
      spawnSync(process.execPath, [at('package', 'modelplane.cjs'), 'complete', '--', ...args], { encoding: 'utf8' })
        .stdout;
    expect(run('prev')).toContain('preview');
    expect(run('preview', '--str')).toContain('--strict');
    expect(run('preview', '--output', 'm')).toContain('markdown');
  });
});
