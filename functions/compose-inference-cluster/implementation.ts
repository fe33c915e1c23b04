import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import { type Condition, condition } from '#shared/conditions.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { conditionOf, conditionsOf } from '#shared/readiness.ts';

type Gateway = NonNullable<NonNullable<InferenceCluster['status']>['gateway']>;
type Implementation = NonNullable<InferenceCluster['spec']['gateway']['implementation']>;

/** The controllers whose needs are known, by the controllerName of their GatewayClass. */
const BY_CONTROLLER: Readonly<Record<string, Implementation>> = {
  'gateway.envoyproxy.io/gatewayclass-controller': 'EnvoyAIGateway',
  'istio.io/gateway-controller': 'Istio',
  'networking.gke.io/gateway': 'GKE',
  'agentgateway.dev/agentgateway': 'Agentgateway',
};

interface ClassObject {
  readonly status?: {
    readonly atProvider?: {
      readonly manifest?: KubernetesObject & { readonly spec?: { readonly controllerName?: string } };
    };
  };
}

export interface SeenImplementation {
  readonly controllerName?: string;
  readonly implementation?: string;
}

/**
 * Which gateway it is. What was known stays known while the class cannot be looked at, because what stands beside every
 * pool follows from it; what was seen of another class says nothing.
 */
export function implementationOf(
  { spec, status }: InferenceCluster,
  className: string | undefined,
  object: KubernetesObject | undefined,
): SeenImplementation {
  const seen = (object as ClassObject | undefined)?.status?.atProvider?.manifest;
  const before = status?.gateway;
  const isSame = className === undefined || before?.className === className;
  const controllerName =
    (seen?.metadata?.name === className ? seen?.spec?.controllerName : undefined) ??
    (isSame ? before?.controllerName : undefined);
  const implementation =
    spec.gateway.implementation ??
    (controllerName === undefined ? undefined : (lookUp(controllerName) ?? UNKNOWN)) ??
    (isSame ? before?.implementation : undefined);
  return { ...(controllerName !== undefined && { controllerName }), ...(implementation && { implementation }) };
}

/** A controller that nobody here has heard of. */
const UNKNOWN = 'Unknown';

const lookUp = (controllerName: string): Implementation | undefined =>
  Object.hasOwn(BY_CONTROLLER, controllerName) ? BY_CONTROLLER[controllerName] : undefined;

/** It says what is composed, and keeps nobody from being served: who has brought what his gateway needs is well off. */
export function gatewayRecognized(
  { spec }: InferenceCluster,
  gateway: Pick<Gateway, 'className' | 'controllerName' | 'implementation'> | undefined,
  object: KubernetesObject | undefined,
): Condition {
  if (spec.gateway.implementation !== undefined)
    return condition('GatewayRecognized', 'True', 'Declared', `spec.gateway says ${spec.gateway.implementation}.`);
  const { className, controllerName, implementation } = gateway ?? {};
  if (implementation === UNKNOWN)
    return condition(
      'GatewayRecognized',
      'False',
      'UnknownController',
      `Nobody here knows what controller ${controllerName} of GatewayClass ${className} needs beside an InferencePool, so ` +
        'nothing is composed for it. Set spec.gateway.implementation: to the gateway that it is, or to Other once ' +
        'whatever it needs is brought, as docs/clusters.md says.',
    );
  if (implementation !== undefined)
    return condition(
      'GatewayRecognized',
      'True',
      'Recognized',
      `It is ${implementation}, by controller ${controllerName}.`,
    );
  const synced = conditionOf(conditionsOf(object), 'Synced');
  if (synced?.status === 'False')
    return condition(
      'GatewayRecognized',
      'Unknown',
      'ClassNotReadable',
      `Cannot look at GatewayClass ${className}: ${/forbidden/.test(synced.message ?? '') ? 'the identity of the kubeconfig may not' : (synced.message ?? synced.reason)}; ` +
        'apply install/inference-cluster there, or set spec.gateway.implementation.',
    );
  return condition('GatewayRecognized', 'Unknown', 'WaitingForClass', 'The GatewayClass was not looked at yet.');
}
