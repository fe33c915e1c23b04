import type { ModelEndpoint } from '#schemas/modelendpoint.ts';
import type { ModelService } from '#schemas/modelservice.ts';
import type { Lookup, Requirements } from '#shared/function.ts';
import { deploymentOf, type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { backendName } from '#shared/names.ts';
import { MODELPLANE, ownCondition, TENANT_ANNOTATION } from '#shared/platform.ts';
import { type Seen, type Standing, standingOf } from './standing.ts';

/** Where and how an endpoint is spoken to. */
export type Routing = Required<NonNullable<NonNullable<ModelEndpoint['status']>['routing']>>;

/** An endpoint as far as a service knows it: what its status says, and whether its spec asks for its traffic to go. */
export interface Endpoint extends Seen {
  readonly name: string;
  /** Name of its Service. */
  readonly backend: string;
  /** Undefined until the endpoint's own function has run. */
  readonly routing: Routing | undefined;
  readonly lastResort: boolean;
  /** What it says of itself, where it is not ready. */
  readonly problem: string | undefined;
  readonly standing: Standing | undefined;
  /** What is behind it tells tenants apart by a header of their own, and so callers by the fairness id. */
  readonly byTenant?: boolean;
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

/** The entries with their endpoints, of which some are `serving` Services. One that several match is the first one's. */
export function entriesOf(xr: ModelService, lookup: Lookup, serving: ReadonlySet<string>): Entry[] {
  const taken = new Set<string>();
  return xr.spec.endpoints.map(({ name, weight, tier, selector }, index) => {
    const matched = lookup<KubernetesObject & ModelEndpoint>(requirementOf(index));
    const [claimed, own] = partition(matched, (endpoint) => taken.has(nameOf(endpoint)));
    for (const endpoint of own) taken.add(nameOf(endpoint));
    const labels = Object.entries(selector.matchLabels).map(([key, value]) => `${key}=${value}`);
    const endpoints = own.map((endpoint) => endpointOf(endpoint, serving));
    return { name, weight, tier, labels: labels.join(','), endpoints, claimed: claimed.map(nameOf) };
  });
}

/**
 * That an endpoint drains or is a last resort is taken from its spec as well: until its own function has said so in the
 * status, requests would go on to engines that are not there. That it no longer is so is taken from both. A deployment
 * says of engines that cannot answer that they are a last resort, and of those that are to go that they drain as well.
 */
function endpointOf(endpoint: KubernetesObject & ModelEndpoint, serving: ReadonlySet<string>): Endpoint {
  const { metadata, spec, status } = endpoint;
  const routing = wholeRouting(status?.routing);
  const said = ownCondition(endpoint, 'RoutingReady');
  const backend = backendName(endpoint);
  const lastResort = spec?.lastResort === true || routing?.lastResort === true;
  const draining = spec?.draining === true || routing?.draining === true;
  const composed = deploymentOf(endpoint) !== undefined;
  const seen: Seen = {
    ready: routing?.ready === true,
    draining,
    leaving: lastResort || metadata.deletionTimestamp !== undefined,
    dead: said?.reason === 'Forbidden' || (composed && lastResort && !draining),
    serves: serving.has(backend),
    composed,
  };
  const problem = said?.status === 'True' ? undefined : said?.message;
  const byTenant = seen.composed && metadata.annotations?.[TENANT_ANNOTATION] !== undefined;
  return {
    ...seen,
    name: nameOf(endpoint),
    backend,
    routing,
    lastResort,
    problem,
    standing: standingOf(seen),
    byTenant,
  };
}

/** What a backup has left of a status, or somebody's hand, is no way to speak to anybody. */
function wholeRouting(routing: NonNullable<ModelEndpoint['status']>['routing']): Routing | undefined {
  const { backendName: name, port, host, base, prefix } = routing ?? {};
  return name && port && host && base && prefix ? (routing as Routing) : undefined;
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
