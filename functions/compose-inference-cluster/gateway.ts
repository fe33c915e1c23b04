import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import { type Condition, condition, type Reason } from '#shared/conditions.ts';
import type { Refusal } from '#shared/function.ts';
import { parseHost } from '#shared/hosts.ts';
import type { KubernetesObject, StatusCondition } from '#shared/kubernetes.ts';
import { conditionOf, conditionsOf } from '#shared/readiness.ts';
import { hasNoSuchKind, type Synced } from './connection.ts';
import { isOpen, type Way } from './seen.ts';

/** What provider-kubernetes last saw of the cluster's Gateway. */
export interface SeenGateway {
  readonly synced: Synced;
  readonly conditions: readonly StatusCondition[];
  readonly addresses: readonly string[];
  /** Whether it is the Gateway that the spec names now, and not the one before. */
  readonly isThisOne: boolean;
  readonly className: string | undefined;
  readonly object: KubernetesObject | undefined;
}

interface GatewayObject {
  readonly spec?: { readonly forProvider?: { readonly manifest?: Manifest } };
  readonly status?: { readonly atProvider?: { readonly manifest?: Manifest } };
}

interface Manifest extends KubernetesObject {
  readonly spec?: { readonly gatewayClassName?: string };
  readonly status?: {
    readonly conditions?: readonly StatusCondition[];
    readonly addresses?: readonly { readonly value?: string }[];
  };
}

/** The Gateway that is looked at. */
export interface Wanted {
  readonly name: string;
  readonly namespace: string;
}

/** The Gateway that an Object was told to look at. */
export function wantedGateway(object: KubernetesObject | undefined): Wanted | undefined {
  const { name, namespace } = (object as GatewayObject | undefined)?.spec?.forProvider?.manifest?.metadata ?? {};
  return name === undefined || namespace === undefined ? undefined : { name, namespace };
}

export function seenGateway({ name, namespace }: Wanted, object: KubernetesObject | undefined): SeenGateway {
  const manifest = (object as GatewayObject | undefined)?.status?.atProvider?.manifest;
  // What was seen of the Gateway that the spec named before says nothing about the one that it names now.
  const isThisOne =
    manifest !== undefined && manifest.metadata?.name === name && manifest.metadata.namespace === namespace;
  const { conditions = [], addresses = [] } = (isThisOne && manifest.status) || {};
  return {
    synced: conditionOf(conditionsOf(object), 'Synced'),
    conditions,
    addresses: addresses.flatMap(({ value }) => value ?? []),
    isThisOne,
    className: isThisOne ? manifest.spec?.gatewayClassName : undefined,
    object,
  };
}

/** The usual ports (RFC 9110, §4.2). */
const portOf = ({ port, tls }: InferenceCluster['spec']['gateway']): number => port ?? (tls === undefined ? 80 : 443);

/**
 * Where and how requests come to the Gateway that the spec names: all of it said at once, so that whoever reads it never
 * mixes an address with another's port. One that loses its address for a moment keeps the one it had, and one that nobody
 * has seen yet takes nothing from the one before it.
 */
export function statusWanted(xr: InferenceCluster, seen: SeenGateway): GatewayStatus | undefined {
  const { address: own, tls } = xr.spec.gateway;
  const before = xr.status?.parentRef === undefined || isNamed(xr, xr.spec.gateway) ? statusBefore(xr) : undefined;
  const address = hostIn([own, ...seen.addresses]) ?? before?.address;
  if (address === undefined || !(own !== undefined || seen.isThisOne)) return before;
  const className = seen.className ?? before?.className;
  return {
    address,
    ...(own !== undefined && { declared: true }),
    port: portOf(xr.spec.gateway),
    ...(tls && { tls }),
    ...(className !== undefined && { className }),
  };
}

/** Where and how the front door sends requests: to the Gateway that routes name. */
export const gatewayStatus = (xr: InferenceCluster, seen: SeenGateway): GatewayStatus | undefined =>
  isNamed(xr, xr.spec.gateway) || serves(xr, seen) ? statusWanted(xr, seen) : statusBefore(xr);

type Parent = Pick<NonNullable<InferenceCluster['status']>, 'parentRef' | 'proxies'>;

/** What placements' routes are to name: what was said before until the Gateway that an accepted spec names serves. */
export function parentOf(xr: InferenceCluster, seen: SeenGateway, refused: Refusal | undefined): Parent {
  if (refused !== undefined || !serves(xr, seen)) {
    const { parentRef, proxies } = xr.status ?? {};
    return { ...(parentRef && { parentRef }), ...(proxies && { proxies }) };
  }
  const { name, namespace, proxies } = xr.spec.gateway;
  return {
    parentRef: { name, namespace },
    ...(proxies && { proxies: { namespace: proxies.namespace, labels: proxies.labels } }),
  };
}

