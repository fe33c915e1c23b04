import { type CommandLine, has, isVariable, lastValue, type Option, parseWords } from './command-line.ts';

/** What a deployment says of the command line that vLLM is to be started with. */
export interface Wanted {
  readonly model: string;
  readonly names: readonly string[];
  readonly port: number;
  /** Cards of one replica; undefined where nobody says how many. */
  readonly gpus: number | undefined;
  /** The limits that say so, where those do. */
  readonly limits?: string | undefined;
  /** A model can be split over whole cards only. */
  readonly splits: boolean;
  /** Options that the image is known to have. */
  readonly extras: readonly string[];
}

export type Line = { readonly args: readonly string[]; readonly gpus: number } | { readonly problem: string };

/** vLLM's short forms, and what an abbreviated option may stand for. */
const ALIASES: Readonly<Record<string, string>> = {
  tp: 'tensor-parallel-size',
  pp: 'pipeline-parallel-size',
  dp: 'data-parallel-size',
  n: 'nnodes',
  dpl: 'data-parallel-size-local',
  dpn: 'data-parallel-rank',
  dpa: 'data-parallel-address',
};

const READ = [
  'port',
  'model',
  'served-model-name',
  'tensor-parallel-size',
  'pipeline-parallel-size',
  'data-parallel-size',
  'ssl-keyfile',
  'ssl-certfile',
  'shutdown-timeout',
];

/** An abbreviation that could only be one of these is one of them to argparse. Shorter ones have other meanings. */
const MIN_ABBREVIATION = 6;

function canonical(name: string): string {
  if (Object.hasOwn(ALIASES, name)) return ALIASES[name] ?? name;
  const meant = READ.filter((known) => known.startsWith(name));
  return name.length >= MIN_ABBREVIATION && meant.length === 1 ? (meant[0] ?? name) : name;
}

/** vLLM's arguments by the full names of their options. */
export function vllmLine(words: readonly string[]): CommandLine {
  const { positionals, options } = parseWords(words);
  return { positionals, options: options.map((option) => ({ ...option, name: canonical(option.name) })) };
}

const PARALLEL = ['tensor-parallel-size', 'pipeline-parallel-size', 'data-parallel-size'] as const;

/** The cards that a line asks for; undefined where it does not say, or a variable does. */
export function cardsOf(line: CommandLine): number | undefined {
  const sizes = PARALLEL.map((name) => lastValue(line, name)).filter((size) => size !== undefined);
  const product = sizes.reduce((total, size) => total * Number(size), 1);
  return sizes.length === 0 || !Number.isInteger(product) ? undefined : product;
}

const said = (line: CommandLine): string =>
  PARALLEL.flatMap((name) => (has(line, name) ? [`--${name} ${lastValue(line, name)}`] : [])).join(' ');

/** A folder, an address or a variable: where the weights of the model are, and no other model. */
const isPlace = (word: string): boolean => /^(\.{0,2}\/|~|[a-z0-9]+:\/\/)/.test(word) || isVariable(word);

/** What a line is held against. */
interface Held {
  readonly model: string | undefined;
  readonly gpus: number | undefined;
  /** The limits that say how many cards there are, where those do. */
  readonly limits?: string | undefined;
}

/** What nobody could be served with, by whatever words a container starts vLLM. */
export function lineProblem(line: CommandLine, { model, gpus, limits }: Held): string | undefined {
  const named = modelOf(line);
  if (named !== undefined && model !== undefined && named !== model && !isPlace(named))
    return `args name the model ${named} beside model ${model}; keep one of them`;
  const nodes = line.options.find(
    ({ name, values }) =>
      (name === 'nnodes' && values[0] !== '1') ||
      ['headless', 'node-rank', 'data-parallel-size-local', 'data-parallel-address'].includes(name),
  );
  if (nodes !== undefined)
    return `args has --${nodes.name}, for an engine on several nodes, and a replica is one pod; choose GPUs that one node has, and remove it`;
  const cards = cardsOf(line);
  if (cards !== undefined && gpus !== undefined && cards > gpus)
    return limits === undefined
      ? `args ask for ${cards} GPUs (${said(line)}) and the pod gets ${gpus}; set gpus to ${cards}, or ask for fewer`
      : `args ask for ${cards} GPUs (${said(line)}) and limits are ${limits}; raise the limit to as many whole cards, or ask for fewer`;
  return undefined;
}

