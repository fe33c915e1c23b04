import { type Document, LineCounter, type Node, parseAllDocuments } from 'yaml';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { aliasProblem } from './aliases.ts';
import { GO_YAML } from './go-yaml.ts';
import { isRecord } from './objects.ts';
import type { Path, Problem } from './problem.ts';

/** One object of a file, and where in that file it and its fields are. */
export interface Manifest {
  readonly object: KubernetesObject;
  readonly file: string;
  lineOf(path: Path): number;
}

export interface Manifests {
  readonly manifests: readonly Manifest[];
  readonly problems: readonly Problem[];
}

/** Reads a stream of YAML documents, or JSON, which is YAML too. A `kind: List` is taken apart, as kubectl does. */
export function parseManifests(text: string, file: string): Manifests {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    schema: 'failsafe',
    customTags: GO_YAML,
    merge: true,
    lineCounter: lines,
    prettyErrors: false,
  });
  const parsed = [...documents].map((document, index): Manifests => {
    const lineAt = (offset: number): number => lines.linePos(offset).line;
    const start = lineAt(document.contents?.range?.[0] ?? document.range?.[0] ?? 0);
    const fail = (line: number, message: string): Manifests => ({
      manifests: [],
      problems: [{ where: `${file}:${line}`, message }],
    });
    const error = document.errors[0];
    if (error) return fail(lineAt(error.pos[0]), `cannot read document ${index + 1}: ${sentence(error.message)}`);
    const broken = aliasProblem(document);
    if (broken) return fail(lineAt(broken.offset), `cannot read document ${index + 1}: ${broken.message}`);
    const read = asValue(document);
    if ('unreadable' in read) return fail(start, `cannot read document ${index + 1}: ${sentence(read.unreadable)}`);
    const { content } = read;
    if (content === null || content === undefined) return { manifests: [], problems: [] };
    if (!isRecord(content))
      return fail(start, `document ${index + 1} is not a Kubernetes object, but ${typeName(content)}`);
    const lineOf = (path: Path): number => lineOfNode(path, (at) => document.getIn(at, true), lineAt) ?? start;
    return takeApart({ object: content as unknown as KubernetesObject, file, lineOf });
  });
  return joined(parsed);
}

/** What the parser finds out only when it makes a value of a document, such as a merge key that has no map, it throws. */
function asValue(document: Document.Parsed): { readonly content: unknown } | { readonly unreadable: string } {
  try {
    return { content: document.toJS({ maxAliasCount: UNCOUNTED }) };
  } catch (error) {
    if (error instanceof RangeError) return { unreadable: 'it is nested too deep' };
    return { unreadable: error instanceof Error ? error.message : String(error) };
  }
}

/** The parser's own count refuses an anchor that is used 101 times, which no other reader of manifests does. */
const UNCOUNTED = -1;

/** The line of the field itself, or of the closest field around it that is written down. */
function lineOfNode(
  path: Path,
  nodeAt: (path: Path) => unknown,
  lineAt: (offset: number) => number,
): number | undefined {
  if (path.length === 0) return undefined;
  const start = (nodeAt(path) as Node | undefined)?.range?.[0];
  return start === undefined ? lineOfNode(path.slice(0, -1), nodeAt, lineAt) : lineAt(start);
}

function takeApart(manifest: Manifest): Manifests {
  const { kind, items } = manifest.object;
  if (kind !== 'List' || !Array.isArray(items)) return { manifests: [manifest], problems: [] };
  return joined(
    items.map((object: unknown, index) => {
      const lineOf = (path: Path): number => manifest.lineOf(['items', index, ...path]);
      if (isRecord(object)) return takeApart({ ...manifest, object: object as unknown as KubernetesObject, lineOf });
      const message = `items[${index}] is not a Kubernetes object, but ${typeName(object)}`;
      return { manifests: [], problems: [{ where: `${manifest.file}:${lineOf([])}`, message }] };
    }),
  );
}

export const joined = (parts: readonly Manifests[]): Manifests => ({
  manifests: parts.flatMap(({ manifests }) => manifests),
  problems: parts.flatMap(({ problems }) => problems),
});

function typeName(value: unknown): string {
  if (value === null) return 'empty';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

const sentence = (message: string): string => message.split('\n', 1)[0]?.replace(/\s+at line \d+.*$/, '') ?? message;
