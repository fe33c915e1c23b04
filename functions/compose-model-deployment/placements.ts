import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { nameOf } from '#shared/kubernetes.ts';
import { ENGINE, engineDefaults, GRACE_SECONDS, modelTemplate, servedNames } from './shorthand.ts';
import { type Container, mergeTemplates, type PodTemplate } from './template.ts';

/** A placement with everything that it does not say itself taken from the deployment. */
export interface Placement {
  readonly name: string;
  readonly weight: number;
  readonly replicas: number;
  readonly clusterName: string | undefined;
  readonly matchLabels: Readonly<Record<string, string>>;
  readonly template: PodTemplate;
}

type Given = NonNullable<ModelDeployment['spec']['placements']>[number];

/** The one placement of a deployment that names none. */
const ONLY: Given = { name: 'default', weight: 1 };

export function placementsOf(xr: ModelDeployment): Placement[] {
  const { replicas, clusterSelector } = xr.spec;
  return (xr.spec.placements ?? [{ ...ONLY, clusterSelector }]).map((given) => ({
    name: given.name,
    weight: given.weight,
    replicas: given.replicas ?? replicas,
    clusterName: given.clusterName,
    matchLabels: given.clusterSelector?.matchLabels ?? {},
    template: templateOf(xr, given),
  }));
}

/** What every engine has, what the model stands for, the deployment's template, the placement's: each over the last. */
function templateOf(xr: ModelDeployment, given: Given): PodTemplate {
  const { engine, template } = xr.spec;
  const shorthand = shorthandOf(xr, given);
  const own = mergeTemplates(template, given.template);
  return mergeTemplates(engineDefaults(engine), shorthand, own, withModelArgs(shorthand, own));
}

const engineIn = (template: PodTemplate | undefined): Container | undefined =>
  template?.spec?.containers?.find(({ name }) => name === ENGINE);

/** Options alone are meant for the model's own command, and come after its own, where vLLM takes the last of two. */
function withModelArgs(shorthand: PodTemplate | undefined, own: PodTemplate): PodTemplate {
  const { args = [], command } = engineIn(own) ?? {};
  const modelArgs = engineIn(shorthand)?.args;
  if (modelArgs === undefined || command !== undefined || !args[0]?.startsWith('-')) return {};
  return { spec: { containers: [{ name: ENGINE, args: [...modelArgs, ...args] }] } };
}

function shorthandOf(xr: ModelDeployment, given: Given): PodTemplate | undefined {
  const { engine, gpus, template } = xr.spec;
  const model = given.model ?? xr.spec.model;
  if (model === undefined) return undefined;
  return modelTemplate({
    model,
    names: servedNames(nameOf(xr), xr.spec.model, given.model),
    gpus: given.gpus ?? gpus ?? 1,
    port: engine.port,
    graceSeconds:
      given.template?.spec?.terminationGracePeriodSeconds ??
      template?.spec?.terminationGracePeriodSeconds ??
      GRACE_SECONDS,
  });
}

/** What is wrong with the templates that no schema could say, because they are merged: a sentence without a full stop. */
export function templateProblem(placements: readonly Placement[]): string | undefined {
  for (const { name, template } of placements) {
    const { containers = [], initContainers = [], volumes = [] } = template.spec ?? {};
    const nameless = [...containers, ...initContainers].find(({ image }) => image === undefined);
    if (nameless !== undefined)
      return `placement ${name}: container ${nameless.name} has no image; ${imageAdvice(nameless.name)}`;
    const known = new Set(volumes.map((volume) => volume.name));
    const mounts = [...containers, ...initContainers].flatMap(({ volumeMounts = [] }) => volumeMounts);
    const unknown = mounts.find((mount) => !known.has(mount.name));
    if (unknown !== undefined)
      return `placement ${name}: volume ${unknown.name} is mounted at ${unknown.mountPath}, and template.spec.volumes does not have it; add it there, or remove the mount`;
    const sleeps = engineIn(template)?.lifecycle?.preStop?.sleep?.seconds ?? 0;
    const grace = template.spec?.terminationGracePeriodSeconds ?? 0;
    if (sleeps > grace)
      return `placement ${name}: terminationGracePeriodSeconds ${grace} ends before the ${sleeps} s that container ${ENGINE} sleeps in lifecycle.preStop; give more, or a shorter sleep`;
  }
  return undefined;
}

const imageAdvice = (container: string): string =>
  container === ENGINE ? 'set model, or name an image in template' : 'name one in template';