/**
 * Where the Gateway can be reached as well, by its own word: the last that was heard. While another is to come, both can.
 */
export function otherAddresses(xr: InferenceCluster, seen: SeenGateway, gateway: GatewayStatus | undefined) {
  const before = seen.isThisOne && isNamed(xr, xr.spec.gateway) ? [] : (xr.status?.addresses ?? []);
  const known = [...new Set([...before, ...(seen.isThisOne ? seen.addresses : [])])];
  const addresses = known.filter((address) => address !== gateway?.address && parseHost(address).ok);
  return addresses.length > 0 ? { addresses } : {};
}

/** Whether the Gateway that the spec names takes requests: of one that routes name already that it is programmed is enough. */
function serves(xr: InferenceCluster, seen: SeenGateway): boolean {
  if (!seen.isThisOne || conditionOf(seen.conditions, 'Programmed')?.status !== 'True') return false;
  const way = statusWanted(xr, seen);
  return isNamed(xr, xr.spec.gateway) || (way !== undefined && isOpen(seen.object, wayTo(xr, way)));
}

/** Whether placements' routes name a Gateway. */
const isNamed = ({ status }: InferenceCluster, { name, namespace }: Wanted): boolean =>
  status?.parentRef?.name === name && status.parentRef.namespace === namespace;

/** How requests come to it, and what of that is the platform team's own word. */
export const wayTo = ({ spec }: InferenceCluster, { address, port, tls, declared }: GatewayStatus): Way => ({
  address,
  port: port ?? portOf(spec.gateway),
  ...(tls && { tls }),
  ...(declared && { declared }),
  ownPort: spec.gateway.port !== undefined,
});

type GatewayStatus = NonNullable<NonNullable<InferenceCluster['status']>['gateway']> & { readonly address: string };

/** What was said before, unless that could be no address. */
function statusBefore({ status }: InferenceCluster): GatewayStatus | undefined {
  const { gateway } = status ?? {};
  const address = hostIn([gateway?.address]);
  return address === undefined ? undefined : { ...gateway, address };
}

/**
 * The same while a spec is refused, but for an address that is the word of the Gateway that routes name: where that is now
 * is so all the same. The one that is looked at may be another, which an accepted spec named before this one.
 */
export function statusWhileRefused(xr: InferenceCluster, wanted: Wanted, seen: SeenGateway): GatewayStatus | undefined {
  const before = statusBefore(xr);
  // One that an earlier release said names no Gateway beside it.
  const isItsOwn = xr.status?.parentRef === undefined || isNamed(xr, wanted);
  const isFact = before?.declared !== true && isItsOwn;
  return before && { ...before, ...(isFact && { address: hostIn(seen.addresses) ?? before.address }) };
}

/** The first of several texts that is an address or a name: a status may hold anything. */
function hostIn(texts: readonly (string | undefined)[]): string | undefined {
  const hosts = texts.filter((text) => text !== undefined).map(parseHost);
  return hosts.find((host) => host.ok)?.host;
}

export function gatewayReady(
  { namespace, name }: Wanted,
  { synced, conditions, addresses }: SeenGateway,
  connection: Condition,
  status: GatewayStatus | undefined,
  refused: Refusal | undefined,
): Condition {
  if (connection.status !== 'True')
    return condition('GatewayReady', 'Unknown', 'WaitingForConnection', 'Unknown until the cluster can be reached.');
  if (status === undefined && refused !== undefined) return notReady('NothingAccepted', `Cannot ${refused.problem}.`);
  if (synced !== undefined && synced.status !== 'True')
    return notReady('GatewayNotFound', notFound(synced, `${namespace}/${name}`));
  const programmed = conditionOf(conditions, 'Programmed');
  if (programmed?.status !== 'True')
    return notReady(
      'WaitingForGateway',
      `Gateway ${namespace}/${name} is not programmed${programmed?.message ? `: ${programmed.message}` : ' yet'}`,
    );
  if (status === undefined) return notReady('WaitingForAddress', addressProblem(`${namespace}/${name}`, addresses));
  return condition(
    'GatewayReady',
    'True',
    'Programmed',
    `Gateway ${namespace}/${name} is reached at ${status.address}.`,
  );
}

function addressProblem(gateway: string, [address]: readonly string[]): string {
  const what = address === undefined ? 'has no address' : `says that its address is ${address}, which can be none`;
  return `Gateway ${gateway} ${what}; set spec.gateway.address if it is reached by another one.`;
}

const notFound = (synced: StatusCondition, gateway: string): string =>
  hasNoSuchKind(synced)
    ? 'The cluster does not have the Gateway API; install its CRDs and a gateway that implements it.'
    : `There is no Gateway ${gateway} in the cluster; create it, or correct spec.gateway.`;

const notReady = (reason: Reason<'GatewayReady'>, message: string): Condition =>
  condition('GatewayReady', 'False', reason, message);
