import { cp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ROOT } from './folders.ts';

/** What a release is made from: packages, and what a platform team applies and reads. */
const SOURCES = [
  'CHANGELOG.md',
  'LICENSE',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'vitest.config.ts',
  '.ci',
  'crossplane.yaml',
  'apis',
  'docs',
  'examples',
  'functions',
  'install',
  'packages',
  'schemas',
  'tools',
  'verifier',
];

const IS_TEXT = /\.(ts|json|yaml|yml|md)$|\/Kustomization$/;

/** The checkout in another folder, with each of its texts as `edit` has it. Dependencies are those that are here. */
export async function checkOut(folder: string, edit: (text: string, path: string) => string): Promise<void> {
  for (const source of SOURCES) await cp(join(ROOT, source), join(folder, source), { recursive: true });
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const { parentPath, name } of files.filter((entry) => entry.isFile())) {
    const path = join(parentPath, name);
    if (!IS_TEXT.test(path)) continue;
    const text = await readFile(path, 'utf8');
    const edited = edit(text, path.slice(folder.length + 1));
    if (edited !== text) await writeFile(path, edited);
  }
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}
