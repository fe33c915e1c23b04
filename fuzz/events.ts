import { type ClusterObject, controllerOf } from '../preview/objects.ts';
import { admitted } from './admission.ts';
import { type Course, reconcile, type Watcher } from './crossplane.ts';
import { create, definition, fleet } from './genesis.ts';
import { helm, provide } from './provider.ts';
import { work } from './remote.ts';
import { settle } from './settle.ts';
import { drop, forgetHistory, keyOfObject, list, put, putStatus } from './store.ts';
import { readByTraefik } from './traefik.ts';
import { changeSite, type Functions, type Kind, type Site, type World } from './world.ts';
import { remove } from './writing.ts';

/** What happens, as data: a story is a list of these, and can be told, shortened and played again. */
export type Event =
  /** A composite, by its place among those of its kind, is reconciled. */
  | ({ readonly do: 'reconcile'; readonly kind: Kind; readonly at: number } & Course)
  /** Everybody gets his turn until nothing changes. */
  | { readonly do: 'settle'; readonly order: number }
  /** provider-kubernetes gets to some Objects, by their places. */
  | { readonly do: 'provide'; readonly at: readonly number[] }
  /** A cluster's own controllers take a step. */
  | { readonly do: 'work'; readonly site: string }
  | { readonly do: 'helm' }
  | { readonly do: 'traefik'; readonly kinds: readonly string[] }
  /** A user's edit: fields of the spec, where null takes one away. */
  | { readonly do: 'edit'; readonly key: string; readonly spec: Readonly<Record<string, unknown>> }
  | { readonly do: 'label'; readonly key: string; readonly labels: Readonly<Record<string, string>> }
  /** Somebody puts an object there, or takes it away. */
  | { readonly do: 'create'; readonly object: ClusterObject }
  | { readonly do: 'delete'; readonly key: string }
  /** More endpoints come than one rule of a route has room for; half of them by an authority that may go. */
  | { readonly do: 'fleet' }
  /** Somebody deletes by hand what was composed. */
  | { readonly do: 'pick off'; readonly kind: string; readonly at: number }
  | { readonly do: 'site'; readonly site: string; readonly change: Partial<Omit<Site, 'objects' | 'down'>> }
  /** Pods of a Deployment of a cluster, by its place, go down or come back. */
  | { readonly do: 'pods'; readonly site: string; readonly at: number; readonly up: boolean }
  | { readonly do: 'middlewares'; readonly present: boolean }
  /** A status is lost. */
  | { readonly do: 'forget'; readonly kind: string; readonly at: number }
  /** All is lost, and a backup brings it back: without statuses, and with uids that nobody knows. */
  | { readonly do: 'restore' };

interface Actor {
  readonly world: World;
  readonly functions: Functions;
  readonly watcher: Watcher;
}

/** Plays an event and tells it as a sentence; undefined where there was nothing for it to happen to. */
export function play({ world, functions, watcher }: Actor, event: Event): string | undefined {
  switch (event.do) {
    case 'reconcile':
      return playReconcile({ world, functions, watcher }, event);
    case 'settle':
      settle(world, functions, watcher, event.order);
      return 'Everybody gets his turn until nothing changes.';
    case 'provide':
      return playProvide(world, event.at);
    case 'work':
      work(world, event.site);
      return `Cluster ${event.site}: its controllers take a step.`;
    case 'helm':
      helm(world);
      return 'provider-helm gets to its Releases.';
    case 'traefik':
      readByTraefik(world, event.kinds);
      return `Traefik reads ${event.kinds.join(', ')}.`;
    default:
      return playChange(world, event);
  }
}

type Change = Exclude<Event, { readonly do: 'reconcile' | 'settle' | 'provide' | 'work' | 'helm' | 'traefik' }>;

/** What comes from outside of the control plane's own machinery. */
function playChange(world: World, event: Change): string | undefined {
  switch (event.do) {
    case 'edit':
      return playEdit(world, event.key, event.spec);
    case 'label':
      return playLabel(world, event.key, event.labels);
    case 'create':
      return playCreate(world, event.object);
    case 'delete':
      return playDelete(world, event.key);
    case 'fleet':
      for (const object of fleet()) playCreate(world, object);
      return `There are ${fleet().length} endpoints with label provider: fleet, half of them by ConfigMap ml/ca.`;
    case 'pick off':
      return playPickOff(world, event.kind, event.at);
    case 'site':
      changeSite(world, event.site, () => event.change);
      return `Cluster ${event.site}: ${sayChange(event.change)}.`;
    case 'pods':
      return playPods(world, event);
    case 'middlewares':
      return playMiddlewares(world, event.present);
    case 'forget':
      return playForget(world, event.kind, event.at);
    case 'restore':
      return playRestore(world);
    default:
      return event satisfies never;
  }
}

const nth = <T>(items: readonly T[], at: number): T | undefined =>
  items.length === 0 ? undefined : items[at % items.length];

function playReconcile(actor: Actor, { kind, at, lag, cut, order }: Event & { do: 'reconcile' }): string | undefined {
  const object = nth(list(actor.world.store, kind), at);
  if (object === undefined) return undefined;
  const course = { ...(lag !== undefined && { lag }), cut, ...(order !== undefined && { order }) };
  reconcile(actor.world, actor.functions, keyOfObject(object), course, actor.watcher);
  const lags = Object.entries(lag ?? {}).map(([other, behind]) => `${other} as it was ${behind} changes ago`);
  return [
    `${called(object)} is reconciled`,
    ...(lags.length > 0 ? [`with ${lags.join(' and ')}`] : []),
    ...(cut !== undefined ? [`and cut off after ${cut} writes`] : []),
  ]
    .join(', ')
    .concat('.');
}

