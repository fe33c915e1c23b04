import { isAtOrBelow } from '#shared/paths.ts';
import { type ClusterObject, conditionOf, controllerOf, type Json, specOf, statusOf } from '../preview/objects.ts';
import type { Turn } from './crossplane.ts';
import { OUTSIDE } from './genesis.ts';
import { keyOfObject, list } from './store.ts';
import {
  destination,
  holdsAuthority,
  isServed,
  missingMiddleware,
  parentsOf,
  readByNow,
  rulesOf,
  type View,
  writtenByNow,
} from './traefik.ts';
import { answersTold, type Outcome, outcomeOf, siteAnswers, siteAt, specDestination, unattached } from './truth.ts';
import { get, isTrue, type World } from './world.ts';

/** What must hold of the world once everybody had his turn and nothing changes any more. */
export interface SettledInvariant {
  readonly name: string;
  readonly breaks: (world: World) => string[];
}

export const SETTLED: readonly SettledInvariant[] = [
  { name: 'somebody who can answer is served whenever somebody could be', breaks: unserved },
  { name: 'Ready only when a request is answered', breaks: falselyReady },
  { name: 'Ready when a request is answered', breaks: neverReady },
  { name: "every route is on today's front door", breaks: strayRoutes },
  { name: "no namespace's route leads to another's endpoint", breaks: foreignRoutes },
  { name: 'an endpoint tells the truth about its site', breaks: untrueEndpoints },
  { name: 'routes on a Gateway that was brought are guarded', breaks: unguarded },
];

const services = ({ store }: World): ClusterObject[] => list(store, 'ModelService');

const frontDoor = (world: World): ClusterObject | undefined => get(world, 'InferenceGateway', undefined, 'default');

/** The Gateway that routes are told to attach to, where it is served. */
function door(world: World, view: View): ClusterObject | undefined {
  const own = frontDoor(world);
  const { namespace, name } = (own && (statusOf(own).gatewayRef as { namespace?: string; name?: string })) ?? {};
  const gateway = name === undefined ? undefined : view.get('Gateway', namespace, name);
  return gateway !== undefined && isServed(view, gateway) && isTrue(gateway, 'Programmed') ? gateway : undefined;
}

const letsAllIn = (world: World): boolean => {
  const own = frontDoor(world);
  return own !== undefined && specOf(own).routes === undefined && conditionOf(own, 'SpecAccepted')?.status !== 'False';
};

interface Selecting {
  readonly selector: { readonly matchLabels: Readonly<Record<string, string>> };
}

/** The endpoints that a service selects. */
function selected({ store }: World, service: ClusterObject): ClusterObject[] {
  const entries = specOf(service).endpoints as readonly Selecting[];
  return list(store, 'ModelEndpoint').filter(
    ({ metadata }) =>
      metadata.namespace === service.metadata.namespace &&
      metadata.deletionTimestamp === undefined &&
      entries.some(({ selector }) =>
        Object.entries(selector.matchLabels).every(([label, value]) => metadata.labels?.[label] === value),
      ),
  );
}

/** Whether an endpoint as its spec has it can answer, by the world's own truth. */
function canAnswer(world: World, endpoint: ClusterObject): boolean {
  const to = specDestination(endpoint);
  if (to === undefined || !hasItsAuthority(world, endpoint)) return false;
  if (isDenied(world, to.host)) return false;
  const isComposed = controllerOf(endpoint)?.kind === 'ModelDeployment';
  if (!isComposed) return OUTSIDE.some((host) => host === to.host);
  return siteAt(world, to.host) === endpoint.metadata.labels?.['modelplane.ai/cluster'] && siteAnswers(world, endpoint);
}

const DENIED: Readonly<Record<string, RegExp>> = { '10.0.0.0/8': /^10\./, '198.18.0.0/15': /^198\.1[89]\./ };

/** What the platform team denies, and has not itself declared as the address of a cluster's gateway. */
function isDenied(world: World, host: string): boolean {
  const gateway = frontDoor(world);
  const { deniedCIDRs = [] } = ((gateway && specOf(gateway).endpoints) ?? {}) as { deniedCIDRs?: string[] };
  const declared = list(world.store, 'InferenceCluster').some(
    (cluster) => (specOf(cluster).gateway as { address?: string }).address === host,
  );
  return !declared && deniedCIDRs.some((network) => DENIED[network]?.test(host));
}

interface TLS {
  readonly hostname?: string;
  readonly caBundle?: string;
  readonly caCertificateRef?: { readonly kind: string; readonly name: string };
}

