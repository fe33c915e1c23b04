import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import { type Condition, condition } from '#shared/conditions.ts';
import { implementationOfClass, implementationOfController } from '#shared/gateways.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { conditionOf, conditionsOf } from '#shared/readiness.ts';

/** What is known of whose a Gateway is. */
interface Known {
  readonly className?: string;
  readonly controllerName?: string;
  readonly implementation?: string;
}

interface ClassObject {
  readonly status?: { readonly atProvider?: { readonly manifest?: GatewayClass } };
}

interface GatewayClass extends KubernetesObject {
  readonly spec?: { readonly controllerName?: string; readonly parametersRef?: object };
}

const seenClass = (object: KubernetesObject | undefined): GatewayClass | undefined =>
  (object as ClassObject | undefined)?.status?.atProvider?.manifest;

/** Of a controller that nobody here has heard of. */
const UNKNOWN = 'Unknown';

/**
 * Which gateway it is. What was known stays known while its class cannot be looked at, because what stands beside every
 * pool follows from it; what was seen of another class says nothing.
 */
export function implementationOf(
  { spec, status }: InferenceCluster,
  className: string | undefined,
  object: KubernetesObject | undefined,
): Known {
  const seen = seenClass(object);
  const before: Known = status?.gateway?.className === className ? (status?.gateway ?? {}) : {};
  const controllerName =
    seen?.metadata?.name === className && seen?.spec?.controllerName !== undefined
      ? seen.spec.controllerName
      : before.controllerName;
  const implementation =
    spec.gateway.implementation ??
    (controllerName === undefined
      ? (before.implementation ?? implementationOfClass(className))
      : (implementationOfController(controllerName) ?? UNKNOWN));
  return { ...(controllerName !== undefined && { controllerName }), ...(implementation && { implementation }) };
}

/**
 * Whether it is known what to compose beside pools; nothing before anybody has looked at the class. It keeps no cluster
 * from being Ready, because whoever has brought what his gateway needs is served.
 */
export function gatewayRecognized(
  { spec }: InferenceCluster,
  { className, controllerName, implementation }: Known,
  object: KubernetesObject | undefined,
  hasParameters = true,
  lacksAIGateway = false,
): Condition | undefined {
  if (spec.gateway.implementation !== undefined)
    return condition('GatewayRecognized', 'True', 'Declared', `By spec.gateway it is ${spec.gateway.implementation}.`);
  if (implementation === UNKNOWN)
    return condition(
      'GatewayRecognized',
      'False',
      'UnknownController',
      `What controller ${controllerName} of GatewayClass ${className} needs beside an InferencePool is not known here, so ` +
        'nothing is composed for it; set spec.gateway.implementation to the gateway that it is, or to Other when ' +
        'everything that it needs is brought.',
    );
  if (implementation !== undefined)
    return condition(
      'GatewayRecognized',
      'True',
      'Recognized',
      `By ${controllerName === undefined ? `its GatewayClass ${className}` : `controller ${controllerName}`} it is ` +
        `${implementation}.${advice(implementation, hasParameters, lacksAIGateway, seenClass(object))}`,
    );
  const synced = conditionOf(conditionsOf(object), 'Synced');
  if (synced?.status !== 'False') return undefined;
  return condition(
    'GatewayRecognized',
    'Unknown',
    'ClassNotReadable',
    `Cannot look at GatewayClass ${className}: ${(synced.message ?? synced.reason ?? '').replaceAll(/\S+:\d+->/g, '')}; ` +
      'apply install/inference-cluster there, or set spec.gateway.implementation.',
  );
}

/** What is seen to be missing of what docs/clusters.md has for a gateway. */
function advice(
  implementation: string,
  hasParameters: boolean,
  lacksAIGateway: boolean,
  seen: GatewayClass | undefined,
): string {
  if (implementation !== 'EnvoyAIGateway') return '';
  if (lacksAIGateway)
    return (
      ' The cluster has no kinds of Envoy AI Gateway, without which Envoy Gateway takes no route to an InferencePool; ' +
      'install it as docs/clusters.md says.'
    );
  return !hasParameters && seen?.spec?.parametersRef === undefined
    ? ' Neither its Gateway nor its GatewayClass names an EnvoyProxy, so a stream is cut a minute after any change of ' +
        'routes; apply install/inference-cluster/envoy-gateway.'
    : '';
}
