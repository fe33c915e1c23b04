import { type Cluster, getObject, listObjects, type Reference, storeObject } from '../preview/cluster.ts';
import { type ClusterObject, groupKindOf } from '../preview/objects.ts';
import type { World } from '../preview/world.ts';

/** What is read of a control plane: one object, or all of a kind in a namespace, or everywhere. */
export interface Scope {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
  /** A label that each of them carries. */
  readonly having?: string;
}

/** What could not be seen: for want of a right, because it is never read, or because the API server failed. */
export interface Unseen extends Scope {
  readonly why: 'Forbidden' | 'NotRead' | 'Failed';
  /** The API server's own words. */
  readonly message: string;
}

/** A control plane as far as somebody could see it, at one moment. */
export interface View {
  readonly cluster: Cluster;
  readonly unseen: readonly Unseen[];
  /** The functions, whose word on what they see counts. */
  readonly world: World;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Is told of every place that is looked at, and answers whether it has been read: what has not been will be. */
  readonly want: (place: Place) => boolean;
}

/** One object, or without a name all of a kind in a namespace, or everywhere. */
export type Place = Omit<Reference, 'name'> & {
  readonly name?: string | undefined;
  readonly labels?: Readonly<Record<string, string>>;
  /** A label that each of them carries, whatever its value. */
  readonly having?: string;
};

export function viewOf(
  objects: readonly ClusterObject[],
  { unseen = [], want = () => true, ...more }: Pick<View, 'world' | 'now'> & Partial<Pick<View, 'unseen' | 'want'>>,
): View {
  const cluster: Cluster = new Map();
  for (const object of objects) storeObject(cluster, object);
  return { cluster, unseen, want, ...more };
}

/** Why some object of a place may be there although it is not in the view. */
export function gapAt({ unseen, want }: View, place: Place): Unseen | undefined {
  want(place);
  return unseen.find((one) => isAt(one, place));
}

/** Whether a scope has something of a place. */
const isAt = (scope: Scope, place: Place): boolean =>
  groupKindOf(scope) === groupKindOf(place) &&
  (scope.namespace === undefined || place.namespace === undefined || scope.namespace === place.namespace) &&
  (scope.name === undefined || place.name === undefined || scope.name === place.name);

/** An object, or why it is not known whether it is there; neither where it is not there. */
interface Found {
  readonly object?: ClusterObject;
  readonly gap?: Unseen;
}

export function find(view: View, reference: Reference): Found {
  const object = objectAt(view, reference);
  const gap = object ? undefined : gapAt(view, reference);
  return { ...(object && { object }), ...(gap && { gap }) };
}

/** An object as far as it was seen. */
export function objectAt({ cluster, want }: View, reference: Reference): ClusterObject | undefined {
  want(reference);
  return getObject(cluster, reference);
}

/** Objects as far as they were seen, by namespace and name. */
export function objectsAt({ cluster, want }: View, place: Place): ClusterObject[] {
  want(place);
  return listObjects(cluster, place);
}
