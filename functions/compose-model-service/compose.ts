import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import type { ModelService } from '#schemas/modelservice.ts';
import type { Desired } from '#shared/desired.ts';
import type { Composed, CompositionFunction, Inputs, Requirements } from '#shared/function.ts';
import { CALLER_HEADER } from '#shared/headers.ts';
import { type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { openAIPath, type PublishedPaths, servicePath } from '#shared/paths.ts';
import { ownCondition, THE_GATEWAY } from '#shared/platform.ts';
import { endpointsResolved, routingReady } from './conditions.ts';
import { endpointRequirements, entriesOf } from './endpoints.ts';
import { canHold, hold, holdName } from './hold.ts';
import { composedMiddlewares, missingMiddlewares, namedMiddlewares } from './middlewares.ts';
import {
  backendRefsFor,
  backendsIn,
  parentRefsOf,
  publishes,
  removesHeader,
  WAS_OPEN_ANNOTATION,
} from './observed-route.ts';
import { publication } from './publication.ts';
import { httpRoute } from './route.ts';
import { lastSplit, splitOf } from './split.ts';
import { isSeen, knowsCallers, parentOf, type Situation, serviceStatus } from './status.ts';

type Service = KubernetesObject & ModelService;
type Observed = Inputs<Service>['observed'];

/** A ModelService: one HTTPRoute, whose traffic is split over the endpoints that it selects. */
export const modelService: CompositionFunction<Service> = { requires, compose };

function requires(xr: ModelService): Requirements {
  return { gateway: THE_GATEWAY, ...endpointRequirements(xr) };
}

function compose({ xr, observed, lookup }: Inputs<Service>): Composed {
  const gateway = lookup<KubernetesObject & InferenceGateway>('gateway')[0];
  const { httproute: route } = observed;
  const entries = entriesOf(xr, lookup, backendsIn(route));
  const { paths, refused } = publication(xr, entries);
  const options = { keepsShares: xr.spec.whenEmpty === 'Hold', canHold: canHold(xr, observed) };
  const split =
    splitOf(entries, options) ?? lastSplit(entries, backendRefsFor(route, openAIPath(tenantOf(xr))), holdName(xr));
  const missing = missingMiddlewares(route, observed);
  const situation = { xr, gateway, entries, split, route, wasOpen: wasOpen(xr, route), missing };
  const routing = routingReady(situation);
  const ready = routing.status === 'True';
  // Until the front door has read a route it goes by the one before, which may have named what this one does not.
  const isRead = isSeen(route, parentOf(route, gateway));
  const holdMayBeNamed = route !== undefined && (!isRead || backendsIn(route).has(holdName(xr)));
  return {
    desired: {
      ...hold(xr, observed, holdMayBeNamed),
      ...composedMiddlewares(situation, observed),
      ...routeOf(situation, observed, paths, ready),
    },
    status: serviceStatus({ ...situation, ready }),
    conditions: [endpointsResolved(situation), routing],
    ready,
    refused,
  };
}

const tenantOf = (xr: ModelService) => ({ namespace: namespaceOf(xr), name: nameOf(xr) });

/** Whether every path was published before and the spec has not said since which ones are to be. */
const wasOpen = (xr: ModelService, route: KubernetesObject | undefined): boolean =>
  xr.spec.paths === undefined &&
  (publishes(route, servicePath(tenantOf(xr))) || route?.metadata?.annotations?.[WAS_OPEN_ANNOTATION] !== undefined);

function routeOf(
  situation: Situation,
  observed: Observed,
  paths: PublishedPaths,
  ready: boolean,
): Record<string, Desired> {
  const { xr, gateway, split, route: before, wasOpen } = situation;
  const { name, namespace } = gateway?.status?.gatewayRef ?? {};
  const today =
    name && namespace ? [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name, namespace }] : undefined;
  // A route that is on another front door serves there, for all that is known, until this one does.
  const moves = ownCondition(gateway, 'GatewayReady')?.status === 'True';
  const parentRefs = moves ? (today ?? parentRefsOf(before)) : (parentRefsOf(before) ?? today);
  if (parentRefs === undefined) return {};
  const middlewares = namedMiddlewares(situation, observed);
  const callers = knowsCallers(situation);
  // While the front door says nothing it is as it was: limits may count by the name that it gives.
  const anonymous = gateway?.status === undefined ? removesHeader(before, CALLER_HEADER) : !callers;
  const parts = { xr, parentRefs, paths, split, before, middlewares, wasOpen, callers, anonymous };
  return { httproute: { resource: httpRoute(parts), ready } };
}
