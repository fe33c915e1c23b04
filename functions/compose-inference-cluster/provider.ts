import { type Condition, condition } from '#shared/conditions.ts';
import type { Lookup, Requirement } from '#shared/function.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { conditionOf, conditionsOf } from '#shared/readiness.ts';

/** As Crossplane calls it when it installs it for us. */
const PACKAGE = 'crossplane-contrib-provider-kubernetes';

/** Who looks at clusters: all that is known of them is its word, which stays as it was when it does not run. */
export const PROVIDER: Requirement = {
  apiVersion: 'pkg.crossplane.io/v1',
  kind: 'ProviderRevision',
  match: { labels: { 'pkg.crossplane.io/package': PACKAGE } },
};

interface Revision extends KubernetesObject {
  readonly spec?: { readonly desiredState?: string };
}

/** Nothing while it runs, or where it was installed under another name. */
export function providerProblem(lookup: Lookup): string | undefined {
  const active = lookup<Revision>('provider').filter(({ spec }) => spec?.desiredState === 'Active');
  const [running] = active.map((revision) => conditionOf(conditionsOf(revision), 'RuntimeHealthy'));
  if (running?.status !== 'False') return undefined;
  return (
    `provider-kubernetes does not run, so nobody looks at the cluster: ${(running.message ?? running.reason ?? '').replace(/\.$/, '')}; ` +
    `look at its pods by kubectl --namespace=crossplane-system get pods --selector=pkg.crossplane.io/provider=${PACKAGE}. ` +
    'What runs there stays as it is.'
  );
}

/** What was last seen may be so no more, and nobody would say. */
export const unlessNobodyLooks = (connection: Condition, problem: string | undefined): Condition =>
  problem === undefined || connection.status === 'False'
    ? connection
    : condition('Connected', 'Unknown', 'NobodyLooks', problem);
