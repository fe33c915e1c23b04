import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { nameOf } from '#shared/kubernetes.ts';
import { ownCondition } from '#shared/platform.ts';
import type { ObservedSite } from './observed.ts';
import type { Placement } from './placements.ts';
import type { Candidate, Wish } from './schedule.ts';
import type { Cluster } from './site.ts';

/** A cluster of the catalogue as the scheduler sees it. */
export const candidateOf = (cluster: Cluster): Candidate => ({
  name: nameOf(cluster),
  labels: cluster.metadata.labels ?? {},
  cordoned: cluster.spec.cordoned,
  draining: cluster.spec.draining || cluster.metadata.deletionTimestamp !== undefined,
  problem: problemOf(cluster),
});

function problemOf(cluster: Cluster): string | undefined {
  if (cluster.status?.providerConfigRef?.name === undefined || !isConnected(cluster)) return 'not connected';
  if (ownCondition(cluster, 'GatewayReady')?.status !== 'True') return 'its gateway is not ready';
  // One that does not say whose it is is nobody else's: by a release that did not ask, or for who cannot tell.
  return (ownCondition(cluster, 'Owned')?.status ?? 'True') === 'True' ? undefined : 'it is not known to be ours alone';
}

/** Whether the cluster's API server answers. What runs there may well serve while it does not. */
export const isConnected = (cluster: Cluster): boolean => ownCondition(cluster, 'Connected')?.status === 'True';

/** What every placement asks for, and where it is: by the last status, or by what is there where that was lost. */
export function wishesOf(
  xr: ModelDeployment,
  placements: readonly Placement[],
  sites: ReadonlyMap<string, ObservedSite>,
): Wish[] {
  return placements.map(({ name, clusterName, matchLabels }) => ({
    placement: name,
    clusterName,
    matchLabels,
    current: assignedTo(xr, name) ?? foundOn(name, sites),
  }));
}

const assignedTo = ({ status }: ModelDeployment, placement: string): string | undefined =>
  status?.placements?.find(({ name, phase }) => name === placement && phase !== 'Leaving')?.cluster;

const foundOn = (placement: string, sites: ReadonlyMap<string, ObservedSite>): string | undefined =>
  [...sites.values()]
    .map(({ site }) => site)
    .filter((site) => site.placement === placement)
    .map(({ cluster }) => cluster)
    .sort()[0];
