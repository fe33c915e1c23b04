import type { Desired } from '#shared/desired.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { retain } from '#shared/retain.ts';
import type { ObservedObject } from '../observed.ts';

interface EnginesObject extends KubernetesObject {
  readonly spec: {
    readonly forProvider: { readonly manifest: KubernetesObject & { readonly spec?: { readonly replicas?: number } } };
  };
}

/**
 * Engines that cannot change yet, because what they are to have is not there: those before them go on, as many as are
 * wanted, and new ones wait.
 */
export function held(engines: ObservedObject | undefined, wanted: object): Desired | undefined {
  if (engines === undefined) return undefined;
  const { replicas } = (wanted as { spec: { replicas?: number } }).spec;
  const { resource, ready } = retain(engines.resource, engines.ready);
  const { spec } = resource as EnginesObject;
  const { manifest } = spec.forProvider;
  const { replicas: _replicas, ...before } = manifest.spec ?? {};
  const scaled = { ...manifest, spec: { ...before, ...(replicas !== undefined && { replicas }) } };
  return {
    resource: { ...resource, spec: { ...spec, forProvider: { ...spec.forProvider, manifest: scaled } } },
    ready,
  };
}

/** Whether engines name an object already; names of ours hold a hash, so nothing else is called so. */
export const names = (engines: KubernetesObject | undefined, name: string): boolean =>
  JSON.stringify(engines?.spec ?? {}).includes(name);
