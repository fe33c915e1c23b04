import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import type { Condition } from '#shared/conditions.ts';
import type { Desired } from '#shared/desired.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { encrypted, gatewayWith, OUR_GATEWAY } from './gateway.ts';
import { brokenListeners, certificateIn, isServed } from './listeners.ts';

const TRIAL = { ...OUR_GATEWAY, name: `${OUR_GATEWAY.name}-certificate` } as const;

/** Nobody is called so, and nobody can be (RFC 6761). */
const NOBODY = 'certificate.invalid';

export interface Certificates {
  /** The Secret by whose certificate HTTPS is to be served now; undefined without TLS. */
  readonly served: string | undefined;
  /** The Secret that is to take its place, once Traefik can serve by it. */
  readonly tried: string | undefined;
}

/**
 * Traefik drops a listener whose certificate it cannot load, and no function reads a Secret. So another certificate is
 * first tried by a Gateway that no request is for; until Traefik serves by it HTTPS goes on with the one before.
 */
export function certificatesOf(
  { spec }: InferenceGateway,
  { gateway, trial }: { readonly gateway?: KubernetesObject; readonly trial?: KubernetesObject },
): Certificates {
  const wanted = spec.tls?.certificateRef.name;
  const told = certificateIn(gateway);
  const isLost = brokenListeners(gateway).some(({ listener }) => listener === 'https');
  const isProven = certificateIn(trial) === wanted && isServed(trial, 'https');
  if (wanted === undefined || told === undefined || told === wanted || isLost || isProven)
    return { served: wanted, tried: undefined };
  return { served: told, tried: wanted };
}

/** The Gateway by which a certificate is tried. */
export const trialDesired = (
  { tried }: Certificates,
  trial: KubernetesObject | undefined,
): { readonly trial?: Desired } =>
  tried === undefined
    ? {}
    : {
        trial: {
          resource: gatewayWith(TRIAL, [
            {
              name: 'https',
              hostname: NOBODY,
              ...encrypted(tried),
              allowedRoutes: {
                kinds: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }],
                namespaces: { from: 'Same' },
              },
            },
          ]),
          ready: isServed(trial, 'https'),
        },
      };

/** What GatewayReady says of it beside: the door is open all the while. */
export function withTrial(
  front: Condition,
  { served, tried }: Certificates,
  trial: KubernetesObject | undefined,
): Condition {
  if (tried === undefined) return front;
  const [broken] = certificateIn(trial) === tried ? brokenListeners(trial) : [];
  const why =
    broken === undefined
      ? 'Traefik has yet to look at it'
      : `${broken.condition.reason}: ${broken.condition.message?.replace(/\.$/, '')}`;
  return {
    ...front,
    message: `${front.message} HTTPS goes on with the certificate in Secret ${served}, until that in Secret ${tried} can be served: ${why}.`,
  };
}
