import type { Desired } from '#shared/desired.ts';
import { retain } from '#shared/retain.ts';
import { networkPolicies } from './cluster/isolation.ts';
import { type Manifest, readiness } from './cluster/object.ts';
import { withoutValues } from './files/secrets.ts';
import { type ObservedObject, type ObservedSite, objectOf, toldOf } from './observed.ts';
import { type Cluster, poolName } from './site.ts';

/**
 * Objects of a site that stay as they are, but for its cluster's Gateway: which one that is, and who its proxies are, is no
 * wish but a fact, and the front door goes by it whatever became of the spec.
 */
export const kept = (
  site: ObservedSite,
  cluster: Cluster | undefined,
  objects: readonly ObservedObject[] = site.objects,
): Record<string, Desired> =>
  Object.fromEntries(
    withoutValues(objects).flatMap((object) => {
      const stays = retain(object.resource, object.ready);
      const { manifest } = toldOf(object);
      const now = manifest && cluster?.status?.parentRef ? atGateway(manifest, site, cluster) : manifest;
      if (manifest === now) return [[object.key, stays] as const];
      return now === undefined ? [] : [[object.key, withManifest(stays, now)] as const];
    }),
  );

interface Spec {
  readonly forProvider?: object;
}

function withManifest({ resource, ready }: Desired, manifest: Manifest): Desired {
  const { spec } = resource as { readonly spec?: Spec };
  const forProvider = { ...spec?.forProvider, manifest };
  return { resource: { ...resource, spec: { ...spec, readiness: readiness(manifest), forProvider } } as never, ready };
}

/** Undefined where nothing is to keep anybody out any more, because nobody says who the proxies are. */
function atGateway(manifest: Manifest, site: ObservedSite, cluster: Cluster): Manifest | undefined {
  if (manifest.kind === 'HTTPRoute') {
    const { parentRefs = [], ...spec } = (manifest.spec ?? {}) as { readonly parentRefs?: readonly object[] };
    return {
      ...manifest,
      spec: { ...spec, parentRefs: parentRefs.map((ref) => ({ ...ref, ...cluster.status?.parentRef })) },
    };
  }
  if (manifest.kind !== 'NetworkPolicy' || manifest.metadata?.name !== poolName(site.site)) return manifest;
  const port = enginePort(site);
  return port === undefined ? manifest : (networkPolicies(site.site, cluster, port, false)[0] as Manifest | undefined);
}

/** The one that the pool says. */
function enginePort(site: ObservedSite): number | undefined {
  const pool = objectOf(site, 'InferencePool', poolName(site.site));
  const spec = toldOf(pool).manifest?.spec;
  return (spec as { targetPorts?: readonly { number?: number }[] } | undefined)?.targetPorts?.[0]?.number;
}
