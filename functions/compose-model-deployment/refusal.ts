import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { Lookup, Refusal } from '#shared/function.ts';
import { deploymentOf, type KubernetesObject, nameOf, namespaceOf } from '#shared/kubernetes.ts';
import { remoteNamespace } from '#shared/names.ts';
import { annotationsProblem } from './engine/annotations.ts';
import { first, resourcesProblem } from './engine/resources.ts';
import { cacheProblem } from './files/cache-problem.ts';
import { secretsProblem } from './files/template.ts';
import type { ObservedSite } from './observed.ts';
import { pickerConfig, pickerConfigProblem, pickerRightsProblem } from './picker/picker-config.ts';
import { pickerImageProblem } from './picker/picker-rights.ts';
import { type Placement, templateProblem } from './placements.ts';
import { scalingProblem } from './scaling/problem.ts';
import type { Assignment } from './schedule.ts';
import { type Service, takenService } from './services.ts';
import type { Cluster } from './site.ts';

interface Claim {
  readonly xr: KubernetesObject & ModelDeployment;
  readonly placements: readonly Placement[];
  readonly assignments: readonly Assignment[];
  readonly clusters: readonly Cluster[];
  readonly sites: ReadonlyMap<string, ObservedSite>;
  readonly lookup: Lookup;
}

/** Why a claim is not carried out, if it is not. */
export function refusal({ xr, placements, assignments, clusters, sites, lookup }: Claim): Refusal | undefined {
  const assigned = clusters.filter((cluster) => assignments.some((one) => one.cluster === nameOf(cluster)));
  const template =
    sizeProblem(xr, placements) ??
    rolloutProblem(xr) ??
    templateProblem(placements) ??
    secretsProblem(xr.spec, placements, remoteNamespace(namespaceOf(xr)));
  if (template !== undefined) return { reason: 'InvalidTemplate', problem: `deploy: ${template}` };
  const picker = xr.spec.endpointPicker;
  const rights = annotationsProblem(placements) ?? pickerRightsProblem(picker) ?? pickerImageProblem(picker, assigned);
  if (rights !== undefined) return { reason: 'NotAllowed', problem: `deploy: ${rights}` };
  const config = pickerProblem(xr, assigned);
  if (config !== undefined) return { reason: 'InvalidPicker', problem: `deploy: ${config}` };
  const scaling = scalingProblem(xr, placements);
  if (scaling !== undefined) return { reason: 'InvalidScaling', problem: `deploy: ${scaling}` };
  const deployment = { namespace: namespaceOf(xr), name: nameOf(xr) };
  const cache = cacheProblem(xr.spec, deployment, placements, assignments, sites);
  if (cache !== undefined) return { reason: 'InvalidCache', problem: `deploy: ${cache}` };
  const taken = takenService(xr, lookup);
  return taken && { reason: 'NameTaken', problem: `serve: ModelService ${nameOf(taken)} ${nameTaken(taken)}` };
}

function nameTaken(taken: Service): string {
  const deployment = deploymentOf(taken);
  return deployment !== undefined
    ? `is made by ModelDeployment ${deployment}; give this deployment or its class another name`
    : 'is not of this deployment; delete it, set spec.service to Disabled, or give this deployment or its class another name';
}

/** The picker's configuration and resources, by the family of every cluster that it would run in. */
function pickerProblem({ spec }: ModelDeployment, clusters: readonly Cluster[]): string | undefined {
  const { endpointPicker: picker } = spec;
  return (
    first(
      clusters.map((cluster) => {
        const image = picker?.image ?? cluster.spec.picker?.image;
        return pickerConfigProblem(picker && { ...picker, ...(image && { image }) }, cluster.spec.pickerFamily);
      }),
    ) ?? resourcesProblem(picker?.resources ?? {}, 'spec.endpointPicker.resources')
  );
}

/** An API server would take it, and replace nothing ever. */
function rolloutProblem({ spec }: ModelDeployment): string | undefined {
  const { maxSurge, maxUnavailable } = spec.rollout;
  return [maxSurge, maxUnavailable].every((amount) => /^0+%?$/.test(String(amount)))
    ? `spec.rollout has maxSurge ${maxSurge} and maxUnavailable ${maxUnavailable}, with which nothing can be replaced; make one of them 1`
    : undefined;
}

/** A manifest is in its Object twice, and etcd takes 1.5 MB of it. */
const MAX_PLACEMENT_BYTES = 400_000;

/** Crossplane takes an answer of 4 MiB, and a placement that moves is in it twice. */
const MAX_BYTES = 1_500_000;

/** As etcd and an answer hold it: a letter may have four bytes. */
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/**
 * What a long claim becomes, before it is composed: each placement has a template and a picker's configuration, which is
 * a text with an indented line for each of its values.
 */
function sizeProblem({ spec }: ModelDeployment, placements: readonly Placement[]): string | undefined {
  const config = bytesOf(pickerConfig(spec.endpointPicker, 'llm-d', spec.engine.type));
  const sizes = placements.map(({ template }) => bytesOf(template) + config);
  const long = placements[sizes.findIndex((size) => size > MAX_PLACEMENT_BYTES)];
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const advice = 'put long values into a ConfigMap of the inference cluster';
  if (long !== undefined)
    return `placement ${long.name}: its template and the picker's configuration have more than ${MAX_PLACEMENT_BYTES / 1000} kB; ${advice}`;
  return total > MAX_BYTES
    ? `the templates of all placements together have ${Math.ceil(total / 1000)} kB, of at most ${MAX_BYTES / 1000} kB; ${advice}, or make two deployments of this one`
    : undefined;
}