function hasItsAuthority(world: World, endpoint: ClusterObject): boolean {
  const { tls, url = '' } = specOf(endpoint) as { tls?: TLS; url?: string };
  if (tls === undefined || !url.startsWith('https:')) return tls?.caBundle === undefined || tls.caBundle.length > 10;
  // An authority for an address without a name is nothing that Traefik can use.
  if (tls.hostname === undefined && /\/\/[\d[]/.test(url)) return false;
  if (tls.caBundle !== undefined) return tls.caBundle.length > 10;
  const { kind, name } = tls.caCertificateRef ?? {};
  return kind === undefined || holdsAuthority(get(world, kind, endpoint.metadata.namespace, name ?? ''));
}

const isWanted = (endpoint: ClusterObject): boolean =>
  specOf(endpoint).draining !== true && specOf(endpoint).lastResort !== true;

/** Shares that are not answered, of which the user did not say that they are to be held. */
const unanswered = (outcome: Outcome): string[] =>
  'problem' in outcome
    ? [outcome.problem]
    : outcome.shares.flatMap(({ backend, weight, held, problem }) =>
        held || problem === undefined ? [] : [`${backend}, weight ${weight}: ${problem}`],
      );

const isAnswered = (outcome: Outcome): boolean =>
  'shares' in outcome && outcome.shares.some(({ problem, held }) => problem === undefined && !held);

function unserved(world: World): string[] {
  const view = readByNow(world);
  if (door(world, view) === undefined || !letsAllIn(world)) return [];
  return services(world).flatMap((service) => {
    const living = selected(world, service).filter((endpoint) => canAnswer(world, endpoint));
    if (living.length === 0) return [];
    const outcome = outcomeOf(world, view, service, 'told');
    const problems = unanswered(outcome);
    const names = living.map(({ metadata }) => metadata.name).join(', ');
    if (!isAnswered(outcome) && !isHeldWhole(outcome))
      return [
        `${keyOfObject(service)} is not served though ${names} can answer (${problems.join('; ') || 'no shares'})`,
      ];
    return problems.length > 0 && living.some(isWanted)
      ? [`${keyOfObject(service)}: ${problems.join('; ')}; and ${names} can answer`]
      : [];
  });
}

/** All of it is held: the lowest tier is another entry's. */
const isHeldWhole = (outcome: Outcome): boolean =>
  'shares' in outcome && outcome.shares.length > 0 && outcome.shares.every(({ held }) => held);

/** Whoever says Ready and does not answer. */
function falselyReady(world: World): string[] {
  const view = readByNow(world);
  const isReady = (object: ClusterObject) => isTrue(object, 'Ready');
  const doorProblem = door(world, view) === undefined ? ['its Gateway is not served'] : [];
  return [
    ...[frontDoor(world)].flatMap((one) => (one !== undefined && isReady(one) ? named(one, doorProblem) : [])),
    ...list(world.store, 'InferenceCluster')
      .filter(isReady)
      .flatMap((one) => named(one, clusterProblem(world, one))),
    ...list(world.store, 'ModelEndpoint')
      .filter(isReady)
      .flatMap((one) => named(one, endpointProblem(view, one))),
    ...services(world)
      .filter(isReady)
      .flatMap((one) => named(one, serviceProblem(world, view, one))),
    ...list(world.store, 'ModelDeployment')
      .filter(isReady)
      .flatMap((one) => named(one, deploymentProblem(world, view, one))),
  ];
}

const named = (object: ClusterObject, problems: readonly string[]): string[] =>
  problems.map((problem) => `${keyOfObject(object)} is Ready: ${problem}`);

function clusterProblem(world: World, cluster: ClusterObject): string[] {
  const site = world.sites.get(cluster.metadata.name);
  return [
    ...(site?.api === true ? [] : ['its API server does not answer']),
    ...(site?.programmed === true ? [] : ['its Gateway is not programmed']),
  ];
}

/** The way to an endpoint, as a service would be told it. */
export function endpointProblem(view: View, endpoint: ClusterObject): string[] {
  const { backendName: name = '', port } =
    (statusOf(endpoint).routing as { backendName?: string; port?: number }) ?? {};
  const to = destination(view, endpoint, { name, ...(port !== undefined && { port }) });
  if ('broken' in to) return [to.broken];
  return 'nobody' in to ? ['nobody is behind its Service'] : [];
}

export function serviceProblem(world: World, view: View, service: ClusterObject): string[] {
  const outcome = outcomeOf(world, view, service, 'told');
  return isAnswered(outcome) ? unanswered(outcome) : [...unanswered(outcome), 'no share is answered'];
}

/** Its services answer; without one of its own, its endpoints are there, and not all of them last resorts. */
export function deploymentProblem(world: World, view: View, deployment: ClusterObject): string[] {
  const uid = deployment.metadata.uid;
  const own = services(world).filter((service) => controllerOf(service)?.uid === uid);
  if (specOf(deployment).service === 'Enabled')
    return own.length === 0 ? ['it has no service'] : own.flatMap((service) => serviceProblem(world, view, service));
  const endpoints = list(world.store, 'ModelEndpoint').filter((one) => controllerOf(one)?.uid === uid);
  const good = endpoints.filter((one) => endpointProblem(view, one).length === 0 && specOf(one).lastResort !== true);
  return good.length === 0 ? ['none of its endpoints can be sent requests'] : [];
}

/** Whoever is answered and does not say Ready. What is refused serves as it was accepted before, and is as ready. */
function neverReady(world: World): string[] {
  const view = readByNow(world);
  const gateway = frontDoor(world);
  if (gateway === undefined || door(world, view) === undefined) return [];
  const late = services(world)
    .filter((service) => !isTrue(service, 'Ready') && isAnsweredWhole(world, view, service))
    .filter((service) => selected(world, service).some((one) => canAnswer(world, one) && isWanted(one)));
  return [
    ...(isDoorTaken(world, view, gateway) && !isTrue(gateway, 'Ready') ? [notReady(gateway)] : []),
    ...(isTrue(gateway, 'Ready') ? late.map(notReady) : []),
  ];
}

const isAnsweredWhole = (world: World, view: View, service: ClusterObject): boolean => {
  const outcome = outcomeOf(world, view, service, 'told');
  return isAnswered(outcome) && unanswered(outcome).length === 0;
};

const notReady = (object: ClusterObject): string => {
  const ready = ['SpecAccepted', 'GatewayReady', 'RoutingReady'].map((type) => conditionOf(object, type));
  const said = ready.flatMap((one) =>
    one === undefined || one.status === 'True' ? [] : [`${one.reason}: ${one.message}`],
  );
  return `${keyOfObject(object)} is not Ready: ${said.join('; ')}`;
};

/** Whether the front door that is wanted is the one that is served, with all its listeners. */
function isDoorTaken(world: World, view: View, gateway: ClusterObject): boolean {
  const { gatewayRef } = specOf(gateway) as { gatewayRef?: { name: string; namespace: string } };
  const wanted = gatewayRef ?? { name: 'modelplane', namespace: 'modelplane-system' };
  const object = view.get('Gateway', wanted.namespace, wanted.name);
  if (object === undefined || door(world, view) !== object) return false;
  const listeners = statusOf(object).listeners as { conditions: { status: string }[] }[];
  return listeners.every(({ conditions }) => conditions.every(({ status }) => status === 'True'));
}

/** All of them are composed: here nobody else has a route. */
const composedRoutes = ({ store }: World): ClusterObject[] => list(store, 'HTTPRoute');

function strayRoutes(world: World): string[] {
  const gateway = frontDoor(world);
  const today = gateway && (statusOf(gateway).gatewayRef as { name: string; namespace: string } | undefined);
  if (today === undefined) return [];
  return composedRoutes(world)
    .filter(
      (route) => !parentsOf(route).some(({ name, namespace }) => name === today.name && namespace === today.namespace),
    )
    .map((route) => `${keyOfObject(route)} is on ${parentsOf(route)[0]?.name}, and the front door is ${today.name}`);
}

/** At an inference cluster's gateway the path names the tenant. */
function foreignRoutes(world: World): string[] {
  const view = readByNow(world);
  return composedRoutes(world).flatMap((route) =>
    rulesOf(route).flatMap(({ backendRefs = [] }) =>
      backendRefs.flatMap((backend) => {
        const to = destination(view, route, backend);
        const site = 'host' in to ? siteAt(world, to.host) : undefined;
        const path = replacementOf(backend.filters);
        const isOwn = isAtOrBelow(path, `/${route.metadata.namespace}`);
        return site === undefined || isOwn ? [] : [`${keyOfObject(route)} goes to ${path} at ${site}`];
      }),
    ),
  );
}

const replacementOf = (filters: readonly Json[] = []): string =>
  filters
    .map(({ urlRewrite }) => (urlRewrite as { path?: { replacePrefixMatch?: string } } | undefined)?.path)
    .find((path) => path !== undefined)?.replacePrefixMatch ?? '/';

/** Whether engines and picker are told as they are. One that a spec no longer wants is a last resort in any case. */
function untrueEndpoints(world: World): string[] {
  return list(world.store, 'ModelEndpoint')
    .filter((endpoint) => controllerOf(endpoint)?.kind === 'ModelDeployment')
    .flatMap((endpoint) => {
      const { name, labels, namespace } = endpoint.metadata;
      const cluster = labels?.['modelplane.ai/cluster'] ?? '';
      const pool = poolOf(world, endpoint);
      const told = pool !== undefined && [pool, `${pool}-epp`].every((one) => answersTold(world, cluster, one));
      if (!told && specOf(endpoint).lastResort !== true) return [`${name} is no last resort, and nobody answers there`];
      const owner = get(world, 'ModelDeployment', namespace, controllerOf(endpoint)?.name ?? '');
      const wants = owner !== undefined && isWantedBy(owner, endpoint);
      return wants && siteAnswers(world, endpoint) && specOf(endpoint).lastResort === true
        ? [`${name} is a last resort, and it answers`]
        : [];
    });
}

/** The name of the Deployment that a site's engines are, from what was composed for it. */
function poolOf({ store }: World, endpoint: ClusterObject): string | undefined {
  const { labels = {} } = endpoint.metadata;
  const object = list(store, 'Object').find(
    (one) =>
      controllerOf(one)?.uid === controllerOf(endpoint)?.uid &&
      one.metadata.labels?.['modelplane.ai/placement'] === labels['modelplane.ai/placement'] &&
      one.metadata.labels?.['modelplane.ai/cluster'] === labels['modelplane.ai/cluster'] &&
      manifestKind(one) === 'InferencePool',
  );
  return object && (specOf(object).forProvider as { manifest: ClusterObject }).manifest.metadata.name;
}

const manifestKind = (object: ClusterObject): string =>
  (specOf(object).forProvider as { manifest: ClusterObject }).manifest.kind;

interface Reported {
  readonly name: string;
  readonly cluster?: string;
  readonly phase: string;
}

/** By a spec that is accepted, with replicas, where it is to be. */
function isWantedBy(deployment: ClusterObject, endpoint: ClusterObject): boolean {
  if (conditionOf(deployment, 'SpecAccepted')?.status !== 'True') return false;
  const { 'modelplane.ai/placement': placement, 'modelplane.ai/cluster': cluster } = endpoint.metadata.labels ?? {};
  const { placements, replicas } = specOf(deployment) as {
    placements?: { name: string; replicas?: number }[];
    replicas: number;
  };
  const own = placements === undefined ? {} : placements.find(({ name }) => name === placement);
  const reports = (statusOf(deployment).placements as Reported[] | undefined) ?? [];
  const isHere = reports.some((one) => one.name === placement && one.cluster === cluster && one.phase !== 'Leaving');
  return own !== undefined && ((own as { replicas?: number }).replicas ?? replicas) > 0 && isHere;
}

function unguarded(world: World): string[] {
  // Without an InferenceGateway nobody is asked, and Kubernetes has taken the guard away.
  if (frontDoor(world) === undefined) return [];
  const guard = get(world, 'ConfigMap', 'modelplane-system', 'front-door-brought');
  const { namespace, gateway } = (guard?.data ?? {}) as { namespace?: string; gateway?: string };
  return composedRoutes(world)
    .filter((route) => parentsOf(route).some((parent) => parent.namespace === 'networking'))
    .filter((route) => parentsOf(route)[0]?.name !== gateway || parentsOf(route)[0]?.namespace !== namespace)
    .map((route) => `${keyOfObject(route)} is on a Gateway whose guard is gone`);
}

/** Routes that serve, each with why it would not any more: looked at around every write. */
export function brokenRoutes(world: World): ReadonlyMap<string, string | undefined> {
  const view = writtenByNow(world);
  const isOpen = letsAllIn(world);
  return new Map(
    composedRoutes(world).map((route) => {
      const rules = rulesOf(route);
      const backends = rules.flatMap(({ backendRefs = [] }) => backendRefs.map((one) => destination(view, route, one)));
      const broken = backends.flatMap((one) => ('broken' in one ? [one.broken] : []))[0];
      const missing = rules.map((rule) => missingMiddleware(view, route, rule)).find((one) => one !== undefined);
      return [keyOfObject(route), broken ?? missing ?? (isOpen ? unattached(view, route) : undefined)];
    }),
  );
}

/** Kinds without which a route does not serve. */
export const NEEDED_BY_ROUTES =
  /^(HTTPRoute|Service|EndpointSlice|BackendTLSPolicy|ConfigMap|Secret|Middleware|Gateway|GatewayClass|ModelEndpoint|ModelService|Release)\//;

/** A route that is being read late is no fault of who writes: only a turn with everything up to date is judged. */
export const isJudged = ({ fresh, response }: Turn): boolean =>
  fresh && !response.conditions.some(({ reason }) => reason === 'Forbidden');
