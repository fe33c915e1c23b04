import { type Condition, condition } from '#shared/conditions.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';

/** A Gateway of the cluster, as far as its own spec says what will become of our routes. */
interface Gateway extends KubernetesObject {
  readonly spec?: {
    readonly listeners?: readonly Listener[];
    readonly infrastructure?: { readonly parametersRef?: object };
  };
}

interface Listener {
  readonly name?: string;
  readonly port?: number;
  readonly allowedRoutes?: { readonly namespaces?: { readonly from?: string } };
}

interface GatewayObject {
  readonly status?: { readonly atProvider?: { readonly manifest?: Gateway } };
}

const gatewayIn = (object: KubernetesObject | undefined): Gateway | undefined =>
  (object as GatewayObject | undefined)?.status?.atProvider?.manifest;

/** Whether a Gateway is configured by an object of its controller's own. */
export const hasParameters = (object: KubernetesObject | undefined): boolean =>
  gatewayIn(object)?.spec?.infrastructure?.parametersRef !== undefined;

/** A Gateway whose listener lets in no route of a tenant's namespace serves none of them, however programmed it is. */
export function unlessClosed(readiness: Condition, object: KubernetesObject | undefined, port: number): Condition {
  const { metadata, spec } = gatewayIn(object) ?? {};
  const listeners = (spec?.listeners ?? []).filter((one) => one.port === port);
  if (readiness.status !== 'True' || listeners.length === 0 || !listeners.every(isClosed)) return readiness;
  return condition(
    'GatewayReady',
    'False',
    'ListenersNotValid',
    `Gateway ${metadata?.namespace}/${metadata?.name}: listener ${listeners[0]?.name} takes no routes of other namespaces; ` +
      'let in those that begin with mp-, in its allowedRoutes.',
  );
}

const isClosed = ({ allowedRoutes }: Listener): boolean =>
  ['Same', 'None'].includes(allowedRoutes?.namespaces?.from ?? '');
