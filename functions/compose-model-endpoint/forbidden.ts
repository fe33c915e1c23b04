import { domainToUnicode } from 'node:url';
import tlds from 'tlds' with { type: 'json' };
import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { isFrontDoorHost, isFrontDoorPort } from '#shared/front-door.ts';
import { type Host, isSameHost } from '#shared/hosts.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { isInside, isNetwork } from '#shared/networks.ts';
import { isAtOrBelow, type UpstreamPaths } from '#shared/paths.ts';

/** What an endpoint would reach, and for whom. */
export interface Destination extends Host, UpstreamPaths {
  readonly port: number;
  readonly namespace: string;
}

/** What the platform team declared that bears on where an endpoint may be. */
export interface Platform {
  readonly gateway: (KubernetesObject & InferenceGateway) | undefined;
  readonly clusters: readonly (KubernetesObject & InferenceCluster)[];
}

/**
 * Networks that no endpoint may name. Traefik dials from the platform's own network, so an address that is harmless
 * from a tenant's pod may be a cloud's metadata service from there. install/network-policy.yaml has the same.
 */
export const FORBIDDEN_NETWORKS: readonly (readonly [what: string, networks: readonly string[]])[] = [
  ['an unspecified address', ['0.0.0.0/8', '::/128']],
  ['a loopback address', ['127.0.0.0/8', '::1/128']],
  ['a link-local address', ['169.254.0.0/16', 'fe80::/10']],
  ['a multicast or broadcast address', ['224.0.0.0/4', '255.255.255.255/32', 'ff00::/8']],
  // Those that are not link-local. Where nobody else can have a network of his own around one, all of it.
  [
    'a metadata service',
    [
      '100.100.100.200/32', // Alibaba Cloud, in a network that others use (RFC 6598)
      '168.63.129.16/32', // Azure's host agent
      '192.0.0.0/24', // Oracle Cloud's former one, 192.0.0.192, in a network of protocols (RFC 6890)
      'fd00:ec2::/32', // AWS: metadata, EKS pod identity, DNS, time (whitepaper "IPv6 on AWS")
      'fd20:ce::/112', // Google Cloud, fd20:ce::254
      'fd00:c1::a9fe:0/112', // Oracle Cloud, fd00:c1::a9fe:a9fe (its SDKs)
      'fd00:42::/112', // Scaleway, fd00:42::42 (cloud-init)
      'fd00:a9fe:a9fe::/64', // Akamai, fd00:a9fe:a9fe::1 (cloud-init)
      'fd00:100::100:0/112', // Alibaba Cloud, fd00:100::100:200 (cloud-init)
    ],
  ],
  // An IPv4 address may hide in these (RFC 6052, 3056, 4380, 4291, 2765), and what they reach cannot be told here.
  ['a translated address', ['64:ff9b::/96', '64:ff9b:1::/48', '2002::/16', '2001::/32', '::/96', '::ffff:0:0:0/96']],
];

/** Names that stand for the control plane's own cluster, or for a metadata service. */
const FORBIDDEN_NAMES: readonly (readonly [what: string, name: RegExp])[] = [
  ['a name of this machine', /(^|\.)localhost(\.localdomain)?$/],
  ['a Service of the control plane', /(^|\.)svc(\.|$)|\.cluster\.local$|^kubernetes\.default$/],
  // 10-0-0-7 and 2001-db8--7, before its namespace (Kubernetes' DNS for Services and Pods).
  ['a pod of the control plane', /^(?=[^.]*-[^.]*-)[-0-9a-f]+\.[^.]+\.pod(\.|$)/],
  ['a metadata service', /^(metadata|instance-data)(\.|$)|(^|\.)metadata\.google\.internal$/],
];

/** Why an endpoint may not be there, if it may not: the field, its value and the way out. */
export const forbiddenReason = (to: Destination, platform: Platform): string | undefined =>
  dangerousReason(to, platform) ?? undeclaredGateway(to, platform) ?? unknownName(to, platform);

/** Why what is there may be another tenant's or the platform's, so that it is withdrawn even if it serves. */
export function dangerousReason(to: Destination, platform: Platform): string | undefined {
  const what = forbiddenAddress(to) ?? forbiddenName(to) ?? frontDoor(to, platform);
  if (what !== undefined) return `spec.url names ${to.host}, ${what}; name the provider's own public address.`;
  return deniedNetwork(to, platform) ?? foreignPath(to, platform);
}

/** Last labels of names that networks of companies and homes resolve, and that tests use (RFC 6761, ICANN on .internal). */
const PRIVATE_LABELS: readonly string[] = [
  ...['internal', 'intranet', 'private', 'corp', 'home', 'lan'],
  ...['example', 'test', 'invalid', 'alt', 'onion', 'arpa'],
];

/**
 * Why nobody would find a name: one of two labels is `service.namespace` to a pod, and to everybody else it must be a
 * domain. It is dialled as it is written, so it does no harm.
 */
