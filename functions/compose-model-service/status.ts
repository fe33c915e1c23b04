import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import type { ModelService } from '#schemas/modelservice.ts';
import { type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { openAIPath, servicePath } from '#shared/paths.ts';
import { conditionOf, type ParentStatus, parentStatus } from '#shared/readiness.ts';
import type { Entry } from './endpoints.ts';
import { servedBy } from './route.ts';
import { entryPercent, type Split } from './split.ts';

/** Everything that a service's conditions and status are told from. */
export interface Situation {
  readonly xr: KubernetesObject & ModelService;
  readonly gateway: (KubernetesObject & InferenceGateway) | undefined;
  readonly entries: readonly Entry[];
  readonly split: Split | 'TooManyEndpoints' | 'KeepRoute';
  readonly route: KubernetesObject | undefined;
}

export function serviceStatus(situation: Situation & { readonly ready: boolean }): NonNullable<ModelService['status']> {
  const { entries, split } = situation;
  return {
    ...urls(situation),
    endpoints: { matched: count(entries, () => true), ready: count(entries, ({ willing }) => willing) },
    entries: entries.map((entry) => entryStatus(entry, split)),
    serving: serving(situation),
  };
}

/** A URL is published once it serves, and stays published: it does not change while something behind it fails. */
function urls({ xr, gateway, ready }: Situation & { readonly ready: boolean }) {
  const origin = gateway?.status?.url;
  const { address, baseURL } = xr.status ?? {};
  if (origin === undefined || !(ready || address !== undefined))
    return address === undefined ? {} : { address, baseURL };
  const tenant = { namespace: namespaceOf(xr), name: nameOf(xr) };
  return { address: origin + servicePath(tenant), baseURL: origin + openAIPath(tenant) };
}

export const count = (entries: readonly Entry[], test: (endpoint: Entry['endpoints'][number]) => boolean): number =>
  entries.reduce((sum, { endpoints }) => sum + endpoints.filter(test).length, 0);

function entryStatus(entry: Entry, split: Situation['split']) {
  return {
    ...(entry.name !== undefined && { name: entry.name }),
    matched: entry.endpoints.length,
    ready: entry.endpoints.filter(({ willing }) => willing).length,
    ...(typeof split !== 'string' && { percent: entryPercent(split, entry) }),
    reason: [entryReason(entry, split), claimedReason(entry)].filter((reason) => reason !== '').join(' '),
  };
}

function entryReason(entry: Entry, split: Situation['split']): string {
  if (entry.endpoints.length === 0)
    return entry.claimed.length > 0 ? '' : 'No ModelEndpoint in this namespace has these labels.';
  if (split === 'TooManyEndpoints') return 'The last route stays, because a route has at most 16 backends.';
  if (split === 'KeepRoute') return 'The last route stays, because no endpoint is usable.';
  if (split.backends.some((backend) => backend.entry === entry && backend.endpoint !== undefined)) return 'Serving.';
  const idle = entry.endpoints.some(({ usable }) => usable);
  return idle ? `Stands by: tier ${split.tier} takes the traffic.` : notUsable(entry);
}

/** Why none of an entry's endpoints can be given traffic. */
export function notUsable({ name, endpoints }: Entry): string {
  const byReason = Map.groupBy(endpoints, whyNotUsable);
  const parts = [...byReason].map(([why, which]) => `${why}: ${which.map((one) => one.name).join(', ')}`);
  return `No endpoint${name === undefined ? '' : ` of ${name}`} is usable (${parts.join('; ')}).`;
}

function whyNotUsable({ ready, willing, lastResort, composed }: Entry['endpoints'][number]): string {
  if (!ready) return 'not ready';
  if (willing) return 'draining';
  if (!lastResort) return 'being deleted';
  return composed ? 'withdrawn by its ModelDeployment, which says why' : 'a last resort';
}

const claimedReason = ({ claimed }: Entry): string =>
  claimed.length === 0 ? '' : `An earlier entry has ${claimed.join(', ')}, which these labels match too.`;

/**
 * The endpoints that may still be sent requests. Until the controller has seen an edited route it goes on with the
 * one before, so what that one named is still in it.
 */
function serving({ xr, gateway, route }: Situation): string[] {
  const seen = isSeen(route, parentOf(route, gateway));
  const names = new Set([...servedBy(route), ...(seen ? [] : (xr.status?.serving ?? []))]);
  return [...names].sort();
}

/** What the front door's controller says of the route. */
export const parentOf = (route: KubernetesObject | undefined, gateway: InferenceGateway | undefined) =>
  parentStatus(route, gateway?.status?.gatewayRef ?? {});

/** Whether the front door's controller has read the route as it is now. */
export const isSeen = (route: KubernetesObject | undefined, parent: ParentStatus | undefined): boolean =>
  route !== undefined &&
  conditionOf(parent?.conditions, 'Accepted')?.observedGeneration === (route.metadata?.generation ?? 0);
