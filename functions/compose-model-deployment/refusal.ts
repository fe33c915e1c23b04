import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { Lookup, Refusal } from '#shared/function.ts';
import { deploymentOf, type KubernetesObject, nameOf } from '#shared/kubernetes.ts';
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

/** Why a claim is not carried out, if it is not. */
export function refusal({ xr, placements, assignments, clusters, lookup }: Claim): Refusal | undefined {
  const template = templateProblem(placements);
  if (template !== undefined) return { reason: 'InvalidTemplate', problem: `deploy: ${template}` };
  const config = configProblem(xr, assignments, clusters);
  if (config !== undefined) return { reason: 'InvalidPicker', problem: `deploy: ${config}` };
  const taken = takenService(xr, lookup);
  return taken && { reason: 'NameTaken', problem: `serve: ModelService ${nameOf(taken)} ${nameTaken(taken)}` };
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
