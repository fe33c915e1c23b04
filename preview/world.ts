import type { ResourceSelector } from '@crossplane-org/function-sdk-typescript';
import type { FunctionHandler } from '#shared/function.ts';
import type { Api, Apis } from './apis.ts';
import { type Cluster, putObject } from './cluster.ts';
import type { Step } from './engine/pipeline.ts';
import { type ClusterObject, describe, type Json } from './objects.ts';
import type { Outage } from './outage.ts';

/** What is installed: kinds, and the functions behind them by the end of their name, such as compose-model-service. */
export interface World {
  readonly apis: Apis;
  readonly functions: Readonly<Record<string, FunctionHandler>>;
}

/** The functions of a Composition's steps. */
export function stepsOf({ functions }: World, { kind, steps }: Api): Step[] {
  return steps.map(({ step, functionName }) => {
    const handler = functions[folderOf(functionName)];
    if (!handler) throw new Error(`the Composition of ${kind} runs ${functionName}, which functions.ts does not have`);
    return { step, handler };
  });
}

/** The folder that a function is in: its package's name puts the repository's in front, as in modelplane-compose-x. */
export const folderOf = (functionName: string): string =>
  /(?:^|-)(compose-.+)$/.exec(functionName)?.[1] ?? functionName;

/** What a function required and got. */
export interface Looked {
  readonly selector: ResourceSelector;
  readonly objects: readonly ClusterObject[];
}

/** All that a reconcile was given. */
interface Given {
  readonly xr: ClusterObject;
  readonly observed: Readonly<Record<string, ClusterObject>>;
  readonly lookups: readonly Looked[];
}

/** A cluster that is being played forward. */
export interface State {
  readonly world: World;
  readonly cluster: Cluster;
  /** What each composite applied last, by its uid and the object's: server-side apply removes what is applied no more. */
  readonly lastApplied: Map<string, Json>;
  /** Whether an object is ready by the word of the function that composes it, by the object's uid. */
  readonly readiness: Map<string, boolean>;
  /** What went wrong in the latest reconcile of a composite, by its uid. */
  readonly failures: Map<string, readonly string[]>;
  /** What a composite was given when a reconcile last changed nothing, by its uid. */
  readonly atRest: Map<string, Given>;
  /** What was taken for granted on the way. */
  readonly said: Set<string>;
  /** Addresses that a stand-in made up: the real ones will be others. */
  readonly madeUp: Set<string>;
  /** Where manifests come from, by the object's uid. */
  readonly sources: ReadonlyMap<string, string>;
  /** Uids of objects that came with a status of their own, which is not simulated over. */
  readonly withStatus: ReadonlySet<string>;
  /** What was read of a cluster instead of being played from manifests alone. */
  readonly live?: LiveState;
  /** What fails while it is played. */
  readonly outages: readonly Outage[];
  /** What the current round has changed. */
  readonly changed: Set<string>;
}

/** What a cluster is as long as nobody here changes it. */
interface LiveState {
  /** The generation of each object as it was read, by uid: until that changes it keeps the status that it came with. */
  readonly generations: ReadonlyMap<string, number>;
  /** Composites that nobody reconciles here, by uid: their functions would look at what could not be seen. */
  readonly held: ReadonlySet<string>;
}

/** Stores an object and remembers whether that was news. */
export function write(state: State, object: ClusterObject): void {
  if (putObject(state.cluster, object)) state.changed.add(describe(object));
}

/** The same cluster at the moment when something fails. It is played on without a trace in the one before. */
export const withOutages = (state: State, outages: readonly Outage[]): State => ({ ...copyOfState(state), outages });

/** A cluster that can be played on apart from the one that it is a copy of. */
export const copyOfState = (state: State): State => ({
  ...state,
  cluster: new Map(state.cluster),
  lastApplied: new Map(state.lastApplied),
  readiness: new Map(state.readiness),
  failures: new Map(state.failures),
  atRest: new Map(state.atRest),
  said: new Set(state.said),
  madeUp: new Set(state.madeUp),
  changed: new Set(),
});
