import type { ModelEndpoint } from '#schemas/modelendpoint.ts';
import type { ModelService } from '#schemas/modelservice.ts';
import type { Lookup, Requirements } from '#shared/function.ts';
import { deploymentOf, type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { MODELPLANE } from '#shared/platform.ts';

/** Where and how an endpoint is spoken to. */
export type Routing = Required<NonNullable<NonNullable<ModelEndpoint['status']>['routing']>>;

/** An endpoint as far as a service knows it: what its status says, and whether its spec asks for its traffic to go. */
export interface Endpoint {
  readonly name: string;
  /** A ModelDeployment composed it, and says of it when it is to be deleted. */
  readonly composed: boolean;
  /** Undefined until the endpoint's own function has run. */
  readonly routing: Routing | undefined;
  /** Requests can be sent there, whether or not it would rather have others take them. */
  readonly ready: boolean;
  /** Any other endpoint is better. */
  readonly lastResort: boolean;
  /** It is to take requests, now or once it is ready: neither draining, nor a last resort, nor about to be deleted. */
  readonly wanted: boolean;
  /** Ready and wanted. */
  readonly usable: boolean;
  /** Usable, or ready and draining: it takes requests where nobody is usable. */
  readonly willing: boolean;
}

/** An entry of spec.endpoints with what it selects. */
export interface Entry {
  readonly name: string | undefined;
  readonly weight: number;
  readonly tier: number;
  /** What its endpoints carry, as `key=value` and in pairs with a comma between them. */
  readonly labels: string;
  readonly endpoints: readonly Endpoint[];
  /** Names of endpoints that it matches too, but that belong to an earlier entry. */
  readonly claimed: readonly string[];
}

const requirementOf = (index: number): string => `endpoints-${index}`;

/** The endpoints of every entry, in the service's own namespace and nowhere else. */
export function endpointRequirements(xr: ModelService): Requirements {
  const requirements = xr.spec.endpoints.map(({ selector }, index) => [
    requirementOf(index),
    {
      apiVersion: MODELPLANE,
      kind: 'ModelEndpoint',
      namespace: namespaceOf(xr),
      match: { labels: selector.matchLabels },
    },
  ]);
  return Object.fromEntries(requirements);
}

/** The entries with their endpoints. One that several entries match belongs to the first of them. */
export function entriesOf(xr: ModelService, lookup: Lookup): Entry[] {
  const taken = new Set<string>();
  return xr.spec.endpoints.map(({ name, weight, tier, selector }, index) => {
    const matched = lookup<KubernetesObject & ModelEndpoint>(requirementOf(index));
    const [claimed, own] = partition(matched, (endpoint) => taken.has(nameOf(endpoint)));
    for (const endpoint of own) taken.add(nameOf(endpoint));
    const labels = Object.entries(selector.matchLabels).map(([key, value]) => `${key}=${value}`);
    const endpoints = own.map(endpointOf);
    return { name, weight, tier, labels: labels.join(','), endpoints, claimed: claimed.map(nameOf) };
  });
}

/**
 * That an endpoint drains or is a last resort is taken from its spec as well: until its own function has said so in the
 * status, requests would go on to engines that are not there. That it no longer is so is taken from both.
 */
function endpointOf(endpoint: KubernetesObject & ModelEndpoint): Endpoint {
  const { metadata, spec, status } = endpoint;
  const routing = status?.routing as Routing | undefined;
  const ready = routing?.ready === true;
  const draining = spec?.draining === true || routing?.draining === true;
  const lastResort = spec?.lastResort === true || routing?.lastResort === true;
  const leaving = lastResort || metadata.deletionTimestamp !== undefined;
  const wanted = !leaving && !draining;
  const composed = deploymentOf(endpoint) !== undefined;
  const may = { ready, lastResort, wanted, usable: ready && wanted, willing: ready && !leaving };
  return { name: nameOf(endpoint), composed, routing, ...may };
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
