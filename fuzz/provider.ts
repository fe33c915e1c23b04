import { evaluate, toCel } from '../preview/admit/cel.ts';
import { type ClusterObject, conditionsOf, type Json, specOf, statusOf } from '../preview/objects.ts';
import { putRemote, remoteKeyOf, removeRemote, work } from './remote.ts';
import { drop, keyOf, keyOfObject, list, put, putStatus } from './store.ts';
import { get, type Site, type World } from './world.ts';

const CONNECTION_REFUSED =
  'cannot get object: failed to get server groups: Get "https://10.90.0.2:6443/api": dial tcp 10.90.0.2:6443: connect: connection refused';

/** The inference cluster that an Object is about, by its provider configuration. */
function siteOf(world: World, object: ClusterObject): string | undefined {
  const { providerConfigRef } = specOf(object) as { providerConfigRef?: { name?: string } };
  const config = get(world, 'ClusterProviderConfig', undefined, providerConfigRef?.name ?? '');
  const { credentials } = (config?.spec ?? {}) as { credentials?: { secretRef?: { name?: string } } };
  return credentials?.secretRef?.name;
}

/** What an Object puts into its cluster; anything else stands for itself. */
export const manifestOf = (object: ClusterObject): ClusterObject =>
  object.kind === 'Object' ? (specOf(object).forProvider as { manifest: ClusterObject }).manifest : object;

export const seenIn = (object: ClusterObject): ClusterObject | undefined =>
  (statusOf(object).atProvider as { manifest?: ClusterObject } | undefined)?.manifest;

const policiesOf = (object: ClusterObject): readonly string[] =>
  (specOf(object).managementPolicies as string[] | undefined) ?? ['*'];

/** provider-kubernetes gets to an Object: it brings its cluster up to date, or cannot, and says so. */
export function provide(world: World, key: string): void {
  const object = world.store.objects.get(key);
  if (object?.kind !== 'Object') return;
  const name = siteOf(world, object);
  const site = name === undefined ? undefined : world.sites.get(name);
  if (name !== undefined && site?.api === true && object.metadata.deletionTimestamp !== undefined)
    finish(world, object, name);
  else say(world, object, name === undefined ? NOT_CONFIGURED : outcomeIn(world, object, name, site));
}

/** What the provider has come to with an Object. */
interface Outcome {
  readonly seen?: ClusterObject | undefined;
  readonly error?: string | undefined;
}

const NOT_CONFIGURED: Outcome = { error: 'connect failed: cannot get referenced ProviderConfig: not found' };

function outcomeIn(world: World, object: ClusterObject, name: string, site: Site | undefined): Outcome {
  if (site?.api !== true) return { error: `observe failed: ${CONNECTION_REFUSED}` };
  const [only, ...others] = policiesOf(object);
  return only === 'Observe' && others.length === 0 ? observed(object, site) : provided(world, object, name, site);
}

function observed(object: ClusterObject, { objects }: Site): Outcome {
  const seen = objects.get(remoteKeyOf(manifestOf(object)));
  const missing = 'observe failed: cannot observe object: external resource does not exist';
  return seen === undefined ? { error: missing } : { seen };
}

function provided(world: World, object: ClusterObject, name: string, site: Site): Outcome {
  const manifest = manifestOf(object);
  const key = remoteKeyOf(manifest);
  const before = site.objects.get(key);
  const problem = problemIn(site, manifest);
  const may = policiesOf(object);
  if (before !== undefined && !may.includes('*') && !may.includes('Update')) return { seen: before };
  if (problem === undefined) {
    putRemote(world, name, manifest);
    return { seen: world.sites.get(name)?.objects.get(key) };
  }
  if (before === undefined) return { error: `create failed: cannot apply object: ${problem}` };
  if (isAsWanted(before, manifest)) return { seen: before };
  return { seen: before, error: `update failed: cannot apply object: ${problem}` };
}

