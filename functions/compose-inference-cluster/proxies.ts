import { isDeepStrictEqual } from 'node:util';
import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import { type Condition, condition } from '#shared/conditions.ts';
import type { KubernetesObject, StatusCondition } from '#shared/kubernetes.ts';
import { ownCondition } from '#shared/platform.ts';
import { conditionOf, conditionsOf } from '#shared/readiness.ts';
import { isNotThere } from './connection.ts';

interface BudgetObject {
  readonly status?: { readonly atProvider?: { readonly manifest?: Budget } };
}

interface Budget extends KubernetesObject {
  readonly spec?: {
    readonly selector?: { readonly matchLabels?: object; readonly matchExpressions?: readonly object[] };
  };
  readonly status?: { readonly expectedPods?: number; readonly observedGeneration?: number };
}

/**
 * Whether the labels of spec.gateway.proxies are those of any pod: by a disruption budget with the same labels, because
 * nobody here can look at pods whose names he does not know. It keeps no cluster from being Ready, because without a
 * plugin that enforces policies requests are served all the same.
 */
export function proxiesFound(
  xr: KubernetesObject & InferenceCluster,
  object: KubernetesObject | undefined,
): Condition | undefined {
  const { proxies } = xr.spec.gateway;
  if (proxies?.disruptionBudget === undefined) return ownCondition(xr, 'ProxiesFound') && NOT_ASKED;
  const counted = count({ ...proxies, disruptionBudget: proxies.disruptionBudget }, object);
  if (typeof counted === 'string') return condition('ProxiesFound', 'Unknown', 'NotCounted', counted);
  return counted > 0
    ? condition('ProxiesFound', 'True', 'Found', 'There are pods with the labels of spec.gateway.proxies.')
    : condition(
        'ProxiesFound',
        'False',
        'NoneFound',
        `No pod in namespace ${proxies.namespace} has the labels of spec.gateway.proxies, so no request reaches an engine ` +
          `where NetworkPolicies are enforced; correct them: kubectl get pods --namespace=${proxies.namespace} --show-labels`,
      );
}

/** What was said once stays said until it is said otherwise. */
const NOT_ASKED = condition(
  'ProxiesFound',
  'Unknown',
  'NotCounted',
  'spec.gateway.proxies names nobody who counts them.',
);

interface Counted {
  readonly namespace: string;
  readonly labels: object;
  readonly disruptionBudget: string;
}

/** How many pods have the labels, or why nobody knows. */
function count({ namespace, labels, disruptionBudget: name }: Counted, object: KubernetesObject | undefined) {
  const budget = `PodDisruptionBudget ${namespace}/${name}`;
  const synced = conditionOf(conditionsOf(object), 'Synced');
  if (synced?.status === 'False') return problemOf(synced, budget);
  const seen = (object as BudgetObject | undefined)?.status?.atProvider?.manifest;
  const isThisOne = seen?.metadata?.name === name && seen.metadata.namespace === namespace;
  const { matchLabels, matchExpressions = [] } = seen?.spec?.selector ?? {};
  const pods = isThisOne ? seen.status?.expectedPods : undefined;
  if (pods === undefined) return `Waiting for ${budget} to count the pods.`;
  return isDeepStrictEqual(matchLabels, labels) && matchExpressions.length === 0
    ? pods
    : `${budget} selects other pods than spec.gateway.proxies.labels; give it these labels as matchLabels.`;
}

const problemOf = (synced: StatusCondition, budget: string): string =>
  isNotThere(synced)
    ? `There is no ${budget} in the cluster; make it, or correct spec.gateway.proxies.disruptionBudget.`
    : `Cannot look at ${budget}: ${(synced.message ?? '').replaceAll(/\S+:\d+->/g, '')}; apply install/inference-cluster there.`;
