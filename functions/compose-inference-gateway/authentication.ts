import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { type Condition, condition } from '#shared/conditions.ts';
import type { Desired } from '#shared/desired.ts';
import type { Inputs } from '#shared/function.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { retainAll } from '#shared/retain.ts';
import { hasMiddlewares } from './gateway-api.ts';
import { HOOK, HOOK_KEYS } from './hook.ts';
import { VERIFIER, VERIFIER_KEYS, verifierObjects } from './verifier.ts';

type XR = KubernetesObject & InferenceGateway;

/** Whether every entry point is to ask, and what there is to ask. */
export interface Authentication {
  readonly hooked: boolean;
  readonly desired: Readonly<Record<string, Desired>>;
  /** For the status: routes leave the caller's own name alone while it is Enforced. */
  readonly status: 'Enforced' | 'Off' | undefined;
  readonly condition: Condition;
  /** Whether who may come in does so now. */
  readonly letsIn: boolean;
}

/**
 * On: first the verifier and its Middleware, then the hook, which is a rollout of Traefik, because a Traefik that asks a
 * Middleware that is not there serves nothing. A new front door asks from its first moment, so that it is never open. Off:
 * first the hook, and the verifier when no Traefik asks any more.
 */
export function authentication(inputs: Inputs<XR>, isWanted: boolean): Authentication {
  const { xr, observed, lookup } = inputs;
  const traefik = lookup<Workload>('deployment')[0];
  if (!isWanted) return withdrawn(inputs, traefik);
  const available = availableReplicas(observed.verifier) > 0;
  const isPrepared = available && HOOK_KEYS.every((key) => observed[key] !== undefined);
  const hooked = observed.release === undefined || isHooked(observed.release) || isPrepared;
  // Once it is, it is: a later rollout of Traefik has the hook from the first pod to the last.
  const enforced = hooked && (xr.status?.authentication === 'Enforced' || (isHooked(traefik) && isRolledOut(traefik)));
  const objects = Object.entries(verifierObjects(xr, hasMiddlewares(lookup)));
  return {
    hooked,
    desired: Object.fromEntries(
      objects.map(([key, resource]) => [
        key,
        { resource, ready: key === 'verifier' ? available : observed[key] !== undefined },
      ]),
    ),
    status: enforced ? 'Enforced' : 'Off',
    condition: callersAuthenticated(xr, { available, hooked, enforced, isThere: observed.verifier !== undefined }),
    letsIn: enforced && available,
  };
}

function withdrawn({ xr, observed }: Inputs<XR>, traefik: Workload | undefined): Authentication {
  const isVerifiers = (key: string) => VERIFIER_KEYS.includes(key as (typeof VERIFIER_KEYS)[number]);
  const isAsked = isHooked(observed.release) || isHooked(traefik) || (traefik !== undefined && !isRolledOut(traefik));
  return {
    hooked: false,
    desired: isAsked ? retainAll(observed, isVerifiers, () => true) : {},
    status: xr.status?.authentication === undefined ? undefined : 'Off',
    condition: ANYBODY,
    letsIn: true,
  };
}

export const ANYBODY = condition(
  'AuthenticationReady',
  'True',
  'AnybodyIsLetIn',
  'No authentication is in force: whoever can reach the front door may call every model. Set spec.authentication, or have the network keep others away.',
);

interface Situation {
  readonly available: boolean;
  readonly hooked: boolean;
  readonly enforced: boolean;
  readonly isThere: boolean;
}

function callersAuthenticated({ spec }: XR, { available, hooked, enforced, isThere }: Situation): Condition {
  if (!available)
    return condition(
      'AuthenticationReady',
      'False',
      'WaitingForVerifier',
      `${hooked ? 'Nobody is let in' : 'Anybody is let in still'}: waiting for a pod of Deployment ${PLATFORM_NAMESPACE}/${VERIFIER} to be available${
        isThere ? '; kubectl describe it and its ReplicaSet, and see that install/verifier.yaml is applied' : ''
      }.`,
    );
  if (!enforced)
    return condition(
      'AuthenticationReady',
      'False',
      'RollingOut',
      `The verifier is available. Waiting for every pod of Deployment ${PLATFORM_NAMESPACE}/traefik to ask it; until then some let anybody in.`,
    );
  const counted =
    spec.redis === undefined
      ? ' Limits are counted by each verifier for itself, so a caller may get up to twice a limit; set spec.redis to count together.'
      : '';
  return condition(
    'AuthenticationReady',
    'True',
    'Enforced',
    `Who calls must show a key or a token that an access list has.${counted}`,
  );
}

interface Workload extends KubernetesObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly availableReplicas?: number;
    readonly terminatingReplicas?: number;
  };
}

/** Whether a Release or a Deployment of Traefik's has the hook among its arguments. */
export const isHooked = (object: KubernetesObject | undefined): boolean =>
  JSON.stringify(object?.spec ?? {}).includes(HOOK);

const availableReplicas = (deployment: KubernetesObject | undefined): number =>
  (deployment as Workload | undefined)?.status?.availableReplicas ?? 0;

/**
 * Whether all pods of a Deployment are of its newest template, and none of another is left: one that is leaving goes on
 * answering on connections that it has. Kubernetes says how many those are from 1.35 on.
 */
function isRolledOut(deployment: Workload | undefined): boolean {
  const { metadata, spec, status } = deployment ?? {};
  if (status === undefined || (status.observedGeneration ?? 0) < (metadata?.generation ?? 0)) return false;
  return (
    status.updatedReplicas === spec?.replicas &&
    status.replicas === spec?.replicas &&
    (status.terminatingReplicas ?? 0) === 0 &&
    (status.availableReplicas ?? 0) > 0
  );
}
