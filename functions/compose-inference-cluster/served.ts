import type { InferenceCluster } from '#schemas/inferencecluster.ts';
import { type Condition, condition } from '#shared/conditions.ts';
import { OBJECTIVES, POOLS } from '#shared/inference-apis.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { conditionOf, conditionsOf } from '#shared/readiness.ts';
import { isNotThere } from './connection.ts';

/** A version of an API group that a cluster may have. */
export interface ServedAPI {
  /** Of the Object that looks at it. */
  readonly key: string;
  readonly group: string;
  readonly version: string;
}

/** One that every placement needs in its cluster. */
interface NeededAPI extends ServedAPI {
  /** What is wrong without it, and the way out. */
  readonly problem: string;
}

/** What comes with Envoy AI Gateway, without which Envoy Gateway takes no route to an InferencePool. */
export const AI_GATEWAY: ServedAPI = { key: 'ai-gateway', group: 'aigateway.envoyproxy.io', version: 'v1alpha1' };

type Observed = Readonly<Record<string, KubernetesObject>>;

/** Whether somebody has looked, and the cluster does not have it. */
export const isMissing = ({ key }: ServedAPI, observed: Observed): boolean =>
  isNotThere(conditionOf(conditionsOf(observed[key]), 'Synced'));

export function neededAPIs({ spec: { pickerFamily } }: InferenceCluster): readonly NeededAPI[] {
  const objectives = OBJECTIVES[pickerFamily];
  return [
    {
      key: 'pools',
      ...POOLS,
      problem:
        `The cluster does not have InferencePool in ${POOLS.group}/${POOLS.version}; install the CRDs of Gateway API ` +
        'inference extension 1.0 or newer, and restart the controller of a gateway that ran before they were there.',
    },
    {
      // One for each family, so that what was seen of one says nothing about the other.
      key: `objectives-${pickerFamily}`,
      ...objectives,
      problem:
        `The cluster does not have InferenceObjective in ${objectives.group}/${objectives.version}, which pickers of ` +
        `family ${pickerFamily} read; install its CRDs, or set spec.pickerFamily to the family whose CRDs are there.`,
    },
  ];
}

/** A Gateway serves nothing of ours in a cluster that does not have the kinds that a placement consists of. */
export function unlessNotServed(readiness: Condition, needed: readonly NeededAPI[], observed: Observed): Condition {
  const missing = needed.find((api) => isMissing(api, observed));
  return readiness.status !== 'True' || missing === undefined
    ? readiness
    : condition('GatewayReady', 'False', 'CRDsMissing', missing.problem);
}
