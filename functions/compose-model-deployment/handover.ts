import type { Desired } from '#shared/desired.ts';
import { nameOf } from '#shared/kubernetes.ts';
import { isDrained, lastStanding, retainedEndpoint } from './endpoints.ts';
import { kept } from './kept.ts';
import type { ObservedSite } from './observed.ts';
import type { Successor } from './place.ts';
import { retainedScaling } from './scaling/parts.ts';
import { hasOther, type Service, servicesOf } from './services.ts';
import type { Cluster } from './site.ts';

/** The services of the namespace; undefined before anybody has looked: one that was not seen may still send requests. */
export type SeenServices = readonly Service[] | undefined;

export interface Departure {
  readonly desired: Readonly<Record<string, Desired>>;
  readonly reason: string;
}

/**
 * A site that the spec does not ask for any more: it serves until its successor does, drains until no route names it,
 * then its endpoint goes, when that is gone its route in the cluster, and only then its engines, with all that they need:
 * its successor may be at the same path of the same Gateway, by another name of that cluster.
 */
export function depart(
  observed: ObservedSite,
  usable: boolean,
  successor: Successor,
  seen: SeenServices,
  cluster?: Cluster,
): Departure {
  const { endpoint, objects } = observed;
  const stays = (some: ObservedSite['objects']): Record<string, Desired> => ({
    ...kept(observed, cluster, some),
    ...retainedScaling(observed),
  });
  if (endpoint === undefined) {
    const others = objects.filter(({ kind }) => kind !== 'HTTPRoute');
    // In a cluster that has left the catalogue nothing may ever go, and nobody waits for it.
    return cluster !== undefined && others.length < objects.length
      ? { desired: stays(others), reason: 'Its route in the cluster is being removed.' }
      : { desired: {}, reason: 'What it had in the cluster is being removed.' };
  }
  const remote = stays(objects);
  const name = nameOf(endpoint.resource);
  const leaves = successor !== 'Awaited' && isDrained(endpoint.resource);
  if (endpoint.resource.metadata.deletionTimestamp !== undefined || (leaves && isReleased(name, successor, seen)))
    return { desired: remote, reason: 'No route names it any more, so it goes.' };
  const standing = successor === 'Awaited' || !usable ? lastStanding(endpoint.resource, usable) : 'Leaving';
  return {
    desired: { ...remote, [endpoint.key]: retainedEndpoint(endpoint.resource, standing, cluster) },
    reason: successor === 'Awaited' ? 'It serves until its successor does.' : waitReason(name, seen),
  };
}

/** No service sends requests there, or, where the deployment will never have anybody else, none could send them elsewhere. */
function isReleased(name: string, successor: Successor, seen: SeenServices): boolean {
  const using = servicesOf(name, seen ?? []);
  return seen !== undefined && (successor === 'Nobody' ? !using.some(hasOther) : using.length === 0);
}

function waitReason(name: string, seen: SeenServices): string {
  const serving = servicesOf(name, seen ?? []).map(nameOf);
  return serving.length === 0
    ? 'It drains before it goes.'
    : `It drains: ModelService ${serving.join(', ')} sends requests there until it can send them elsewhere.`;
}

/**
 * Whether engines must go on although no replicas are wanted: some service still sends requests there, and could send
 * them elsewhere. One that has nobody else would keep them for ever.
 */
export function mustServeOn({ endpoint }: ObservedSite, seen: SeenServices): boolean {
  if (endpoint === undefined) return false;
  if (!isDrained(endpoint.resource) || seen === undefined) return true;
  return servicesOf(nameOf(endpoint.resource), seen).some(hasOther);
}
