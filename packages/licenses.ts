import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import { Problem } from '../tools/problem.ts';

/** The folders of the npm packages from which at least a byte is in the bundle, sorted. */
export function bundledPackages({ outputs }: Pick<Metafile, 'outputs'>): string[] {
  const inputs = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const folders = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0])
    .filter((folder) => folder !== undefined);
  return [...new Set(folders)].sort();
}

/** One text with the terms of every package: its own files, or where it ships none, what its package.json declares. */
export async function licenses(root: string, folders: readonly string[]): Promise<Buffer> {
  const sections = await Promise.all(folders.map((folder) => section(join(root, folder))));
  return Buffer.from(sections.join(`\n${'-'.repeat(80)}\n\n`));
}

async function section(folder: string): Promise<string> {
  const { name, version, license, author } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder)).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file)).sort();
  if (!license && files.length === 0) throw new Problem(`cannot ship ${name} ${version}: it states no licence.`);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const by = author ? `\nAuthor: ${author.name ?? author}` : '';
  return [`${name} ${version}\nLicense: ${license}${by}\n`, ...texts.map((text) => `${text.trim()}\n`)].join('\n');
}
