import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { acceleratorsOf, described, totalOf } from './accelerators.ts';
import { type CommandLine, isVariable, parseWords, type Run, runOf, vllmWords } from './command-line.ts';
import { ENGINE, engineIn } from './engine.ts';
import { ENGINE_TYPES } from './engine-types.ts';
import { cardsOf, vllmLine } from './model-line.ts';
import { first } from './resources.ts';
import type { Container, PodTemplate } from './template.ts';

type Engine = ModelDeployment['spec']['engine'];

const ALONE = 'a replica is one pod, which serves by itself';

/**
 * Why nobody would get an answer from the engines of a template, as far as its command lines and variables tell: requests
 * come to engine.port of each pod, in plain HTTP, and to no other pod through it. Where another container takes that port
 * the engine's own is its business.
 */
export function listeningProblem(template: PodTemplate, engine: Engine): string | undefined {
  const { containers = [], initContainers = [] } = template.spec ?? {};
  const container = engineIn(template);
  const joins = clusterProblem(template);
  if (container === undefined || joins !== undefined) return joins;
  const isFronted = [...containers, ...initContainers].some(
    ({ name, ports = [] }) => name !== ENGINE && ports.some(({ containerPort }) => containerPort === engine.port),
  );
  const run = runOf(container);
  // A script may start other programs too, with ports of their own.
  const line = parseWords(vllmWords(run) ?? run.words);
  return isFronted
    ? undefined
    : (portProblem(container, run, line, engine) ??
        plainProblem(line) ??
        hostProblem(run, line, engine) ??
        httpsProblem(container, engine) ??
        cardsProblem(container, run));
}

/** Why a replica would wait for others. */
export const clusterProblem = ({ spec }: PodTemplate): string | undefined =>
  first([...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].map(workerProblem));

/** A worker of a Ray cluster, or of vLLM's own script for several nodes, waits for a head that there is not. */
function workerProblem(container: Container): string | undefined {
  const { words } = runOf(container);
  const joins =
    words.some((word, index) => word === 'ray' && words[index + 1] === 'start') &&
    words.some((word) => word.startsWith('--address'));
  const script = words.some((word) => /multi-node-serving\.sh$|run_cluster\.sh$/.test(word));
  return joins || script
    ? `container ${container.name} joins a cluster of several nodes, and ${ALONE}; use GPUs that one node has, and remove what joins`
    : undefined;
}

function portProblem(container: Container, run: Run, line: CommandLine, { type, port }: Engine): string | undefined {
  const { portOptions, port: usual } = ENGINE_TYPES[type];
  const given = line.options
    .filter(({ name }) => portOptions.includes(name))
    .flatMap(({ values }) => values.slice(0, 1));
  // A script may start more than one program, and a variable is anything.
  const decisive = run.shell ? given : given.slice(-1);
  if (decisive.length > 0)
    return decisive.some((value) => isVariable(value) || Number(value) === port)
      ? undefined
      : mismatch(`args has --${portOptions[0]} ${decisive.at(-1)}`, port, Number(decisive.at(-1)));
  const variable = container.env?.find(({ name }) => name === usual.variable);
  if (variable !== undefined) return variableProblem(variable, port, usual.number);
  return isUsual(container, run, line, type) && usual.number !== port
    ? mismatch(`its engine listens on ${usual.number} unless told`, port, usual.number)
    : undefined;
}

/** A variable that names a host and no port leaves the port as it is. */
function variableProblem({ name, value }: Variable, port: number, usual: number): string | undefined {
  if (value === undefined || isVariable(value)) return undefined;
  if (LOCAL.test(value)) return `container ${ENGINE}: env ${name} is ${value}, ${ITSELF}; set 0.0.0.0:${port}`;
  const listens = Number(/(?:^|:)(\d+)\/?$/.exec(value)?.[1] ?? (value.includes('://') ? Number.NaN : usual));
  return Number.isNaN(listens) || listens === port ? undefined : mismatch(`env ${name} is ${value}`, port, listens);
}

type Variable = NonNullable<Container['env']>[number];

/** Hosts that are nobody but oneself. */
const LOCAL = /^(127\.|localhost(:|$)|::1$)/;

const ITSELF = 'where only its own pod can ask';

const mismatch = (what: string, port: number, listens: number): string =>
  `container ${ENGINE}: ${what}, and engine.port is ${port}, where pool, picker and probes ask; set engine.port to ${listens}, or let it listen on ${port}`;

/** Whether an engine listens where its kind does: nothing that cannot be seen here says otherwise. */
function isUsual(
  { image = '', command }: Container,
  run: Run,
  { options }: CommandLine,
  type: Engine['type'],
): boolean {
  if (run.shell || options.some(({ name }) => name === 'config')) return false;
  if (type === 'vllm') return vllmWords(run) !== undefined || isRelease({ image, command });
  if (type === 'sglang') return run.words.some((word) => /sglang/.test(word));
  return type === 'nim' || type === 'ollama' || type === 'tgi' || type === 'llama-cpp';
}

/** vLLM's own image, whose command is its server. */
const isRelease = ({ image = '', command }: Pick<Container, 'image' | 'command'>): boolean =>
  command === undefined && /\/vllm-openai:/.test(image);

/** Gateways and pickers come in plain HTTP, and from other pods. */
function plainProblem({ options }: CommandLine): string | undefined {
  const secure = options.find(({ name }) => /^ssl-(key|cert)-?file$/.test(name));
  if (secure !== undefined)
    return `container ${ENGINE}: args has --${secure.name}, and the cluster's gateway asks engines in plain HTTP; remove it, TLS ends at the gateway`;
  const host = options.find(({ name, values }) => name === 'host' && LOCAL.test(values[0] ?? ''));
  if (host !== undefined)
    return `container ${ENGINE}: args has --host ${host.values[0]}, ${ITSELF}; set 0.0.0.0, or remove it`;
  return options.some(({ name }) => name === 'uds')
    ? `container ${ENGINE}: args has --uds, ${ITSELF}; remove it`
    : undefined;
}

/** Some servers are for their own host alone unless they are told. */
function hostProblem({ words }: Run, { options }: CommandLine, { type }: Engine): string | undefined {
  const server = ENGINE_TYPES[type].localServer;
  const tells = options.some(({ name }) => name === 'host' || name === 'config');
  const word = server && words.find((one) => server.test(one));
  return word === undefined || tells
    ? undefined
    : `container ${ENGINE}: ${word} without --host listens on localhost, ${ITSELF}; add --host 0.0.0.0`;
}

/** vLLM that is told to use more cards than its container gets ends at once. */
function cardsProblem(container: Container, run: Run): string | undefined {
  const words = vllmWords(run) ?? (isRelease(container) ? run.words : undefined);
  const cards = words && cardsOf(vllmLine(words));
  const accelerators = acceleratorsOf(container);
  const gets = totalOf(accelerators);
  return cards !== undefined && gets > 0 && !accelerators.claimed && cards > gets
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
