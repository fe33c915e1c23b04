import { Ready, Status } from '@crossplane-org/function-sdk-typescript';
import type { StatusCondition } from '#shared/kubernetes.ts';
import { controllerReference } from '../preview/engine/composed.ts';
import { isSystemType, setConditions } from '../preview/engine/conditions.ts';
import { type ClusterObject, COMPOSITE, conditionsOf, controllerOf, RESOURCE_NAME, uidOf } from '../preview/objects.ts';
import { admitted } from './admission.ts';
import { machineryOf, type Turn } from './asking.ts';
import { drop, keyOf, keyOfObject, put, putStatus } from './store.ts';
import { isOurs, type World } from './world.ts';

/** One write, with what was done; undefined where Crossplane gives up after it. */
type Write = () => string | undefined;

/** What Crossplane writes for an answer, in its order; what it applies is in an order of its own for each number. */
export function* writes(world: World, key: string, turn: Turn, order: number): Generator<Write> {
  const gone = Object.entries(turn.observed).filter(([name]) => !Object.hasOwn(turn.desired, name));
  for (const [, object] of shuffled(gone, order)) yield () => collect(world, object);
  const children = Object.entries(turn.desired).map(([name, desired]) => childOf(turn, name, desired));
  yield () => remember(world, key, turn, children);
  const unsynced: string[] = [];
  for (const child of shuffled(children, order))
    yield () => apply(world, child, (problem) => unsynced.push(`${keyOfObject(child)}: ${problem}`));
  yield () => conclude(world, key, turn, unsynced.length === 0);
}

const shuffled = <T>(items: readonly T[], order: number): T[] =>
  items
    .map((item, index) => ({ item, at: Math.imul(index + 1, 2654435761 ^ (order * 40503)) >>> 0 }))
    .sort((a, b) => (order === 0 ? 0 : a.at - b.at))
    .map(({ item }) => item);

/** Crossplane takes its label off before it deletes, and is told of a conflict where it saw an older version. */
function collect(world: World, seen: ClusterObject): string | undefined {
  const key = keyOfObject(seen);
  const now = world.store.objects.get(key);
  if (now === undefined || uidOf(now) !== uidOf(seen)) return `${key} was gone already`;
  if (controllerOf(seen) === undefined) return `${key} is nobody's, and stays`;
  if (now !== seen) return undefined;
  remove(world, key);
  return `${key} is deleted`;
}

/** Deletes an object with all that it controls. What is in an inference cluster goes when its provider gets to it. */
export function remove(world: World, key: string): void {
  const { store } = world;
  const object = store.objects.get(key);
  if (object === undefined) return;
  if (object.kind === 'Object') {
    put(store, { ...object, metadata: { ...object.metadata, deletionTimestamp: '2024-01-01T00:00:00Z' } });
    return;
  }
  drop(store, key);
  for (const [child, other] of [...store.objects]) if (controllerOf(other)?.uid === uidOf(object)) remove(world, child);
}

function childOf({ xr, observed }: Turn, name: string, desired: ClusterObject): ClusterObject {
  const { metadata } = desired;
  const existing = observed[name];
  return {
    ...desired,
    metadata: {
      ...metadata,
      name: existing?.metadata.name ?? metadata.name,
      ...((xr.metadata.namespace ?? metadata.namespace) && { namespace: xr.metadata.namespace ?? metadata.namespace }),
      labels: { ...metadata.labels, [COMPOSITE]: xr.metadata.name },
      annotations: { ...metadata.annotations, [RESOURCE_NAME]: name },
      ownerReferences: [controllerReference(xr)],
    },
  };
}

/**
 * Where a cache lags, Crossplane forgets what it neither saw nor wants, and nobody can help that: so here what still
 * exists stays in the references.
 */
function remember({ store }: World, key: string, { xr }: Turn, children: readonly ClusterObject[]): string {
  const now = store.objects.get(key);
  if (now === undefined) return `${key} is gone`;
  const kept = (machineryOf(now).resourceRefs ?? []).filter(({ kind, namespace, name }) => {
    const object = store.objects.get(keyOf(kind, xr.metadata.namespace ?? namespace, name));
    return object !== undefined && (controllerOf(object)?.uid ?? uidOf(now)) === uidOf(now);
  });
  const references = [...children.map(referenceTo), ...kept];
  const unique = new Map(references.map((one) => [keyOf(one.kind, one.namespace, one.name), one]));
  const resourceRefs = [...unique].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, reference]) => reference);
  const spec = { ...(now.spec as object), crossplane: { ...machineryOf(now), resourceRefs } };
  writeMachinery(store, { ...now, spec });
  return `${key} refers to what it composes`;
}

