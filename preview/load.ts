import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { joined, type Manifests, parseManifests } from './manifests.ts';
import { compareText } from './objects.ts';

const STDIN = 0;
const EXTENSIONS = ['.yaml', '.yml', '.json'];

/** Reads every manifest of the given files, and of the given folders and the folders in them. `-` is standard input. */
export function loadManifests(paths: readonly string[]): Manifests {
  return joined(paths.map(loadPath));
}

function loadPath(path: string): Manifests {
  if (path === '-') return orNone(loadFile('standard input', STDIN), 'standard input');
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return problem(path, 'there is no such file or folder');
  if (!stat.isDirectory()) return orNone(loadFile(path), path);
  return orNone(joined(filesIn(path).map((file) => loadFile(file))), path, ` (${EXTENSIONS.join(', ')})`);
}

/** Whoever names a place expects something there: of a program that failed before a pipe, nothing is all that comes. */
const orNone = (read: Manifests, where: string, hint = ''): Manifests =>
  read.manifests.length + read.problems.length > 0 ? read : problem(where, `holds no manifest${hint}`);

function loadFile(file: string, from: string | number = file): Manifests {
  try {
    return parseManifests(readFileSync(from, 'utf8'), file);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error) return problem(file, `cannot be read: ${error.message}`);
    throw error;
  }
}

/** Sorted, so that the order in which a disk lists files changes nothing. Hidden files and folders are left out. */
function filesIn(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.name.startsWith('.'));
  return entries
    .sort((a, b) => compareText(a.name, b.name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesIn(path);
      return EXTENSIONS.includes(extname(entry.name)) ? [path] : [];
    });
}

const problem = (where: string, message: string): Manifests => ({ manifests: [], problems: [{ where, message }] });
