import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { acceleratorsOf, described, partsOf } from './accelerators.ts';
import { cardsOf } from './cards.ts';
import {
  type CommandLine,
  filledIn,
  has,
  isVariable,
  lastValue,
  mayHave,
  parseWords,
  type Run,
  runOf,
  vllmWords,
} from './command-line.ts';
import { ENGINE, engineIn } from './engine.ts';
import { ENGINE_TYPES, type Server } from './engine-types.ts';
import { vllmLine } from './model-line.ts';
import { clusterProblem } from './nodes.ts';
import { lonelyWorker, serverOf, typeOf } from './servers.ts';
import type { Container, PodTemplate } from './template.ts';
import { goneProblem } from './vllm-options.ts';

type Engine = ModelDeployment['spec']['engine'];

/** How callers come to the engines of a deployment. */
export interface Published {
  /** What is published beside /v1; undefined where that is not the deployment's to say. */
  readonly paths: readonly string[] | undefined;
  /** The front door asks callers for keys, which go no further. */
  readonly asksKeys: boolean;
}

/** What is known of an engine from outside. */
interface Listener {
  readonly container: Container;
  readonly run: Run;
  readonly line: CommandLine;
  /** The server that can be seen, or else the one that engine.type says. */
  readonly server: Server;
  readonly isSeen: boolean;
  readonly engine: Engine;
}

/**
 * Why nobody would get an answer from the engines of a template, as far as its command lines and variables tell: requests
 * come to engine.port of each pod, in plain HTTP, and to no other pod through it. Where another container takes that port
 * the engine's own is its business.
 */
export function listeningProblem(template: PodTemplate, engine: Engine, published: Published): string | undefined {
  const { containers = [], initContainers = [] } = template.spec ?? {};
  const container = engineIn(template);
  const joins = clusterProblem(template);
  if (container === undefined || joins !== undefined) return joins;
  const isFronted = [...containers, ...initContainers].some(
    ({ name, ports = [] }) => name !== ENGINE && ports.some(({ containerPort }) => containerPort === engine.port),
  );
  if (isFronted) return undefined;
  const listener = listenerOf(container, engine);
  return (
    partProblem(listener) ??
    portProblem(listener) ??
    plainProblem(listener) ??
    hostProblem(listener) ??
    httpsProblem(container, engine) ??
    healthProblem(listener) ??
    pathProblem(listener, published) ??
    (published.asksKeys ? keyProblem(listener) : undefined) ??
    sightProblem(container) ??
    cardsProblem(listener) ??
    optionProblem(listener)
  );
}

function listenerOf(container: Container, engine: Engine): Listener {
  const run = filledIn(runOf(container), container);
  const seen = serverOf(container, run);
  const words = vllmWords(run) ?? run.words;
  const line = seen === ENGINE_TYPES.vllm ? vllmLine(words) : parseWords(words);
  return { container, run, line, server: seen ?? ENGINE_TYPES[engine.type], isSeen: seen !== undefined, engine };
}

function portProblem({ container, run, line, server, isSeen, engine: { port, type } }: Listener): string | undefined {
  const { portOptions, port: usual } = server;
  const portsOf = ({ options }: CommandLine): string[] =>
    options.filter(({ name }) => portOptions.includes(name)).flatMap(({ values }) => values.slice(0, 1));
  const given = portsOf(line).at(-1);
  if (given !== undefined) {
    // A script may start more than one program, any of which may be who is asked, and a variable is anything.
    const asked = run.shell ? portsOf(parseWords(run.words)) : [given];
    return asked.some((value) => isVariable(value) || portIn(value) === port)
      ? undefined
      : mismatch(`args has --${portOptions[0]} ${given}`, port, portIn(given));
  }
  if (usual === undefined) return undefined;
  const { number, variables = [] } = usual;
  const variable = container.env?.find(({ name }) => variables.includes(name));
  if (variable !== undefined) return variableProblem(variable, port, number);
  const isTold = run.shell || has(line, 'config', 'config-file') || mayHave(container, ...variables);
  const isUsual = (isSeen || HAS_ONE_WAY.has(type)) && !isTold;
  return isUsual && number !== port ? mismatch(`its engine listens on ${number} unless told`, port, number) : undefined;
}