const referenceTo = ({ apiVersion, kind, metadata }: ClusterObject) => ({
  apiVersion,
  kind,
  ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
  name: metadata.name,
});

const writeMachinery = (store: World['store'], object: ClusterObject): ClusterObject => put(store, object);

function apply(world: World, child: ClusterObject, unsynced: (problem: string) => void): string | undefined {
  const { store } = world;
  const key = keyOfObject(child);
  const existing = store.objects.get(key);
  // A kind that has gone is no invalid object but an error, and Crossplane gives up.
  if (child.kind === 'Middleware' && !hasMiddlewares(world)) return undefined;
  const problem = refusalOf(existing, child);
  if (problem !== undefined) {
    unsynced(problem);
    return `${key} is refused: ${problem}`;
  }
  const taken = isOurs(child.kind) ? admitted(child) : child;
  if (typeof taken === 'string') {
    unsynced(taken);
    return `${key} is refused: ${taken}`;
  }
  put(store, merged(existing, taken));
  return `${key} is applied`;
}

/** What the API server answers to an apply that it finds invalid. */
function refusalOf(existing: ClusterObject | undefined, child: ClusterObject): string | undefined {
  const owner = existing && controllerOf(existing);
  if (owner !== undefined && owner.uid !== controllerOf(child)?.uid) return `${owner.kind} ${owner.name} controls it`;
  if (child.kind === 'EndpointSlice' && existing !== undefined && existing.addressType !== child.addressType)
    return 'addressType cannot be changed';
  const rules = (child.spec as { rules?: { backendRefs?: unknown[] }[] } | undefined)?.rules ?? [];
  return child.kind === 'HTTPRoute' && rules.some(({ backendRefs = [] }) => backendRefs.length > 16)
    ? 'a rule has more than 16 backendRefs'
    : undefined;
}

/** What others wrote stays: a status, a deletion, and what Crossplane keeps in a composed composite. */
function merged(existing: ClusterObject | undefined, child: ClusterObject): ClusterObject {
  const { deletionTimestamp } = existing?.metadata ?? {};
  const crossplane = existing && (existing.spec as { crossplane?: object } | undefined)?.crossplane;
  const metadata = { ...child.metadata, ...(deletionTimestamp !== undefined && { deletionTimestamp }) };
  return {
    ...child,
    metadata,
    ...(crossplane && { spec: { ...(child.spec as object), crossplane } }),
    ...(existing?.status !== undefined && { status: existing.status }),
  };
}

const hasMiddlewares = ({ store }: World): boolean =>
  store.objects.has(keyOf('CustomResourceDefinition', undefined, 'middlewares.traefik.io'));

const STATUSES: Readonly<Record<number, StatusCondition['status']>> = {
  [Status.STATUS_CONDITION_TRUE]: 'True',
  [Status.STATUS_CONDITION_FALSE]: 'False',
};

/** The status as the function told it. Conditions that it did not repeat stay as they were. */
function conclude({ store }: World, key: string, { xr, response }: Turn, synced: boolean): string {
  const now = store.objects.get(key);
  if (now === undefined) return `${key} is gone`;
  const told = response.conditions
    .filter(({ type }) => !isSystemType(type))
    .map(({ type, status, reason, message = '' }) => ({
      type,
      status: STATUSES[status] ?? 'Unknown',
      reason,
      message,
    }));
  const ready = response.desired?.composite?.ready === Ready.READY_TRUE;
  const own = [
    { type: 'Synced', status: synced ? 'True' : 'False', reason: synced ? 'ReconcileSuccess' : 'ReconcileError' },
    { type: 'Ready', status: ready ? 'True' : 'False', reason: ready ? 'Available' : 'Creating' },
  ] as const;
  const conditions = setConditions(conditionsOf(xr), [...told, ...own]);
  putStatus(store, key, { ...(response.desired?.composite?.resource?.status as object | undefined), conditions });
  return `${key} says so in its status`;
}
