import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { type Condition, condition } from '#shared/conditions.ts';
import type { Composed, CompositionFunction, Desired, Inputs, Lookup, Requirements } from '#shared/function.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { isReady } from '#shared/readiness.ts';
import { retainAll } from '#shared/retain.ts';
import { addressOf, gatewayReady, originOf } from './front-door.ts';
import { gateway, gatewayClass, OWN_GATEWAY } from './gateway.ts';
import { gatewayAPIProblem, KIND_REQUIREMENTS } from './gateway-api.ts';
import {
  addressPool,
  advertisement,
  CHART_FLOOR,
  chartVersion,
  helmProviderConfig,
  metallbNamespace,
  metallbRelease,
  traefikRelease,
} from './install.ts';
import { ownGatewayProblem, ownGatewayRequirements } from './own-gateway.ts';
import { isBelow } from './version.ts';

type XR = KubernetesObject & InferenceGateway;
type Observed = Inputs<XR>['observed'];

/** An InferenceGateway: Traefik with its Gateway, or the Gateway that a user brought. */
export const inferenceGateway: CompositionFunction<XR> = { requires, compose };

function requires(xr: XR, found: Lookup): Requirements {
  return { ...KIND_REQUIREMENTS, ...ownGatewayRequirements(xr, found) };
}

function compose(inputs: Inputs<XR>): Composed {
  const { xr, observed, lookup } = inputs;
  const problem = gatewayAPIProblem(lookup);
  if (problem !== undefined) return held(xr, observed, [problem, waitsForController(problem)]);
  return xr.spec.gatewayRef === undefined ? installed(inputs) : brought(inputs, xr.spec.gatewayRef);
}

/** Traefik and everything that it needs, in one pass: the Gateway waits for its controller by itself. */
function installed({ xr, observed, lookup }: Inputs<XR>): Composed {
  const controller = controllerReady(observed);
  const front = controller.status === 'True' ? gatewayReady(xr, observed.gateway) : waitsForController(controller);
  const ready = front.status === 'True';
  return {
    desired: {
      providerconfig: { resource: helmProviderConfig(), ready: observed.providerconfig !== undefined },
      release: { resource: traefikRelease(xr), ready: isReady(observed.release) },
      gatewayclass: { resource: gatewayClass(), ready: observed.gatewayclass !== undefined },
      gateway: { resource: gateway(xr), ready },
      ...metallb(xr, observed),
    },
    status: {
      ...published(observed.gateway),
      // Routes stay with a Gateway that was brought until this one can take them.
      gatewayRef: ready ? OWN_GATEWAY : (xr.status?.gatewayRef ?? OWN_GATEWAY),
      middlewares: lookup('middlewares').length > 0 && controller.status === 'True',
    },
    conditions: [controller, front, versionRaised(xr)],
    ready,
  };
}

function metallb({ spec }: InferenceGateway, observed: Observed): Record<string, Desired> {
  if (spec.traefik.loadBalancer !== 'MetalLB' || spec.traefik.metallb === undefined) return {};
  const isThere = (key: string) => observed[key] !== undefined;
  // The kinds of these two come with the chart.
  const isInstalled = isReady(observed['release-metallb']) || isThere('ipaddresspool');
  return {
    namespace: { resource: metallbNamespace(), ready: isThere('namespace') },
    'release-metallb': { resource: metallbRelease(), ready: isReady(observed['release-metallb']) },
    ...(isInstalled && {
      ipaddresspool: { resource: addressPool(spec.traefik.metallb.addressPool), ready: isThere('ipaddresspool') },
      l2advertisement: { resource: advertisement(), ready: isThere('l2advertisement') },
    }),
  };
}

/** Nothing is installed, and what was is kept until routes have been told of the Gateway that was brought. */
function brought({ xr, observed, lookup }: Inputs<XR>, ref: { name: string; namespace: string }): Composed {
  const [own] = lookup('gateway');
  const front = ownGatewayProblem(xr, lookup) ?? gatewayReady(xr, own);
  const controller = condition(
    'ControllerReady',
    'True',
    'BroughtByUser',
    'Nothing is installed: spec.gatewayRef brings its own controller.',
  );
  const conditions = [controller, front, versionRaised(xr)];
  if (front.status !== 'True') return held(xr, observed, conditions);
  const told = xr.status?.gatewayRef?.name === ref.name && xr.status.gatewayRef.namespace === ref.namespace;
  return {
    desired: told ? {} : retainAll(observed, () => true, isReady),
    // Whether its controller reads Middlewares cannot be told, and a route that names one would answer 500 if not.
    status: { ...published(own), gatewayRef: ref, middlewares: false },
    conditions,
    ready: true,
  };
}

/** Keeps what there is, and says why nothing moves. */
function held(xr: XR, observed: Observed, conditions: readonly Condition[]): Composed {
  return { desired: retainAll(observed, () => true, isReady), status: xr.status ?? {}, conditions, ready: false };
}

function published(from: KubernetesObject | undefined) {
  const [address, url] = [addressOf(from), originOf(from)];
  return { ...(address !== undefined && { address }), ...(url !== undefined && { url }) };
}

const controllerReady = ({ release }: Observed): Condition =>
  isReady(release)
    ? condition('ControllerReady', 'True', 'ControllerAvailable', 'Traefik is installed and available.')
    : condition(
        'ControllerReady',
        'False',
        'Installing',
        'Waiting for Helm release modelplane-system/traefik; kubectl describe it if this lasts.',
      );

const waitsForController = ({ message }: Condition): Condition =>
  condition('GatewayReady', 'False', 'WaitingForController', `Waiting for Traefik. ${message}`);

const versionRaised = (xr: InferenceGateway): Condition =>
  isBelow(xr.spec.traefik.version, CHART_FLOOR)
    ? condition(
        'VersionRaised',
        'True',
        'BelowSafeFloor',
        `spec.traefik.version ${xr.spec.traefik.version} lets a client out of its own path, so chart ${chartVersion(xr)} is installed; declare ${CHART_FLOOR} or later.`,
      )
    : condition('VersionRaised', 'False', 'AsDeclared', `Chart ${chartVersion(xr)} is installed as declared.`);
