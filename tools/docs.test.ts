import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { goesAlong } from '../packages/release.ts';

const ROOT = join(import.meta.dirname, '..');
const PAGES = ['README.md', 'SECURITY.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT })];

const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

/** The anchors that headings have where Markdown is shown. */
const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** The links of a page within the repository, and where each leads. */
const linksOf = (page: string) =>
  [...read(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^https?:/.test(link))
    .map((link) => {
      const [path = '', anchor] = link.split('#');
      return { link, anchor, target: path === '' ? page : relative(ROOT, join(ROOT, dirname(page), path)) };
    });

test.each(PAGES)('every link of %s leads somewhere', (page) => {
  const broken = linksOf(page).filter(
    ({ target, anchor }) =>
      !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor)),
  );
  expect(broken).toEqual([]);
});

test.each(['CHANGELOG.md', ...PAGES].filter(goesAlong))('every link of %s leads somewhere in a release', (page) => {
  expect(linksOf(page).filter(({ target }) => !goesAlong(target))).toEqual([]);
});

test('every page is in the index of the README', () => {
  const index = read('README.md');
  const missing = globSync('docs/*.md', { cwd: ROOT }).filter((page) => !index.includes(`(${page})`));
  expect(missing).toEqual([]);
});

test('every folder of examples is in their index', () => {
  const index = read('docs/examples.md');
  const folders = globSync('examples/*/', { cwd: ROOT }).map((folder) => folder.replace(/^examples\/|\/$/g, ''));
  expect(folders.filter((folder) => !index.includes(`\`${folder}\``))).toEqual([]);
});

const IS_COMMAND = /^(kubectl|helm|npm|npx|node|git|crossplane|cosign|kind|sudo|curl|jq|mkdir|python3|[a-z]+=)/;

const commands = PAGES.flatMap((page) =>
  [...read(page).matchAll(/^```\n(.*?)^```$/gms)]
    .map(([, text = '']) => ({ page, text, line: text.split('\n', 1)[0] }))
    .filter(({ text }) => IS_COMMAND.test(text)),
);

test.each(commands)('$page: a shell can read "$line"', ({ text }) => {
  const { stderr } = spawnSync('sh', ['-n'], { input: text, encoding: 'utf8' });
  expect(stderr).toBe('');
});