const isAsWanted = (before: ClusterObject | undefined, manifest: ClusterObject): boolean =>
  JSON.stringify(before?.spec) === JSON.stringify(manifest.spec);

function problemIn({ refuses, objects }: Site, { kind, metadata }: ClusterObject): string | undefined {
  if (refuses.includes(kind)) return `admission webhook "policy.example.com" denied the request: no ${kind} here`;
  const { namespace } = metadata;
  return namespace === undefined || objects.has(keyOf('Namespace', undefined, namespace))
    ? undefined
    : `namespaces "${namespace}" not found`;
}

function finish(world: World, object: ClusterObject, name: string): void {
  const may = policiesOf(object);
  if (may.includes('*') || may.includes('Delete')) removeRemote(world, name, remoteKeyOf(manifestOf(object)));
  drop(world.store, keyOfObject(object));
}

/** What it cannot look at stays as it was last seen, its readiness included. */
function say({ store }: World, object: ClusterObject, { seen, error }: Outcome): void {
  const synced = error
    ? { type: 'Synced', status: 'False', reason: 'ReconcileError', message: error }
    : { type: 'Synced', status: 'True', reason: 'ReconcileSuccess' };
  const ready =
    seen === undefined ? conditionsOf(object).find(({ type }) => type === 'Ready') : readiness(object, seen);
  const atProvider = seen === undefined ? statusOf(object).atProvider : { manifest: seen };
  putStatus(store, keyOfObject(object), {
    ...(atProvider !== undefined && { atProvider }),
    conditions: [synced, ...(ready === undefined ? [] : [ready])],
  });
}

function readiness(object: ClusterObject, seen: ClusterObject) {
  const { policy, celQuery } = (specOf(object).readiness ?? {}) as { policy?: string; celQuery?: string };
  const holds = policy !== 'DeriveFromCelQuery' || isReadyBy(celQuery ?? '', seen);
  return { type: 'Ready', status: holds ? 'True' : 'False', reason: holds ? 'Available' : 'Unavailable' };
}

const verdicts = new Map<string, boolean>();

/** By the very queries that the functions compose; of an object they look at these three. */
function isReadyBy(celQuery: string, { spec, status, metadata }: ClusterObject): boolean {
  const { replicas } = (spec ?? {}) as { replicas?: number };
  const key = JSON.stringify([celQuery, replicas, status, metadata.generation]);
  const known = verdicts.get(key);
  if (known !== undefined) return known;
  const object = { metadata: { generation: metadata.generation }, spec: { replicas }, status };
  const outcome = evaluate(celQuery, { object: toCel(JSON.parse(JSON.stringify(object)), undefined) });
  const verdict = outcome.ok && outcome.value === true;
  verdicts.set(key, verdict);
  return verdict;
}

/** provider-helm and the charts' own controllers: Traefik runs where its Release is. */
export function helm(world: World): void {
  const { store } = world;
  const releases = list(store, 'Release');
  for (const release of releases)
    putStatus(store, keyOfObject(release), {
      conditions: [
        { type: 'Synced', status: 'True', reason: 'ReconcileSuccess' },
        { type: 'Ready', status: 'True', reason: 'Available' },
      ],
    });
  const runs = releases.some(({ metadata }) => metadata.name === 'traefik');
  const deployment = keyOf('Deployment', PLATFORM, 'traefik');
  if (!runs) drop(store, deployment);
  else if (!store.objects.has(deployment)) {
    const metadata = { name: 'traefik', namespace: PLATFORM };
    put(store, { apiVersion: 'apps/v1', kind: 'Deployment', metadata, status: { availableReplicas: 2 } as Json });
  }
}

export const PLATFORM = 'modelplane-system';

/** Everybody who works by itself gets to everything once. */
export function controllers(world: World): void {
  helm(world);
  for (const object of list(world.store, 'Object')) provide(world, keyOfObject(object));
  for (const name of world.sites.keys()) work(world, name);
}
