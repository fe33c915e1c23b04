import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import type { Desired } from '#shared/desired.ts';
import type { Composed, CompositionFunction, Inputs } from '#shared/function.ts';
import { type KubernetesObject, nameOf } from '#shared/kubernetes.ts';
import { conditionOf, conditionsOf } from '#shared/readiness.ts';
import { retainAll } from '#shared/retain.ts';
import { apiObject, clusterProviderConfig, gatewayClassObject, gatewayObject, providerConfigRef } from './access.ts';
import { connected } from './connection.ts';
import { gatewayReady, gatewayStatus, seenGateway, statusWhileRefused, wantedGateway } from './gateway.ts';
import { gatewayRecognized, implementationOf } from './implementation.ts';
import { refusalOf } from './refusal.ts';
import { hasParameters, unlessClosed } from './seen.ts';

type XR = KubernetesObject & InferenceCluster;

/** An InferenceCluster: how its API is reached, and where its Gateway is. */
export const inferenceCluster: CompositionFunction<XR> = {
  // The kubeconfig is the provider's business: no function reads a Secret.
  requires: () => ({}),
  compose,
};

function compose({ xr, observed }: Inputs<XR>): Composed {
  const refused = refusalOf(xr);
  // While the spec is refused, what is looked at is the Gateway that it named before.
  const wanted = (refused && wantedGateway(observed.gateway)) ?? xr.spec.gateway;
  const seen = seenGateway(wanted, observed.gateway);
  const address = refused === undefined ? gatewayStatus(xr, seen) : statusWhileRefused(xr, seen);
  const gateway = address && { ...address, ...implementationOf(xr, address.className, observed.gatewayclass) };
  const connection = connected(xr, conditionOf(conditionsOf(observed.api), 'Synced'), seen.synced);
  const judged = gatewayReady(wanted, seen, connection, gateway, refused);
  const readiness = unlessClosed(judged, observed.gateway, gateway?.port ?? 0);
  const recognized = gatewayRecognized(xr, gateway ?? {}, observed.gatewayclass, hasParameters(observed.gateway));
  const isReady = readiness.status === 'True';
  const desired: Record<string, Desired> = {
    clusterproviderconfig: {
      resource: clusterProviderConfig(xr),
      ready: observed.clusterproviderconfig !== undefined,
    },
    api: { resource: apiObject(xr), ready: connection.status === 'True' },
    gateway: { resource: gatewayObject(xr), ready: isReady },
    ...(gateway?.className !== undefined && {
      gatewayclass: { resource: gatewayClassObject(xr, gateway.className), ready: observed.gatewayclass !== undefined },
    }),
  };
  // What is refused says nothing of how the cluster is reached, so what is not there is made all the same.
  const before = retainAll(
    observed,
    () => refused !== undefined,
    () => true,
  );
  return {
    desired: { ...desired, ...before },
    status: { providerConfigRef: providerConfigRef(nameOf(xr)), ...(gateway && { gateway }) },
    conditions: [connection, readiness, ...(recognized ? [recognized] : [])],
    ready: isReady && connection.status === 'True',
    refused,
  };
}
