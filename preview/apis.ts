import { join } from 'node:path';
import { parse } from 'yaml';
import { compositeSchema, type Schema } from './admit/schema.ts';
import { type ApiFiles, COMPOSITION, DEFINITION, readApiFiles } from './api-files.ts';

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

export const readApis = (folder: string): Apis => apisOf(readApiFiles(folder));

/** The same of files that are at hand. */
export function apisOf(files: readonly ApiFiles[]): Apis {
  const known = new Map<string, readonly Api[]>();
  const read = (one: ApiFiles): readonly Api[] => {
    const apis = known.get(one.folder) ?? readApi(one);
    known.set(one.folder, apis);
    return apis;
  };
  const search = (apiVersion: string, kind: string): Api | undefined =>
    files
      .filter(({ definition }) => definition.includes(`kind: ${kind}\n`))
      .flatMap(read)
      .find((api) => api.apiVersion === apiVersion && api.kind === kind);
  return { find: remembered(search), all: () => files.flatMap(read) };
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

function readApi(files: ApiFiles): Api[] {
  const definition = parse(files.definition) as Definition;
  const composition = parse(files.composition) as Composition;
  const { group, names, scope = 'Namespaced', versions } = definition.spec;
  return versions.map((version) => ({
    apiVersion: `${group}/${version.name}`,
    kind: names.kind,
    namespaced: scope === 'Namespaced',
    schema: compositeSchema(version.schema.openAPIV3Schema, scope === 'Namespaced'),
    compositionName: composition.metadata.name,
    steps: composition.spec.pipeline.map(({ step, functionRef }) => ({ step, functionName: functionRef.name })),
    definitionFile: join(files.folder, DEFINITION),
    compositionFile: join(files.folder, COMPOSITION),
  }));
}
