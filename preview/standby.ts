import { type Cluster, getObject, listObjects, type Reference, referenceTo } from './cluster.ts';
import { placeOf } from './endpoint.ts';
import { type ClusterObject, isRecord, type Json, specOf, statusOf } from './objects.ts';

/** A ModelEndpoint in a later tier than those that get requests now. */
export interface Standby {
  readonly tier: number;
  readonly name: string;
  readonly endpoint: Reference;
  /** What it says that it is at. */
  readonly url: string;
  /** It would be given requests if all before it could not. */
  readonly usable: boolean;
}

const ENDPOINTS = { apiVersion: 'modelplane.ai/v1alpha1', kind: 'ModelEndpoint' };

interface Entry {
  readonly tier: number;
  readonly endpoints: readonly ClusterObject[];
}

/** Who stands by for a ModelService, the next tier first. */
export function standbyOf(cluster: Cluster, service: Reference): Standby[] {
  const object = getObject(cluster, service);
  if (!object) return [];
  const entries = entriesOf(cluster, object);
  const serving = new Set((statusOf(object).serving as readonly string[] | undefined) ?? []);
  const current = entries.filter(({ endpoints }) => endpoints.some(({ metadata }) => serving.has(metadata.name)));
  const tier = Math.min(...current.map((entry) => entry.tier));
  return entries
    .filter((entry) => entry.tier > tier)
    .sort((a, b) => a.tier - b.tier)
    .flatMap((entry) => entry.endpoints.filter(isWilling).map((endpoint) => standing(entry.tier, endpoint)));
}

/** What each entry selects in the service's namespace; an endpoint that several match belongs to the first. */
function entriesOf(cluster: Cluster, service: ClusterObject): Entry[] {
  const { namespace } = service.metadata;
  const { endpoints = [] } = specOf(service) as { endpoints?: readonly Json[] };
  const taken = new Set<ClusterObject>();
  return endpoints.map(({ tier = 0, selector }) => {
    const labels = isRecord(selector) ? (selector.matchLabels as Record<string, string>) : {};
    const own = listObjects(cluster, { ...ENDPOINTS, namespace, labels }).filter((endpoint) => !taken.has(endpoint));
    for (const endpoint of own) taken.add(endpoint);
    return { tier: Number(tier), endpoints: own };
  });
}

const routingOf = (endpoint: ClusterObject): Json => {
  const { routing } = statusOf(endpoint);
  return isRecord(routing) ? routing : {};
};

/** One that drains, or would rather have anybody else take requests, stands by for nobody. */
const isWilling = (endpoint: ClusterObject): boolean =>
  [specOf(endpoint), routingOf(endpoint)].every(({ draining, lastResort }) => draining !== true && lastResort !== true);

const standing = (tier: number, endpoint: ClusterObject): Standby => ({
  tier,
  name: placeOf(endpoint),
  endpoint: referenceTo(endpoint),
  url: String(specOf(endpoint).url ?? ''),
  usable: routingOf(endpoint).ready === true,
});
