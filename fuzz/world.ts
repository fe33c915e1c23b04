import type { FunctionHandler } from '#shared/function.ts';
import { type ClusterObject, conditionOf } from '../preview/objects.ts';
import { copyOf, keyOf, list, newStore, type Store } from './store.ts';

/** Our kinds, each with the function that composes it. */
export const KINDS = [
  'InferenceGateway',
  'InferenceCluster',
  'ModelDeployment',
  'ModelEndpoint',
  'ModelService',
] as const;
export type Kind = (typeof KINDS)[number];
export type Functions = Readonly<Record<Kind, FunctionHandler>>;

/** An inference cluster: what is there, whatever anybody on the control plane knows of it. */
export interface Site {
  /** Whether its API server answers. */
  readonly api: boolean;
  /** Where its gateway listens; the first is what the Gateway's status says. */
  readonly addresses: readonly string[];
  readonly programmed: boolean;
  /** Kinds that its admission refuses from now on. */
  readonly refuses: readonly string[];
  /** Deployments whose pods are down, engines and pickers alike. */
  readonly down: readonly string[];
  /** Its objects, by kind, namespace and name. */
  readonly objects: ReadonlyMap<string, ClusterObject>;
}

/** What was broken, and what shows it. */
export interface Violation {
  readonly invariant: string;
  readonly what: string;
}

/** Everything there is: a control plane, its controllers' memories, and the inference clusters. */
export interface World {
  readonly store: Store;
  readonly sites: Map<string, Site>;
  /** What Traefik has read, by kind: it reads each kind apart from the others. */
  readonly traefik: Map<string, ReadonlyMap<string, ClusterObject>>;
  /** What each composite required last: Crossplane fetches it before it asks again. */
  readonly required: Map<string, Readonly<Record<string, object>>>;
  readonly violations: Violation[];
  /** Calls of functions. */
  reconciles: number;
}

export const newWorld = (): World => ({
  store: newStore(),
  sites: new Map(),
  traefik: new Map(),
  required: new Map(),
  violations: [],
  reconciles: 0,
});

/** A world that goes its own way from here. */
export const split = (world: World): World => ({
  ...world,
  store: copyOf(world.store),
  sites: new Map(world.sites),
  traefik: new Map(world.traefik),
  required: new Map(world.required),
  violations: [],
});

export const isOurs = (kind: string): kind is Kind => (KINDS as readonly string[]).includes(kind);

export const composites = ({ store }: World): ClusterObject[] => KINDS.flatMap((kind) => list(store, kind));

export const get = <T extends ClusterObject>(
  { store }: World,
  kind: string,
  namespace: string | undefined,
  name: string,
): T | undefined => store.objects.get(keyOf(kind, namespace, name)) as T | undefined;

export function changeSite(world: World, name: string, change: (site: Site) => Partial<Site>): void {
  const site = world.sites.get(name);
  if (site !== undefined) world.sites.set(name, { ...site, ...change(site) });
}

export const violated = (world: World, invariant: string, what: string): void => {
  world.violations.push({ invariant, what });
};

export const isTrue = (object: ClusterObject, type: string): boolean => conditionOf(object, type)?.status === 'True';