/** What is but a part of an engine, and leaves requests that come to it unanswered. */
function partProblem({ run, line, server }: Listener): string | undefined {
  const worker = lonelyWorker(run);
  if (worker !== undefined)
    return `container ${ENGINE} runs ${worker}, a worker that answers a frontend of Dynamo alone; start the engine's own server, or dynamo.frontend beside it`;
  const half = server === ENGINE_TYPES.sglang ? lastValue(line, 'disaggregation-mode') : undefined;
  return half === undefined || half === 'null'
    ? undefined
    : `container ${ENGINE}: args has --disaggregation-mode ${half}, one half of an engine, and a replica answers by itself; remove it`;
}

/** Engines that listen where their kind does, whatever their images are called. */
const HAS_ONE_WAY: ReadonlySet<Engine['type']> = new Set(['nim', 'ollama', 'tgi', 'llama-cpp']);

/** A variable that names a host and no port leaves the port as it is. */
function variableProblem({ name, value }: Variable, port: number, usual: number): string | undefined {
  if (value === undefined || isVariable(value)) return undefined;
  if (LOCAL.test(value)) return `container ${ENGINE}: env ${name} is ${value}, ${ITSELF}; set 0.0.0.0:${port}`;
  const named = portIn(value);
  const listens = Number.isNaN(named) && !value.includes('://') ? usual : named;
  return Number.isNaN(listens) || listens === port ? undefined : mismatch(`env ${name} is ${value}`, port, listens);
}

/** The port of an address, or a port alone. */
const portIn = (value: string): number => Number(/(?:^|:)(\d+)\/?$/.exec(value)?.[1] ?? Number.NaN);

type Variable = NonNullable<Container['env']>[number];

/** Hosts that are nobody but oneself, and sockets, which are files. */
const LOCAL = /^(127\.|localhost(:|$)|::1$|\/)/;

/** How servers call the option of the host that they listen on: the last two are TGI's, and LMDeploy's. */
const HOST = /^(host|hostname|server-name)$/;

const ITSELF = 'where only its own pod can ask';

const mismatch = (what: string, port: number, listens: number): string =>
  `container ${ENGINE}: ${what}, and engine.port is ${port}, where pool, picker and probes ask; ${Number.isInteger(listens) ? `set engine.port to ${listens}, or ` : ''}let it listen on ${port}`;

/** Gateways and pickers come in plain HTTP, and from other pods. */
function plainProblem({ line: { options } }: Listener): string | undefined {
  const secure = options.find(({ name }) => /^ssl-(key|cert)-?file$/.test(name));
  if (secure !== undefined)
    return `container ${ENGINE}: args has --${secure.name}, and the cluster's gateway asks engines in plain HTTP; remove it, TLS ends at the gateway`;
  const host = options.find(({ name, values }) => HOST.test(name) && LOCAL.test(values[0] ?? ''));
  if (host !== undefined)
    return `container ${ENGINE}: args has --${host.name} ${host.values[0]}, ${ITSELF}; set 0.0.0.0, or remove it`;
  return options.some(({ name }) => name === 'uds')
    ? `container ${ENGINE}: args has --uds, ${ITSELF}; remove it`
    : undefined;
}

/** Some servers are for their own host alone unless they are told. */
function hostProblem({ run, line, server: { isLocal, program } }: Listener): string | undefined {
  const word = isLocal === true && run.words.find((one) => program?.test(one));
  return word === false || word === undefined || has(line, 'host', 'config')
    ? undefined
    : `container ${ENGINE}: ${word} without --host listens on localhost, ${ITSELF}; add --host 0.0.0.0`;
}

/** A probe that engine.type stands for, and that another server does not answer. */
function healthProblem({ container, server, isSeen, engine: { type } }: Listener): string | undefined {
  const asked = container.readinessProbe?.httpGet?.path;
  const isAnswered = server.health === ENGINE_TYPES[type].health || asked !== ENGINE_TYPES[type].health;
  if (!isSeen || isAnswered) return undefined;
  const ownType = typeOf(server);
  const remedy =
    ownType === undefined ? `give it a readinessProbe that asks ${server.health}` : `set engine.type to ${ownType}`;
  return `container ${ENGINE} is ${server.label}, which does not say at ${asked} that it is ready; ${remedy}`;
}

