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

export function answerOf(view: Pick<View, 'unseen'>, target: Target, tree: Node, version: string): Answer {
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
