import { type Condition, condition, type Reason } from '#shared/conditions.ts';
import { deploymentOf } from '#shared/kubernetes.ts';
import { ownCondition } from '#shared/platform.ts';
import { conditionOf, isTrue } from '#shared/readiness.ts';
import type { Endpoint, Entry } from './endpoints.ts';
import { leadsTo, middlewaresIn, servedBy } from './observed-route.ts';
import { middlewareName } from './retry.ts';
import { MAX_BACKENDS } from './split.ts';
import { canAnswer } from './standing.ts';
import { count, knowsCallers, notUsable, parentOf, type Situation } from './status.ts';

/** Whether the selectors find endpoints, and few enough for one rule of a route. */
export function endpointsResolved({ xr, entries, split }: Situation): Condition {
  if (split.leftOut.length > 0) return condition('EndpointsResolved', 'False', 'TooManyEndpoints', tooMany(split));
  if (!entries.some(hasEndpoints)) return condition('EndpointsResolved', 'False', 'NoEndpoints', noEndpoints(xr));
  if (count(entries, ({ standing }) => standing === 'Usable') === 0)
    return condition('EndpointsResolved', 'False', 'NoneUsable', noneUsable(entries));
  const empty = entries.filter((entry) => !hasEndpoints(entry));
  return empty.length === 0
    ? condition('EndpointsResolved', 'True', 'Resolved', 'Every entry has endpoints.')
    : condition('EndpointsResolved', 'True', 'SomeEntriesEmpty', emptyEntries(xr, empty));
}

const tooMany = ({ tier, leftOut }: Situation['split']): string =>
  `Sent nothing: ${leftOut.map(({ name }) => name).join(', ')}. A rule of a route has at most ${MAX_BACKENDS} backends, ` +
  `and more are in tier ${tier}; narrow the selectors, or spread the endpoints over tiers or services.`;

const noneUsable = (entries: readonly Entry[]): string => entries.filter(hasEndpoints).map(notUsable).join(' ');

/** Whoever reads it of a service that a deployment composed has written neither labels nor selectors. */
const noEndpoints = (xr: Situation['xr']): string =>
  deploymentOf(xr) === undefined
    ? 'No ModelEndpoint in this namespace has the labels of any entry of spec.endpoints; label one, or change a selector.'
    : 'No placement has an endpoint yet; it gets one once its engines can serve.';

function emptyEntries(xr: Situation['xr'], empty: readonly Entry[]): string {
  if (deploymentOf(xr) !== undefined)
    return `No endpoint yet: ${empty.map(({ name }) => name).join(', ')}; a placement gets one once its engines can serve.`;
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
  return waitsForGateway(situation) ?? waitsForEndpoints(situation) ?? waitsForRoute(situation) ?? served(situation);
}

const served = (situation: Situation): Condition => {
  const { xr, wasOpen } = situation;
  const holdsNobody = xr.spec.limits !== undefined && !knowsCallers(situation);
  const remarks = `${wasOpen ? ONLY_V1 : ''}${holdsNobody ? NOBODY_IS_HELD : ''}`;
  return condition('RoutingReady', 'True', 'RouteConfigured', `Requests are served.${remarks}`);
};

const NOBODY_IS_HELD =
  ' spec.limits holds nobody, because the front door does not ask who calls; the platform team sets authentication of ' +
  'the InferenceGateway.';

/** Stays until the spec says which paths there are, because whoever called another one may come once a month. */
const ONLY_V1 =
  ' Every path below the service was published before, such as /tokenize, and now /v1 alone is: name others in ' +
  'spec.paths, or set it to [] if clients call none.';

const notReady = (reason: Reason<'RoutingReady'>, message: string): Condition =>
  condition('RoutingReady', 'False', reason, message);

function waitsForGateway({ gateway }: Situation): Condition | undefined {
  if (gateway === undefined)
    return notReady('WaitingForGateway', 'There is no InferenceGateway; the platform team creates one called default.');
  const ready = ownCondition(gateway, 'GatewayReady');
  if (gateway.status?.gatewayRef !== undefined && ready?.status === 'True') return undefined;
  return notReady('WaitingForGateway', `The front door is not ready: ${ready?.message ?? 'it has not reported yet.'}`);
}

function waitsForEndpoints(situation: Situation): Condition | undefined {
  const { entries, split } = situation;
  if (split.backends.length === 0)
    return notReady('WaitingForEndpoints', `Requests get 503. ${endpointsResolved(situation).message}`);
  switch (split.standing) {
    case 'Usable':
    case 'Draining':
    case 'Drained':
      return undefined;
    case 'Unready':
      return notReady('HoldingLastRoute', `Those that served last still get the requests. ${noneUsable(entries)}`);
    case undefined:
      return notReady('HoldingLastRoute', 'No endpoint is usable, so the last route stays; it may not be served.');
    case 'LastResort':
    case 'Withdrawn':
      return notReady(
        'HoldingLastRoute',
        'Every endpoint is a last resort, so the route leads there; it may not be served.',
      );
    default:
      return split.standing satisfies never;
  }
}

function waitsForRoute(situation: Situation): Condition | undefined {
  const { xr, gateway, entries, split, route, missing } = situation;
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
  if (missing.length > 0)
    return notReady(
      'WaitingForRoute',
      `Requests get 404: the route names Middleware ${missing.join(', ')}, which is not there.`,
    );
  const serving = new Set(servedBy(route));
  // Of the route that is there: the one that is composed now may be better, and nobody serves it yet.
  const named = entries.flatMap(({ endpoints }) => endpoints.filter(({ name }) => serving.has(name)));
  if (!named.some(answers)) return WAITING_FOR_ROUTE;
  // While the controller reads an edited route it goes on serving the one before.
  if (ownCondition(xr, 'RoutingReady')?.status === 'True' && accepted !== undefined) return undefined;
  const generation = route?.metadata?.generation;
  const isReached = ({ routing }: Endpoint) =>
    routing === undefined || leadsTo(route, routing.backendName, routing.port);
  // Somebody who cannot answer and is about to leave the route has a share of it still.
  const stays = (one: Endpoint) => answers(one) || split.backends.some(({ endpoint }) => endpoint === one);
  const leads = named.filter(answers).every(isReached) && named.every(stays);
  const taken = isTrue(accepted, generation) && isTrue(resolved, generation) && isWhole(situation) && leads;
  return taken ? undefined : WAITING_FOR_ROUTE;
}

const WAITING_FOR_ROUTE = notReady('WaitingForRoute', 'Waiting for the front door to take the route.');

/** Engines that are to go serve until no route names them. */
const answers = ({ standing, composed, leaving }: Endpoint): boolean =>
  canAnswer(standing) || (standing === 'LastResort' && composed && leaving);

/**
 * Whether a route has all that it is to have. A new one is taken twice, at last with its retries: by then every replica
 * of the front door has read it, while the first time tells of the quickest of them alone.
 */
const isWhole = ({ xr, gateway, route }: Situation): boolean =>
  gateway?.status?.middlewares !== true || middlewaresIn(route).has(middlewareName(xr));