const called = ({ kind, metadata }: ClusterObject): string =>
  `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}`;

function playProvide(world: World, at: readonly number[]): string | undefined {
  const objects = list(world.store, 'Object');
  const some = [...new Set(at.flatMap((place) => nth(objects, place) ?? []))];
  for (const object of some) provide(world, keyOfObject(object));
  if (some.length === 0) return undefined;
  return `provider-kubernetes gets to Object ${some.map(({ metadata }) => metadata.name).join(', ')}.`;
}

function playEdit(world: World, key: string, fields: Readonly<Record<string, unknown>>): string | undefined {
  const object = world.store.objects.get(key);
  if (object === undefined) return undefined;
  const { crossplane, ...before } = object.spec as { crossplane?: object };
  const spec = Object.fromEntries(Object.entries({ ...before, ...fields }).filter(([, value]) => value !== null));
  const taken = admitted({ ...object, spec });
  // The API server does not take it, so nobody hears of it.
  if (typeof taken === 'string') return undefined;
  put(world.store, { ...taken, spec: { ...(taken.spec as object), ...(crossplane && { crossplane }) } });
  return `${called(object)} is edited: ${sayFields(fields)}.`;
}

const sayFields = (fields: Readonly<Record<string, unknown>>): string =>
  Object.entries(fields)
    .map(([name, value]) => (value === null ? `no ${name}` : `${name} ${shortened(JSON.stringify(value))}`))
    .join(', ');

const shortened = (text: string): string => (text.length > 400 ? `${text.slice(0, 400)}…` : text);

function playLabel(world: World, key: string, labels: Readonly<Record<string, string>>): string | undefined {
  const object = world.store.objects.get(key);
  if (object === undefined) return undefined;
  put(world.store, { ...object, metadata: { ...object.metadata, labels } });
  return `${called(object)} is labelled ${JSON.stringify(labels)}.`;
}

function playCreate(world: World, object: ClusterObject): string | undefined {
  const isOurs = object.apiVersion.startsWith('modelplane.ai/');
  // Applying what is there would be an edit, and what somebody composed is not a user's to apply.
  if (isOurs && world.store.objects.has(keyOfObject(object))) return undefined;
  if (!isOurs) put(world.store, object);
  else if (!create(world, object)) return undefined;
  return `${called(object)} is created: ${shortened(JSON.stringify(object.spec ?? object.data ?? {}))}.`;
}

function playDelete(world: World, key: string): string | undefined {
  const object = world.store.objects.get(key);
  if (object === undefined || controllerOf(object) !== undefined) return undefined;
  remove(world, key);
  return `${called(object)} is deleted.`;
}

function playPickOff(world: World, kind: string, at: number): string | undefined {
  const composed = list(world.store, kind).filter((object) => controllerOf(object) !== undefined);
  const object = nth(composed, at);
  if (object === undefined) return undefined;
  remove(world, keyOfObject(object));
  return `Somebody deletes ${called(object)}, which was composed.`;
}

const sayChange = ({ api, addresses, programmed, refuses }: Partial<Site>): string =>
  [
    ...(api === undefined ? [] : [api ? 'its API server answers' : 'its API server goes away']),
    ...(addresses === undefined ? [] : [`its gateway is now at ${addresses[0]}`]),
    ...(programmed === undefined ? [] : [`its gateway is ${programmed ? '' : 'not '}programmed`]),
    ...(refuses === undefined ? [] : [`it refuses ${refuses.length === 0 ? 'nothing' : refuses.join(', ')}`]),
  ].join(', ');

function playPods(world: World, { site: name, at, up }: Event & { do: 'pods' }): string | undefined {
  const deployments = [...(world.sites.get(name)?.objects.values() ?? [])].filter(({ kind }) => kind === 'Deployment');
  const deployment = nth(deployments, at)?.metadata.name;
  if (deployment === undefined) return undefined;
  changeSite(world, name, ({ down }) => ({
    down: up ? down.filter((one) => one !== deployment) : [...new Set([...down, deployment])],
  }));
  return `Cluster ${name}: the pods of ${deployment} ${up ? 'come back' : 'go down'}.`;
}

function playMiddlewares(world: World, present: boolean): string {
  const crd = definition('middlewares.traefik.io');
  if (present) put(world.store, crd);
  else {
    drop(world.store, keyOfObject(crd));
    for (const object of list(world.store, 'Middleware')) drop(world.store, keyOfObject(object));
  }
  return present ? 'The Middleware kind is there.' : 'The Middleware kind goes, with every Middleware.';
}

function playForget(world: World, kind: string, at: number): string | undefined {
  const object = nth(list(world.store, kind), at);
  if (object?.status === undefined) return undefined;
  putStatus(world.store, keyOfObject(object), undefined);
  return `The status of ${called(object)} is lost.`;
}

/** Kinds that come back from a backup as they were: their statuses are not ours to lose. */
const KEPT = new Set(['CustomResourceDefinition', 'Deployment']);

function playRestore(world: World): string {
  const { store } = world;
  for (const [key, object] of [...store.objects]) {
    // The API server makes its own Service, and no backup another.
    if (KEPT.has(object.kind) || (object.kind === 'Service' && object.metadata.name === 'kubernetes')) continue;
    const { status: _status, ...rest } = object;
    const { ownerReferences: _owners, uid: _uid, ...metadata } = object.metadata;
    drop(store, key);
    if (metadata.deletionTimestamp === undefined) put(store, { ...rest, metadata });
  }
  // Crossplane begins anew with a control plane that does.
  forgetHistory(store);
  return 'Everything comes back from a backup: without statuses and owners, and with new uids.';
}
