import { byNamespaceAndName, controlledBy } from './cluster.ts';
import { type ClusterObject, compareText, controllerOf, resourceName, uidOf } from './objects.ts';
import type { State } from './world.ts';

export const isComposite = ({ world }: State, { apiVersion, kind }: ClusterObject): boolean =>
  world.apis.find(apiVersion, kind) !== undefined;

/** The composites that nobody composed: those of the platform first, then namespace by namespace. */
export function composites(state: State): ClusterObject[] {
  const own = [...state.cluster.values()].filter((object) => isComposite(state, object) && !controllerOf(object));
  return own.sort(
    (a, b) =>
      compareText(a.metadata.namespace ?? '', b.metadata.namespace ?? '') ||
      compareText(a.kind, b.kind) ||
      byNamespaceAndName(a, b),
  );
}

/** What an object composes, by key. */
export function childrenOf({ cluster }: State, parent: ClusterObject): ClusterObject[] {
  return controlledBy(cluster, { uid: uidOf(parent) }).sort((a, b) => compareText(resourceName(a), resourceName(b)));
}
