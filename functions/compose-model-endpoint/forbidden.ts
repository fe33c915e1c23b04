import { BlockList, isIP } from 'node:net';
import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { isAtOrBelow, type UpstreamPaths } from '#shared/paths.ts';
import type { AddressType } from '#shared/urls.ts';

/** What an endpoint would reach, and for whom. */
export interface Destination extends UpstreamPaths {
  readonly host: string;
  readonly addressType: AddressType;
  readonly namespace: string;
}

/** What the platform team declared that bears on where an endpoint may be. */
export interface Platform {
  readonly gateway: (KubernetesObject & InferenceGateway) | undefined;
  readonly clusters: readonly (KubernetesObject & InferenceCluster)[];
}

/**
 * Networks that no endpoint may name. Traefik dials from the platform's own network, so an address that is harmless
 * from a tenant's pod may be a cloud's metadata service from there.
 */
export const FORBIDDEN_NETWORKS: readonly (readonly [what: string, networks: readonly string[]])[] = [
  ['an unspecified address', ['0.0.0.0/8', '::/128']],
  ['a loopback address', ['127.0.0.0/8', '::1/128']],
  ['a link-local address', ['169.254.0.0/16', 'fe80::/10']],
  ['a multicast or broadcast address', ['224.0.0.0/4', '255.255.255.255/32', 'ff00::/8']],
  // AWS over IPv6, Alibaba, Oracle and Azure, in this order; the others use link-local addresses.
  ['a metadata service', ['fd00:ec2::254/128', '100.100.100.200/32', '192.0.0.192/32', '168.63.129.16/32']],
  // An IPv4 address may hide in these (RFC 6052, RFC 3056), and what they reach cannot be told here.
  ['a translated address', ['64:ff9b::/96', '64:ff9b:1::/48', '2002::/16']],
];

/** Names that stand for the control plane's own cluster, or for a metadata service. */
const FORBIDDEN_NAMES: readonly (readonly [what: string, name: RegExp])[] = [
  ['a name of this machine', /(^|\.)localhost(\.localdomain)?$/],
  ['a Service of the control plane', /(^|\.)svc(\.|$)|\.cluster\.local$|^kubernetes\.default$/],
  ['a metadata service', /^(metadata|instance-data)(\.|$)|(^|\.)metadata\.google\.internal$/],
];

/** Why an endpoint may not be there, if it may not: the field, its value and the way out. */
export function forbiddenReason(to: Destination, { gateway, clusters }: Platform): string | undefined {
  const what = forbiddenAddress(to) ?? forbiddenName(to) ?? deniedNetwork(to, gateway) ?? frontDoor(to, gateway);
  if (what !== undefined) return `spec.url names ${to.host}, ${what}; name the provider's own public address.`;
  return foreignPath(to, clusters);
}

function forbiddenAddress(to: Destination): string | undefined {
  return FORBIDDEN_NETWORKS.find(([, networks]) => isInside(to, networks))?.[0];
}

function forbiddenName({ host, addressType }: Destination): string | undefined {
  if (addressType !== 'FQDN') return undefined;
  return FORBIDDEN_NAMES.find(([, name]) => name.test(host))?.[0];
}

function deniedNetwork(to: Destination, gateway: InferenceGateway | undefined): string | undefined {
  const denied = gateway?.spec.endpoints?.deniedCIDRs ?? [];
  return isInside(to, denied)
    ? 'in a network that the platform team denies (deniedCIDRs of the InferenceGateway)'
    : undefined;
}

/** A request that came in by the front door would come in again, without end. */
function frontDoor({ host }: Destination, gateway: InferenceGateway | undefined): string | undefined {
  const own = [gateway?.status?.address, gateway?.spec.hostname];
  return own.some((address) => isSameHost(address, host)) ? 'the front door itself' : undefined;
}

/**
 * At a cluster's gateway the path names the tenant, so there an endpoint's paths must be its own namespace's: a
 * prefix of / would let the client append another tenant's. On any port, because one gateway may listen on several.
 */
function foreignPath(to: Destination, clusters: Platform['clusters']): string | undefined {
  const cluster = clusters.find(({ spec, status }) =>
    [status?.gateway?.address, spec.gateway.address].some((address) => isSameHost(address, to.host)),
  );
  const own = `/${to.namespace}`;
  const foreign = [to.prefix, to.base].find((path) => !isAtOrBelow(path, own));
  if (cluster === undefined || foreign === undefined) return undefined;
  return (
    `spec.url names ${to.host}, the gateway of InferenceCluster ${cluster.metadata.name}, where requests would go to ` +
    `${foreign}; set spec.rewritePath to a path below ${own}/.`
  );
}

function isInside({ host, addressType }: Destination, networks: readonly string[]): boolean {
  if (addressType === 'FQDN') return false;
  const list = new BlockList();
  for (const network of networks) addNetwork(list, network);
  // A BlockList also finds an IPv4 address that is written as IPv6 (::ffff:127.0.0.1).
  return list.check(host, addressType === 'IPv4' ? 'ipv4' : 'ipv6');
}

function addNetwork(list: BlockList, network: string): void {
  const [address = '', length] = network.split('/');
  list.addSubnet(address, Number(length), isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

function isSameHost(address: string | undefined, host: string): boolean {
  if (address === undefined) return false;
  const url = URL.parse(`http://${address.includes(':') && !address.startsWith('[') ? `[${address}]` : address}`);
  return url?.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '') === host;
}
