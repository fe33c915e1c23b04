import { stringify } from 'yaml';
import { childrenOf, composites } from '../family.ts';
import type { ClusterObject } from '../objects.ts';
import type { State } from '../world.ts';

/** A stream of YAML documents, or a List, which is what kubectl prints as JSON. */
export function printDocuments(documents: readonly object[], output: 'yaml' | 'json'): string {
  if (output === 'json') return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items: documents }, null, 2)}\n`;
  // YAML 1.1, so that y and off come out in quotes for the parsers that Kubernetes uses.
  return documents
    .map((document) => `---\n${stringify(document, { version: '1.1', aliasDuplicateObjects: false })}`)
    .join('');
}

/** Every composite, each followed by what it composes. */
export const playedDocuments = (state: State): ClusterObject[] => {
  const withChildren = (object: ClusterObject): ClusterObject[] => [
    object,
    ...childrenOf(state, object).flatMap(withChildren),
  ];
  return composites(state).flatMap(withChildren);
};
