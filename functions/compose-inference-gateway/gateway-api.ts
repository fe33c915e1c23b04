import { type Condition, condition } from '#shared/conditions.ts';
import type { Lookup, Requirements } from '#shared/function.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { conditionOf, conditionsOf } from '#shared/readiness.ts';
import { isBelow } from './version.ts';

/** What Traefik 3.7 was tested with (its go.mod and its documentation). */
const BUNDLE = 'v1.5.1';

const BUNDLE_ANNOTATION = 'gateway.networking.k8s.io/bundle-version';

/** The last kind to become v1, and one without which Traefik waits for ever and serves nothing. */
const NEWEST_KIND = 'tlsroutes.gateway.networking.k8s.io';

const CRD = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' } as const;

/** Kinds that must be there before anything is composed, and the one that lets a request be retried. */
export const KIND_REQUIREMENTS = {
  gatewayAPI: { ...CRD, match: { name: NEWEST_KIND } },
  middlewares: { ...CRD, match: { name: 'middlewares.traefik.io' } },
} satisfies Requirements;

/** Whether objects of the Gateway API can be asked for: Crossplane fails an XR that requires one of a kind not served. */
export const hasGatewayAPI = (lookup: Lookup): boolean => isEstablished(lookup('gatewayAPI')[0]);

/** Whether a route may name a Middleware. */
export const hasMiddlewares = (lookup: Lookup): boolean => isEstablished(lookup('middlewares')[0]);

const isEstablished = (crd: KubernetesObject | undefined): boolean =>
  conditionOf(conditionsOf(crd), 'Established')?.status === 'True';

interface Definition extends KubernetesObject {
  readonly spec?: { readonly versions?: readonly { readonly name: string; readonly served: boolean }[] };
}

/** What is wrong with the Gateway API of this cluster, if anything is. It is never ours: deleting it deletes every route. */
export function gatewayAPIProblem(lookup: Lookup): Condition | undefined {
  const [crd] = lookup<Definition>('gatewayAPI');
  const command = `kubectl apply --server-side -f https://github.com/kubernetes-sigs/gateway-api/releases/download/${BUNDLE}/standard-install.yaml`;
  if (crd === undefined || !isEstablished(crd))
    return condition(
      'ControllerReady',
      'False',
      'CRDsMissing',
      `This cluster has no Gateway API with TLSRoute. Install it: ${command}`,
    );
  const bundle = crd.metadata?.annotations?.[BUNDLE_ANNOTATION] ?? 'none';
  const served = crd.spec?.versions?.some(({ name, served }) => name === 'v1' && served) ?? false;
  if (served && /^v\d/.test(bundle) && !isBelow(bundle, BUNDLE)) return undefined;
  return condition(
    'ControllerReady',
    'False',
    'CRDsTooOld',
    `The Gateway API of this cluster is ${bundle}, and Traefik needs ${BUNDLE}. Upgrade it: ${command}`,
  );
}