export function unknownName({ host, addressType }: Destination, { clusters }: Platform): string | undefined {
  const [, last, third] = host.split('.');
  if (addressType !== 'FQDN' || last === undefined || third !== undefined) return undefined;
  if (PRIVATE_LABELS.includes(last) || tlds.includes(domainToUnicode(last))) return undefined;
  if (clusters.some(({ spec }) => isSameHost(spec?.gateway?.address, host))) return undefined;
  return (
    `spec.url names ${host}, which only a pod of its own cluster could resolve: there is no domain .${last}; name the ` +
    "provider's own public address, or deploy the model by a ModelDeployment."
  );
}

/**
 * Whether the platform team's word is missing: without an InferenceGateway nobody says which networks are denied, and
 * one with a network that cannot be read may mean any.
 */
export function awaitsNetworks(to: Destination, { gateway, clusters }: Platform): boolean {
  if (to.addressType === 'FQDN' || isDeclared(to, clusters)) return false;
  return gateway === undefined || !(gateway.spec?.endpoints?.deniedCIDRs ?? []).every(isNetwork);
}

function forbiddenAddress(to: Destination): string | undefined {
  return FORBIDDEN_NETWORKS.find(([, networks]) => isInside(to, networks))?.[0];
}

function forbiddenName({ host, addressType }: Destination): string | undefined {
  if (addressType !== 'FQDN') return undefined;
  return FORBIDDEN_NAMES.find(([, name]) => name.test(host))?.[0];
}

function deniedNetwork(to: Destination, platform: Platform): string | undefined {
  if (!isDenied(to, platform) || undeclaredGateway(to, platform) !== undefined) return undefined;
  return `${denied(to)}; name the provider's own public address.`;
}

/**
 * What the platform team declared as a cluster's gateway is its own word; what a cluster reports may be anybody's, and
 * nobody new is sent there. Who is sent there already is not cut off by a network that is denied later.
 */
export function undeclaredGateway(to: Destination, platform: Platform): string | undefined {
  const cluster = platform.clusters.find((each) => addressesOf(each).some((address) => isSameHost(address, to.host)));
  if (cluster === undefined || !isOwnPath(to) || !isDenied(to, platform)) return undefined;
  return `${denied(to)}; set spec.gateway.address of InferenceCluster ${cluster.metadata?.name}, or narrow deniedCIDRs.`;
}

const isDenied = (to: Destination, { gateway, clusters }: Platform): boolean =>
  isInside(to, gateway?.spec?.endpoints?.deniedCIDRs ?? []) && !isDeclared(to, clusters);

const denied = ({ host }: Destination): string =>
  `spec.url names ${host}, in a network that the platform team denies (deniedCIDRs of the InferenceGateway)`;

/** A request that came in by the front door would come in again, without end. */
function frontDoor(to: Destination, { gateway, clusters }: Platform): string | undefined {
  if (!isFrontDoorHost(gateway, to.host)) return undefined;
  // One address may lead to both, by its ports.
  const isCluster = clusters.some((cluster) => isGateway(to, cluster, addressesOf(cluster)));
  return isCluster && isOwnPath(to) && !isFrontDoorPort(gateway, to.port) ? undefined : 'the front door itself';
}

/**
 * At a cluster's gateway the path names the tenant, so there an endpoint's paths must be its own namespace's: a
 * prefix of / would let the client append another tenant's. On any port, because one gateway may listen on several.
 */
function foreignPath(to: Destination, { clusters }: Platform): string | undefined {
  const cluster = clusters.find((each) => addressesOf(each).some((address) => isSameHost(address, to.host)));
  const foreign = foreignPaths(to)[0];
  if (cluster === undefined || foreign === undefined) return undefined;
  return (
    `spec.url names ${to.host}, the gateway of InferenceCluster ${cluster.metadata?.name}, where requests would go to ` +
    `${foreign}; set spec.rewritePath to a path below /${to.namespace}/.`
  );
}

const foreignPaths = ({ prefix, base, namespace }: Destination): string[] =>
  [prefix, base].filter((path) => !isAtOrBelow(path, `/${namespace}`));

const isOwnPath = (to: Destination): boolean => foreignPaths(to).length === 0;

/** Where a cluster's gateway is, and where it is to be. */
const addressesOf = ({ spec, status }: InferenceCluster) => [
  status?.gateway?.address,
  spec?.gateway?.address,
  ...(status?.addresses ?? []),
];

const isDeclared = (to: Destination, clusters: Platform['clusters']): boolean =>
  isOwnPath(to) && clusters.some((cluster) => isGateway(to, cluster, [cluster.spec?.gateway?.address]));

/** Whether this is one of the addresses, and a port, of a cluster's gateway. */
function isGateway(to: Destination, { spec, status }: InferenceCluster, addresses: readonly (string | undefined)[]) {
  const { port = spec?.gateway?.tls === undefined ? 80 : 443 } = spec?.gateway ?? {};
  return [port, status?.gateway?.port].includes(to.port) && addresses.some((each) => isSameHost(each, to.host));
}
