import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { nameOf } from '#shared/kubernetes.ts';
import { ENGINE } from './engine/engine.ts';
import { completed, podProblem } from './engine/pod-problems.ts';
import { engineDefaults, modelBeside, servedNames } from './engine/shorthand.ts';
import { mergeTemplates, type PodTemplate } from './engine/template.ts';
import { type Scaling, scalingGiven, scalingOf } from './scaling/scaling.ts';

/** A placement with everything that it does not say itself taken from the deployment. */
export interface Placement {
  readonly name: string;
  readonly weight: number;
  /** Engines that it has; with scaling, that it has at least. */
  readonly replicas: number;
  /** Undefined where replicas is the number of its engines. */
  readonly scaling?: Scaling | undefined;
  /** The engines that its weight is for, where its deployment has weights of engines. */
  readonly engines?: number | undefined;
  readonly clusterName: string | undefined;
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly template: PodTemplate;
  /** The volume for what its engines download. */
  readonly cache?: ModelDeployment['spec']['cache'];
  /** Why its model cannot be served beside its template, as a sentence without a full stop. */
  readonly problem?: string | undefined;
}

type Given = NonNullable<ModelDeployment['spec']['placements']>[number];

/** The one placement of a deployment that names none. */
const ONLY: Given = { name: 'default', weight: 1 };

export function placementsOf(xr: ModelDeployment): Placement[] {
  const { replicas, clusterSelector } = xr.spec;
  return (xr.spec.placements ?? [{ ...ONLY, clusterSelector }]).map((given) => {
    const scaling = scalingGiven(xr, given);
    return {
      name: given.name,
      weight: given.weight,
      replicas: scaling?.min ?? given.replicas ?? replicas,
      ...(scaling && { scaling: scalingOf(scaling) }),
      clusterName: given.clusterName,
      matchLabels: given.clusterSelector?.matchLabels ?? {},
      cache: given.cache ?? xr.spec.cache,
      ...templateOf(xr, given),
    };
  });
}

/** What every engine has, what the model stands for, the deployment's template, the placement's: each over the last. */
function templateOf(xr: ModelDeployment, given: Given): Pick<Placement, 'template' | 'problem'> {
  const { engine, service, paths = [] } = xr.spec;
  const published = {
    paths: service === 'Disabled' ? undefined : paths,
    asksKeys: xr.status?.authentication === 'Enforced',
  };
  const own = mergeTemplates(xr.spec.template, given.template);
  const defaults = engineDefaults(engine, own);
  const model = given.model ?? xr.spec.model;
  if (model === undefined) {
    const template = completed(mergeTemplates(defaults, own));
    return { template, problem: podProblem(template, engine, published) };
  }
  const names = servedNames(nameOf(xr), xr.spec.model, given.model);
  const gpus = given.gpus ?? xr.spec.gpus;
  const { base, args, problem } = modelBeside(own, { model, names, gpus, port: engine.port });
  const line = args && { spec: { containers: [{ name: ENGINE, args: [...args] }] } };
  const template = completed(mergeTemplates(defaults, base, own, line));
  return { template, problem: problem ?? podProblem(template, engine, published) };
}

/** What is wrong with the templates that no schema could say: a sentence without a full stop. */
export function templateProblem(placements: readonly Placement[]): string | undefined {
  const wrong = placements.find(({ problem }) => problem !== undefined);
  return wrong && `placement ${wrong.name}: ${wrong.problem}`;
}
