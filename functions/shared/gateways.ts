import type { InferenceCluster } from '#schemas/inferencecluster.ts';

/** The gateways whose needs are known; Other for one whose needs its owner sees to. */
export type Implementation = NonNullable<InferenceCluster['spec']['gateway']['implementation']>;

/** By the controllerName of a GatewayClass. */
const BY_CONTROLLER: Readonly<Record<string, Implementation>> = {
  'gateway.envoyproxy.io/gatewayclass-controller': 'EnvoyAIGateway',
  'istio.io/gateway-controller': 'Istio',
  'networking.gke.io/gateway': 'GKE',
  'agentgateway.dev/agentgateway': 'Agentgateway',
};

/** By the names that classes have where their controller makes them itself, and nobody else calls his so. */
const BY_CLASS: readonly (readonly [RegExp, Implementation])[] = [
  [/^istio(-|$)/, 'Istio'],
  [/^gke-l7-/, 'GKE'],
];

/** Whose a GatewayClass is; undefined where nobody here has heard of its controller. */
export const implementationOfController = (controllerName: string): Implementation | undefined =>
  Object.hasOwn(BY_CONTROLLER, controllerName) ? BY_CONTROLLER[controllerName] : undefined;

/** Whose it is by its name alone, which is all that is known while it cannot be looked at. */
export const implementationOfClass = (className: string | undefined): Implementation | undefined =>
  BY_CLASS.find(([name]) => className !== undefined && name.test(className))?.[1];