const START = new Set(['vllm', 'serve']);

/** The model that a line serves. An image's own command may be repeated before it. */
function modelOf(line: CommandLine): string | undefined {
  return lastValue(line, 'model') ?? line.positionals.find((word) => !START.has(word));
}

/** Options that take no value, so that what follows one is nobody's. */
const SWITCH = /^(enable|disable|no|trust)-/;

/** The words of a line without its model, where that stands behind options that do not take it. */
export function withoutLoose(words: readonly string[], model: string): string[] {
  const { options } = parseWords(words);
  return words.filter((word, index) => {
    const option = options.find(({ from, to }) => index > from && index < to);
    if (word !== model || option === undefined || option.name === 'served-model-name') return true;
    const takes = words[option.from]?.includes('=') || SWITCH.test(option.name) ? 0 : 1;
    return index <= option.from + takes;
  });
}

/** The arguments for a command that is ours: what the model stands for, and the template's own words after it. */
export function ourLine(given: readonly string[], wanted: Wanted): Line {
  const words = withoutLoose(given, wanted.model);
  const glued = words.find((word) => /^--?[\w-]+ +\S/.test(word));
  if (glued !== undefined) {
    const [option, ...value] = glued.split(/ +/);
    return { problem: `args has "${glued}" in one word; write it as two, ${option} and ${value.join(' ')}` };
  }
  const line = vllmLine(words);
  const more = line.positionals.filter((word) => !START.has(word));
  if (more.length > 1)
    return { problem: `args begin with ${more.join(' ')}, and one model may stand there; put the rest behind options` };
  const gpus = wanted.gpus ?? cardsOf(line) ?? 1;
  const problem = portProblem(line, wanted.port) ?? lineProblem(line, { ...wanted, gpus });
  if (problem !== undefined) return { problem };
  const split = splitOf(line, wanted, gpus);
  if (typeof split === 'string') return { problem: split };
  const names = line.options.filter(({ name }) => name === 'served-model-name').flatMap(({ values }) => values);
  return {
    gpus,
    args: [
      modelOf(line) ?? wanted.model,
      ...['--served-model-name', ...new Set([...names, ...wanted.names])],
      `--port=${wanted.port}`,
      ...split,
      ...wanted.extras.filter((extra) => !has(line, ...spellings(extra))),
      ...without(words, line, line.positionals.length, ['port', 'served-model-name', 'model']),
    ],
  };
}

function portProblem(line: CommandLine, port: number): string | undefined {
  const given = lastValue(line, 'port');
  return given === undefined || Number(given) === port
    ? undefined
    : `args has --port ${given}, and engine.port is ${port}, where pool, picker and probes ask; set engine.port, or remove --port`;
}

/** Over how many cards the model is split, where the line leaves that open. */
function splitOf(line: CommandLine, { splits }: Wanted, gpus: number): readonly string[] | string {
  if (has(line, 'tensor-parallel-size') || !splits) return [];
  const rest = has(line, ...PARALLEL) ? cardsOf(line) : 1;
  if (rest === undefined) return [];
  if (gpus % rest !== 0)
    return `args divide ${gpus} GPUs by ${rest} (${said(line)}), which leaves a rest; give --tensor-parallel-size too, or other gpus`;
  return gpus > rest ? [`--tensor-parallel-size=${gpus / rest}`] : [];
}

/** A switch may be given as its opposite. */
const spellings = (extra: string): string[] => {
  const { name } = parseWords([extra]).options[0] as Option;
  return [name, `no-${name}`];
};

/** The words of a line from one on, without some options. One value goes with each, or all of the names. */
function without(words: readonly string[], line: CommandLine, from: number, names: readonly string[]): string[] {
  const dropped = line.options.filter(({ name }) => names.includes(name));
  return words.filter(
    (_word, index) => index >= from && !dropped.some((option) => index >= option.from && index < end(option)),
  );
}

const end = ({ name, from, to, values }: Option): number => {
  if (name === 'served-model-name') return to;
  // `--port=8080` is one word, and what follows it belongs to nobody.
  const inline = to - from === values.length;
  return inline ? from + 1 : Math.min(to, from + 2);
};
