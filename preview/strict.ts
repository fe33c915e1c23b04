import { closedSentence, closedToAll, listProblems } from './callers.ts';
import { hintsFor } from './elsewhere.ts';
import { findKind } from './kinds.ts';
import { type ClusterObject, describe, uidOf } from './objects.ts';
import { type Node, type Note, nodesOf } from './print/nodes.ts';
import type { Problem } from './problem.ts';
import type { State } from './world.ts';

/** What somebody gave and nobody here reads: a typing error in it would go unnoticed. */
export const unreadIn = ({ cluster, world, sources }: State): ClusterObject[] =>
  [...cluster.values()].filter(
    (object) => sources.has(uidOf(object)) && !findKind(cluster, world.apis, object.apiVersion, object.kind),
  );

/** What is no failure by itself, but not what its writer had in mind: it waits, it is ignored, it names what is not there. */
export const strictProblems = (state: State): Problem[] => [
  ...unreadIn(state).map((object) => ({
    ...whereOf(state, uidOf(object)),
    object: describe(object),
    message: [`nobody here reads ${object.apiVersion}`, ...hintsFor(object, state.world.apis)].join('; '),
  })),
  ...nodesOf(state).flatMap((node) => problemsOf(state, node)),
  ...listProblems(state),
  ...closedToAll(state, Date.now()).map((service) => ({ message: closedSentence(service) })),
];

/** A composite's own words where it has some, and else those of what it composes. A failure is a problem already. */
function problemsOf(state: State, node: Node): Problem[] {
  const own = node.notes.filter(({ kind }) => kind === 'condition').map(textOf);
  const below = node.children.filter(({ notes }) => notes.length > 0).flatMap((child) => problemsOf(state, child));
  const silent = node.mark === 'good' || node.mark === 'bad' || own.length + below.length > 0;
  const messages = silent ? own : ['is not ready'];
  const where = whereOf(state, node.uid);
  return node.mark === 'bad'
    ? below
    : [...messages.map((message) => ({ ...where, object: node.name, message })), ...below];
}

const textOf = (note: Note): string => (note.kind === 'condition' ? `${note.reason}: ${note.message}` : '');

function whereOf({ sources }: State, uid: string): { readonly where?: string } {
  const where = sources.get(uid);
  return where === undefined ? {} : { where };
}
