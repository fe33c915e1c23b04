import { cardsOf, splitsSaid } from './cards.ts';
import { type CommandLine, has, isVariable, lastValue, type Option, parseWords } from './command-line.ts';
import { ENGINE_TYPES } from './engine-types.ts';
import { FOR_SEVERAL } from './nodes.ts';

/** What a deployment says of the command line that vLLM is to be started with. */
export interface Wanted {
  readonly model: string;
  readonly names: readonly string[];
  readonly port: number;
  /** Cards of one replica; undefined where nobody says how many. */
  readonly gpus: number | undefined;
  /** Parts that it can have; undefined where its cards do not say. */
  readonly most: number | undefined;
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

/** Options of vLLM that take no value, so that what follows one is nobody's. Older releases let some have true or false. */
const SWITCH =
  /^(enable|disable|no|trust|skip|enforce|exclude|return|allow-credentials|headless|async-scheduling|use-tqdm-on-load|fully-sharded-loras|interleave-mm-strings|log-error-stack|calculate-kv-scales|kv-sharing-fast-prefill|language-model-only|data-parallel-(hybrid|external)-lb)(-|$)/;

/** Where words stand that no option takes: before the first, behind a switch, and behind `--option=value`. */
function positionalsAt(words: readonly string[], options: readonly Option[]): ReadonlySet<number> {
  const owned = options.flatMap(({ name, from, to }) => {
    const isSwitch = SWITCH.test(name) && !/^(true|false)$/i.test(words[from + 1] ?? '');
    const end = isSwitch || words[from]?.includes('=') ? from + 1 : to;
    return words.flatMap((_word, index) => (index >= from && index < end ? [index] : []));
  });
  return new Set(words.map((_word, index) => index).filter((index) => !owned.includes(index)));
}

/** vLLM's arguments by the full names of their options. */
export function vllmLine(words: readonly string[]): CommandLine {
  const { options } = parseWords(words);
  const positionals = positionalsAt(words, options);
  return {
    positionals: words.filter((_word, index) => positionals.has(index)),
    options: options.map((option) => ({ ...option, name: canonical(option.name) })),
  };
}

const { splits: SPLITS = [] } = ENGINE_TYPES.vllm;

/** The cards that vLLM's line asks for; undefined where it does not say, or a variable does. */
export const vllmCards = (line: CommandLine): number | undefined => cardsOf(line, SPLITS);

const said = (line: CommandLine): string => splitsSaid(line, SPLITS);

/** A folder, an address or a variable: where the weights of the model are, and no other model. */
const isPlace = (word: string): boolean => /^(\.{0,2}\/|~|[a-z0-9]+:\/\/)/.test(word) || isVariable(word);

/** What a line is held against. */
export interface Held {
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
  const nodes = line.options.find((option) => isOfNodes(option, line));
  if (nodes !== undefined) return `args has --${nodes.name}, ${FOR_SEVERAL}`;
  const cards = vllmCards(line);
  if (cards !== undefined && gpus !== undefined && cards > gpus)
    return limits === undefined
      ? `args ask for ${cards} GPUs (${said(line)}) and the pod gets ${gpus}; set gpus to ${cards}, or ask for fewer`
      : `args ask for ${cards} GPUs (${said(line)}) and limits are ${limits}; raise the limit to as many whole cards, or ask for fewer`;
  return undefined;
}

/** An option that leaves a part of the model to other pods. */
function isOfNodes({ name, values: [value] }: Option, line: CommandLine): boolean {
  if (name === 'nnodes') return value !== '1';
  if (name === 'node-rank') return value !== '0';
  if (name === 'data-parallel-size-local') return value !== lastValue(line, 'data-parallel-size');
  return name === 'headless' || name === 'data-parallel-address';
}

const START = new Set(['vllm', 'serve']);

/** The model that a line serves. An image's own command may be repeated before it. */
function modelOf(line: CommandLine): string | undefined {
  return lastValue(line, 'model') ?? line.positionals.find((word) => !START.has(word));
}

/** Options whose value may be the name of a model. */
const OF_MODELS: ReadonlySet<string> = new Set([
  'model',
  'served-model-name',
  'tokenizer',
  'hf-config-path',
  'generation-config',
  'lora-modules',
  'speculative-model',
]);

/** The words of a line without its model, where that stands behind options that do not take it. */
export function withoutLoose(words: readonly string[], model: string): string[] {
  const { options } = parseWords(words);
  return words.filter((word, index) => {
    const option = options.find(({ from, to }) => index > from && index < to);
    if (word !== model || option === undefined || option.name === 'served-model-name') return true;
    return OF_MODELS.has(option.name) && !words[option.from]?.includes('=') && index === option.from + 1;
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
    return {
      problem: `args have ${more.join(' ')} without an option, and one model may stand so; put the rest behind options`,
    };
  const gpus = wanted.gpus ?? vllmCards(line) ?? 1;
  const problem = portProblem(line, wanted.port) ?? lineProblem(line, { ...wanted, gpus: wanted.most });
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
      ...without(words, line, ['port', 'served-model-name', 'model']),
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
  const rest = said(line) === '' ? 1 : vllmCards(line);
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

/** The words of a line without its model and some options. One value goes with each, or all of the names. */
function without(words: readonly string[], { options }: CommandLine, names: readonly string[]): string[] {
  const dropped = options.filter(({ name }) => names.includes(name));
  const positionals = positionalsAt(words, options);
  return words.filter(
    (_word, index) => !positionals.has(index) && !dropped.some((option) => index >= option.from && index < end(option)),
  );
}

const end = ({ name, from, to, values }: Option): number => {
  if (name === 'served-model-name') return to;
  // `--port=8080` is one word, and what follows it belongs to nobody.
  const inline = to - from === values.length;
  return inline ? from + 1 : Math.min(to, from + 2);
};
