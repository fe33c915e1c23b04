import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { type Condition, condition } from '#shared/conditions.ts';
import type { Desired } from '#shared/desired.ts';
import type { Composed, CompositionFunction, Inputs, Lookup, Refusal, Requirements } from '#shared/function.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { isReady } from '#shared/readiness.ts';
import { retainAll } from '#shared/retain.ts';
import { ANYBODY, authentication, isHooked } from './authentication.ts';
import { certificatesOf, trialDesired, withTrial } from './certificate.ts';
import { controllerReady, deploymentRequirement, versionKept, versionRaised } from './controller.ts';
import { addressesOf, gatewayReady } from './front-door.ts';
import { gateway, gatewayClass, OUR_GATEWAY } from './gateway.ts';
import { gatewayAPIProblem, hasMiddlewares, KIND_REQUIREMENTS } from './gateway-api.ts';
import { attachedGateway, guardsOf, isLeft, routeRequirement } from './guard.ts';
import { hookArguments } from './hook.ts';
import { helmProviderConfig, traefikRelease } from './install.ts';
import { hostnamesOf, originOf } from './listeners.ts';
import { metallb, withdrawnMetalLB } from './metallb.ts';
import { gatewayRequirements, ownGateway, ownGatewayClass, ownGatewayProblem } from './own-gateway.ts';
import { type GatewayRef, isOurs, isSameGateway, toldGateway } from './ref.ts';
import { refusalOf } from './refusal.ts';

type XR = KubernetesObject & InferenceGateway;
type Observed = Inputs<XR>['observed'];

/** An InferenceGateway: Traefik with its Gateway, or the Gateway that a user brought. */
export const inferenceGateway: CompositionFunction<XR> = { requires, compose };

function requires(xr: XR, found: Lookup): Requirements {
  return {
    ...KIND_REQUIREMENTS,
    ...deploymentRequirement(xr),
    ...gatewayRequirements(xr, found),
    ...routeRequirement(xr, found),
  };
}

function compose(inputs: Inputs<XR>): Composed {
  const { xr, observed, lookup } = inputs;
  const refused = refusalOf(xr);
  const problem = gatewayAPIProblem(lookup);
  if (problem !== undefined) {
    const callers = authentication(inputs, isHooked(observed.release)).condition;
    const conditions = [problem, waitsForController(problem), versionRaised(xr), callers];
    return { ...held(inputs, conditions, statusBefore(xr)), refused };
  }
  if (refused !== undefined) return asItIs(inputs, refused);
  return xr.spec.gatewayRef === undefined ? installed(inputs) : brought(inputs, xr.spec.gatewayRef);
}

/** Traefik and everything that it needs, in one pass: the Gateway waits for its controller by itself. */
function installed(inputs: Inputs<XR>): Composed {
  const { xr, observed } = inputs;
  const { controller, front, ready: serves } = standingOf(inputs, OUR_GATEWAY);
  const certificates = certificatesOf(xr, observed);
  // Routes stay with a Gateway that was brought until this one can take them.
  const told = attachedGateway(inputs);
  const now = told === undefined || serves ? OUR_GATEWAY : told;
  const guards = guardsOf(inputs, now);
  const callers = authentication(inputs, xr.spec.authentication !== undefined);
  return {
    desired: {
      providerconfig: { resource: helmProviderConfig(), ready: observed.providerconfig !== undefined },
      release: {
        resource: traefikRelease(xr, callers.hooked ? hookArguments() : []),
        ready: isReady(observed.release),
      },
      gatewayclass: { resource: gatewayClass(), ready: observed.gatewayclass !== undefined },
      gateway: { resource: gateway(xr, observed.gateway, certificates.served), ready: serves },
      ...trialDesired(certificates, observed.trial),
      ...metallb(xr, observed),
      ...guards.desired,
      ...callers.desired,
    },
    status: { ...statusOf(inputs, now, callers.status), ...guards.former },
    conditions: [controller, withTrial(front, certificates, observed.trial), versionRaised(xr), callers.condition],
    ready: serves && callers.letsIn,
  };
}

/** Nothing is installed, and what was is kept until no route is attached to it any more. */
function brought(inputs: Inputs<XR>, ref: GatewayRef): Composed {
  const { xr, observed } = inputs;
  const { controller, front, ready } = standingOf(inputs, ref);
  const conditions = [controller, front, versionRaised(xr), ANYBODY];
  const told = attachedGateway(inputs);
  if (!ready) return held(inputs, conditions, told === undefined ? {} : statusOf(inputs, told));
  const guards = guardsOf(inputs, ref);
  const isGone = observed.gateway === undefined || isLeft(inputs, OUR_GATEWAY);
  return {
    desired: { ...(isGone ? leaving(observed) : kept(observed)), ...guards.desired },
    status: { ...statusOf(inputs, ref), ...guards.former },
    conditions,
    ready,
  };
}

/** A spec that is refused stops what is wanted: the front door that there is goes on, and is told as it is. */
function asItIs(inputs: Inputs<XR>, refused: Refusal): Composed {
  const { observed } = inputs;
  const told = attachedGateway(inputs);
  if (told === undefined) return { ...held(inputs, nothingYet(refused), {}), refused };
  const { controller, front, ready } = standingOf(inputs, told);
  const callers = authentication(inputs, isHooked(observed.release));
  return {
    ...held(inputs, [controller, front, versionKept(observed.release), callers.condition], statusOf(inputs, told)),
    ready: ready && callers.letsIn,
    refused,
  };
}

