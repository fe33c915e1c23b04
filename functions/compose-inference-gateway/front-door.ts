import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { type Condition, condition, type Reason } from '#shared/conditions.ts';
import type { KubernetesObject, StatusCondition } from '#shared/kubernetes.ts';
import { ownCondition } from '#shared/platform.ts';
import { conditionOf, conditionsOf, isTrue } from '#shared/readiness.ts';
import { brokenListeners, takers } from './listeners.ts';

/** A Gateway and its class, as they are in the cluster. */
export interface FrontDoor {
  readonly gateway: KubernetesObject | undefined;
  readonly gatewayClass: KubernetesObject | undefined;
  /** A user's, which may have other purposes too. */
  readonly isBrought: boolean;
  /** Who can give it an address, for the message that it has none. */
  readonly addressOwedBy: string;
}

/** The addresses that a Gateway got. */
export const addressesOf = (gateway: KubernetesObject | undefined): string[] =>
  ((gateway?.status as { addresses?: { value?: string }[] } | undefined)?.addresses ?? []).flatMap(
    ({ value }) => value ?? [],
  );

/** The name of the class that a Gateway is of. */
export const classNameOf = (gateway: KubernetesObject | undefined): string =>
  (gateway?.spec as { gatewayClassName?: string } | undefined)?.gatewayClassName ?? '';

const notReady = (reason: Reason<'GatewayReady'>, message: string): Condition =>
  condition('GatewayReady', 'False', reason, message);

/** Whether a front door takes requests: its class and Gateway are taken up as they are, and it has an address. */
export function gatewayReady(xr: KubernetesObject & InferenceGateway, door: FrontDoor): Condition {
  return notTaken(xr, door) ?? notAddressed(door) ?? PROGRAMMED;
}

const PROGRAMMED = condition('GatewayReady', 'True', 'Programmed', 'The Gateway listens and has an address.');

function notTaken(xr: KubernetesObject & InferenceGateway, door: FrontDoor) {
  const { gateway, gatewayClass } = door;
  const accepted = conditionOf(conditionsOf(gatewayClass), 'Accepted');
  if (!isTrue(accepted, gatewayClass?.metadata?.generation))
    return notReady('WaitingForGateway', `Waiting for Traefik to take GatewayClass ${classNameOf(gateway)}.`);
  const broken = decisive(door)[0];
  if (broken !== undefined) return notReady('ListenersNotValid', listenerProblem(xr, broken));
  const programmed = conditionOf(conditionsOf(gateway), 'Programmed');
  // While Traefik reads an edit it goes on serving what it has read before.
  const before = programmed?.status === 'True' && ownCondition(xr, 'GatewayReady')?.status === 'True';
  if (before || isTrue(programmed, gateway?.metadata?.generation)) return undefined;
  return notReady('WaitingForGateway', 'Waiting for Traefik to program the Gateway.');
}

/** Every listener of ours must be fine; one that takes our routes is enough of a Gateway that has other purposes too. */
function decisive({ gateway, isBrought }: FrontDoor) {
  const broken = brokenListeners(gateway);
  if (!isBrought) return broken;
  const names = takers(gateway).map(({ name }) => name);
  const ours = broken.filter(({ listener }) => names.includes(listener));
  return ours.length < names.length ? [] : ours;
}

function notAddressed({ gateway, addressOwedBy }: FrontDoor): Condition | undefined {
  if (addressesOf(gateway).length > 0) return undefined;
  return notReady('WaitingForAddress', `The Gateway has no address yet. ${addressOwedBy}`);
}

function listenerProblem(
  { spec }: InferenceGateway,
  { listener, condition }: { readonly listener: string | undefined; readonly condition: StatusCondition },
): string {
  const name = spec.tls?.certificateRef.name;
  const wayOut =
    listener === 'https' && name !== undefined
      ? ` Check spec.tls.certificateRef: Secret modelplane-system/${name} must be there, of type kubernetes.io/tls.`
      : '';
  return `Listener ${listener} is not served: ${condition.reason}: ${condition.message}.${wayOut} Other listeners are not affected.`;
}
