import { admit } from './admit/admit.ts';
import { type Begun, begin } from './begin.ts';
import { getObject, putObject, referenceTo } from './cluster.ts';
import { removeWithChildren } from './controller.ts';
import { applied } from './engine/apply.ts';
import { isComposite } from './family.ts';
import type { Manifest } from './manifests.ts';
import { type ClusterObject, describe, isPaused, type Json, uidOf } from './objects.ts';
import { formatPath, type Problem } from './problem.ts';
import { copyOfState, type State } from './world.ts';

/**
 * The same cluster once other manifests are applied in place of those that it began with: what is in both is updated, as
 * `kubectl apply` does it, and what is not among the new ones is deleted, as GitOps does it.
 */
export function edit(state: State, before: readonly Manifest[], after: readonly Manifest[]): Begun {
  const [former, given] = [begin(state.world, before), begin(state.world, after)];
  if (!former.ok) return former;
  if (!given.ok) return given;
  const { sources, withStatus } = given.state;
  const next: State = { ...copyOfState(state), sources, withStatus };
  for (const object of givenIn(former.state)) if (!sources.has(uidOf(object))) remove(next, object);
  for (const object of given.state.cluster.values()) if (isNewNamespace(next, object)) putObject(next.cluster, object);
  const problems = givenIn(given.state).flatMap((object) => apply(next, former.state, object));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, state: next };
}

const givenIn = ({ cluster, sources }: State): ClusterObject[] =>
  [...cluster.values()].filter((object) => sources.has(uidOf(object)));

const isNewNamespace = ({ cluster }: State, object: ClusterObject): boolean =>
  object.kind === 'Namespace' && getObject(cluster, referenceTo(object)) === undefined;

/** Crossplane holds a paused composite back from being deleted as well. */
function remove(state: State, object: ClusterObject): void {
  const current = getObject(state.cluster, referenceTo(object));
  if (current && !(isComposite(state, current) && isPaused(current))) removeWithChildren(state, current);
}

/** Server-side apply by the same owner: a field that is not in the manifest any more goes, one that others wrote stays. */
function apply(state: State, former: State, object: ClusterObject): Problem[] {
  const existing = getObject(state.cluster, referenceTo(object));
  if (!existing) {
    putObject(state.cluster, object);
    return [];
  }
  const last = getObject(former.cluster, referenceTo(object));
  const merged = applied(existing as unknown as Json, written(last), written(object)) as unknown as ClusterObject;
  const admitted = admit(merged, state.world.apis, state.cluster, existing);
  if (!admitted.ok) {
    const where = state.sources.get(uidOf(object));
    return admitted.errors.map(({ path, message }) => ({
      ...(where !== undefined && { where }),
      object: describe(object),
      message: [formatPath(path), message].filter((part) => part !== '').join(': '),
    }));
  }
  const { status } = merged;
  putObject(state.cluster, { ...admitted.object, ...(status !== undefined && { status }) });
  return [];
}

/** Without what an API server gives an object. */
function written(object: ClusterObject | undefined): Json {
  if (!object) return {};
  const { uid: _uid, generation: _generation, ...metadata } = object.metadata;
  return { ...object, metadata };
}
