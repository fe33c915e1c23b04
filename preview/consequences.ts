import { getObject, listObjects } from './cluster.ts';
import { describe, uidOf } from './objects.ts';
import { DEPLOYMENTS, type PlacementStatus, placementsOf } from './placements.ts';
import type { Node, Note } from './print/nodes.ts';
import type { Priority } from './priority.ts';
import type { Share, Split } from './traffic.ts';
import type { State } from './world.ts';

/** A path's shares, with what each was before. */
export interface SplitChange extends Omit<Split, 'shares'> {
  readonly shares: readonly ShareChange[];
  /** The path was not there before, or is not there any more. */
  readonly path?: 'new' | 'gone';
}

export interface ShareChange extends Share {
  readonly before: number;
  readonly priorityBefore?: Priority;
}

/** Every path with its shares before and after. Who has lost all stays in the list, with 0. */
export function splitChanges(before: readonly Split[], after: readonly Split[]): SplitChange[] {
  const current = after.map((split): SplitChange => {
    const former = before.find(({ request }) => request === split.request);
    const shares = shareChanges(former?.shares ?? [], split.shares);
    return { ...split, shares, ...(former === undefined && { path: 'new' as const }) };
  });
  const gone = before
    .filter(({ request }) => !after.some((split) => split.request === request))
    .map((split): SplitChange => ({ ...split, shares: shareChanges(split.shares, []), path: 'gone' }));
  return [...current, ...gone];
}

function shareChanges(before: readonly Share[], after: readonly Share[]): ShareChange[] {
  // Who is there now is told as he is now; who is not, as he was.
  const all = [...before.map((share) => after.find((one) => isSame(one, share)) ?? share), ...after];
  const destinations = all.filter((share, index) => all.findIndex((one) => isSame(one, share)) === index);
  return destinations.map((share) => {
    const former = before.find((one) => isSame(one, share));
    return {
      ...share,
      before: percentOf(before, share),
      percent: percentOf(after, share),
      ...(former?.priority && { priorityBefore: former.priority }),
    };
  });
}

const isSame = (a: Share, b: Share): boolean => a.name === b.name && a.upstream === b.upstream;

const percentOf = (shares: readonly Share[], share: Share): number =>
  shares.filter((one) => isSame(one, share)).reduce((sum, { percent }) => sum + percent, 0);

/** What is not as it was, below the composites that it belongs to. */
export function changedNodes(before: State, after: State, nodes: { before: readonly Node[]; after: readonly Node[] }) {
  const former = new Map(flat(nodes.before).map((node) => [node.uid, node]));
  const prune = (node: Node): Node[] => {
    const changes = placementChanges(before, after, node.uid);
    const children = node.children.flatMap(prune);
    const isAsBefore = changes.length === 0 && isSameNode(node, former.get(node.uid));
    if (isAsBefore && children.length === 0) return [];
    return [{ ...node, notes: [...changes, ...(isAsBefore ? [] : node.notes)], children }];
  };
  return nodes.after.flatMap(prune);
}

const flat = (nodes: readonly Node[]): Node[] => nodes.flatMap((node) => [node, ...flat(node.children)]);

const isSameNode = ({ mark, detail, notes }: Node, former: Node | undefined): boolean =>
  JSON.stringify([mark, detail, notes]) === JSON.stringify(former && [former.mark, former.detail, former.notes]);

function placementChanges(before: State, after: State, uid: string): Note[] {
  const current = listObjects(after.cluster, DEPLOYMENTS).find((object) => uidOf(object) === uid);
  if (!current) return [];
  const { namespace, name } = current.metadata;
  const former = placementsOf(getObject(before.cluster, { ...DEPLOYMENTS, namespace, name }));
  return placementsOf(current).flatMap((placement) => {
    const was = former.find((one) => one.name === placement.name);
    const what = `placement ${placement.name}`;
    if (was?.cluster !== placement.cluster)
      return [{ kind: 'change', what, before: placeOf(was), after: placeOf(placement) } as const];
    if (was?.phase === placement.phase) return [];
    const place = placement.cluster === undefined ? what : `${what} on ${placement.cluster}`;
    return [{ kind: 'change', what: place, before: was?.phase ?? 'not there', after: placement.phase } as const];
  });
}

const placeOf = (placement: PlacementStatus | undefined): string =>
  placement?.cluster === undefined ? 'no cluster' : `${placement.phase} on ${placement.cluster}`;

/** What is not there any more. */
export const goneOf = (before: State, after: State): string[] =>
  [...before.cluster].filter(([key]) => !after.cluster.has(key)).map(([, object]) => describe(object));
