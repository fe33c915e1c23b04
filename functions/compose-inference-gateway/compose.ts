import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { type Condition, condition } from '#shared/conditions.ts';
import type { Composed, CompositionFunction, Desired, Inputs, Lookup, Requirements } from '#shared/function.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { isReady } from '#shared/readiness.ts';
import { retainAll } from '#shared/retain.ts';
import { ANYBODY, authentication, HOOK } from './authentication.ts';
import { controllerReady, deploymentRequirement, versionRaised } from './controller.ts';
import { addressOf, gatewayReady } from './front-door.ts';
import { gateway, gatewayClass, OUR_GATEWAY, selectorMistake } from './gateway.ts';
import { gatewayAPIProblem, hasMiddlewares, KIND_REQUIREMENTS } from './gateway-api.ts';
import { helmProviderConfig, traefikRelease } from './install.ts';
import { originOf } from './listeners.ts';
import { metallb, withdrawnMetalLB } from './metallb.ts';
import { ownGatewayClass, ownGatewayProblem, ownGatewayRequirements } from './own-gateway.ts';

type XR = KubernetesObject & InferenceGateway;
type Observed = Inputs<XR>['observed'];
type GatewayRef = NonNullable<InferenceGateway['spec']['gatewayRef']>;

/** An InferenceGateway: Traefik with its Gateway, or the Gateway that a user brought. */
export const inferenceGateway: CompositionFunction<XR> = { requires, compose };

function requires(xr: XR, found: Lookup): Requirements {
  return { ...KIND_REQUIREMENTS, ...deploymentRequirement(xr), ...ownGatewayRequirements(xr, found) };
}

function compose(inputs: Inputs<XR>): Composed {
  const { xr, observed, lookup } = inputs;
  const mistake = selectorMistake(xr);
  if (mistake !== undefined)
    return { ...held(xr, observed, []), refused: { reason: 'InvalidSelector', problem: `use ${mistake}` } };
  const problem = gatewayAPIProblem(lookup);
  if (problem !== undefined) {
    const { condition } = authentication(xr, observed, lookup, false);
    return held(xr, observed, [problem, waitsForController(problem), versionRaised(xr), condition]);
  }
  return xr.spec.gatewayRef === undefined ? installed(inputs) : brought(inputs, xr.spec.gatewayRef);
}

/** Traefik and everything that it needs, in one pass: the Gateway waits for its controller by itself. */
function installed({ xr, observed, lookup }: Inputs<XR>): Composed {
  const controller = controllerReady(observed.release, lookup);
  const front =
    controller.status === 'True' ? gatewayReady(xr, ourFrontDoor(xr, observed)) : waitsForController(controller);
  const callers = authentication(xr, observed, lookup, hasMiddlewares(lookup));
  const serves = front.status === 'True';
  const ready = serves && (xr.spec.authentication === undefined || callers.condition.reason === 'Enforced');
  return {
    desired: {
      providerconfig: { resource: helmProviderConfig(), ready: observed.providerconfig !== undefined },
      release: { resource: traefikRelease(xr, callers.hooked ? HOOK : undefined), ready: isReady(observed.release) },
      gatewayclass: { resource: gatewayClass(), ready: observed.gatewayclass !== undefined },
      gateway: { resource: gateway(xr, observed.gateway), ready: serves },
      ...metallb(xr, observed),
      ...callers.desired,
    },
    // Routes stay with a Gateway that was brought until this one can take them.
    status:
      xr.status?.gatewayRef !== undefined && isElsewhere(xr, OUR_GATEWAY) && !serves
        ? statusBefore(xr)
        : {
            ...published(observed.gateway),
            gatewayRef: OUR_GATEWAY,
            middlewares: hasMiddlewares(lookup),
            authentication: callers.status,
          },
    conditions: [controller, front, versionRaised(xr), callers.condition],
    ready,
  };
}

const ourFrontDoor = ({ spec }: XR, observed: Observed) => ({
  gateway: observed.gateway,
  gatewayClass: observed.gatewayclass,
  addressOwedBy:
    spec.traefik.loadBalancer === 'MetalLB'
      ? 'MetalLB owes one to Service modelplane-system/traefik: look at Release modelplane-system/metallb, and whether install/metallb was applied.'
      : 'The load balancer of this cluster owes one to Service modelplane-system/traefik. On kind or bare metal set spec.traefik.loadBalancer to MetalLB.',
});

/** Nothing is installed, and what was is kept until routes have been told of the Gateway that was brought. */
function brought({ xr, observed, lookup }: Inputs<XR>, ref: GatewayRef): Composed {
  const [own] = lookup('gateway');
  const door = {
    gateway: own,
    gatewayClass: ownGatewayClass(lookup),
    addressOwedBy: 'The Traefik behind it owes one: set providers.kubernetesGateway.statusAddress there.',
  };
  const front = ownGatewayProblem(xr, lookup) ?? gatewayReady(xr, door);
  const conditions = [BROUGHT, front, versionRaised(xr), ANYBODY];
  if (front.status !== 'True') return held(xr, observed, conditions);
  return {
    desired: {
      ...(isElsewhere(xr, ref) ? kept(observed) : leaving(observed)),
      configmap: { resource: guardedGateway(ref), ready: observed.configmap !== undefined },
    },
    // Whether its controller reads Middlewares cannot be told, and a route that names one would answer 500 if not.
    status: { ...published(own), gatewayRef: ref, middlewares: false },
    conditions,
    ready: true,
  };
}

/** Tells the admission policies of install/ that routes on this Gateway are to be guarded like those on our own. */
const guardedGateway = ({ name, namespace }: GatewayRef) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'front-door-brought',
    namespace: PLATFORM_NAMESPACE,
    labels: { 'modelplane.ai/front-door': 'true' },
  },
  data: { namespace, gateway: name },
});

const BROUGHT = condition(
  'ControllerReady',
  'True',
  'BroughtByUser',
  'Nothing is installed: spec.gatewayRef brings its own controller.',
);

/** Keeps what there is, and says why nothing moves. */
const held = (xr: XR, observed: Observed, conditions: readonly Condition[]): Composed => ({
  desired: kept(observed),
  status: statusBefore(xr),
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

/** Whether routes have been told of another Gateway than this. */
const isElsewhere = ({ status }: XR, { name, namespace }: GatewayRef): boolean =>
  status?.gatewayRef?.name !== name || status.gatewayRef.namespace !== namespace;

/** What we said before. Not the whole status: its conditions are Crossplane's to write. */
function statusBefore({ status }: XR): NonNullable<InferenceGateway['status']> {
  const { address, url, gatewayRef, middlewares, authentication } = status ?? {};
  return { address, url, gatewayRef, middlewares, authentication };
}

function published(from: KubernetesObject | undefined) {
  const address = addressOf(from);
  return { address, url: originOf(from, address) };
}

const waitsForController = ({ message }: Condition): Condition =>
  condition('GatewayReady', 'False', 'WaitingForController', `Waiting for Traefik. ${message}`);
