import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { parse } from 'yaml';
import { referencePage } from './reference.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: { readonly kind: string; readonly singular: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: JSONSchema } }[];
  };
}

/** The types of every kind in apis/, by the file of schemas/ that they belong in. */
export async function generateSchemas(): Promise<ReadonlyMap<string, string>> {
  return new Map(await Promise.all(readDefinitions().map(generateKind)));
}

/** A page about the fields of every kind in apis/, by its file in docs/reference/. */
export const generateReference = (): ReadonlyMap<string, string> =>
  new Map(
    readDefinitions().map(({ spec: { group, scope, names, versions } }) => {
      const [version] = versions;
      if (version === undefined) throw new Error(`${names.kind} has no version`);
      const { name, schema } = version;
      const kind = { kind: names.kind, apiVersion: `${group}/${name}`, scope, schema: schema.openAPIV3Schema };
      return [`${names.singular}.md`, referencePage(kind)];
    }),
  );

function readDefinitions(): Definition[] {
  const folders = readdirSync(join(ROOT, 'apis'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map(({ name }) => readDefinition(name));
}

function readDefinition(plural: string): Definition {
  return parse(readFileSync(join(ROOT, 'apis', plural, 'definition.yaml'), 'utf8')) as Definition;
}

async function generateKind({ spec }: Definition): Promise<readonly [string, string]> {
  const [version] = spec.versions;
  if (version === undefined) throw new Error(`${spec.names.kind} has no version`);
  const schema = xrSchema(`${spec.group}/${version.name}`, spec.names.kind, version.schema.openAPIV3Schema);
  const source = await compile(schema, spec.names.kind, {
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    bannerComment: `// Generated from apis/ by \`npm run generate\`; edit the definition there.`,
    style: { singleQuote: true, printWidth: 120 },
  });
  return [`${spec.names.singular}.ts`, source];
}

/** What core adds to our part of the schema, as far as our functions read it. */
function xrSchema(apiVersion: string, kind: string, schema: JSONSchema): JSONSchema {
  return {
    ...schema,
    required: ['apiVersion', 'kind', 'metadata', 'spec'],
    properties: {
      apiVersion: { const: apiVersion },
      kind: { const: kind },
      metadata: { tsType: "import('#shared/kubernetes.ts').ObjectMeta" },
      ...mapValues(schema.properties ?? {}, withDefaultsPresent),
    },
  };
}

/** A field with a default is always there by the time that a function reads the XR. */
function withDefaultsPresent(schema: JSONSchema): JSONSchema {
  const properties = mapValues(schema.properties ?? {}, withDefaultsPresent);
  const defaulted = Object.keys(properties).filter((name) => properties[name]?.default !== undefined);
  return {
    ...schema,
    ...(schema.properties && { properties, required: [...requiredOf(schema), ...defaulted] }),
    ...(schema.items && { items: withDefaultsPresent(schema.items as JSONSchema) }),
  };
}

const requiredOf = ({ required }: JSONSchema): readonly string[] => (Array.isArray(required) ? required : []);

const mapValues = <T, U>(record: Record<string, T>, map: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));

if (import.meta.main) {
  for (const [file, source] of await generateSchemas()) writeFileSync(join(ROOT, 'schemas', file), source);
  for (const [file, page] of generateReference()) writeFileSync(join(ROOT, 'docs', 'reference', file), page);
}
