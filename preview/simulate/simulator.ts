import type { StatusCondition } from '#shared/kubernetes.ts';
import { type Cluster, getObject, listObjects, type Reference, type Selector } from '../cluster.ts';
import type { ClusterObject, Json } from '../objects.ts';
import { type Outage, outageOf } from '../outage.ts';

/** What a simulator may look at beside its object. */
export interface View {
  get(reference: Reference): ClusterObject | undefined;
  list(selector: Selector): readonly ClusterObject[];
  /** What fails in the inference cluster of an Object of provider-kubernetes. */
  outageOf(object: ClusterObject): Outage['what'] | undefined;
}

export const viewOf = (cluster: Cluster, outages: readonly Outage[] = []): View => ({
  get: (reference) => getObject(cluster, reference),
  list: (selector) => listObjects(cluster, selector),
  outageOf: (object) => outageOf(cluster, outages, object),
});

/** What somebody else's controller makes of an object: its status, and what it brings into the cluster. */
export interface Simulated {
  readonly status: Json;
  readonly brings?: readonly ClusterObject[];
  /** Addresses in it that are nobody's: who is not here would give others. */
  readonly madeUp?: readonly string[];
}

/** Stands in for a controller that is not here. It is a function of what is in the cluster, so nothing is ever flaky. */
export interface Simulator {
  /** For the person who reads the result: who is played, and what is taken for granted. */
  readonly says: string;
  /** Undefined where that controller would say nothing. */
  simulate(object: ClusterObject, view: View): Simulated | undefined;
}

export const condition = (
  type: string,
  ok: boolean,
  reason: string,
  { metadata }: ClusterObject,
  message?: string,
): StatusCondition => ({
  type,
  status: ok ? 'True' : 'False',
  reason,
  ...(message && { message }),
  ...(metadata.generation && { observedGeneration: metadata.generation }),
});
