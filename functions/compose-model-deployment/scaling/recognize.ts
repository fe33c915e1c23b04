import type { KubernetesObject } from '#shared/kubernetes.ts';

export const SCALED_OBJECT = 'ScaledObject';

interface ProviderObject {
  readonly spec?: {
    readonly managementPolicies?: readonly string[];
    readonly forProvider?: { readonly manifest?: { readonly kind?: string } };
  };
}

/**
 * Whether an Object is for scaling, and says nothing of whether a site serves: what KEDA is asked for, or the second
 * writer of replicas, who is told by what it may do.
 */
export function isForScaling(object: KubernetesObject): boolean {
  const { spec } = object as ProviderObject;
  const kind = spec?.forProvider?.manifest?.kind;
  const policies = spec?.managementPolicies;
  const mayOnlyUpdate = policies?.includes('Update') === true && !policies.includes('Create');
  return kind === SCALED_OBJECT || (kind === 'Deployment' && mayOnlyUpdate);
}
