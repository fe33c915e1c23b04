import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import type { ModelService } from '#schemas/modelservice.ts';
import type { Composed, CompositionFunction, Desired, Inputs, Requirements } from '#shared/function.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { THE_GATEWAY } from '#shared/platform.ts';
import { retain } from '#shared/retain.ts';
import { endpointsResolved, routingReady } from './conditions.ts';
import { type Entry, endpointRequirements, entriesOf } from './endpoints.ts';
import { hold } from './hold.ts';
import { retryMiddleware } from './retry.ts';
import { type GatewayRef, httpRoute, retriesIn, servedBy } from './route.ts';
import { MAX_BACKENDS, mostBackends, type Split, splitOfDraining, splitOfReady, splitOfUsable } from './split.ts';
import { isSeen, parentOf, serviceStatus } from './status.ts';

/** A ModelService: one HTTPRoute, whose traffic is split over the endpoints that it selects. */
export const modelService: CompositionFunction<KubernetesObject & ModelService> = { requires, compose };

function requires(xr: ModelService): Requirements {
  return { gateway: THE_GATEWAY, ...endpointRequirements(xr) };
}

function compose({ xr, observed, lookup }: Inputs<KubernetesObject & ModelService>): Composed {
  const gateway = lookup<KubernetesObject & InferenceGateway>('gateway')[0];
  const entries = entriesOf(xr, lookup);
  const split = chooseSplit(xr, entries, observed.httproute);
  const routing = routingReady({ xr, gateway, entries, split, route: observed.httproute });
  const ready = routing.status === 'True';
  return {
    desired: { ...hold(xr), ...route(xr, gateway, split, observed, ready) },
    status: serviceStatus({ xr, gateway, entries, split, route: observed.httproute, ready }),
    conditions: [endpointsResolved({ xr, entries, split }), routing],
    ready,
  };
}

/**
 * Whom to send requests to, or 'KeepRoute' where the route is better left as it is: it never moves to nothing, and
 * never to more backends than a route may have.
 */
function chooseSplit(
  xr: ModelService,
  entries: readonly Entry[],
  route: KubernetesObject | undefined,
): Split | 'TooManyEndpoints' | 'KeepRoute' {
  const holds = xr.spec.whenEmpty === 'Hold';
  if (mostBackends(entries, holds) > MAX_BACKENDS) return 'TooManyEndpoints';
  const served = new Set(servedBy(route));
  const usable = splitOfUsable(entries, holds);
  const willing = usable.tier === undefined ? splitOfDraining(entries, holds, served) : usable;
  if (willing.backends.length > MAX_BACKENDS) return 'TooManyEndpoints';
  if (willing.tier !== undefined) return willing;
  const serves = entries.some(({ endpoints }) => endpoints.some(({ name, ready }) => ready && served.has(name)));
  const last = splitOfReady(entries, holds);
  if (serves || (last.tier === undefined && served.size > 0)) return 'KeepRoute';
  return last.backends.length > MAX_BACKENDS ? 'TooManyEndpoints' : last;
}

function route(
  xr: ModelService,
  gateway: InferenceGateway | undefined,
  split: ReturnType<typeof chooseSplit>,
  observed: Inputs<KubernetesObject & ModelService>['observed'],
  ready: boolean,
): Record<string, Desired> {
  const { httproute, middleware } = observed;
  const gatewayRef = gateway?.status?.gatewayRef as GatewayRef | undefined;
  if (typeof split === 'string' || gatewayRef === undefined) {
    return {
      ...(middleware && { middleware: retain(middleware, true) }),
      ...(httproute && { httproute: retain(httproute, ready) }),
    };
  }
  const retries = gateway?.status?.middlewares === true;
  const resource = httpRoute(xr, gatewayRef, split.backends, retries && mayRetry(gateway, observed));
  return {
    ...(retries && { middleware: { resource: retryMiddleware(xr, split.backends), ready: true } }),
    httproute: { resource, ready },
  };
}

/**
 * Traefik answers 404 for a route that refers to a Middleware which it has not read yet. It reads both kinds apart from
 * each other, so the reference waits until it has read the route with its backends, and stays from then on.
 */
function mayRetry(
  gateway: InferenceGateway | undefined,
  { httproute, middleware }: Inputs<KubernetesObject & ModelService>['observed'],
): boolean {
  const hasRead = isSeen(httproute, parentOf(httproute, gateway)) && servedBy(httproute).length > 0;
  return middleware !== undefined && (hasRead || retriesIn(httproute));
}
