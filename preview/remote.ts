import { type Cluster, getObject } from './cluster.ts';
import { type ClusterObject, controllerOf, groupKindOf, isRecord, specOf } from './objects.ts';

/** What an Object of provider-kubernetes puts into, or reads from, another cluster. */
export function remoteOf(object: ClusterObject): ClusterObject | undefined {
  const { forProvider } = specOf(object);
  if (groupKindOf(object) !== 'Object.kubernetes.m.crossplane.io' || !isRecord(forProvider)) return undefined;
  const { manifest } = forProvider;
  const isObject = isRecord(manifest) && typeof manifest.apiVersion === 'string' && typeof manifest.kind === 'string';
  return isObject ? (manifest as unknown as ClusterObject) : undefined;
}

/** The cluster of such an Object, by its InferenceCluster where that made the configuration; '' for anything else. */
export function siteOf(cluster: Cluster, object: ClusterObject): string {
  const { providerConfigRef } = specOf(object);
  if (remoteOf(object) === undefined || !isRecord(providerConfigRef)) return '';
  const { kind = 'ClusterProviderConfig', name } = providerConfigRef as { kind?: string; name: string };
  const namespace = kind === 'ProviderConfig' ? object.metadata.namespace : undefined;
  const config = getObject(cluster, { apiVersion: object.apiVersion, kind, namespace, name });
  return (config && controllerOf(config)?.name) ?? name;
}
