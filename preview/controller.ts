import { isDeepStrictEqual } from 'node:util';
import { admit } from './admit/admit.ts';
import { structureErrors } from './admit/structure.ts';
import type { Api } from './apis.ts';
import { type Cluster, controlledBy, getObject, referenceTo, removeObject } from './cluster.ts';
import { applied } from './engine/apply.ts';
import { type ComposedObject, isControlledByAnother, resourceRefs, withMachinery } from './engine/composed.ts';
import { refusals } from './engine/conditions.ts';
import { converted, fetchFrom, observedOf } from './engine/lookup.ts';
import type { Fetch } from './engine/pipeline.ts';
import {
  conditionsAfter,
  paused,
  type Reconciled,
  reconcile,
  type Success,
  withResponsive,
} from './engine/reconcile.ts';
import { findKind } from './kinds.ts';
import { type ClusterObject, controllerOf, describe, isPaused, statusOf, uidOf } from './objects.ts';
import { formatPath } from './problem.ts';
import { type Looked, type State, stepsOf, write } from './world.ts';

/** What one reconcile was given, for who wants to hold it against Crossplane's own. */
export interface Trace {
  readonly api: Api;
  readonly xr: ClusterObject;
  readonly observed: readonly ClusterObject[];
  /** What the functions required and got. */
  readonly fetched: readonly ClusterObject[];
  /** All that there was to be required. */
  readonly others: readonly ClusterObject[];
}

/** Reconciles a composite once, as Crossplane does in a real cluster: whatever it composes is applied there. */
export function reconcileComposite(state: State, given: ClusterObject, api: Api, trace?: (one: Trace) => void): void {
  if (isPaused(given)) write(state, paused(given));
  else reconcileUnpaused(state, given, api, trace);
}

function reconcileUnpaused(state: State, given: ClusterObject, api: Api, trace?: (one: Trace) => void): void {
  write(state, withMachinery(given, api.compositionName));
  const xr = latest(state.cluster, given);
  const observed = observedOf(xr, state.cluster);
  // Functions are pure, so the same again would change nothing: of many composites most are at rest most of the time.
  if (isAtRest(state, xr, observed)) return;
  const lookups: Looked[] = [];
  const steps = stepsOf(state.world, api);
  const wanted = reconcile({ xr: withResponsive(xr), observed, steps, fetch: fetchKnown(state, lookups) });
  trace?.({
    api,
    xr,
    observed: Object.values(observed),
    fetched: [...new Set(lookups.flatMap(({ objects }) => objects))],
    others: othersThan(state, xr, observed),
  });
  settle(state, xr, api, wanted.ok ? (refusal(state, xr, api, wanted) ?? wanted) : wanted);
  const isQuiet = state.failures.get(uidOf(xr))?.length === 0 && latest(state.cluster, xr) === xr;
  if (isQuiet) state.atRest.set(uidOf(xr), { xr, observed, lookups });
}

/** Whether a composite is given what it was given when it last changed nothing: objects are replaced, never changed. */
function isAtRest(state: State, xr: ClusterObject, observed: Readonly<Record<string, ClusterObject>>): boolean {
  const last = state.atRest.get(uidOf(xr));
  if (last?.xr !== xr || !isSame(Object.values(last.observed), Object.values(observed))) return false;
  return last.lookups.every(({ selector, objects }) => isSame(objects, fetchFrom(state.cluster)(selector).objects));
}

const isSame = (some: readonly ClusterObject[], others: readonly ClusterObject[]): boolean =>
  some.length === others.length && some.every((object, index) => object === others[index]);

/** Applies what a reconcile wants, and writes down what has come of it. */
function settle(state: State, xr: ClusterObject, api: Api, reconciled: Reconciled): void {
  const refused = reconciled.ok ? applyAll(state, xr, api, reconciled) : [];
  const failures = reconciled.ok ? refused.map(({ message }) => message) : [reconciled.fatal ?? reconciled.error];
  const stored = latest(state.cluster, xr);
  const generations = { before: xr.metadata.generation, after: stored.metadata.generation };
  const keys = refused.map(({ key }) => key);
  const conditions = conditionsAfter(xr, reconciled, generations, keys);
  state.failures.set(uidOf(xr), [...failures, ...refusals(conditions)]);
  write(state, { ...stored, status: { ...(reconciled.ok ? reconciled.status : statusOf(stored)), conditions } });
}

const latest = (cluster: Cluster, object: ClusterObject): ClusterObject =>
  getObject(cluster, referenceTo(object)) ?? object;

function othersThan({ cluster }: State, xr: ClusterObject, observed: Readonly<Record<string, ClusterObject>>) {
  const own = new Set([xr, ...Object.values(observed)]);
  return [...cluster.values()].filter((object) => !own.has(object));
}

