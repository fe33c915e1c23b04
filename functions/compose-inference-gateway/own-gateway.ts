import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { type Condition, condition, type Reason } from '#shared/conditions.ts';
import type { Lookup, Requirement, Requirements } from '#shared/function.ts';
import { type KubernetesObject, nameOf } from '#shared/kubernetes.ts';
import { GATEWAY_CONTROLLER } from '#shared/readiness.ts';
import { classNameOf, type FrontDoor } from './front-door.ts';
import { NAME } from './gateway.ts';
import { hasGatewayAPI } from './gateway-api.ts';
import { takers } from './listeners.ts';
import { type GatewayRef, isOurs, isSameGateway, toldGateway } from './ref.ts';

const GATEWAY_API = 'gateway.networking.k8s.io/v1';

/**
 * The Gateway that a user brought, the one before it while routes are attached to that, and the classes, one of which is
 * theirs. Only once these kinds are known to exist.
 */
export function gatewayRequirements(xr: InferenceGateway, lookup: Lookup): Requirements {
  const { gatewayRef } = xr.spec;
  const former = formerGateway(xr);
  if (!hasGatewayAPI(lookup) || (gatewayRef === undefined && former === undefined)) return {};
  return {
    ...(gatewayRef && { gateway: gatewayOf(gatewayRef) }),
    ...(former && { formerGateway: gatewayOf(former) }),
    gatewayClasses: { apiVersion: GATEWAY_API, kind: 'GatewayClass', match: { labels: {} } },
  };
}

const gatewayOf = ({ name, namespace }: GatewayRef): Requirement => ({
  apiVersion: GATEWAY_API,
  kind: 'Gateway',
  namespace,
  match: { name },
});

/** A Gateway that was brought and is the front door still, though the spec names another, or none. */
function formerGateway(xr: InferenceGateway): GatewayRef | undefined {
  const told = toldGateway(xr);
  return told === undefined || isOurs(told) || isSameGateway(xr.spec.gatewayRef, told) ? undefined : told;
}

/** A Gateway that a user brought, as it is. */
export const ownGateway = (xr: InferenceGateway, ref: GatewayRef, lookup: Lookup): KubernetesObject | undefined =>
  lookup(isSameGateway(xr.spec.gatewayRef, ref) ? 'gateway' : 'formerGateway')[0];

const notReady = (reason: Reason<'GatewayReady'>, message: string): Condition =>
  condition('GatewayReady', 'False', reason, message);

/** What is wrong with a Gateway that a user brought, before anyone asks whether it is ready. */
export function ownGatewayProblem(
  { spec }: InferenceGateway,
  ref: GatewayRef,
  { gateway, gatewayClass }: FrontDoor,
): Condition | undefined {
  const named = `${isSameGateway(spec.gatewayRef, ref) ? 'spec.gatewayRef: ' : ''}Gateway ${ref.namespace}/${ref.name}`;
  if (gateway === undefined) return notReady('GatewayNotFound', `${named} is not there; create it, or name another.`);
  const className = classNameOf(gateway);
  const controller = controllerOf(gatewayClass);
  if (className === NAME)
    return notReady(
      'UnsupportedGatewayClass',
      `${named} is of class ${className}, which is installed for the front door and goes with gatewayRef; name one of your own Traefik.`,
    );
  if (controller !== GATEWAY_CONTROLLER)
    return notReady(
      'UnsupportedGatewayClass',
      `${named} is of class ${className}, whose controller is ${controller ?? 'unknown'}; name one of ${GATEWAY_CONTROLLER}, the one that rewrites a path per backend.`,
    );
  if (takers(gateway).length === 0)
    return notReady(
      'ListenersNotValid',
      `${named} has no HTTP or HTTPS listener that takes routes of other namespaces; set allowedRoutes.namespaces.from to All or Selector on one.`,
    );
  return undefined;
}

/** The class of a Gateway that a user brought. */
export function ownGatewayClass(gateway: KubernetesObject | undefined, lookup: Lookup): KubernetesObject | undefined {
  const name = classNameOf(gateway);
  return lookup('gatewayClasses').find((each) => nameOf(each) === name);
}

const controllerOf = (gatewayClass: KubernetesObject | undefined): string | undefined =>
  (gatewayClass?.spec as { controllerName?: string } | undefined)?.controllerName;
