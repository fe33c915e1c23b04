import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { compositeSchema, type Schema } from './admit/schema.ts';
import { compareText } from './objects.ts';

/** One of our kinds: what its XRD and its Composition say. */
export interface Api {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** The schema of the CRD that Crossplane makes of the XRD. */
  readonly schema: Schema;
  readonly compositionName: string;
  readonly steps: readonly { readonly step: string; readonly functionName: string }[];
  readonly definitionFile: string;
  readonly compositionFile: string;
}

/**
 * The kinds of a folder of XRDs and Compositions. A file is parsed when its kind is first asked for: that takes
 * milliseconds, and most of the time a few kinds are enough.
 */
export interface Apis {
  find(apiVersion: string, kind: string): Api | undefined;
  /** Every kind and version there is, to tell a mistyped one what it may have meant. */
  all(): readonly Api[];
}

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly scope?: 'Namespaced' | 'Cluster';
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

interface Composition {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly pipeline: readonly { readonly step: string; readonly functionRef: { readonly name: string } }[];
  };
}

export function readApis(folder: string): Apis {
  const folders = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'definition.yaml')))
    .map((entry) => join(folder, entry.name))
    .sort(compareText);
  const known = new Map<string, readonly Api[]>();
  const read = (path: string): readonly Api[] => {
    const apis = known.get(path) ?? readApi(path);
    known.set(path, apis);
    return apis;
  };
  const texts = folders.map((path) => ({ path, text: readFileSync(join(path, 'definition.yaml'), 'utf8') }));
  const search = (apiVersion: string, kind: string): Api | undefined =>
    texts
      .filter(({ text }) => text.includes(`kind: ${kind}\n`))
      .flatMap(({ path }) => read(path))
      .find((api) => api.apiVersion === apiVersion && api.kind === kind);
  return { find: remembered(search), all: () => folders.flatMap(read) };
}

/** Most objects are of few kinds, and each is asked for on every turn. */
function remembered(search: Apis['find']): Apis['find'] {
  const answers = new Map<string, Api | undefined>();
  return (apiVersion, kind) => {
    const key = `${apiVersion} ${kind}`;
    if (!answers.has(key)) answers.set(key, search(apiVersion, kind));
    return answers.get(key);
  };
}

function readApi(path: string): Api[] {
  const definitionFile = join(path, 'definition.yaml');
  const compositionFile = join(path, 'composition.yaml');
  const definition = parse(readFileSync(definitionFile, 'utf8')) as Definition;
  const composition = parse(readFileSync(compositionFile, 'utf8')) as Composition;
  const { group, names, scope = 'Namespaced', versions } = definition.spec;
  return versions.map((version) => ({
    apiVersion: `${group}/${version.name}`,
    kind: names.kind,
    namespaced: scope === 'Namespaced',
    schema: compositeSchema(version.schema.openAPIV3Schema, scope === 'Namespaced'),
    compositionName: composition.metadata.name,
    steps: composition.spec.pipeline.map(({ step, functionRef }) => ({ step, functionName: functionRef.name })),
    definitionFile,
    compositionFile,
  }));
}
