import type { ModelService } from '#schemas/modelservice.ts';
import type { Desired } from '#shared/desired.ts';
import type { Inputs } from '#shared/function.ts';
import { CALLER_HEADER } from '#shared/headers.ts';
import { type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { uniqueName } from '#shared/names.ts';
import { retain } from '#shared/retain.ts';
import { backendsIn, middlewaresIn } from './observed-route.ts';
import { middlewareName, retryMiddleware } from './retry.ts';
import { isSeen, knowsCallers, parentOf, type Situation } from './status.ts';

/** A Middleware of Traefik's that every rule of a service names. */
interface RuleMiddleware {
  readonly key: 'concurrency' | 'middleware';
  readonly name: string;
  readonly isWanted: boolean;
  readonly resource: object;
}

type Observed = Inputs<Situation['xr']>['observed'];

/**
 * In the order in which a request meets them: what is over a limit is not tried at all, and an attempt more is none more.
 * While the front door does not say whether there may be any, what is there stays.
 */
function middlewaresOf({ xr, gateway, route, split }: Situation): RuleMiddleware[] {
  const named = middlewaresIn(route);
  const may = (name: string): boolean => gateway?.status?.middlewares ?? named.has(name);
  const retry = middlewareName(xr);
  const concurrency = concurrencyName(xr);
  const amount = xr.spec.limits?.concurrent;
  const areKnown = gateway?.status === undefined ? named.has(concurrency) : knowsCallers({ gateway });
  return [
    {
      key: 'concurrency',
      name: concurrency,
      isWanted: amount !== undefined && may(concurrency) && areKnown,
      resource: concurrencyMiddleware(xr, amount),
    },
    { key: 'middleware', name: retry, isWanted: may(retry), resource: retryMiddleware(xr, split.backends) },
  ];
}

const concurrencyName = (xr: ModelService): string =>
  uniqueName(`${nameOf(xr)}-concurrency`, ['ModelService', 'concurrency', namespaceOf(xr), nameOf(xr)]);

/** So many requests of one caller at a time, by the name that the front door gives him and no client can. */
const concurrencyMiddleware = (xr: ModelService, amount: number | undefined) => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind: 'Middleware',
  metadata: { name: concurrencyName(xr), labels: { 'modelplane.ai/service': nameOf(xr) } },
  spec: { inFlightReq: { amount, sourceCriterion: { requestHeaderName: CALLER_HEADER } } },
});

/** Middlewares that are wanted, or that the front door may go by still: until it has read a route it goes by the one before. */
export function composedMiddlewares(situation: Situation, observed: Observed): Record<string, Desired> {
  const { route, gateway } = situation;
  const mayBeNamed = (name: string) =>
    route !== undefined && (!isSeen(route, parentOf(route, gateway)) || middlewaresIn(route).has(name));
  return Object.fromEntries(
    middlewaresOf(situation).flatMap(({ key, name, isWanted, resource }) => {
      const before = observed[key];
      if (isWanted) return [[key, { resource, ready: true }]];
      return before !== undefined && mayBeNamed(name) ? [[key, retain(before, true)]] : [];
    }),
  );
}

/**
 * Names for the rules of a route. Traefik answers 404 for a route that refers to a Middleware which it has not read yet. It
 * reads both kinds apart from each other, so the reference waits until it has read the route with its backends, and stays
 * from then on.
 */
export function namedMiddlewares(situation: Situation, observed: Observed): string[] {
  const { route, gateway } = situation;
  const hasRead = isSeen(route, parentOf(route, gateway)) && backendsIn(route).size > 0;
  return middlewaresOf(situation)
    .filter(({ isWanted }) => isWanted)
    .filter(({ key, name }) => observed[key] !== undefined && (hasRead || middlewaresIn(route).has(name)))
    .map(({ name }) => name);
}

/** What a route names and nobody made, or somebody deleted: by hand, or with its kind. */
export function missingMiddlewares(route: KubernetesObject | undefined, observed: Observed): string[] {
  const there = new Set(
    Object.values(observed).flatMap(({ kind, metadata }) => (kind === 'Middleware' ? (metadata?.name ?? []) : [])),
  );
  return [...middlewaresIn(route)].filter((name) => !there.has(name));
}
