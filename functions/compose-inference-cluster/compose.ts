import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import { condition } from '#shared/conditions.ts';
import type { Composed, CompositionFunction, Inputs, Refused } from '#shared/function.ts';
import { type KubernetesObject, nameOf } from '#shared/kubernetes.ts';
import { bundleProblem } from '#shared/pem.ts';
import { conditionOf, conditionsOf } from '#shared/readiness.ts';
import { apiObject, clusterProviderConfig, gatewayObject, providerConfigRef } from './access.ts';
import { connected } from './connection.ts';
import { gatewayReady, gatewayStatus, seenGateway } from './gateway.ts';

/** An InferenceCluster: how its API is reached, and where its Gateway is. */
export const inferenceCluster: CompositionFunction<KubernetesObject & InferenceCluster> = {
  // The kubeconfig is the provider's business: no function reads a Secret.
  requires: () => ({}),
  compose,
};

function compose({ xr, observed }: Inputs<KubernetesObject & InferenceCluster>): Composed | Refused {
  const problem = bundleProblem(xr.spec.gateway.tls?.caBundle);
  if (problem !== undefined) return invalid(`use spec.gateway.tls.caBundle: ${problem}`);
  const seen = seenGateway(xr, observed.gateway);
  const gateway = gatewayStatus(xr, seen);
  const connection = connected(xr, conditionOf(conditionsOf(observed.api), 'Synced'), seen.synced);
  const readiness = gatewayReady(xr, seen, connection, gateway);
  const isReady = readiness.status === 'True';
  return {
    desired: {
      clusterproviderconfig: {
        resource: clusterProviderConfig(xr),
        ready: observed.clusterproviderconfig !== undefined,
      },
      api: { resource: apiObject(xr), ready: connection.status === 'True' },
      gateway: { resource: gatewayObject(xr), ready: isReady },
    },
    status: { providerConfigRef: providerConfigRef(nameOf(xr)), ...(gateway && { gateway }) },
    conditions: [connection, readiness],
    ready: isReady && connection.status === 'True',
  };
}

const invalid = (what: string): Refused => ({
  refused: `cannot ${what}`,
  conditions: [condition('GatewayReady', 'False', 'InvalidSpec', `Cannot ${what}. What served before still does.`)],
});
