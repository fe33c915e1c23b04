import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { parseManifests } from '../manifests.ts';
import type { ClusterObject } from '../objects.ts';
import type { Case } from './cases.ts';

const run = promisify(execFile);

/** The two programs of Crossplane, and the file that says where our functions listen. */
export interface Official {
  readonly cli: string;
  readonly core: string;
  readonly functions: string;
}

/** A case as files, which both sides read. */
export interface CaseFiles {
  readonly xr: string;
  readonly observed: readonly string[];
  readonly required: readonly string[];
}

/** What was printed: documents, or the reason why there are none. */
export type Printed = { readonly documents: readonly object[] } | { readonly error: string };

export function writeCase({ xr, observed, others }: Case, folder: string): CaseFiles {
  const write = (name: string, objects: readonly ClusterObject[]): string[] => {
    if (objects.length === 0) return [];
    const file = join(folder, name);
    // JSON is YAML, and leaves no room for two readings of a word such as off.
    writeFileSync(file, objects.map((object) => `---\n${JSON.stringify(object)}\n`).join(''));
    return [file];
  };
  const [file = ''] = write('xr.yaml', [xr]);
  return { xr: file, observed: write('observed.yaml', observed), required: write('required.yaml', others) };
}

/** Development functions are not started by render, but called where they listen. */
export function writeFunctions(folder: string, ports: Readonly<Record<string, number>>): string {
  const file = join(folder, 'functions.yaml');
  const documents = Object.entries(ports).map(([name, port]) => ({
    apiVersion: 'pkg.crossplane.io/v1',
    kind: 'Function',
    metadata: {
      name,
      annotations: {
        'render.crossplane.io/runtime': 'Development',
        'render.crossplane.io/runtime-development-target': `127.0.0.1:${port}`,
      },
    },
    spec: { package: name },
  }));
  writeFileSync(file, documents.map((document) => `---\n${stringify(document)}`).join(''));
  return file;
}

export async function renderOfficially(official: Official, { api }: Case, files: CaseFiles): Promise<Printed> {
  const flags = [
    ...['--crossplane-binary', official.core],
    ...['--xrd', api.definitionFile],
    ...files.observed.flatMap((file) => ['--observed-resources', file]),
    ...files.required.flatMap((file) => ['--required-resources', file]),
  ];
  const args = ['composition', 'render', files.xr, api.compositionFile, official.functions, ...flags];
  try {
    const { stdout } = await run(official.cli, args, { maxBuffer: 64 * 1024 * 1024 });
    return { documents: parseManifests(stdout, 'render').manifests.map(({ object }) => object) };
  } catch (error) {
    if (error instanceof Error && 'stderr' in error) return { error: String(error.stderr).trim() };
    throw error;
  }
}
