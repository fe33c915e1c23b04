import { type Cluster, listObjects } from './cluster.ts';
import { type ClusterObject, specOf } from './objects.ts';
import type { Problem } from './problem.ts';
import { siteOf } from './remote.ts';

/** What can be made to fail of an inference cluster. */
export const OUTAGES = ['cluster', 'engines'] as const;

export interface Outage {
  /** `cluster`: its API server cannot be reached. `engines`: it can, and says that no engine is available. */
  readonly what: (typeof OUTAGES)[number];
  /** Name of the InferenceCluster. */
  readonly site: string;
}

/** What fails of a cluster. One that cannot be reached has no more to say of its engines. */
export function outageAt(outages: readonly Outage[], site: string | undefined): Outage['what'] | undefined {
  const own = outages.filter((outage) => outage.site === site).map(({ what }) => what);
  return own.includes('cluster') ? 'cluster' : own[0];
}

/** What fails in the cluster that an Object of provider-kubernetes puts something into. */
export const outageOf = (cluster: Cluster, outages: readonly Outage[], object: ClusterObject) =>
  outages.length === 0 ? undefined : outageAt(outages, siteOf(cluster, object));

/** The label on the pods of a placement by which its pool selects them; the endpoint picker's do not have it. */
const POOL = 'modelplane.ai/pool';

export function isEngine(manifest: ClusterObject): boolean {
  const { template } = specOf(manifest) as { template?: { metadata?: { labels?: Readonly<Record<string, string>> } } };
  return template?.metadata?.labels?.[POOL] !== undefined;
}

/** A name that no cluster has is a mistake, and would show a failure without consequence. */
export function outageProblems(cluster: Cluster, outages: readonly Outage[]): Problem[] {
  const known = listObjects(cluster, { apiVersion: 'modelplane.ai/v1alpha1', kind: 'InferenceCluster' });
  const names = known.map(({ metadata }) => metadata.name);
  const there = names.length === 0 ? 'which have none' : `which have ${names.join(', ')}`;
  return outages
    .filter(({ site }) => !names.includes(site))
    .map(({ what, site }) => ({
      message: `--fail ${what}=${site} names no InferenceCluster of these manifests, ${there}`,
    }));
}

/** What fails, as a sentence. */
export const describeOutage = ({ what, site }: Outage): string =>
  what === 'cluster'
    ? `Cluster ${site} fails: its API server cannot be reached, so nobody knows how its engines do.`
    : `The engines of ${site} fail: its API server says that none is available.`;
