import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { type Condition, condition, type Reason } from '#shared/conditions.ts';
import type { Lookup, Requirements } from '#shared/function.ts';
import { type KubernetesObject, nameOf } from '#shared/kubernetes.ts';
import { GATEWAY_CONTROLLER } from '#shared/readiness.ts';
import { classNameOf, isOpen } from './front-door.ts';
import { NAME } from './gateway.ts';
import { hasGatewayAPI } from './gateway-api.ts';

const GATEWAY_API = 'gateway.networking.k8s.io/v1';

/** The Gateway that a user brought, and the classes, one of which is its own. Only once these kinds are known to exist. */
export function ownGatewayRequirements({ spec }: InferenceGateway, lookup: Lookup): Requirements {
  if (spec.gatewayRef === undefined || !hasGatewayAPI(lookup)) return {};
  const { name, namespace } = spec.gatewayRef;
  return {
    gateway: { apiVersion: GATEWAY_API, kind: 'Gateway', namespace, match: { name } },
    gatewayClasses: { apiVersion: GATEWAY_API, kind: 'GatewayClass', match: { labels: {} } },
  };
}

const notReady = (reason: Reason<'GatewayReady'>, message: string): Condition =>
  condition('GatewayReady', 'False', reason, message);

/** What is wrong with the Gateway that a user brought, before anyone asks whether it is ready. */
export function ownGatewayProblem({ spec }: InferenceGateway, lookup: Lookup): Condition | undefined {
  const named = `spec.gatewayRef: Gateway ${spec.gatewayRef?.namespace}/${spec.gatewayRef?.name}`;
  const [gateway] = lookup('gateway');
  if (gateway === undefined) return notReady('GatewayNotFound', `${named} is not there; create it, or name another.`);
  const className = classNameOf(gateway);
  const controller = controllerOf(ownGatewayClass(lookup));
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
  if (!isOpen(gateway))
    return notReady(
      'ListenersNotValid',
      `${named} has no HTTP or HTTPS listener that takes routes of other namespaces; set allowedRoutes.namespaces.from to All or Selector on one.`,
    );
  return undefined;
}

/** The class of the Gateway that a user brought. */
export function ownGatewayClass(lookup: Lookup): KubernetesObject | undefined {
  const name = classNameOf(lookup('gateway')[0]);
  return lookup('gatewayClasses').find((each) => nameOf(each) === name);
}

const controllerOf = (gatewayClass: KubernetesObject | undefined): string | undefined =>
  (gatewayClass?.spec as { controllerName?: string } | undefined)?.controllerName;
