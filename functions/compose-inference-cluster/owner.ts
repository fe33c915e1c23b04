import { type Condition, condition } from '#shared/conditions.ts';
import type { Lookup, Requirement } from '#shared/function.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { conditionOf, conditionsOf } from '#shared/readiness.ts';
import { OWNER_LABEL, OWNER_NAMESPACE } from './access.ts';

/**
 * By whose uid a control plane is known: every cluster has this Service, no restore brings it along, and Crossplane may
 * read Services.
 */
export const CONTROL_PLANE: Requirement = {
  apiVersion: 'v1',
  kind: 'Service',
  namespace: 'default',
  match: { name: 'kubernetes' },
};

export const controlPlaneId = (lookup: Lookup): string | undefined => lookup('controlPlane')[0]?.metadata?.uid;

interface Owner {
  readonly status?: { readonly atProvider?: { readonly manifest?: KubernetesObject } };
}

/**
 * Whether this control plane is the one that places models in the cluster: two of them would give the same names to
 * different things. Nothing is said where it does not know its own identity.
 */
export function owned(self: string | undefined, object: KubernetesObject | undefined): Condition | undefined {
  if (self === undefined) return undefined;
  const seen = (object as Owner | undefined)?.status?.atProvider?.manifest;
  const synced = conditionOf(conditionsOf(object), 'Synced');
  if (seen === undefined)
    return condition(
      'Owned',
      'Unknown',
      'Claiming',
      synced?.status === 'False'
        ? `Cannot make namespace ${OWNER_NAMESPACE} in the cluster, which says whose it is: ${(synced.message ?? '').replaceAll(/\S+:\d+->/g, '')}`
        : `Waiting for namespace ${OWNER_NAMESPACE} in the cluster, which says whose it is.`,
    );
  const owner = seen.metadata?.labels?.[OWNER_LABEL];
  if (owner === self)
    return condition('Owned', 'True', 'Owned', 'No other control plane places models in the cluster.');
  return condition(
    'Owned',
    'False',
    'OwnedByAnother',
    `Namespace ${OWNER_NAMESPACE} in the cluster says that it is ${owner ? `of control plane ${owner}` : 'of nobody'}, so ` +
      'nothing new is placed there; if no other control plane places models there any more, run there: ' +
      `kubectl label namespace ${OWNER_NAMESPACE} --overwrite ${OWNER_LABEL}=${self}`,
  );
}
