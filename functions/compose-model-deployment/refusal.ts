import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { type Condition, type ConditionType, condition } from '#shared/conditions.ts';
import type { Lookup, Refused } from '#shared/function.ts';
import { deploymentOf, type KubernetesObject, nameOf } from '#shared/kubernetes.ts';
import { ownCondition } from '#shared/platform.ts';
import { pickerConfigProblem } from './picker-config.ts';
import { type Placement, templateProblem } from './placements.ts';
import type { Assignment } from './schedule.ts';
import { type Service, takenService } from './services.ts';
import type { Cluster } from './site.ts';

interface Claim {
  readonly xr: KubernetesObject & ModelDeployment;
  readonly placements: readonly Placement[];
  readonly assignments: readonly Assignment[];
  readonly clusters: readonly Cluster[];
  readonly lookup: Lookup;
}

/** What makes a claim one that is left alone, so that what served before still does: undefined where nothing does. */
export function refusal({ xr, placements, assignments, clusters, lookup }: Claim): Refused | undefined {
  const problem = templateProblem(placements) ?? configProblem(xr, assignments, clusters);
  if (problem !== undefined)
    return refuse(xr, 'PlacementsScheduled', `cannot deploy: ${problem}`, (message) =>
      condition('PlacementsScheduled', 'False', 'InvalidSpec', message),
    );
  const taken = takenService(xr, lookup);
  if (taken === undefined) return undefined;
  const what = `ModelService ${nameOf(taken)} ${nameTaken(taken)}`;
  return refuse(xr, 'RoutingReady', `cannot serve: ${what}`, (message) =>
    condition('RoutingReady', 'False', 'NameTaken', message),
  );
}

function nameTaken(taken: Service): string {
  const deployment = deploymentOf(taken);
  return deployment !== undefined
    ? `is made by ModelDeployment ${deployment}; give this deployment or its class another name`
    : 'is not of this deployment; delete it, set spec.service to Disabled, or give this deployment or its class another name';
}

/** The picker's configuration, by the family of every cluster that it would run in. */
function configProblem(
  { spec }: ModelDeployment,
  assignments: readonly Assignment[],
  clusters: readonly Cluster[],
): string | undefined {
  const assigned = clusters.filter((cluster) => assignments.some((one) => one.cluster === nameOf(cluster)));
  const families = new Set(assigned.map((cluster) => cluster.spec.pickerFamily));
  const problems = [...families].sort().map((family) => pickerConfigProblem(spec.endpointPicker, family));
  return problems.find((problem) => problem !== undefined);
}

const TYPES = ['PlacementsScheduled', 'PlacementsReady', 'RoutingReady'] as const satisfies readonly ConditionType[];

/** Conditions that a fatal answer does not repeat become Unknown, although what they say is as true as before. */
function refuse(
  xr: KubernetesObject,
  type: ConditionType,
  refused: string,
  saying: (message: string) => Condition,
): Refused {
  const before = TYPES.filter((other) => other !== type).flatMap((other): Condition[] => {
    const { status, reason, message } = ownCondition(xr, other) ?? {};
    return status === undefined ? [] : [{ type: other, status, reason: reason ?? 'Unknown', message: message ?? '' }];
  });
  const sentence = `${refused.charAt(0).toUpperCase()}${refused.slice(1)}. What served before still does.`;
  return { refused, conditions: [saying(sentence), ...before] };
}
