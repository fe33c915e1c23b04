import { type Condition, condition, type Reason } from '#shared/conditions.ts';
import { deploymentOf } from '#shared/kubernetes.ts';
import { ownCondition } from '#shared/platform.ts';
import { conditionOf, isTrue } from '#shared/readiness.ts';
import type { Entry } from './endpoints.ts';
import { retriesIn, servedBy } from './route.ts';
import { MAX_BACKENDS } from './split.ts';
import { count, notUsable, parentOf, type Situation } from './status.ts';

/** Whether the selectors find endpoints, and few enough for one route. */
export function endpointsResolved({ xr, entries, split }: Pick<Situation, 'xr' | 'entries' | 'split'>): Condition {
  const matched = count(entries, () => true);
  if (split === 'TooManyEndpoints')
    return condition(
      'EndpointsResolved',
      'False',
      'TooManyEndpoints',
      `spec.endpoints match ${matched} endpoints, and a route has at most ${MAX_BACKENDS} backends in a tier; ` +
        'narrow the selectors, or spread the endpoints over tiers or services. What served before still does.',
    );
  if (matched === 0) return condition('EndpointsResolved', 'False', 'NoEndpoints', noEndpoints(xr));
  if (count(entries, ({ usable }) => usable) === 0)
    return condition('EndpointsResolved', 'False', 'NoneUsable', entries.filter(hasEndpoints).map(notUsable).join(' '));
  const empty = entries.filter((entry) => !hasEndpoints(entry));
  return empty.length === 0
    ? condition('EndpointsResolved', 'True', 'Resolved', 'Every entry has endpoints.')
    : condition('EndpointsResolved', 'True', 'SomeEntriesEmpty', emptyEntries(xr, empty));
}

/** Whoever reads it of a service that a deployment composed has written neither labels nor selectors. */
function noEndpoints(xr: Situation['xr']): string {
  const deployment = deploymentOf(xr);
  return deployment === undefined
    ? 'No ModelEndpoint in this namespace has the labels of any entry of spec.endpoints; label one, or change a selector.'
    : `No placement has served yet; ModelDeployment ${deployment} says why.`;
}

function emptyEntries(xr: Situation['xr'], empty: readonly Entry[]): string {
  const deployment = deploymentOf(xr);
  if (deployment !== undefined)
    return `Not served yet: ${empty.map(({ name }) => name).join(', ')}; ModelDeployment ${deployment} says why.`;
  const unmatched = empty.filter(({ claimed }) => claimed.length === 0).map(shown);
  const claimed = empty.filter(({ claimed }) => claimed.length > 0).map(shown);
  return [
    ...(unmatched.length > 0
      ? [`No ModelEndpoint for ${unmatched.join(' and ')}; label one, or change the selector.`]
      : []),
    ...(claimed.length > 0 ? [`An earlier entry has the endpoints of ${claimed.join(' and ')}.`] : []),
  ].join(' ');
}

const shown = ({ name, labels }: Entry): string => (name === undefined ? labels : `${name} (${labels})`);

const hasEndpoints = ({ endpoints }: Entry): boolean => endpoints.length > 0;

/** Whether a request can be served now: the front door is up, has taken the route, and somebody answers behind it. */
export function routingReady(situation: Situation): Condition {
  return waitsForGateway(situation) ?? waitsForEndpoints(situation) ?? waitsForRoute(situation) ?? ROUTE_CONFIGURED;
}

const ROUTE_CONFIGURED = condition('RoutingReady', 'True', 'RouteConfigured', 'Requests are served.');

const notReady = (reason: Reason<'RoutingReady'>, message: string): Condition =>
  condition('RoutingReady', 'False', reason, message);

function waitsForGateway({ gateway }: Situation): Condition | undefined {
  if (gateway === undefined)
    return notReady('WaitingForGateway', 'There is no InferenceGateway; the platform team creates one called default.');
  const ready = ownCondition(gateway, 'GatewayReady');
  if (gateway.status?.gatewayRef !== undefined && ready?.status === 'True') return undefined;
  return notReady('WaitingForGateway', `The front door is not ready: ${ready?.message ?? 'it has not reported yet.'}`);
}

function waitsForEndpoints({ xr, entries, split, route }: Situation): Condition | undefined {
  const matched = count(entries, () => true);
  if (split === 'KeepRoute')
    return notReady('HoldingLastRoute', 'No endpoint is usable, so the last route stays; it may not be served.');
  if (split === 'TooManyEndpoints') return serves(entries, route) ? undefined : holdsNoMore(matched, route);
  if (split.backends.length === 0)
    return notReady('WaitingForEndpoints', `Requests get 503. ${endpointsResolved({ xr, entries, split }).message}`);
  return split.backends.some(({ endpoint }) => endpoint?.willing)
    ? undefined
    : notReady('HoldingLastRoute', 'Every endpoint is a last resort, so the route leads there; it may not be served.');
}

/** Whether somebody whom the route names can answer. */
function serves(entries: readonly Entry[], route: Situation['route']): boolean {
  const served = new Set(servedBy(route));
  return entries.some(({ endpoints }) => endpoints.some(({ name, willing }) => willing && served.has(name)));
}

function holdsNoMore(matched: number, route: Situation['route']): Condition {
  const why =
    servedBy(route).length === 0
      ? `There is no route, because it cannot hold ${matched} endpoints`
      : `Nobody whom the last route names can serve, and a new one cannot hold ${matched} endpoints`;
  return notReady('TooManyEndpoints', `${why}; EndpointsResolved says what to do.`);
}

function waitsForRoute(situation: Situation): Condition | undefined {
  const { xr, gateway, route } = situation;
  const parent = parentOf(route, gateway);
  const accepted = conditionOf(parent?.conditions, 'Accepted');
  const resolved = conditionOf(parent?.conditions, 'ResolvedRefs');
  if (accepted?.status === 'False')
    return notReady('RouteNotAccepted', `The front door refuses the route: ${accepted.reason}: ${accepted.message}`);
  if (resolved?.status === 'False')
    return notReady(
      'BackendsNotResolved',
      `The front door cannot find a backend: ${resolved.reason}: ${resolved.message}`,
    );
  // While the controller reads an edited route it goes on serving the one before.
  const before = ownCondition(xr, 'RoutingReady')?.status === 'True' && accepted !== undefined;
  const generation = route?.metadata?.generation;
  const taken = isTrue(accepted, generation) && isTrue(resolved, generation) && isWhole(situation);
  return servedBy(route).length > 0 && (before || taken)
    ? undefined
    : notReady('WaitingForRoute', 'Waiting for the front door to take the route.');
}

/**
 * Whether a route has all that it is to have. A new one is taken twice, at last with its retries: by then every replica
 * of the front door has read it, while the first time tells of the quickest of them alone.
 */
const isWhole = ({ gateway, route }: Situation): boolean => gateway?.status?.middlewares !== true || retriesIn(route);
