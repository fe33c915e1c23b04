import { stripVTControlCharacters } from 'node:util';
import { REASONS } from '#shared/conditions.ts';
import type { Node as PrintedNode } from '../preview/print/nodes.ts';
import { type Page, wrap } from '../preview/print/page.ts';
import { treeOf } from '../preview/print/tree.ts';
import { type Answer, nameOf } from './answer.ts';
import { type Command, type Node, type State, unseenText } from './node.ts';

/** The answer, its first cause with the command that shows it, and everything on the way. */
export function printText({ answer, cause, unseen, tree }: Answer, page: Page): string {
  const { styles, width } = page;
  const lines = (text: string, indent = ''): string => wrap(clean(text), width, indent).join('\n');
  const first = cause && [
    styles.strong(lines(`First cause: ${nameOf(cause.thing)} (${cause.reason})`)),
    lines(cause.message, '  '),
    ...commandLines(cause.command, page),
  ];
  const sections = [
    styles[MARKS[tree.state]](lines(answer)),
    first?.join('\n') ?? '',
    treeOf([printed(tree, true)], page),
    unseen.length === 0
      ? ''
      : [styles.strong('Could not be seen'), ...unseenLines(unseen).map((one) => lines(one, '  '))].join('\n'),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** One line for all of a kind in a place. */
function unseenLines(unseen: Answer['unseen']): string[] {
  const groups = Map.groupBy(unseen, ({ kind, namespace = '', why }) => `${kind} ${namespace} ${why}`);
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const { name: _name, ...all } = first;
    return [others.length === 0 ? first.sentence : unseenText({ ...all, message: first.message })];
  });
}

/** Broken as a shell reads it whole, so that it can be copied as it stands. */
function commandLines({ run, cluster }: Command, { width }: Page): string[] {
  const where = cluster === undefined ? '  Look:' : `  Look, in inference cluster ${cluster}:`;
  const room = width - '     \\'.length;
  const [first = '', ...rest] = wrap(run, room - 2, '');
  const lines = [`    ${first}`, ...rest.map((line) => `      ${line}`)];
  return [where, ...lines.map((line, index) => (index === lines.length - 1 ? line : `${line} \\`))];
}

const MARKS = { Serves: 'good', Impaired: 'wait', Fails: 'bad', Unseen: 'unseen' } as const satisfies Record<
  State,
  PrintedNode['mark']
>;

/** What is nobody's fault below: why a spec is not carried out, and what Crossplane could not do. */
const OWN: readonly string[] = [...REASONS.SpecAccepted, 'ReconcileError', 'ReconcilePaused'];

/** As the preview prints what manifests become. */
function printed({ thing, state, detail, problem, idle, children }: Node, isRoot = false): PrintedNode {
  const { cluster = '', ...own } = thing;
  // What something below it says better is not said twice.
  const isSaid = children.some((child) => child.state === state && child.idle === idle);
  const notes =
    problem && !(isSaid && !OWN.includes(problem.reason))
      ? [{ kind: 'failure' as const, message: `${problem.reason}: ${clean(problem.message)}` }]
      : [];
  return {
    uid: '',
    mark: MARKS[state],
    name: nameOf(own),
    isRoot,
    detail: clean(detail),
    site: cluster,
    notes,
    children: children.map((child) => printed(child)),
  };
}

/** Words of others, in which nothing may command a terminal. */
const clean = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  stripVTControlCharacters(text).replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
