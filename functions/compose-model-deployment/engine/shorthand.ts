import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { type Accelerators, acceleratorsOf, areWhole, described, NVIDIA, partsOf, totalOf } from './accelerators.ts';
import { cacheOf } from './cache.ts';
import { has, runOf, vllmWords } from './command-line.ts';
import { drainSeconds, ENGINE, engineIn, GRACE_SECONDS, SETTLE_SECONDS } from './engine.ts';
import { ENGINE_TYPES } from './engine-types.ts';
import { isForProcessors, isVllmSince, vllmImage } from './images.ts';
import { type Held, lineProblem, ourLine, vllmCards, vllmLine, withoutLoose } from './model-line.ts';
import { clusterProblem } from './nodes.ts';
import { probesOf } from './probes.ts';
import { serverIn } from './servers.ts';
import type { Container, PodTemplate } from './template.ts';

/** How vLLM is started where nobody says. */
const COMMAND = ['vllm', 'serve'];

/** More cards than a usual node has: only somebody who names his nodes knows better. */
const USUAL_CARDS = 8;

/**
 * What every engine gets, whoever wrote its template: only ready pods are given requests, so it must say when it is
 * ready, and it is not told to stop before nobody sends it any more.
 */
export function engineDefaults(engine: ModelDeployment['spec']['engine'], own: PodTemplate): PodTemplate {
  const container: Container = {
    name: ENGINE,
    ports: [{ name: 'http', containerPort: engine.port, protocol: 'TCP' }],
    ...probesOf(engine, engineIn(own)),
    lifecycle: { preStop: { sleep: { seconds: SETTLE_SECONDS } } },
  };
  return { spec: { terminationGracePeriodSeconds: GRACE_SECONDS, containers: [container] } };
}

/** The names under which a placement's model is served: the deployment's, its model's and the placement's own. */
export const servedNames = (deployment: string, ...models: readonly (string | undefined)[]): string[] => [
  ...new Set([deployment, ...models.filter((model) => model !== undefined)]),
];

export interface ServedModel {
  readonly model: string;
  readonly names: readonly string[];
  /** Cards of one replica, where the deployment says. */
  readonly gpus: number | undefined;
  readonly port: number;
}

/** What a model stands for beside a template. */
export interface Added {
  /** Under the template. */
  readonly base: PodTemplate;
  /** The arguments, in place of the template's; undefined where the command is not ours, and its words are its own. */
  readonly args: readonly string[] | undefined;
  /** Why it cannot be served so, as a sentence without a full stop. */
  readonly problem: string | undefined;
}

/**
 * What a model's name stands for, held against what the template says of the same container: vLLM with the model's
 * arguments, its GPUs, and room for what it downloads. The rules are in docs/model-deployments.md.
 */
export function modelBeside(own: PodTemplate, served: ServedModel): Added {
  const container = engineIn(own) ?? { name: ENGINE };
  const accelerators = acceleratorsOf(container);
  const image = container.image ?? vllmImage(accelerators);
  const line = lineOf(own, container, served, accelerators, image ?? '');
  const ours = ownsCommand(container);
  const problem =
    clusterProblem(own) ??
    secondServer(own, served) ??
    cardsProblem(own, served, accelerators, line.gpus) ??
    imageProblem(container, accelerators, image) ??
    (line.problem && `container ${ENGINE}: ${line.problem}`);
  const httpGet = { path: ENGINE_TYPES.vllm.health, port: served.port };
  const cache = cacheOf(own, container);
  const needsCards = !isCounted(accelerators) && (served.gpus !== undefined || !isForProcessors(image ?? ''));
  const base: Container = {
    name: ENGINE,
    ...(image !== undefined && { image }),
    ...(ours && { command: COMMAND }),
    ...(needsCards && { resources: { limits: { [NVIDIA]: line.gpus } } }),
    livenessProbe: { httpGet, periodSeconds: 10, timeoutSeconds: 10, failureThreshold: 6 },
    ...cache.container,
  };
  return {
    base: { spec: { containers: [base], volumes: cache.volumes } },
    args: line.args,
    problem,
  };
}

/** The template says itself which accelerators its engine gets. */
const isCounted = ({ counts, claimed }: Accelerators): boolean => claimed || Object.keys(counts).length > 0;

const ownsCommand = ({ command }: Container): boolean =>
  command === undefined || (command.length === COMMAND.length && command.every((word, at) => word === COMMAND[at]));

interface LineOf {
  /** Cards that the engine gets. */
  readonly gpus: number;
  readonly args?: readonly string[];
  readonly problem?: string | undefined;
}

