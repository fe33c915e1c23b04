import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { Tenant } from '#shared/paths.ts';
import { amountOf } from '../engine/quantities.ts';
import { first } from '../engine/resources.ts';
import { type ObservedSite, objectOf } from '../observed.ts';
import type { Placement } from '../placements.ts';
import type { Assignment } from '../schedule.ts';
import { siteId } from '../site.ts';
import { type Cache, CLAIM, claimName, isShared, smallestSize } from './cache.ts';
import { mountProblem } from './mount.ts';

type Sites = ReadonlyMap<string, ObservedSite>;

/** Why placements cannot have the volumes that they want: a sentence without a full stop. */
export function cacheProblem(
  { rollout }: ModelDeployment['spec'],
  deployment: Tenant,
  placements: readonly Placement[],
  assignments: readonly Assignment[],
  sites: Sites,
): string | undefined {
  return first(
    placements.map((placement, index) => {
      const { cache, name, template } = placement;
      if (cache === undefined) return undefined;
      const cluster = assignments[index]?.cluster;
      const why =
        singleProblem(cache, placement, rollout) ??
        mountProblem(template) ??
        (cluster && shrinkProblem(cache, sites.get(siteId({ deployment, placement: name, cluster }))));
      return why && `placement ${name}: ${why}`;
    }),
  );
}

/** A volume of one node, and engines on several. */
function singleProblem(
  cache: Cache,
  { replicas, scaling }: Placement,
  { maxSurge }: ModelDeployment['spec']['rollout'],
): string | undefined {
  if (isShared(cache)) return undefined;
  const what = `cache.accessModes is ${cache.accessModes.join()}, a volume that one node mounts`;
  const shared = 'set accessModes [ReadWriteMany] with a storageClassName that has it';
  if ((scaling?.max ?? 0) > 1)
    return `${what}, and scaling.max ${scaling?.max} engines may be on several; ${shared}, or remove scaling`;
  if (replicas > 1) return `${what}, and ${replicas} replicas may be on several; ${shared}, or replicas 1`;
  return /^0+%?$/.test(String(maxSurge))
    ? undefined
    : `${what}, and rollout.maxSurge ${maxSurge} starts the next engine perhaps on another; set maxSurge 0 and maxUnavailable 1, or ${shared}`;
}

function shrinkProblem(cache: Cache, observed: ObservedSite | undefined): string | undefined {
  if (observed === undefined) return undefined;
  const before = smallestSize(objectOf(observed, CLAIM, claimName(observed.site, cache)));
  return before !== undefined && (amountOf(cache.size) ?? 0) < (amountOf(before) ?? 0)
    ? `cache.size is ${cache.size}, and the volume has ${before} already, which cannot shrink; set ${before}, or another storageClassName for a new volume`
    : undefined;
}