/** An API server answers a request for a kind that it does not have with an error, not with an empty list. */
const fetchKnown =
  ({ world, cluster }: State, lookups: Looked[]): Fetch =>
  (selector) => {
    const { apiVersion, kind } = selector;
    if (!findKind(cluster, world.apis, apiVersion, kind)) return { error: noMatch(apiVersion, kind) };
    const found = fetchFrom(cluster)(selector);
    lookups.push({ selector, objects: found.objects });
    return converted(found, apiVersion);
  };

const noMatch = (apiVersion: string, kind: string): string =>
  `no matches for kind "${kind}" in version "${apiVersion}"`;

/** What makes Crossplane give up on the first object that it applies, or on the status. */
function refusal(state: State, xr: ClusterObject, api: Api, success: Success): Reconciled | undefined {
  const { composed, conditions } = success;
  const made = composed.flatMap(({ object }) => (object.kind === 'Namespace' ? object.metadata.name : []));
  const misplaced = composed.flatMap(({ key, object }) => {
    const why = placementError(state, xr, object, made);
    return why === undefined ? [] : [cannotApply(key, why)];
  });
  const error = misplaced[0] ?? statusError(api, success);
  return error === undefined ? undefined : { ok: false, error: `cannot compose resources: ${error}`, conditions };
}

/** Why an API server has no place for an object, or Crossplane none for it beside this composite. */
function placementError(
  { world, cluster }: State,
  xr: ClusterObject,
  { apiVersion, kind, metadata }: ClusterObject,
  namespacesMade: readonly string[],
): string | undefined {
  const known = findKind(cluster, world.apis, apiVersion, kind);
  if (!known) return noMatch(apiVersion, kind);
  if (!known.namespaced) {
    return xr.metadata.namespace && `a ${kind} is cluster scoped, and this composite resource is namespaced`;
  }
  const { namespace } = metadata;
  if (!namespace) return `a ${kind} needs metadata.namespace, which a cluster scoped composite resource must set`;
  const isThere = getObject(cluster, { apiVersion: 'v1', kind: 'Namespace', name: namespace }) !== undefined;
  return isThere || namespacesMade.includes(namespace) ? undefined : `namespaces "${namespace}" not found`;
}

/** A field that the XRD does not declare makes server-side apply fail as a whole. */
function statusError({ schema }: Api, { status }: Success): string | undefined {
  const [error] = structureErrors(status, schema.properties?.status ?? {});
  return error && `cannot apply composite resource status: ${formatPath(['status', ...error.path])} ${error.message}`;
}

interface Unsynced {
  readonly key: string;
  readonly message: string;
}

/** In Crossplane's order: first it deletes what is not wanted any more, then it remembers what it will apply. */
function applyAll(state: State, xr: ClusterObject, api: Api, { composed, dropped }: Success): Unsynced[] {
  for (const object of dropped) removeWithChildren(state, object);
  write(state, withMachinery(xr, api.compositionName, resourceRefs(xr, composed)));
  return composed.flatMap((one) => applyComposed(state, xr, one));
}

/** Server-side apply. What the API server finds invalid is left out, and the rest goes on. */
function applyComposed(state: State, xr: ClusterObject, { key, object, ready }: ComposedObject): Unsynced[] {
  const existing = getObject(state.cluster, referenceTo(object));
  const conflict = existing && isControlledByAnother(existing, xr) ? controllerOf(existing) : undefined;
  if (conflict)
    return [unsynced(key, `${describe(object)} is already controlled by ${conflict.kind} ${conflict.name}`)];
  const uid = uidOf(object);
  const applier = `${uidOf(xr)} ${uid}`;
  const last = state.lastApplied.get(applier);
  state.readiness.set(uid, ready);
  // Nobody else writes what was applied, so the same again is there already.
  if (existing && isDeepStrictEqual(last, object)) return [];
  const merged = existing ? applied(existing, last ?? {}, object) : object;
  const admitted = admit(merged as ClusterObject, state.world.apis, state.cluster, existing);
  if (!admitted.ok) {
    const errors = admitted.errors.map(({ path, message }) => `${formatPath(path)} ${message}`);
    return [unsynced(key, `${describe(object)} is invalid: ${errors.join('; ')}`)];
  }
  state.lastApplied.set(applier, object);
  write(state, { ...admitted.object, ...(existing?.status !== undefined && { status: existing.status }) });
  return [];
}

const unsynced = (key: string, why: string): Unsynced => ({ key, message: cannotApply(key, why) });

const cannotApply = (key: string, why: string): string => `cannot apply composed resource "${key}": ${why}`;

/** Kubernetes' garbage collector deletes with an object all that it controls. */
export function removeWithChildren(state: State, object: ClusterObject): void {
  for (const child of controlledBy(state.cluster, { uid: uidOf(object) })) removeWithChildren(state, child);
  if (removeObject(state.cluster, object)) state.changed.add(describe(object));
}
