import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import type { ModelEndpoint } from '#schemas/modelendpoint.ts';
import { type Condition, condition, type Reason } from '#shared/conditions.ts';
import type { Desired } from '#shared/desired.ts';
import type { Composed, CompositionFunction, Inputs, Lookup, Refusal, Requirements } from '#shared/function.ts';
import { type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { ALL_CLUSTERS, CLUSTER_LABEL, THE_GATEWAY } from '#shared/platform.ts';
import { retain, retainAll } from '#shared/retain.ts';
import { authorityOf, authorityProblem, authorityRequirements } from './authority.ts';
import {
  authorityConfigMap,
  backendTLSPolicy,
  endpointSlice,
  hasBackendPort,
  service,
  sliceKey,
  verifiedName,
} from './backend.ts';
import { awaitsNetworks, dangerousReason, type Platform, undeclaredGateway, unknownName } from './forbidden.ts';
import { formerWay, remembering, routeRequirement } from './former.ts';
import { type Routing, routing, routingBefore } from './routing.ts';
import { destinationsOf, portProblem, wayProblem } from './standing.ts';
import { type Accepted, wishOf } from './wish.ts';

type XR = KubernetesObject & ModelEndpoint;

/** A ModelEndpoint: one Service, its EndpointSlice, and how a ModelService is to speak to it. */
export const modelEndpoint: CompositionFunction<XR> = { requires, compose };

function requires(xr: ModelEndpoint): Requirements {
  return { gateway: THE_GATEWAY, clusters: ALL_CLUSTERS, ...authorityRequirements(xr), ...routeRequirement(xr) };
}

/** What is wanted decides what becomes of what is there; whether that serves is told in every case. */
function compose(given: Inputs<XR>): Composed {
  const wish = wishOf(given.xr);
  const inputs = wish.ok ? { ...given, xr: remembering(given.xr, wish, given.observed) } : given;
  const { xr, lookup } = inputs;
  const platform = platformOf(lookup);
  if (!wish.ok) {
    const danger = dangers(inputs, platform)[0]?.reason.replace('spec.url', 'The url that was accepted before');
    return danger === undefined ? asItIs(inputs, platform, wish) : withdrawn(xr, routingBefore(xr, false), danger);
  }
  const to = { ...wish.url, ...wish.paths, namespace: namespaceOf(xr) };
  const danger = dangerousReason(to, platform);
  if (danger !== undefined) return withdrawn(xr, routing(xr, wish, false), danger);
  const safe = { ...inputs, observed: withoutDangers(inputs, platform) };
  const serves = missingNow(safe, platform) === undefined;
  const harmless = undeclaredGateway(to, platform) ?? unknownName(to, platform);
  if (harmless === undefined) return once(safe, wish, platform, serves);
  return serves
    ? asItIs(safe, platform, { refused: notAllowed(harmless) })
    : withdrawn(xr, routing(xr, wish, false), harmless);
}

/** What is wanted, once all that it takes is known. */
function once(safe: Inputs<XR>, wish: Accepted, platform: Platform, serves: boolean): Composed {
  const to = { ...wish.url, ...wish.paths, namespace: namespaceOf(safe.xr) };
  const awaited =
    awaitsNetworks(to, platform) && !isRestored(safe, wish) ? AWAITS_NETWORKS : awaitedAuthority(safe, wish);
  const goesOn = serves && (awaited === undefined || !hasStrayed(safe, wish, platform));
  return awaited !== undefined && goesOn
    ? asItIs(safe, platform, { awaited })
    : asWanted(safe, wish, { awaited, serves: goesOn });
}

const platformOf = (lookup: Lookup): Platform => ({
  gateway: lookup<KubernetesObject & InferenceGateway>('gateway')[0],
  clusters: lookup<KubernetesObject & InferenceCluster>('clusters'),
});

/** The slices that lead where no endpoint may be: what was accepted once need not be so any more. */
const dangers = ({ xr, observed }: Inputs<XR>, platform: Platform) =>
  Object.entries(observed)
    .filter(([, { kind }]) => kind === 'EndpointSlice')
    .flatMap(([key, slice]) =>
      destinationsOf(xr, slice).flatMap((to) => {
        const reason = dangerousReason(to, platform);
        return reason === undefined ? [] : [{ key, reason }];
      }),
    );

function withoutDangers(inputs: Inputs<XR>, platform: Platform): Inputs<XR>['observed'] {
  const keys = dangers(inputs, platform).map(({ key }) => key);
  return Object.fromEntries(Object.entries(inputs.observed).filter(([key]) => !keys.includes(key)));
}

/** What the way that services were told of lacks. One that has yet to be told waits for the platform team's word. */
function missingNow({ xr, observed, lookup }: Inputs<XR>, platform: Platform): string | undefined {
  const before = xr.status?.routing ?? {};
  const destinations = Object.values(observed).flatMap((object) => destinationsOf(xr, object));
  const unproven = before.ready !== true && destinations.some((to) => awaitsNetworks(to, platform));
  return wayProblem(xr, before, observed, lookup) ?? (unproven ? AWAITS_NETWORKS : undefined);
}

const AWAITS_NETWORKS =
  'Waiting for the InferenceGateway: its endpoints.deniedCIDRs say which networks no endpoint may name.';

/**
 * The address of a cluster's Gateway is no wish but a fact, so nobody is where it was before. Where the platform team has
 * declared it both may be the same.
 */
function hasStrayed({ xr, observed }: Inputs<XR>, { url }: Accepted, { clusters }: Platform): boolean {
  const cluster = clusters.find((one) => nameOf(one) === xr.metadata?.labels?.[CLUSTER_LABEL]);
  const { address, declared } = cluster?.status?.gateway ?? {};
  const destinations = Object.values(observed).flatMap((object) => destinationsOf(xr, object));
  return address === url.host && declared !== true && destinations.every(({ host }) => host !== address);
}

/** An endpoint whose status was lost serves on by what is there, which leads where its spec does. */
function isRestored({ xr, observed }: Inputs<XR>, { url }: Accepted): boolean {
  const slice = observed[sliceKey(url)];
  const destinations = slice === undefined ? [] : destinationsOf(xr, slice);
  return (
    xr.status?.routing === undefined && destinations.some(({ host, port }) => host === url.host && port === url.port)
  );
}

/** A policy names an authority only when that has been seen. */
function awaitedAuthority({ xr, observed, lookup }: Inputs<XR>, { url }: Accepted): string | undefined {
  if (verifiedName(xr, url) === undefined) return undefined;
  return xr.spec.tls?.caBundle !== undefined && observed.configmap === undefined
    ? 'Waiting for configmap to be created.'
    : authorityProblem(xr, lookup);
}

/** What the spec asks for; until all of it is there requests go on as they went before, where they still can. */
function asWanted(
  { xr, observed, lookup }: Inputs<XR>,
  wish: Accepted,
  { awaited, serves }: { readonly awaited: string | undefined; readonly serves: boolean },
): Composed {
  const { url } = wish;
  const desired = backend(xr, wish, observed, authorityProblem(xr, lookup) === undefined);
  const problem = portProblem(xr, url.scheme, observed) ?? awaited ?? missingOf(desired);
  const isThere = problem === undefined;
  const former = formerWay(xr, url.scheme, { desired, isReady: isThere }, observed, lookup);
  const ready = isThere || serves;
  return {
    desired: { ...former.desired, ...desired },
    status: statusOf(xr, isThere || !serves ? routing(xr, wish, ready) : routingBefore(xr, true), {
      formerScheme: former.scheme,
      policy: (desired.backendtlspolicy ?? former.desired.backendtlspolicy)?.resource,
    }),
    conditions: [routingReady(ready, problem, awaited === AWAITS_NETWORKS ? 'WaitingForGateway' : 'WaitingForBackend')],
    ready,
  };
}

function backend(
  xr: ModelEndpoint,
  { url }: Accepted,
  observed: Inputs<XR>['observed'],
  isAuthorityThere: boolean,
): Record<string, Desired> {
  const slice = sliceKey(url);
  const caBundle = xr.spec.tls?.caBundle;
  const policy = observed.backendtlspolicy;
  const made = {
    service: { resource: service(xr), ready: hasBackendPort(observed.service, url.scheme) },
    [slice]: { resource: endpointSlice(xr, url), ready: observed[slice] !== undefined },
  };
  if (verifiedName(xr, url) === undefined) return made;
  if (!isAuthorityThere) return policy === undefined ? made : { ...made, backendtlspolicy: retain(policy, true) };
  return {
    ...made,
    ...(caBundle !== undefined && {
      configmap: { resource: authorityConfigMap(xr, caBundle), ready: observed.configmap !== undefined },
    }),
    // Its status is no sign of readiness: Traefik writes one only after a route uses the Service.
    backendtlspolicy: { resource: backendTLSPolicy(xr, url), ready: policy !== undefined },
  };
}

function missingOf(desired: Record<string, Desired>): string | undefined {
  const missing = Object.keys(desired).filter((key) => desired[key]?.ready === false);
  return missing.length === 0 ? undefined : `Waiting for ${missing.join(', ')} to be created.`;
}

interface Held {
  /** The spec is refused, */
  readonly refused?: Refusal;
  /** or waits for what this sentence says. */
  readonly awaited?: string;
}

/** What was accepted before, as it is now. */
function asItIs(inputs: Inputs<XR>, platform: Platform, { refused, awaited }: Held): Composed {
  const { xr, observed } = inputs;
  const problem = missingNow(inputs, platform);
  const ready = problem === undefined;
  const isNew = refused !== undefined && xr.status?.routing?.scheme === undefined;
  const caBundle = refused === undefined && observed.configmap === undefined ? xr.spec.tls?.caBundle : undefined;
  const kept = retainAll(
    observed,
    () => true,
    () => true,
  );
  return {
    desired: {
      ...kept,
      // What it waits for may be this very object. One that is there stays as it is: who serves may be verified by it.
      ...(caBundle && { configmap: { resource: authorityConfigMap(xr, caBundle), ready: false } }),
    },
    status: statusOf(xr, routingBefore(xr, ready), {
      formerScheme: xr.status?.formerScheme,
      policy: observed.backendtlspolicy,
    }),
    conditions: [
      isNew ? notReady(reasonOf(refused), `Cannot ${refused.problem}.`) : routingReady(ready, problem ?? awaited),
    ],
    ready,
    refused,
  };
}

/** A refusal's reason, where the table of conditions has it for a route as well. */
const reasonOf = ({ reason }: Refusal): Reason<'RoutingReady'> =>
  reason === 'InvalidURL' || reason === 'InvalidTLS' ? reason : 'WaitingForBackend';

interface More {
  readonly formerScheme: string | undefined;
  readonly policy: object | undefined;
}

function statusOf(
  xr: ModelEndpoint,
  way: Routing,
  { formerScheme, policy }: More,
): NonNullable<ModelEndpoint['status']> {
  const authority = authorityOf(xr, policy as KubernetesObject | undefined);
  return {
    routing: way,
    ...(formerScheme !== undefined && { formerScheme }),
    ...(authority !== undefined && { authority: { kind: authority.kind, name: authority.name } }),
  };
}

/** While something is awaited and requests can be sent, they go as they went before. */
function routingReady(
  ready: boolean,
  problem: string | undefined,
  reason: Reason<'RoutingReady'> = 'WaitingForBackend',
) {
  if (!ready) return notReady(reason, problem ?? '');
  const message =
    problem === undefined ? 'Requests can be sent to this endpoint.' : `Requests are sent as before. ${problem}`;
  return condition('RoutingReady', 'True', 'BackendConfigured', message);
}

const notReady = (reason: Reason<'RoutingReady'>, message: string): Condition =>
  condition('RoutingReady', 'False', reason, message);

const notAllowed = (reason: string): Refusal => ({
  reason: 'NotAllowed',
  problem: `send requests there: ${reason.replace(/\.$/, '')}`,
});

/**
 * The one case where a bad input takes traffic away: what serves there may be another tenant's, or the platform's. As a
 * last resort it is left by every service, and nobody waits for it.
 */
function withdrawn(xr: ModelEndpoint, way: Routing, reason: string): Composed {
  return {
    desired: {},
    status: statusOf(xr, { ...way, lastResort: true }, { formerScheme: undefined, policy: undefined }),
    conditions: [notReady('Forbidden', reason)],
    ready: false,
    refused: { ...notAllowed(reason), isWithdrawn: true },
  };
}
