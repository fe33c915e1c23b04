import { Ready, type State } from '@crossplane-org/function-sdk-typescript';
import type { StatusCondition } from '#shared/kubernetes.ts';
import { type ClusterObject, compareText, isRecord, type Json, statusOf } from '../objects.ts';
import { asComposed, type ComposedObject, isControlledBy } from './composed.ts';
import { type Condition, isSystemType, marked, setConditions } from './conditions.ts';
import { type Failure, type Fetch, runPipeline, type Said, type Step } from './pipeline.ts';

export interface ReconcileInputs {
  readonly xr: ClusterObject;
  /** What this composite composed before and exists now, by key. */
  readonly observed: Readonly<Record<string, ClusterObject>>;
  readonly steps: readonly Step[];
  readonly fetch: Fetch;
}

/** What one reconcile of a composite resource wants. */
export interface Success extends Said {
  readonly ok: true;
  /** Sorted by key, as `crossplane composition render` prints them. */
  readonly composed: readonly ComposedObject[];
  /** What was composed before and is not wanted any more. */
  readonly dropped: readonly ClusterObject[];
  readonly status: Json;
  /** What the function says of the composite itself, if anything. */
  readonly ready: boolean | undefined;
}

/** After a failure nothing is applied and nothing is deleted. */
export type Reconciled = Success | (Said & Failure);

export function reconcile({ xr, observed, steps, fetch }: ReconcileInputs): Reconciled {
  const result = runPipeline(xr, observed, steps, fetch);
  const { conditions } = result;
  if (!result.ok) return { ...result, error: `cannot compose resources: ${result.error}` };
  const { composite, resources } = result.desired;
  const composed = Object.entries(resources)
    .map(([key, resource]) => asComposed(key, resource, xr, observed[key]))
    .sort((a, b) => compareText(a.key, b.key));
  const invalid = composed.find(({ object }) => !isValidName(object));
  if (invalid) return { ok: false, error: `cannot compose resources: ${invalidName(invalid)}`, conditions };
  return {
    ok: true,
    composed,
    dropped: Object.entries(observed)
      .filter(([key, object]) => !Object.hasOwn(resources, key) && isControlledBy(object, xr))
      .map(([, object]) => object),
    status: isRecord(composite?.resource?.status) ? composite.resource.status : {},
    ready: readinessOf(composite),
    conditions,
  };
}

function readinessOf(composite: State['composite']): boolean | undefined {
  if (composite?.ready === Ready.READY_TRUE) return true;
  return composite?.ready === Ready.READY_FALSE ? false : undefined;
}

/** A DNS-1123 subdomain, but for the colons in names of roles (internal/names/validate.go). */
function isValidName({ apiVersion, metadata }: ClusterObject): boolean {
  const name = apiVersion.startsWith('rbac.authorization.k8s.io/') ? metadata.name.replaceAll(':', '') : metadata.name;
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
}

const invalidName = ({ key, object }: ComposedObject): string =>
  `cannot apply composed resource "${key}" because it has an invalid name "${object.metadata.name}". Must be a valid RFC 1123 subdomain name.`;

/** The generation that Crossplane sees when it begins, and when it marks what has come of it. */
export interface Generations {
  readonly before: number | undefined;
  readonly after: number | undefined;
}

/** The composite's conditions after a reconcile. `unsynced` are the keys that the API server did not take. */
export function conditionsAfter(
  xr: ClusterObject,
  reconciled: Reconciled,
  generations: Generations,
  unsynced: readonly string[] = [],
): Condition[] {
  const existing = responsive(xr, generations.before);
  const own = reconciled.conditions.filter(({ type }) => !isSystemType(type));
  if (!reconciled.ok) return afterError(existing, own, reconciled.error, generations.before);
  const verdict = [synced(unsynced), ready(reconciled)].map((condition) => marked(condition, generations.after));
  return setConditions(setConditions(existing, own), verdict);
}

/** The composite as a function sees it: Crossplane has said by then that it is listening. */
export const withResponsive = (xr: ClusterObject): ClusterObject => ({
  ...xr,
  status: { ...statusOf(xr), conditions: responsive(xr, xr.metadata.generation) },
});

function responsive(xr: ClusterObject, generation: number | undefined): Condition[] {
  const condition = { type: 'Responsive', status: 'True', reason: 'WatchCircuitClosed' } as const;
  return setConditions(existingConditions(xr), [marked(condition, generation)]);
}

/** A composite that Crossplane is told to leave alone keeps its status, and says so (composite/reconciler.go). */
export function paused(xr: ClusterObject): ClusterObject {
  const message = 'Reconciliation (including deletion) is paused via the pause annotation';
  const condition = { type: 'Synced', status: 'False', reason: 'ReconcilePaused', message } as const;
  const conditions = setConditions(existingConditions(xr), [marked(condition, xr.metadata.generation)]);
  return { ...xr, status: { ...statusOf(xr), conditions } };
}

const existingConditions = ({ status }: ClusterObject): readonly Condition[] =>
  isRecord(status) && Array.isArray(status.conditions) ? status.conditions : [];

const UNKNOWN = {
  status: 'Unknown',
  reason: 'FatalError',
  message: 'A fatal error occurred before the status of this condition could be determined.',
} as const;

/** A condition that the function did not get to say is unknown. */
function afterError(
  existing: readonly Condition[],
  own: readonly StatusCondition[],
  error: string,
  generation: number | undefined,
): Condition[] {
  const failed = { type: 'Synced', status: 'False', reason: 'ReconcileError', message: error } as const;
  const said = setConditions(setConditions(existing, [marked(failed, generation)]), own);
  const unsaid = said.filter(({ type }) => !isSystemType(type) && !own.some((condition) => condition.type === type));
  return setConditions(
    said,
    unsaid.map(({ type }) => marked({ type, ...UNKNOWN }, generation)),
  );
}

function synced(unsynced: readonly string[]): StatusCondition {
  if (unsynced.length === 0) return { type: 'Synced', status: 'True', reason: 'ReconcileSuccess' };
  const message = `Unsynced resources: ${someOf(unsynced)}`;
  return { type: 'Synced', status: 'False', reason: 'ReconcileError', message };
}

/** The function's word counts; without one, the composite is ready when all that it composes is. */
function ready({ composed, ready: said }: Success): StatusCondition {
  const unready = composed.filter((one) => !one.ready).map(({ key }) => key);
  if (said ?? unready.length === 0) return { type: 'Ready', status: 'True', reason: 'Available' };
  const creating = { type: 'Ready', status: 'False', reason: 'Creating' } as const;
  return said === false ? creating : { ...creating, message: `Unready resources: ${someOf(unready)}` };
}

/** Crossplane names the first three (crossplane-runtime, StableNAndSomeMore). */
function someOf(names: readonly string[]): string {
  const sorted = names.toSorted(compareText);
  if (sorted.length > 3) return `${sorted.slice(0, 3).join(', ')}, and ${sorted.length - 3} more`;
  return sorted.length === 3 ? `${sorted.slice(0, 2).join(', ')}, and ${sorted[2]}` : sorted.join(', ');
}