const nothingYet = ({ problem }: Refusal): Condition[] => [
  condition('ControllerReady', 'False', 'NothingAccepted', `Nothing is installed yet: cannot ${problem}.`),
  condition('GatewayReady', 'False', 'NothingAccepted', `Cannot ${problem}.`),
  versionKept(undefined),
  ANYBODY,
];

interface Standing {
  readonly controller: Condition;
  readonly front: Condition;
  readonly ready: boolean;
}

/** How a Gateway that is the front door, or is to become it, does. */
function standingOf(inputs: Inputs<XR>, ref: GatewayRef): Standing {
  const controller = isOurs(ref) ? controllerReady(inputs.observed.release, inputs.lookup) : BROUGHT;
  const front = controller.status === 'True' ? frontReady(inputs, ref) : waitsForController(controller);
  return { controller, front, ready: front.status === 'True' };
}

function frontReady({ xr, observed, lookup }: Inputs<XR>, ref: GatewayRef): Condition {
  if (isOurs(ref))
    return gatewayReady(xr, {
      gateway: observed.gateway,
      gatewayClass: observed.gatewayclass,
      isBrought: false,
      addressOwedBy:
        xr.spec.traefik.loadBalancer === 'MetalLB'
          ? 'MetalLB owes one to Service modelplane-system/traefik: look at Release modelplane-system/metallb, and whether install/metallb was applied.'
          : 'The load balancer of this cluster owes one to Service modelplane-system/traefik. On kind or bare metal set spec.traefik.loadBalancer to MetalLB.',
    });
  const own = ownGateway(xr, ref, lookup);
  const door = {
    gateway: own,
    gatewayClass: ownGatewayClass(own, lookup),
    isBrought: true,
    addressOwedBy: 'The Traefik behind it owes one: set providers.kubernetesGateway.statusAddress there.',
  };
  return ownGatewayProblem(xr, ref, door) ?? gatewayReady(xr, door);
}

const BROUGHT = condition(
  'ControllerReady',
  'True',
  'BroughtByUser',
  'Nothing is installed: spec.gatewayRef brings its own controller.',
);

/** Keeps what there is, and says why nothing moves. */
const held = (inputs: Inputs<XR>, conditions: readonly Condition[], status: object): Composed => ({
  desired: kept(inputs.observed),
  status: { ...status, ...guardsOf(inputs, undefined).former },
  conditions,
  ready: false,
});

const kept = (observed: Observed): Record<string, Desired> => retainAll(observed, () => true, isReady);

/** All goes at once, but for what something else needs in order to go. */
function leaving(observed: Observed): Record<string, Desired> {
  const release = withdrawnMetalLB(observed);
  const isNeeded = (key: string) => key === 'providerconfig' && Object.keys(release).length > 0;
  return { ...release, ...retainAll(observed, isNeeded, () => true) };
}

type Status = NonNullable<InferenceGateway['status']>;

/** Where a Gateway is reached. What cannot be seen is told as it was. */
function statusOf(
  { xr, observed, lookup }: Inputs<XR>,
  ref: GatewayRef,
  callers: Status['authentication'] = xr.status?.authentication,
): Status {
  const from = isOurs(ref) ? observed.gateway : ownGateway(xr, ref, lookup);
  if (from === undefined && isSameGateway(toldGateway(xr), ref)) return statusBefore(xr);
  // One that loses its address for a moment keeps the one it had: nobody may name that as an endpoint meanwhile.
  const [address, ...others] = addressesIn(from, xr, ref);
  const url = originOf(from, address);
  const hostnames = hostnamesOf(from, url);
  return {
    address,
    ...(address !== undefined && others.length > 0 && { addresses: [address, ...others] }),
    ...(hostnames.length > 0 && { hostnames }),
    url,
    gatewayRef: { name: ref.name, namespace: ref.namespace },
    // Whether the controller of a Gateway that was brought reads them cannot be told, and a route that names one would
    // answer 500 if not.
    middlewares: isOurs(ref) && hasMiddlewares(lookup),
    ...(isOurs(ref) && callers !== undefined && { authentication: callers }),
  };
}

function addressesIn(from: KubernetesObject | undefined, xr: XR, ref: GatewayRef): string[] {
  const there = addressesOf(from);
  if (there.length > 0 || !isSameGateway(toldGateway(xr), ref)) return there;
  const { address, addresses } = xr.status ?? {};
  return addresses ?? (address === undefined ? [] : [address]);
}

/** What we said before. Not the whole status: its conditions are Crossplane's to write. */
function statusBefore({ status }: XR): Status {
  const { address, addresses, hostnames, url, gatewayRef, middlewares, authentication } = status ?? {};
  return {
    address,
    ...(addresses && { addresses }),
    ...(hostnames && { hostnames }),
    url,
    gatewayRef,
    middlewares,
    ...(authentication && { authentication }),
  };
}

const waitsForController = ({ message }: Condition): Condition =>
  condition('GatewayReady', 'False', 'WaitingForController', `Waiting for Traefik. ${message}`);
