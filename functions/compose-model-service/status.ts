import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import type { ModelService } from '#schemas/modelservice.ts';
import { type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { openAIPath, servicePath } from '#shared/paths.ts';
import { conditionOf, type ParentStatus, parentStatus } from '#shared/readiness.ts';
import type { Endpoint, Entry } from './endpoints.ts';
import { servedBy } from './observed-route.ts';
import { entryPercent, MAX_BACKENDS, type Split } from './split.ts';
import { canAnswer } from './standing.ts';

/** Everything that a service's conditions and status are told from. */
export interface Situation {
  readonly xr: KubernetesObject & ModelService;
  readonly gateway: (KubernetesObject & InferenceGateway) | undefined;
  readonly entries: readonly Entry[];
  readonly split: Split;
  /** As it is observed. */
  readonly route: KubernetesObject | undefined;
  /** Every path was published before, and the spec does not say which ones clients call. */
  readonly wasOpen: boolean;
  /** Middlewares that the route names and that are not there, by name: Traefik answers 404 for all of it. */
  readonly missing: readonly string[];
}

export function serviceStatus(situation: Situation & { readonly ready: boolean }): NonNullable<ModelService['status']> {
  const { entries, split } = situation;
  const answering = (one: Endpoint) => canAnswer(one.standing);
  return {
    ...urls(situation),
    ...(knowsCallers(situation) && { authentication: 'Enforced' }),
    endpoints: { matched: count(entries, () => true), ready: count(entries, answering) },
    entries: entries.map((entry) => ({
      ...(entry.name !== undefined && { name: entry.name }),
      matched: entry.endpoints.length,
      ready: entry.endpoints.filter(answering).length,
      percent: entryPercent(split, entry),
      reason: [entryReason(entry, split), claimedReason(entry)].filter((reason) => reason !== '').join(' '),
    })),
    serving: serving(situation),
  };
}

/** Whether every request that comes through the front door says whose it is, so that nobody else need. */
export const knowsCallers = ({ gateway }: Pick<Situation, 'gateway'>): boolean =>
  gateway?.status?.authentication === 'Enforced';

/** A URL is published once it serves, and stays published: it does not change while something behind it fails. */
function urls({ xr, gateway, ready }: Situation & { readonly ready: boolean }) {
  const origin = gateway?.status?.url;
  const { address, baseURL } = xr.status ?? {};
  if (origin === undefined || !(ready || address !== undefined))
    return address === undefined ? {} : { address, baseURL };
  const tenant = { namespace: namespaceOf(xr), name: nameOf(xr) };
  return { address: origin + servicePath(tenant), baseURL: origin + openAIPath(tenant) };
}

export const count = (entries: readonly Entry[], test: (endpoint: Endpoint) => boolean): number =>
  entries.reduce((sum, { endpoints }) => sum + endpoints.filter(test).length, 0);

function entryReason(entry: Entry, split: Split): string {
  const { endpoints, claimed } = entry;
  if (endpoints.length === 0) return claimed.length > 0 ? '' : 'No ModelEndpoint in this namespace has these labels.';
  const taking = endpoints.filter((endpoint) => split.backends.some((backend) => backend.endpoint === endpoint));
  if (taking.some(({ standing }) => canAnswer(standing))) return 'Serving.';
  if (taking.length > 0) return `Still sent requests, because nobody else can take them. ${notUsable(entry)}`;
  if (endpoints.some((endpoint) => split.leftOut.includes(endpoint)))
    return `Left out: a rule of a route has at most ${MAX_BACKENDS} backends.`;
  const idle = endpoints.some(({ standing }) => standing === 'Usable');
  return idle ? `Stands by: tier ${split.tier} takes the traffic.` : notUsable(entry);
}

/** Why none of an entry's endpoints is as good as it could be. */
export function notUsable({ name, endpoints }: Entry): string {
  const byReason = Map.groupBy(endpoints, whyNotUsable);
  const parts = [...byReason].map(([why, which]) => `${why}: ${which.map((one) => one.name).join(', ')}`);
  return `No endpoint${name === undefined ? '' : ` of ${name}`} is usable (${parts.join('; ')}).`;
}

function whyNotUsable({ ready, standing, lastResort, composed, problem }: Endpoint): string {
  if (!ready) return problem === undefined ? 'not ready' : `not ready, ${problem.replace(/\.$/, '')}`;
  if (canAnswer(standing)) return 'draining';
  if (!lastResort) return 'being deleted';
  return composed ? 'its engines cannot serve, or it is about to leave' : 'a last resort';
}

const claimedReason = ({ claimed }: Entry): string =>
  claimed.length === 0 ? '' : `An earlier entry has ${claimed.join(', ')}, which these labels match too.`;

/**
 * The endpoints that may still be sent requests. Until the controller has seen an edited route it goes on with the
 * one before, so what that one named is still in it.
 */
function serving({ xr, gateway, entries, route }: Situation): string[] {
  const seen = isSeen(route, parentOf(route, gateway));
  const known = entries.flatMap(({ endpoints }) => endpoints.filter(({ serves }) => serves));
  const before = seen ? [] : (xr.status?.serving ?? []);
  return [...new Set([...servedBy(route), ...known.map(({ name }) => name), ...before])].sort();
}

/** What the front door's controller says of the route. */
export const parentOf = (route: KubernetesObject | undefined, gateway: InferenceGateway | undefined) =>
  parentStatus(route, gateway?.status?.gatewayRef ?? {});

/** Whether the front door's controller has read the route as it is now. */
export const isSeen = (route: KubernetesObject | undefined, parent: ParentStatus | undefined): boolean =>
  route !== undefined &&
  conditionOf(parent?.conditions, 'Accepted')?.observedGeneration === (route.metadata?.generation ?? 0);
