import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import type { Desired } from '#shared/desired.ts';
import type { Composed, CompositionFunction, Inputs } from '#shared/function.ts';
import { type KubernetesObject, nameOf } from '#shared/kubernetes.ts';
import { conditionOf, conditionsOf } from '#shared/readiness.ts';
import { retainAll } from '#shared/retain.ts';
import {
  apiObject,
  apiServiceObject,
  budgetObject,
  clusterProviderConfig,
  gatewayClassObject,
  gatewayObject,
  ownerObject,
  providerConfigRef,
} from './access.ts';
import { connected } from './connection.ts';
import {
  gatewayReady,
  gatewayStatus,
  otherAddresses,
  parentOf,
  seenGateway,
  statusWanted,
  statusWhileRefused,
  wantedGateway,
  wayTo,
} from './gateway.ts';
import { gatewayRecognized, implementationOf } from './implementation.ts';
import { CONTROL_PLANE, controlPlaneId, owned } from './owner.ts';
import { PROVIDER, providerProblem, unlessNobodyLooks } from './provider.ts';
import { proxiesFound } from './proxies.ts';
import { refusalOf } from './refusal.ts';
import { hasParameters, unlessClosed } from './seen.ts';
import { AI_GATEWAY, isMissing, neededAPIs, type ServedAPI, unlessNotServed } from './served.ts';

type XR = KubernetesObject & InferenceCluster;

/** An InferenceCluster: how its API is reached, and where its Gateway is. */
export const inferenceCluster: CompositionFunction<XR> = {
  // The kubeconfig is the provider's business: no function reads a Secret.
  requires: () => ({ controlPlane: CONTROL_PLANE, provider: PROVIDER }),
  compose,
};

function compose({ xr, observed, lookup }: Inputs<XR>): Composed {
  const refused = refusalOf(xr);
  // While the spec is refused, what is looked at is the Gateway that it named before.
  const wanted = (refused && wantedGateway(observed.gateway)) ?? xr.spec.gateway;
  const seen = seenGateway(wanted, observed.gateway);
  const way = refused === undefined ? statusWanted(xr, seen) : statusWhileRefused(xr, wanted, seen);
  const address = refused === undefined ? gatewayStatus(xr, seen) : way;
  const gateway = address && { ...address, ...implementationOf(xr, address.className, observed.gatewayclass) };
  const answers = connected(xr, conditionOf(conditionsOf(observed.api), 'Synced'), seen.synced);
  const connection = unlessNobodyLooks(answers, providerProblem(lookup));
  const needed = neededAPIs(xr);
  const programmed = gatewayReady(wanted, seen, connection, way, refused);
  const open = unlessClosed(programmed, observed.gateway, way && wayTo(xr, way));
  const readiness = unlessNotServed(open, needed, observed);
  const recognized = gatewayRecognized(
    xr,
    gateway ?? {},
    observed.gatewayclass,
    hasParameters(observed.gateway),
    isMissing(AI_GATEWAY, observed),
  );
  const self = controlPlaneId(lookup);
  const ownership = owned(self, observed.owner);
  const proxies = proxiesFound(xr, observed.proxies);
  const isReady = readiness.status === 'True';
  const optional = gateway?.implementation === 'EnvoyAIGateway' ? [AI_GATEWAY] : [];
  const looks = {
    ...looksAtGateway(xr, gateway?.className, [...needed, ...optional]),
    ...looksAtCluster(xr, self),
  };
  const desired: Record<string, Desired> = {
    clusterproviderconfig: {
      resource: clusterProviderConfig(xr),
      ready: observed.clusterproviderconfig !== undefined,
    },
    api: { resource: apiObject(xr), ready: connection.status === 'True' },
    gateway: { resource: gatewayObject(xr), ready: isReady },
    ...Object.fromEntries(
      Object.entries(looks).map(([key, resource]) => [key, { resource, ready: observed[key] !== undefined }]),
    ),
  };
  // What is refused says nothing of how the cluster is reached, so what is not there is made all the same.
  const before = retainAll(
    observed,
    () => refused !== undefined,
    () => true,
  );
  return {
    desired: { ...desired, ...before },
    status: {
      providerConfigRef: providerConfigRef(nameOf(xr)),
      ...parentOf(xr, seen, refused),
      ...otherAddresses(xr, seen, address),
      ...(gateway && { gateway }),
    },
    conditions: [connection, readiness, recognized, ownership, proxies].filter((one) => one !== undefined),
    ready: isReady && connection.status === 'True' && (ownership?.status ?? 'True') === 'True',
    refused,
  };
}

/** What is looked at beside a Gateway, once that is there: until then there is one thing to do, and it says which. */
function looksAtGateway(
  xr: XR,
  className: string | undefined,
  apis: readonly ServedAPI[],
): Record<string, KubernetesObject> {
  if (className === undefined) return {};
  const { namespace = '', disruptionBudget } = xr.spec.gateway.proxies ?? {};
  return {
    gatewayclass: gatewayClassObject(xr, className),
    ...Object.fromEntries(apis.map((api) => [api.key, apiServiceObject(xr, api)])),
    ...(disruptionBudget !== undefined && { proxies: budgetObject(xr, namespace, disruptionBudget) }),
  };
}

const looksAtCluster = (xr: XR, self: string | undefined): Record<string, KubernetesObject> =>
  self === undefined ? {} : { owner: ownerObject(xr, self) };
