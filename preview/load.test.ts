import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadManifests } from './load.ts';
import { formatProblem } from './problem.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'load-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function files(contents: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

const load = (...names: readonly string[]) => {
  const { manifests, problems } = loadManifests(names.map((name) => join(folder, name)));
  return {
    kinds: manifests.map(({ object }) => object.kind),
    problems: problems.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, '')),
  };
};

describe('loading files and folders', () => {
  test.each([
    {
      name: 'a folder is read with the folders in it, sorted',
      paths: ['b.yaml', 'a/z.yml', 'a/c/d.json'],
      load: ['.'],
      want: ['a/c/d.json', 'a/z.yml', 'b.yaml'],
    },
    {
      name: 'files are read in the order in which they are named',
      paths: ['a.yaml', 'b.yaml'],
      load: ['b.yaml', 'a.yaml'],
      want: ['b.yaml', 'a.yaml'],
    },
    {
      name: 'other files, hidden ones and node_modules are left alone',
      paths: ['a.yaml', 'README.md', '.b.yaml', '.git/c.yaml', 'node_modules/d.yaml'],
      load: ['.'],
      want: ['a.yaml'],
    },
    { name: 'a file that is named may end in anything', paths: ['a.txt'], load: ['a.txt'], want: ['a.txt'] },
    {
      name: 'a file without a manifest is fine beside one with',
      paths: ['a.yaml', 'empty.yaml'],
      load: ['.'],
      want: ['a.yaml'],
    },
  ])('$name', ({ paths, load: names, want }) => {
    files(
      Object.fromEntries(paths.map((path) => [path, path.startsWith('empty') ? '# later\n' : `{kind: "${path}"}`])),
    );
    expect(load(...names)).toEqual({ kinds: want, problems: [] });
  });

  test.each([
    {
      name: 'a file that is not there',
      contents: {},
      path: 'none.yaml',
      want: 'none.yaml: there is no such file or folder',
    },
    {
      name: 'an empty folder',
      contents: { 'x/README.md': 'hello' },
      path: 'x',
      want: 'x: holds no manifest (.yaml, .yml, .json)',
    },
    { name: 'an empty file', contents: { 'x.yaml': '' }, path: 'x.yaml', want: 'x.yaml: holds no manifest' },
    {
      name: 'a folder of empty files',
      contents: { 'x/a.yaml': '# later' },
      path: 'x',
      want: 'x: holds no manifest (.yaml, .yml, .json)',
    },
    {
      name: 'broken YAML in a folder',
      contents: { 'x/a.yaml': '\na: [' },
      path: 'x',
      want: expect.stringMatching(/^x\/a\.yaml:\d+: cannot read document 1: /),
    },
  ])('$name is one sentence', ({ contents, path, want }) => {
    files(contents as Record<string, string>);
    expect(load(path)).toEqual({ kinds: [], problems: [want] });
  });
});
