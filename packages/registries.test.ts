import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkOut } from './checkout.ts';
import { ROOT, temporaryFolder } from './folders.ts';
import { checked, PUBLIC, renamed } from './registries.ts';

const run = promisify(execFile);
const OWN = { ours: 'registry.example.com:5000/ml/routing', providers: 'registry.example.com:5000/mirror' };

describe('checked', () => {
  test.each([
    { name: 'the public ones', registries: PUBLIC },
    { name: 'a port and a deep path', registries: OWN },
    { name: 'no path at all', registries: { ours: 'registry.example.com', providers: 'registry.example.com' } },
  ])('takes $name', ({ registries }) => {
    expect(checked(registries)).toBe(registries);
  });

  test.each([
    { name: 'a scheme', ours: 'https://registry.example.com/ml', says: /--registry is "https:.*without a scheme/ },
    { name: 'a tag', ours: 'registry.example.com/ml:v1', says: /--registry/ },
    { name: 'capitals, which no registry takes', ours: 'registry.example.com/ML', says: /--registry/ },
    { name: 'a slash at the end', ours: 'registry.example.com/ml/', says: /--registry/ },
    { name: 'nothing', ours: '', says: /--registry/ },
    { name: 'a path of which no name is left', ours: `r.example.com/${'a'.repeat(40)}`, says: /choose a shorter path/ },
  ])('refuses $name', ({ ours, says }) => {
    expect(() => checked({ ...PUBLIC, ours })).toThrow(says);
  });

  test('refuses it of providers too', () => {
    expect(() => checked({ ...PUBLIC, providers: 'oci://r' })).toThrow(/--providers/);
  });
});

describe('renamed', () => {
  test.each([
    {
      name: 'a repository',
      text: 'package: xpkg.crossplane.io/modelplane/routing:v1',
      want: 'package: r.io/a/routing:v1',
    },
    {
      name: 'the name of a function',
      text: 'name: modelplane-compose-model-service',
      want: 'name: a-compose-model-service',
    },
    { name: 'a prefix', text: 'prefix: xpkg.crossplane.io/modelplane/compose-', want: 'prefix: r.io/a/compose-' },
    { name: 'the name of a provider', text: ' crossplane-contrib-provider-helm ', want: ' b-c-provider-helm ' },
  ])('says $name of the other registry', ({ text, want }) => {
    expect(renamed(text, { ours: 'r.io/a', providers: 'r.io/b/c' })).toBe(want);
  });

  test.each([
    'github.com/modelplane/modelplane-routing',
    'modelplane-functions',
    'modelplane-provider-helm',
    'my-modelplane-compose-model-service-2',
  ])('leaves %s alone', (text) => {
    expect(renamed(text, OWN)).toBe(text);
  });

  test('changes nothing for the public registries', async () => {
    const text = await readFile(join(ROOT, 'crossplane.yaml'), 'utf8');
    expect(renamed(text, PUBLIC)).toBe(text);
  });
});

const HASH = `import { bundle } from './packages/bundle.ts';
import { sha256 } from './packages/tar.ts';
const files = await bundle(process.argv[1]);
console.log(files.map(({ content }) => sha256(content)).join());`;

/** What a checkout puts into a function's image. */
async function bundled(name: string, cwd: string): Promise<string> {
  const args = ['--input-type=module-typescript', '--eval', HASH, `functions/${name}/main.ts`];
  return (await run(process.execPath, args, { cwd })).stdout;
}

test('the image of a function that names no registry is the same whichever it is for; that of one that does is not', async () => {
  await using folder = await temporaryFolder('renamed');
  await checkOut(folder.path, (text) => renamed(text, OWN));
  const isSame = async (name: string) => (await bundled(name, ROOT)) === (await bundled(name, folder.path));
  expect(await isSame('compose-model-service')).toBe(true);
  expect(await isSame('compose-inference-gateway')).toBe(false);
}, 120_000);

/** A Configuration is called as its install page calls it, wherever it is from; all else has to fit. */
const BUT_ITS_NAME = '^(?!what the Configuration is called)';

/** The house's own tests of what is called what, in a checkout that is renamed. */
test('a checkout for another registry is as consistent as this one', async () => {
  await using folder = await temporaryFolder('renamed');
  await checkOut(folder.path, (text, path) => (path.endsWith('.test.ts') ? text : renamed(text, OWN)));
  const tests = ['packages/repositories.test.ts', 'install/names.test.ts'];
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  await run(process.execPath, [vitest, 'run', '--project', 'unit', '-t', BUT_ITS_NAME, ...tests], { cwd: folder.path });
  const read = async (path: string) => parse(await readFile(join(folder.path, path), 'utf8'));
  const { spec } = await read('crossplane.yaml');
  const registries = spec.dependsOn.map(({ package: repository }: { package: string }) => repository.split('/', 1)[0]);
  expect(new Set(registries)).toEqual(new Set(['registry.example.com:5000']));
  const { spec: composition } = await read('apis/modelservices/composition.yaml');
  expect(composition.pipeline[0].functionRef.name).toBe('ml-routing-compose-model-service');
}, 120_000);
