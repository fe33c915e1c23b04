import { isIP } from 'node:net';
import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import type { Refusal } from '#shared/function.ts';
import { parseHost } from '#shared/hosts.ts';
import { isNetwork } from '#shared/networks.ts';

/** Why a spec cannot be carried out, by what no schema can say of it. */
export function refusalOf(xr: InferenceGateway): Refusal | undefined {
  const key = strangeLabel(xr);
  if (key !== undefined)
    return {
      reason: 'InvalidSelector',
      problem: `use spec.routes.namespaceSelector.matchLabels: ${JSON.stringify(key)} is no key of a label. Name one that namespaces carry`,
    };
  const problem = hostnameProblem(xr) ?? networkProblem(xr) ?? poolProblem(xr);
  return problem === undefined ? undefined : { reason: 'InvalidAddress', problem: `use spec.${problem}` };
}

/** A label's key as Kubernetes takes it: a name, after a prefix that is a domain (k8s.io/apimachinery, IsQualifiedName). */
const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;

/** Keys of maps are beyond a schema. With one that no label has Traefik would serve nobody. */
const strangeLabel = ({ spec }: InferenceGateway): string | undefined =>
  Object.keys(spec.routes?.namespaceSelector?.matchLabels ?? {}).find((name) => !LABEL_KEY.test(name));

function hostnameProblem({ spec: { hostname } }: InferenceGateway): string | undefined {
  if (hostname === undefined) return undefined;
  const host = parseHost(hostname);
  if (!host.ok) return `hostname ${hostname}: ${host.problem}`;
  return host.addressType === 'FQDN'
    ? undefined
    : `hostname ${hostname}: it is an address; leave it out, and the address is published`;
}

function networkProblem({ spec }: InferenceGateway): string | undefined {
  const fields = {
    'endpoints.deniedCIDRs': spec.endpoints?.deniedCIDRs,
    'traefik.service.loadBalancerSourceRanges': spec.traefik.service?.loadBalancerSourceRanges,
  };
  return Object.entries(fields).flatMap(([field, networks = []]) =>
    networks
      .filter((network) => !isNetwork(network))
      .map((network) => `${field}: ${network} is no network; write one such as 10.0.0.0/8 or fd00::/8`),
  )[0];
}

/** MetalLB takes two addresses of one family, or a network. */
function poolProblem({ spec }: InferenceGateway): string | undefined {
  const pool = spec.traefik.metallb?.addressPool;
  if (pool === undefined || isNetwork(pool)) return undefined;
  const [first = 0, last = 0, ...more] = pool.split('-').map((address) => isIP(address.trim()));
  return first !== 0 && first === last && more.length === 0
    ? undefined
    : `traefik.metallb.addressPool ${pool}: it is no range of addresses; write one such as 172.18.255.200-172.18.255.250`;
}
