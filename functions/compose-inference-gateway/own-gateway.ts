import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { type Condition, condition } from '#shared/conditions.ts';
import type { Lookup, Requirements } from '#shared/function.ts';
import { type KubernetesObject, nameOf } from '#shared/kubernetes.ts';
import { GATEWAY_CONTROLLER } from '#shared/readiness.ts';

const GATEWAY_API = 'gateway.networking.k8s.io/v1';

/** The Gateway that a user brought, and the classes, one of which is its own. Only once these kinds are known to exist. */
export function ownGatewayRequirements({ spec }: InferenceGateway, lookup: Lookup): Requirements {
  if (spec.gatewayRef === undefined || lookup('gatewayAPI').length === 0) return {};
  const { name, namespace } = spec.gatewayRef;
  return {
    gateway: { apiVersion: GATEWAY_API, kind: 'Gateway', namespace, match: { name } },
    gatewayClasses: { apiVersion: GATEWAY_API, kind: 'GatewayClass', match: { labels: {} } },
  };
}

/** What is wrong with the Gateway that a user brought, before anyone asks whether it is ready. */
export function ownGatewayProblem({ spec }: InferenceGateway, lookup: Lookup): Condition | undefined {
  const named = `spec.gatewayRef: Gateway ${spec.gatewayRef?.namespace}/${spec.gatewayRef?.name}`;
  const [gateway] = lookup('gateway');
  if (gateway === undefined)
    return condition('GatewayReady', 'False', 'GatewayNotFound', `${named} is not there; create it, or name another.`);
  const { gatewayClassName } = gateway.spec as { gatewayClassName: string };
  const controller = controllerOf(lookup('gatewayClasses'), gatewayClassName);
  if (controller === GATEWAY_CONTROLLER) return undefined;
  return condition(
    'GatewayReady',
    'False',
    'UnsupportedGatewayClass',
    `${named} is of class ${gatewayClassName}, whose controller is ${controller ?? 'unknown'}; name one of ${GATEWAY_CONTROLLER}, the one that rewrites a path per backend.`,
  );
}

const controllerOf = (classes: readonly KubernetesObject[], name: string): string | undefined =>
  (classes.find((each) => nameOf(each) === name)?.spec as { controllerName?: string } | undefined)?.controllerName;
