import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { OUR_GATEWAY } from './gateway.ts';

/** A Gateway that is the front door. */
export interface GatewayRef {
  readonly name: string;
  readonly namespace: string;
}

export const isSameGateway = (one: Partial<GatewayRef> | undefined, other: GatewayRef): boolean =>
  one?.name === other.name && one.namespace === other.namespace;

export const isOurs = (ref: GatewayRef): boolean => isSameGateway(ref, OUR_GATEWAY);

/** The Gateway that routes have been told of, and so attach to. */
export function toldGateway({ status }: InferenceGateway): GatewayRef | undefined {
  const { name, namespace } = status?.gatewayRef ?? {};
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
}
