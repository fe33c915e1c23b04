import type { Container } from './template.ts';

/** An option of a command line, with the words that it takes up. */
export interface Option {
  /** Without dashes, and with a dash for an underscore: vLLM takes either. */
  readonly name: string;
  readonly values: readonly string[];
  /** Its first word, and the one after its last, by their place in the line. */
  readonly from: number;
  readonly to: number;
}

export interface CommandLine {
  /** What stands before the first option. */
  readonly positionals: readonly string[];
  readonly options: readonly Option[];
}

const isOption = (word: string): boolean => /^--?[A-Za-z]/.test(word);

/** Words as an argument parser reads them: `--port 8080`, `--port=8080`, `-tp 4`. Values go on until the next option. */
export function parseWords(words: readonly string[]): CommandLine {
  const starts = words.flatMap((word, index) => (isOption(word) ? [index] : []));
  const options = starts.map((from, index) => {
    const to = starts[index + 1] ?? words.length;
    const [spelled = '', ...inline] = (words[from] ?? '').split('=');
    const values = [...(inline.length > 0 ? [inline.join('=')] : []), ...words.slice(from + 1, to)];
    return { name: spelled.replace(/^--?/, '').replaceAll('_', '-'), values, from, to };
  });
  return { positionals: words.slice(0, starts[0] ?? words.length), options };
}

/** What a container runs, as far as its template says: the words, or those of the script that a shell is given. */
export interface Run {
  readonly words: readonly string[];
  /** A shell may do anything before and after, and fill in what cannot be seen here. */
  readonly shell: boolean;
}

const SHELL = /(^|\/)(ba|da|z|k)?sh$/;

export function runOf({ command = [], args = [] }: Pick<Container, 'command' | 'args'>): Run {
  const words = [...command, ...args];
  const script = words.findIndex((word) => /^-\w*c$/.test(word));
  if (script === -1 || !SHELL.test(words[0] ?? '')) return { words, shell: false };
  const [text = '', ...parameters] = words.slice(script + 1);
  return { words: scriptWords([text.trimEnd(), ...parameters].join(' ')), shell: true };
}

/** A word of its own where a command of a script ends: what follows is another program's. */
const END = ';';

const QUOTED = /'[^']*'|"[^"]*"/g;

/** What ends a command, which the ampersands of `2>&1` and `&>` do not. */
const ENDS = /[;\n]|\|+|(?<!>)&+(?!>)/g;

/** The words of a script: good enough to find a server's options in it, and for nothing else. */
const scriptWords = (script: string): string[] =>
  script
    .replaceAll(/\\\n/g, ' ')
    .replaceAll(QUOTED, (quoted) => quoted.replaceAll(ENDS, ' '))
    .replaceAll(ENDS, ` ${END} `)
    .split(/\s+/)
    .map((word) => word.replaceAll(/["']/g, ''))
    .filter((word) => word !== '');

/** A variable in a script: `$NAME`, `${NAME}`, or with a default, `${NAME:-8000}`. */
const EXPANSION = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?::?[-=]([^{}$]*))?\})/g;

/**
 * The words with what the template itself says of their variables, as Kubernetes fills in $(NAME), and a shell $NAME. What
 * comes from elsewhere, or is set again in a script, stays a variable.
 */
export function filledIn({ words, shell }: Run, container: Pick<Container, 'env' | 'envFrom'> = {}): Run {
  const set = words.flatMap((word) => /^([A-Za-z_]\w*)=/.exec(word)?.slice(1) ?? []);
  const values = new Map(
    (container.env ?? []).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])),
  );
  const expanded = (all: string, bare?: string, braced?: string, usual?: string): string => {
    const name = bare ?? braced ?? '';
    if (set.includes(name)) return all;
    return values.get(name) ?? (usual === undefined || mayHave(container, name) ? all : usual);
  };
  const inWord = (word: string): string => {
    const byKubernetes = word.replaceAll(/\$\(([-.\w]+)\)/g, (all, name: string) =>
      shell && set.includes(name) ? all : (values.get(name) ?? all),
    );
    return shell ? byKubernetes.replaceAll(EXPANSION, expanded) : byKubernetes;
  };
  return { words: words.map(inWord), shell };
}

/** Whether a container has one of these variables, or may have it by envFrom, of whose names nobody here knows. */
export const mayHave = (
  { env = [], envFrom = [] }: Pick<Container, 'env' | 'envFrom'>,
  ...names: readonly string[]
): boolean => names.length > 0 && (envFrom.length > 0 || env.some(({ name }) => names.includes(name)));

const API_SERVER = 'vllm.entrypoints.openai.api_server';

/** The arguments of the vLLM server that a container runs; undefined where it does not, as far as can be seen. */
export function vllmWords({ words }: Run): readonly string[] | undefined {
  const serve = words.findIndex((word, index) => word === 'serve' && /(^|\/)vllm$/.test(words[index - 1] ?? ''));
  const start = serve === -1 ? words.indexOf(API_SERVER) : serve;
  if (start === -1) return undefined;
  const end = words.indexOf(END, start);
  return words.slice(start + 1, end === -1 ? undefined : end);
}

/** The last of an option's values: it is the last that argument parsers take. */
export const lastValue = (line: CommandLine, ...names: readonly string[]): string | undefined =>
  line.options.findLast(({ name }) => names.includes(name))?.values[0];

export const has = (line: CommandLine, ...names: readonly string[]): boolean =>
  line.options.some(({ name }) => names.includes(name));

/** Whether a value is filled in where the container runs. */
export const isVariable = (value: string): boolean => value.includes('$');
