import type { V1Secret } from '@kubernetes/client-node';
import type { IGateway } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { KeyPair } from '../../pki.ts';

/** A listener of the Gateway that can be served. */
export interface Listener {
  readonly name: string;
  readonly port: number;
  readonly hostname: string | undefined;
  /** Of one that speaks TLS. */
  readonly certificate: KeyPair | undefined;
}

/** Why a listener cannot be served: the condition that says so. */
export interface ListenerProblem {
  readonly type: 'Accepted' | 'ResolvedRefs';
  readonly reason: string;
  readonly message: string;
}

type Spec = IGateway['spec']['listeners'][number];
type Secrets = readonly V1Secret[];

export const served = (gateway: IGateway | undefined, secrets: Secrets): Listener[] =>
  (gateway?.spec.listeners ?? [])
    .filter((listener) => problemOf(listener, secrets) === undefined)
    .map((listener) => ({
      name: listener.name,
      port: listener.port,
      hostname: listener.hostname,
      certificate: listener.protocol === 'HTTPS' ? certificateOf(listener, secrets) : undefined,
    }));

export function problemOf(listener: Spec, secrets: Secrets): ListenerProblem | undefined {
  if (listener.protocol === 'HTTP') return undefined;
  if (listener.protocol !== 'HTTPS')
    return { type: 'Accepted', reason: 'UnsupportedProtocol', message: 'HTTP and HTTPS are served here' };
  if (certificateOf(listener, secrets) !== undefined) return undefined;
  const name = listener.tls?.certificateRefs?.[0]?.name;
  return { type: 'ResolvedRefs', reason: 'InvalidCertificateRef', message: `Secret ${name} holds no certificate` };
}

/** The first that is named, which is in the Gateway's own namespace here. */
function certificateOf({ tls }: Spec, secrets: Secrets): KeyPair | undefined {
  const data = secrets.find(({ metadata }) => metadata?.name === tls?.certificateRefs?.[0]?.name)?.data;
  const text = (key: string) => Buffer.from(data?.[key] ?? '', 'base64').toString('utf8');
  return data?.['tls.crt'] && data['tls.key'] ? { cert: text('tls.crt'), key: text('tls.key') } : undefined;
}
