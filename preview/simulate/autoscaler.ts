import { type ClusterObject, groupKindOf, type Json, specOf, statusOf } from '../objects.ts';
import { remoteOf } from '../remote.ts';
import type { View } from './simulator.ts';

interface ScaledObject {
  readonly scaleTargetRef?: { readonly name?: string };
  readonly minReplicaCount?: number;
}

/**
 * A Deployment whose number of replicas is left to others has as many as before, and at least as many as a ScaledObject
 * beside it asks for: nobody is busy here. Without either it has one, as an API server makes of it.
 */
export function scaledReplicas(manifest: ClusterObject, self: ClusterObject, view: View): ClusterObject {
  if (groupKindOf(manifest) !== 'Deployment.apps' || specOf(manifest).replicas !== undefined) return manifest;
  const { atProvider } = statusOf(self) as { atProvider?: { manifest?: { spec?: { replicas?: number } } } };
  const least = view
    .list({ apiVersion: self.apiVersion, kind: self.kind, namespace: self.metadata.namespace })
    .filter((other) => placeOf(other) === placeOf(self))
    .map((other) => remoteOf(other))
    .filter((other) => other?.kind === 'ScaledObject' && other.metadata.namespace === manifest.metadata.namespace)
    .map((other) => (other === undefined ? {} : (specOf(other) as ScaledObject)))
    .filter(({ scaleTargetRef }) => scaleTargetRef?.name === manifest.metadata.name)
    .map(({ minReplicaCount = 0 }) => minReplicaCount);
  const replicas = Math.max(atProvider?.manifest?.spec?.replicas ?? 1, ...least);
  return { ...manifest, spec: { ...specOf(manifest), replicas } as Json };
}

const placeOf = (object: ClusterObject): string | undefined =>
  (specOf(object) as { providerConfigRef?: { name?: string } }).providerConfigRef?.name;
