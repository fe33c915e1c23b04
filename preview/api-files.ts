import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareText } from './objects.ts';

/** An XRD and its Composition, as text. */
export interface ApiFiles {
  readonly folder: string;
  readonly definition: string;
  readonly composition: string;
}

export const DEFINITION = 'definition.yaml';
export const COMPOSITION = 'composition.yaml';

export const readApiFiles = (folder: string): ApiFiles[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, DEFINITION)))
    .map((entry) => join(folder, entry.name))
    .sort(compareText)
    .map((path) => ({
      folder: path,
      definition: readFileSync(join(path, DEFINITION), 'utf8'),
      composition: readFileSync(join(path, COMPOSITION), 'utf8'),
    }));