/** Callers reach OpenAI's API at /v1, and what else is published. */
function pathProblem(
  { container, run, line, isSeen, server: { api, label } }: Listener,
  { paths }: Published,
): string | undefined {
  if (!isSeen || api === undefined || paths === undefined || paths.length > 0) return undefined;
  const isTold =
    has(line, api.option ?? '') ||
    (api.variable !== undefined && mayHave(container, api.variable)) ||
    run.words.some((word) => api.unless?.test(word));
  const publish = api.below === '/' ? 'name what it serves in spec.paths' : `add ${api.below} to spec.paths`;
  return isTold
    ? undefined
    : `container ${ENGINE} is ${label}, whose API is below ${api.below}, and callers reach /v1 alone; ${[api.remedy, publish].filter((one) => one !== undefined).join(', or ')}`;
}

/** Why engines answer 401 to everybody whose key the front door has taken: a sentence without a full stop. */
export function ownKeyProblem(template: PodTemplate | undefined, engine: Engine): string | undefined {
  const container = engineIn(template);
  return container && keyProblem(listenerOf(container, engine));
}

/** Callers show their key to the front door, and it to nobody. */
function keyProblem({ container: { env = [] }, line, isSeen, server: { key } }: Listener): string | undefined {
  if (!isSeen || key === undefined) return undefined;
  const variable = env.find(({ name }) => name === key.variable);
  const what = has(line, key.option) ? `args has --${key.option}` : variable && `env has ${variable.name}`;
  return (
    what &&
    `container ${ENGINE}: ${what}, a key of its own, and the front door takes the callers' keys and passes none on; remove it`
  );
}

/** Cards have numbers in their pod, from 0 on, and not those of their node. */
function sightProblem(container: Container): string | undefined {
  const cards = partsOf(acceleratorsOf(container)) ?? 0;
  const blind = container.env?.find(({ name, value = '' }) => {
    const [first = ''] = value.split(',');
    return /^(CUDA|HIP|ROCR)_VISIBLE_DEVICES$/.test(name) && /^\d+$/.test(first) && Number(first) >= cards;
  });
  return blind !== undefined && cards > 0
    ? `container ${ENGINE}: env ${blind.name} is ${blind.value}, and in its pod its cards are ${cards === 1 ? '0 alone' : `0 to ${cards - 1}`}; remove it, for it sees no others`
    : undefined;
}

/** A release of vLLM that does not know an option ends at once. */
function optionProblem({ container: { image = '' }, run, line, server, isSeen }: Listener): string | undefined {
  // Which release a script installs is not looked for.
  const isOfImage = isSeen && server === ENGINE_TYPES.vllm && !(run.shell && run.words.includes('install'));
  const problem = isOfImage ? goneProblem(line, image) : undefined;
  return problem && `container ${ENGINE}: ${problem}`;
}

/** A server that is told to use more cards than its container gets ends at once. */
function cardsProblem({ container, line, server, isSeen, engine: { type } }: Listener): string | undefined {
  // Whose command is not vLLM's may have options of the same names and other meanings.
  if (!isSeen && type === 'vllm') return undefined;
  const cards = cardsOf(line, server.splits, container.env);
  const accelerators = acceleratorsOf(container);
  const gets = partsOf(accelerators) ?? 0;
  return cards !== undefined && gets > 0 && cards > gets
    ? `container ${ENGINE}: args ask for ${cards} GPUs, and its limits are ${described(accelerators)}; raise the limit to ${cards}, or ask for fewer`
    : undefined;
}

function httpsProblem({ ports = [], ...container }: Container, { port }: Engine): string | undefined {
  const named = ports.find(({ containerPort }) => containerPort === port)?.name;
  const probe = (['readinessProbe', 'livenessProbe', 'startupProbe'] as const).find((name) => {
    const asked = container[name]?.httpGet;
    return asked?.scheme === 'HTTPS' && (asked.port === port || asked.port === named);
  });
  return (
    probe &&
    `container ${ENGINE}: ${probe} asks engine.port ${port} over HTTPS, and the cluster's gateway asks it in plain HTTP; serve HTTP there, and remove scheme`
  );
}