function lineOf(
  own: PodTemplate,
  container: Container,
  { model, names, port, gpus }: ServedModel,
  accelerators: Accelerators,
  image: string,
): LineOf {
  const counted = Object.keys(accelerators.counts).length > 0 ? totalOf(accelerators) : undefined;
  const cards = gpus ?? counted;
  const most = counted === undefined ? gpus : partsOf(accelerators);
  const limits = counted === undefined ? undefined : described(accelerators);
  if (!ownsCommand(container)) return foreignLine(container, model, cards, { gpus: most, limits });
  const grace = drainSeconds(own.spec?.terminationGracePeriodSeconds ?? GRACE_SECONDS);
  const extras = extrasOf(container, image, grace);
  const wanted = { model, names, port, gpus: cards, most, limits, splits: areWhole(accelerators), extras };
  return { gpus: cards ?? 1, ...ourLine(container.args ?? [], wanted) };
}

/** Nothing is added to a command that is not ours, and what can be seen of it must serve the model. */
function foreignLine(container: Container, model: string, gpus: number | undefined, held: Omit<Held, 'model'>): LineOf {
  const run = runOf(container);
  const words = vllmWords(run);
  if (words === undefined) return { gpus: gpus ?? 1 };
  const line = vllmLine(words);
  const isNamed =
    line.positionals.length > 0 || has(line, 'model', 'config') || withoutLoose(words, model).length < words.length;
  const unnamed = `command names no model, so vLLM would serve its default one; add ${model} to its words, or remove command`;
  return {
    gpus: gpus ?? vllmCards(line) ?? 1,
    // What a script names before or after is not told from what it names for vLLM.
    problem: run.shell || isNamed ? lineProblem(line, { ...held, model: run.shell ? undefined : model }) : unnamed,
  };
}

/**
 * Options that not every vLLM has: --shutdown-timeout is there from 0.18 on (vllm-project/vllm#34730), and that every
 * stream ends with its usage is asked of our own image alone.
 */
const extrasOf = ({ image }: Container, used: string, drain: number): string[] => [
  ...(isVllmSince(used, 18) ? [`--shutdown-timeout=${drain}`] : []),
  ...(image === undefined ? ['--enable-force-include-usage'] : []),
];

function imageProblem(container: Container, accelerators: Accelerators, image: string | undefined): string | undefined {
  if (image === undefined)
    return `container ${ENGINE}: limits ask for ${described(accelerators)}, and model stands for an image for NVIDIA's and AMD's cards; name an image of vLLM for them`;
  if (container.image === undefined && isCounted(accelerators) && partsOf(accelerators) === 0)
    return `container ${ENGINE}: limits are ${described(accelerators)}, and model stands for an image that needs a card; name an image of vLLM for processors, such as vllm-openai-cpu`;
  const other = serverIn(image);
  return other === undefined || !ownsCommand(container)
    ? undefined
    : `container ${ENGINE}: image ${image} is ${other.label}, and model stands for vLLM; remove model, and set engine.type and the container's args`;
}

function cardsProblem(
  own: PodTemplate,
  { gpus }: ServedModel,
  accelerators: Accelerators,
  used: number,
): string | undefined {
  const counted = Object.keys(accelerators.counts).length > 0;
  if (gpus !== undefined && counted && totalOf(accelerators) !== gpus)
    return `gpus is ${gpus}, and resources of container ${ENGINE} in template say ${described(accelerators)}; make them the same, or leave gpus out`;
  const { nodeSelector, affinity } = own.spec ?? {};
  const knows = nodeSelector !== undefined || affinity?.nodeAffinity !== undefined;
  return used > USUAL_CARDS && !knows
    ? `a replica asks for ${used} GPUs, and it is one pod on one node, of which few have more than ${USUAL_CARDS}; choose nodes that have them by template.spec.nodeSelector, or set gpus to ${USUAL_CARDS}`
    : undefined;
}

/** A container of another name that would serve on the same port, while the model's own engine has none of its words. */
function secondServer({ spec }: PodTemplate, { port }: ServedModel): string | undefined {
  const second = spec?.containers?.find((one) => one.name !== ENGINE && serves(one, port));
  return second === undefined
    ? undefined
    : `container ${second.name} would be a second server beside container ${ENGINE}, which model stands for; name it ${ENGINE}, or remove model`;
}

function serves({ image = '', command, args, ports }: Container, port: number): boolean {
  const run = runOf({ ...(command && { command }), ...(args && { args }) });
  const isServer = /vllm-openai/.test(image) || serverIn(image) !== undefined || vllmWords(run) !== undefined;
  return isServer || (ports ?? []).some(({ containerPort }) => containerPort === port);
}
