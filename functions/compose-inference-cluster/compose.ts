import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import type { Composed, CompositionFunction, Inputs } from '#shared/function.ts';
import { type KubernetesObject, nameOf } from '#shared/kubernetes.ts';
import { bundleProblem } from '#shared/pem.ts';
import { conditionOf, conditionsOf } from '#shared/readiness.ts';
import { apiObject, clusterProviderConfig, gatewayClassObject, gatewayObject, providerConfigRef } from './access.ts';
import { connected } from './connection.ts';
import { gatewayReady, gatewayStatus, seenGateway } from './gateway.ts';
import { gatewayRecognized, implementationOf } from './implementation.ts';
import { hasParameters, unlessClosed } from './seen.ts';

/** An InferenceCluster: how its API is reached, and where its Gateway is. */
export const inferenceCluster: CompositionFunction<KubernetesObject & InferenceCluster> = {
  // The kubeconfig is the provider's business: no function reads a Secret.
  requires: () => ({}),
  compose,
};

function compose({ xr, observed }: Inputs<KubernetesObject & InferenceCluster>): Composed {
  const problem = bundleProblem(xr.spec.gateway.tls?.caBundle);
  const seen = seenGateway(xr, observed.gateway);
  const address = problem === undefined ? gatewayStatus(xr, seen) : xr.status?.gateway;
  const gateway = address && { ...address, ...implementationOf(xr, address.className, observed.gatewayclass) };
  const connection = connected(xr, conditionOf(conditionsOf(observed.api), 'Synced'), seen.synced);
  const judged = gatewayReady(xr, seen, connection, gateway as { readonly address: string } | undefined);
  const readiness = unlessClosed(judged, observed.gateway, gateway?.port ?? 0);
  const recognized = gatewayRecognized(xr, gateway ?? {}, observed.gatewayclass, hasParameters(observed.gateway));
  const isReady = readiness.status === 'True';
  return {
    desired: {
      clusterproviderconfig: {
        resource: clusterProviderConfig(xr),
        ready: observed.clusterproviderconfig !== undefined,
      },
      api: { resource: apiObject(xr), ready: connection.status === 'True' },
      gateway: { resource: gatewayObject(xr), ready: isReady },
      ...(gateway?.className !== undefined && {
        gatewayclass: {
          resource: gatewayClassObject(xr, gateway.className),
          ready: observed.gatewayclass !== undefined,
        },
      }),
    },
    status: { providerConfigRef: providerConfigRef(nameOf(xr)), ...(gateway && { gateway }) },
    conditions: [connection, readiness, ...(recognized ? [recognized] : [])],
    ready: isReady && connection.status === 'True',
    refused:
      problem === undefined
        ? undefined
        : { reason: 'InvalidTLS', problem: `use spec.gateway.tls.caBundle: ${problem}` },
  };
}
