import { isAmiss, type Node, type Problem, type State, type Thing, unseenText } from './node.ts';
import type { Target } from './target.ts';
import type { Unseen, View } from './view.ts';

/** The whole answer, as `-o json` prints it (answer.schema.json). */
export interface Answer {
  /** Of the command line that gave it. */
  readonly version: string;
  readonly target: Target;
  /** Whether requests are answered; null where that cannot be told. */
  readonly serves: boolean | null;
  readonly state: State;
  /** The first line of the text. */
  readonly answer: string;
  /** What to look at first. */
  readonly cause?: Cause;
  /** What could not be seen, each with a sentence. */
  readonly unseen: readonly (Unseen & { readonly sentence: string })[];
  readonly tree: Node;
}

interface Cause extends Problem {
  readonly thing: Thing;
}

/** Who gives an answer, and what whoever asked has told about his control plane. */
export interface Asker {
  readonly version: string;
  /** Options of kubectl by which it is this control plane that a command asks: `--context=prod`. */
  readonly kubectlOptions?: readonly string[];
}

export function answerOf(
  view: Pick<View, 'unseen'>,
  target: Target,
  node: Node,
  { version, kubectlOptions = [] }: Asker,
): Answer {
  const tree = kubectlOptions.length === 0 ? node : withOptions(node, kubectlOptions);
  const cause = firstCause(tree);
  return {
    version,
    target,
    serves: tree.state === 'Unseen' ? null : tree.state !== 'Fails',
    state: tree.state,
    answer: sentenceOf(tree, cause),
    ...(cause && { cause }),
    unseen: view.unseen.map((one) => ({ ...one, sentence: unseenText(one) })),
    tree,
  };
}

/** The same with commands that ask the same control plane; what is for an inference cluster has a kubeconfig of its own. */
function withOptions(node: Node, options: readonly string[]): Node {
  const { problem, children } = node;
  const { command } = problem ?? {};
  const run = [command?.run, ...options.map(quoted)].join(' ');
  return {
    ...node,
    ...(problem && command && command.cluster === undefined && { problem: { ...problem, command: { run } } }),
    children: children.map((child) => withOptions(child, options)),
  };
}

/** For a shell. */
const quoted = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/**
 * The first thing on a request's way that has no other to blame: of a chain of things of which each fails because of the
 * next one, the last.
 */
function firstCause(node: Node): Cause | undefined {
  const own = node.problem && { thing: node.thing, ...node.problem };
  const below = (state: State) =>
    node.children
      .filter((child) => child.state === state && (node.state === 'Fails' || isAmiss(child)))
      .flatMap(causesOf)[0];
  switch (node.state) {
    case 'Serves':
      return undefined;
    case 'Fails':
      return below('Fails') ?? own ?? below('Unseen') ?? below('Impaired');
    case 'Unseen':
      return below('Unseen') ?? own;
    case 'Impaired':
      return below('Fails') ?? below('Impaired') ?? own ?? below('Unseen');
    default:
      return node.state satisfies never;
  }
}

const causesOf = (node: Node): Cause[] => [firstCause(node)].filter((cause) => cause !== undefined);

/** "Deployment mp-ml-team/qwen-stable-9c2b89cb24 on us-east". */
export function nameOf({ kind, namespace, name, cluster }: Thing): string {
  const own = namespace === undefined ? name : `${namespace}/${name}`;
  return `${kind} ${own}${cluster === undefined ? '' : ` on ${cluster}`}`;
}

function sentenceOf({ thing, state }: Node, cause: Cause | undefined): string {
  const what = nameOf(thing);
  const said = cause === undefined ? 'nobody says why.' : firstSentence(cause.message);
  const other = cause !== undefined && nameOf(cause.thing) !== what ? `${nameOf(cause.thing)}: ` : '';
  switch (state) {
    case 'Serves':
      return `${what} serves.`;
    case 'Impaired':
      return `${what} serves, but ${other}${said}`;
    case 'Fails':
      return `${what} does not serve because ${other && `of ${other}`}${said}`;
    case 'Unseen':
      return `It cannot be told whether ${what} serves, because ${other && `of ${other}`}${said}`;
    default:
      return state satisfies never;
  }
}

/** Up to the first full stop that ends a sentence. */
const firstSentence = (text: string): string => /^.*?[.](?= |$)/s.exec(text)?.[0] ?? `${text}.`;
