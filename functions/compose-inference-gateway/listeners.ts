import { bracketed } from '#shared/hosts.ts';
import type { KubernetesObject, StatusCondition } from '#shared/kubernetes.ts';
import { conditionOf, isTrue, listenerRefusal } from '#shared/readiness.ts';
import { PORTS } from './values.ts';

const GATEWAY_GROUP = 'gateway.networking.k8s.io';

interface Listener {
  readonly name?: string;
  readonly protocol?: string;
  readonly port?: number;
  readonly hostname?: string;
  readonly tls?: { readonly certificateRefs?: readonly { readonly name?: string }[] };
  readonly allowedRoutes?: {
    readonly namespaces?: { readonly from?: string };
    readonly kinds?: readonly { readonly group?: string; readonly kind?: string }[];
  };
}

interface ListenerStatus {
  readonly name?: string;
  readonly conditions?: readonly StatusCondition[];
}

export const listenersOf = (gateway: KubernetesObject | undefined): readonly Listener[] =>
  (gateway?.spec as { listeners?: Listener[] } | undefined)?.listeners ?? [];

/** The Secret by whose certificate a Gateway's listener https is told to serve. */
export const certificateIn = (gateway: KubernetesObject | undefined): string | undefined =>
  listenersOf(gateway).find(({ name }) => name === 'https')?.tls?.certificateRefs?.[0]?.name;

/** The listeners that an HTTPRoute can attach to. */
const webListeners = (gateway: KubernetesObject | undefined): readonly Listener[] =>
  listenersOf(gateway).filter(({ protocol }) => protocol === 'HTTP' || protocol === 'HTTPS');

/** The listeners that routes of ours attach to: they are of all namespaces, and name no host that could keep them off. */
export const takers = (gateway: KubernetesObject | undefined): readonly Listener[] =>
  webListeners(gateway).filter(({ allowedRoutes: { namespaces, kinds = [] } = {} }) => {
    const isOpen = namespaces?.from === 'All' || namespaces?.from === 'Selector';
    return isOpen && (kinds.length === 0 || kinds.some(isHTTPRoute));
  });

const isHTTPRoute = ({ group = GATEWAY_GROUP, kind }: { readonly group?: string; readonly kind?: string }): boolean =>
  group === GATEWAY_GROUP && kind === 'HTTPRoute';

/** What Traefik says of the listeners that a Gateway has now: it may not have read their latest edit. */
function statusesOf(gateway: KubernetesObject | undefined): readonly ListenerStatus[] {
  const statuses = (gateway?.status as { listeners?: ListenerStatus[] } | undefined)?.listeners ?? [];
  const names = listenersOf(gateway).map(({ name }) => name);
  return statuses.filter(({ name }) => names.includes(name));
}

/**
 * The listeners that Traefik refuses, each with the first reason that it gives. A Gateway stays Programmed as long as
 * one of its listeners is good, so this has to be looked at for itself.
 */
export const brokenListeners = (gateway: KubernetesObject | undefined) =>
  statusesOf(gateway).flatMap(({ name, conditions }) => {
    const condition = listenerRefusal(conditions);
    return condition === undefined ? [] : [{ listener: name, condition }];
  });

const programmed = (gateway: KubernetesObject | undefined, listener: string | undefined): StatusCondition | undefined =>
  conditionOf(statusesOf(gateway).find(({ name }) => name === listener)?.conditions, 'Programmed');

/** Whether a listener is served as it is now. */
export const isServed = (gateway: KubernetesObject | undefined, name: string): boolean =>
  isTrue(programmed(gateway, name), gateway?.metadata?.generation);

/**
 * The origin under which a Gateway is reached at an address, by a listener that takes our routes: https where such a
 * listener works, its hostname where that is one name, else the address. Listener ports of Traefik's own are those of its
 * pods; its Service has the usual ones.
 */
export function originOf(gateway: KubernetesObject | undefined, address: string | undefined): string | undefined {
  const listener = bestListener(gateway);
  if (listener === undefined || address === undefined) return undefined;
  const name = listener.hostname === undefined || hasWildcard(listener) ? address : listener.hostname;
  const scheme = listener.protocol === 'HTTPS' ? 'https' : 'http';
  const usual: readonly (number | undefined)[] = [...Object.values(PORTS[scheme]), undefined];
  return `${scheme}://${bracketed(name)}${usual.includes(listener.port) ? '' : `:${listener.port}`}`;
}

/** The names that a Gateway answers for beside that of its origin. */
export function hostnamesOf(gateway: KubernetesObject | undefined, origin: string | undefined): string[] {
  const names = webListeners(gateway).flatMap(({ hostname }) => hostname ?? []);
  return [...new Set(names)].filter((name) => name !== URL.parse(origin ?? '')?.hostname).sort();
}

function bestListener(gateway: KubernetesObject | undefined): Listener | undefined {
  const open = takers(gateway);
  const candidates = open.length > 0 ? open : webListeners(gateway);
  const broken = brokenListeners(gateway).map(({ listener }) => listener);
  const working = candidates.filter(({ name }) => programmed(gateway, name)?.status === 'True');
  const promising = candidates.filter(({ name }) => !broken.includes(name));
  return [working, promising, candidates].find((some) => some.length > 0)?.toSorted(byWorth)[0];
}

/** A listener for any name below a domain answers no request for the address. */
const byWorth = (one: Listener, other: Listener): number => worth(other) - worth(one);

const worth = (listener: Listener): number => (hasWildcard(listener) ? 0 : 2) + (listener.protocol === 'HTTPS' ? 1 : 0);

const hasWildcard = ({ hostname }: Listener): boolean => hostname?.includes('*') === true;
