import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { VERIFIER_IMAGE } from '../functions/compose-inference-gateway/verifier.ts';
import { ROOT } from './folders.ts';
import {
  CONFIGURATION_REPOSITORY,
  CROSSPLANE_CONSTRAINT,
  FUNCTION_CONSTRAINT,
  FUNCTIONS,
  functionRepository,
  LICENSE,
  objectName,
  PROVIDERS,
  SOURCE,
  toDnsLabel,
  VERIFIER_REPOSITORY,
  VERSION,
} from './repositories.ts';

const read = async (path: string) => parse(await readFile(join(ROOT, path), 'utf8'));

const find = (pattern: string): Promise<string[]> => Array.fromAsync(glob(pattern, { cwd: ROOT }));

describe('toDnsLabel', () => {
  test.each([
    { name: 'slashes, dots and colons become dashes', path: 'acme.io/a:b', want: 'acme-io-a-b' },
    { name: 'what a label cannot have is dropped', path: 'acme_corp/Routing', want: 'acmecorp-outing' },
    { name: 'a dash is never first or last', path: '/acme/', want: 'acme' },
    { name: 'a long path is cut at 63 characters', path: `a/${'b'.repeat(80)}`, want: `a-${'b'.repeat(61)}` },
    { name: 'nor does a cut leave a dash at the end', path: `${'a'.repeat(62)}/b`, want: 'a'.repeat(62) },
  ])('$name', ({ path, want }) => {
    expect(toDnsLabel(path)).toBe(want);
  });
});

describe('objectName', () => {
  test.each([
    ['xpkg.example.org/acme/compose-model-service', 'acme-compose-model-service'],
    ['127.0.0.1:5000/acme/routing', 'acme-routing'],
  ])('of %s is %s, wherever its registry is', (repository, want) => {
    expect(objectName(repository)).toBe(want);
  });
});

test('every folder of a function is a package, and every package has its folder', async () => {
  const folders = (await find('functions/compose-*/main.ts')).map((path) => path.split('/')[1]);
  expect(folders.sort()).toEqual([...FUNCTIONS]);
});

test('the verifier that a front door runs is the one of this release', () => {
  expect(VERIFIER_IMAGE).toBe(`${VERIFIER_REPOSITORY}:${VERSION}`);
});

test('every Composition calls a function by the name that Crossplane gives it, and every function is called once', async () => {
  const compositions = await Promise.all((await find('apis/*/composition.yaml')).map(read));
  const called = compositions.flatMap(({ spec }) =>
    spec.pipeline.map(({ functionRef }: { functionRef: { name: string } }) => functionRef.name),
  );
  expect(called.sort()).toEqual(FUNCTIONS.map((name) => objectName(functionRepository(name))));
});

test('the Configuration depends on every function and provider, at the versions that fit it', async () => {
  const dependency = (kind: string) => (repository: string, version: string) => ({
    apiVersion: 'pkg.crossplane.io/v1',
    kind,
    package: repository,
    version,
  });
  const { spec } = await read('crossplane.yaml');
  expect(spec.dependsOn).toEqual([
    ...FUNCTIONS.map((name) => dependency('Function')(functionRepository(name), FUNCTION_CONSTRAINT)),
    ...PROVIDERS.map(({ repository, constraint }) => dependency('Provider')(repository, constraint)),
  ]);
});

test('what the Configuration is called in its own file is what Crossplane calls it', async () => {
  expect((await read('crossplane.yaml')).metadata.name).toBe(objectName(CONFIGURATION_REPOSITORY));
});

describe('the page of a package in a catalogue', () => {
  test.each([
    { path: 'crossplane.yaml', kind: 'Configuration' },
    ...FUNCTIONS.map((name) => ({ path: `functions/${name}/crossplane.yaml`, kind: 'Function', name })),
  ])('$path says who, where, what, under which terms, and what it needs', async ({ path, kind, ...named }) => {
    const { spec, metadata, ...type } = await read(path);
    expect(type).toEqual({ apiVersion: 'meta.pkg.crossplane.io/v1', kind });
    expect(metadata).toMatchObject(named);
    expect(metadata.annotations).toEqual({
      'friendly-name.meta.crossplane.io': expect.stringMatching(/^[A-Z][\w ]+$/),
      'meta.crossplane.io/maintainer': 'The modelplane-routing contributors',
      'meta.crossplane.io/source': SOURCE,
      'meta.crossplane.io/license': LICENSE,
      // One sentence that fits the card of a search result.
      'meta.crossplane.io/description': expect.stringMatching(/^[A-Z].{20,158}\.$/),
      'meta.crossplane.io/readme': expect.stringMatching(
        /Crossplane 2\.4\.0 or newer(.|\n)*Kubernetes 1\.30 or newer(.|\n)*Gateway API 1\.5/,
      ),
    });
    expect(spec.crossplane).toEqual({ version: CROSSPLANE_CONSTRAINT });
    expect(spec.capabilities).toEqual(kind === 'Function' ? ['composition'] : undefined);
  });
});
