import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { type Condition, condition, type Reason } from '#shared/conditions.ts';
import type { KubernetesObject, StatusCondition } from '#shared/kubernetes.ts';
import { ownCondition } from '#shared/platform.ts';
import { conditionOf, conditionsOf, isTrue } from '#shared/readiness.ts';
import { bracketed } from '#shared/urls.ts';
import { PORTS } from './values.ts';

interface Listener {
  readonly name: string;
  readonly protocol: string;
  readonly port: number;
  readonly hostname?: string;
}

interface ListenerStatus {
  readonly name: string;
  readonly conditions?: readonly StatusCondition[];
}

const statusOf = (gateway: KubernetesObject | undefined) =>
  (gateway?.status ?? {}) as { addresses?: { value?: string }[]; listeners?: ListenerStatus[] };

/** The first address that a Gateway got. */
export const addressOf = (gateway: KubernetesObject | undefined): string | undefined =>
  statusOf(gateway).addresses?.[0]?.value;

/**
 * The origin under which a Gateway is reached: https where it has such a listener, its hostname where that is one
 * name, else its address. Listener ports of Traefik's own are those of its pods; its Service has the usual ones.
 */
export function originOf(gateway: KubernetesObject | undefined): string | undefined {
  const listeners = ((gateway?.spec ?? {}) as { listeners?: Listener[] }).listeners ?? [];
  const listener = listeners.find(({ protocol }) => protocol === 'HTTPS') ?? listeners[0];
  const address = addressOf(gateway);
  if (listener === undefined || address === undefined) return undefined;
  const name = listener.hostname !== undefined && !listener.hostname.includes('*') ? listener.hostname : address;
  const scheme = listener.protocol === 'HTTPS' ? 'https' : 'http';
  const usual: readonly number[] = Object.values(PORTS[scheme]);
  return `${scheme}://${bracketed(name)}${usual.includes(listener.port) ? '' : `:${listener.port}`}`;
}

const notReady = (reason: Reason<'GatewayReady'>, message: string): Condition =>
  condition('GatewayReady', 'False', reason, message);

/** Whether a Gateway takes requests: every listener is fine, it is programmed as it is now, and it has an address. */
export function gatewayReady(
  xr: KubernetesObject & InferenceGateway,
  gateway: KubernetesObject | undefined,
): Condition {
  const broken = brokenListener(gateway);
  if (broken !== undefined) return notReady('ListenersNotValid', listenerProblem(xr, broken));
  const programmed = conditionOf(conditionsOf(gateway), 'Programmed');
  // While Traefik reads an edit it goes on serving what it has read before.
  const before = programmed?.status === 'True' && ownCondition(xr, 'GatewayReady')?.status === 'True';
  if (!before && !isTrue(programmed, gateway?.metadata?.generation))
    return notReady('WaitingForGateway', 'Waiting for Traefik to program the Gateway.');
  if (addressOf(gateway) === undefined)
    return notReady(
      'WaitingForAddress',
      'The Gateway has no address yet; its load balancer owes one. On kind or bare metal set spec.traefik.loadBalancer to MetalLB.',
    );
  return condition('GatewayReady', 'True', 'Programmed', 'The Gateway listens and has an address.');
}

type Broken = { readonly listener: string; readonly condition: StatusCondition };

function brokenListener(gateway: KubernetesObject | undefined): Broken | undefined {
  for (const { name, conditions = [] } of statusOf(gateway).listeners ?? []) {
    const found = conditions.find(({ type, status }) => BREAKING.includes(type) && status === 'False');
    if (found !== undefined) return { listener: name, condition: found };
  }
  return undefined;
}

/** Conflicted is true when something is wrong, and comes with one of these. */
const BREAKING: readonly string[] = ['Accepted', 'ResolvedRefs', 'Programmed'];

function listenerProblem({ spec }: InferenceGateway, { listener, condition: { reason, message } }: Broken): string {
  const name = spec.tls?.certificateRef.name;
  const wayOut =
    listener === 'https' && name !== undefined
      ? ` Check spec.tls.certificateRef: Secret modelplane-system/${name} must be there, of type kubernetes.io/tls.`
      : '';
  return `Listener ${listener} is not served: ${reason}: ${message}.${wayOut} Other listeners are not affected.`;
}
