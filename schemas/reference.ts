import type { JSONSchema } from 'json-schema-to-typescript';

/** A kind as its XRD declares it. */
export interface Kind {
  readonly kind: string;
  readonly apiVersion: string;
  readonly scope: string;
  readonly schema: JSONSchema;
}

/** Where a schema says no more than Kubernetes' own documentation of the same. */
const OF_KUBERNETES: readonly (readonly [path: RegExp, type: string])[] = [
  [/(^|\.)template\.spec$/, 'PodSpec'],
  [/(^|\.)template\.metadata$/, 'ObjectMeta'],
];

/** The page of a kind: a row for each field of spec and status, in the words of its XRD. */
export function referencePage({ kind, apiVersion, scope, schema }: Kind): string {
  const { spec, status } = schema.properties ?? {};
  return `<!-- Generated from apis/ by \`npm run generate\`; edit the definition there. -->

# ${kind}

\`${apiVersion}\`, ${scope === 'Cluster' ? 'of the cluster' : 'in a namespace'}. ${oneLine(schema.description ?? '')}

## spec

${table(spec)}

## status

${table(status)}
`;
}

function table(schema: JSONSchema = {}): string {
  const rows = rowsOf(schema, '');
  return ['| field | type | what it is |', '|---|---|---|', ...rows].join('\n');
}

function rowsOf(schema: JSONSchema, prefix: string): string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    const [, ofKubernetes] = OF_KUBERNETES.find(([pattern]) => pattern.test(path)) ?? [];
    const needed = isRequired(schema, name) ? '**required**. ' : '';
    const row = `| \`${path}\` | ${ofKubernetes ?? typeOf(field)} | ${needed}${cell(field)} |`;
    if (ofKubernetes) return [row];
    const item = field.items as JSONSchema | undefined;
    const inner = item?.properties ? rowsOf(item, `${path}[].`) : rowsOf(field, `${path}.`);
    return [row, ...inner];
  });
}

const isRequired = ({ required }: JSONSchema, name: string): boolean =>
  Array.isArray(required) && required.includes(name);

function typeOf(field: JSONSchema): string {
  if (field.type === 'array') return `list of ${typeOf((field.items ?? {}) as JSONSchema)}`;
  if (field.additionalProperties) return 'map';
  if (field.enum) return field.enum.map((value) => `\`${value}\``).join(' ');
  return field['x-kubernetes-int-or-string'] ? 'integer or string' : String(field.type ?? 'any');
}

function cell({ description = '', default: preset, minimum, maximum, maxItems, maxLength }: JSONSchema): string {
  const limits = [
    preset !== undefined && typeof preset !== 'object' && `Default \`${preset}\`.`,
    minimum !== undefined && `At least ${minimum}.`,
    maximum !== undefined && `At most ${maximum}.`,
    maxItems !== undefined && `At most ${maxItems} of them.`,
    maxLength !== undefined && `At most ${maxLength} characters.`,
  ];
  return [oneLine(description), ...limits.filter(Boolean)].join(' ').trim();
}

/** Of text that may have lines and bars, which a table cannot hold. */
const oneLine = (text: string): string =>
  text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;').trim();
