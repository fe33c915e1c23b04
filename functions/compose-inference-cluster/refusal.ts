import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import type { Refusal } from '#shared/function.ts';
import { isServerName, parseHost } from '#shared/hosts.ts';
import { bundleProblem } from '#shared/pem.ts';

/** Why a spec cannot be carried out, by what no schema can say of it. */
export function refusalOf({ spec: { gateway } }: InferenceCluster): Refusal | undefined {
  const { address, tls } = gateway;
  const host = address === undefined ? undefined : parseHost(address);
  if (host?.ok === false)
    return {
      reason: 'InvalidAddress',
      problem: `use spec.gateway.address ${address}: ${host.problem}${/:\d+$/.test(address ?? '') ? ', and its port as spec.gateway.port' : ''}`,
    };
  if (tls?.hostname !== undefined && !isServerName(tls.hostname))
    return {
      reason: 'InvalidTLS',
      problem: `use spec.gateway.tls.hostname ${tls.hostname}: it is no name that a certificate can have; write the one in the Gateway's certificate`,
    };
  const problem = bundleProblem(tls?.caBundle);
  return problem === undefined
    ? undefined
    : { reason: 'InvalidTLS', problem: `use spec.gateway.tls.caBundle: ${problem}` };
}
