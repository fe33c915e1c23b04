import type { ModelService } from '#schemas/modelservice.ts';
import type { Lookup } from '#shared/function.ts';
import { endpointRequirements, entriesOf } from '../functions/compose-model-service/endpoints.ts';
import { type Cluster, getObject, listObjects, type Reference, referenceTo } from './cluster.ts';
import { placeOf } from './endpoint.ts';
import { type ClusterObject, specOf, statusOf } from './objects.ts';

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

/** Who stands by for a ModelService, by tier: it is asked in the words of its own function. */
export function standbyOf(cluster: Cluster, service: Reference): Standby[] {
  const object = getObject(cluster, service);
  if (!object) return [];
  const entries = entriesOf(object as ClusterObject & ModelService, lookupIn(cluster, object));
  const serving = new Set((statusOf(object).serving as readonly string[] | undefined) ?? []);
  const current = entries.filter(({ endpoints }) => endpoints.some(({ name }) => serving.has(name)));
  const tier = Math.min(...current.map((entry) => entry.tier));
  return entries
    .filter((entry) => entry.tier > tier)
    .flatMap((entry) => entry.endpoints.map((endpoint) => ({ ...endpoint, tier: entry.tier })))
    .filter(({ wanted }) => wanted)
    .sort((a, b) => a.tier - b.tier)
    .flatMap(({ name, tier: own, usable }) => {
      const endpoint = getObject(cluster, { ...ENDPOINTS, namespace: service.namespace, name });
      return endpoint ? [{ ...standing(endpoint), tier: own, usable }] : [];
    });
}

const ENDPOINTS = { apiVersion: 'modelplane.ai/v1alpha1', kind: 'ModelEndpoint' };

const standing = (endpoint: ClusterObject) => ({
  name: placeOf(endpoint),
  endpoint: referenceTo(endpoint),
  url: String(specOf(endpoint).url ?? ''),
});

/** The objects that Crossplane would fetch for the service. */
function lookupIn(cluster: Cluster, service: ClusterObject): Lookup {
  const requirements = endpointRequirements(service as ClusterObject & ModelService);
  const find = (requirement: string): ClusterObject[] => {
    const wanted = requirements[requirement];
    return wanted && 'labels' in wanted.match ? listObjects(cluster, { ...wanted, labels: wanted.match.labels }) : [];
  };
  return find as Lookup;
}
