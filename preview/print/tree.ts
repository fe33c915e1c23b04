import { MARKS, type Node, type Note } from './nodes.ts';
import { lengthOf, type Page, wrap } from './page.ts';
import type { Styles } from './styles.ts';

/** Objects and what they compose, with whether each is ready, and why not. */
export const treeOf = (nodes: readonly Node[], page: Page): string =>
  nodes.map((node) => branch(page, page.unfold ? node : folded(node), { first: '', rest: '' }).join('\n')).join('\n\n');

/** What is in an inference cluster is counted there; what of it is not ready is still named. */
function folded(node: Node): Node {
  const here = node.children.filter(({ site }) => site === '').map(folded);
  const bySite = Map.groupBy(
    node.children.filter(({ site }) => site !== ''),
    ({ site }) => site,
  );
  return { ...node, children: [...here, ...[...bySite].map(([site, children]) => counted(site, children))] };
}

function counted(site: string, nodes: readonly Node[]): Node {
  const [only, ...others] = nodes;
  if (only && others.length === 0) return only;
  const news = nodes.filter(({ mark, notes }) => mark !== 'good' || notes.length > 0);
  const [first] = news;
  return {
    uid: '',
    mark: first?.mark ?? 'good',
    name: `${nodes.length} objects`,
    isRoot: false,
    detail: '',
    site,
    notes: [],
    children: news.map((one) => ({ ...one, site: '' })),
  };
}

/** What goes in front of an object's own line, and in front of those below it. */
interface Indent {
  readonly first: string;
  readonly rest: string;
}

function branch(page: Page, node: Node, { first, rest }: Indent): string[] {
  const { styles, width } = page;
  const { mark, notes, children } = node;
  const indent = `${rest}${children.length > 0 ? '│  ' : '   '}`;
  const below = children.flatMap((child, index) => {
    const last = index === children.length - 1;
    return branch(page, child, {
      first: `${rest}${last ? '└─ ' : '├─ '}`,
      rest: `${rest}${last ? '   ' : '│  '}`,
    });
  });
  const said = notes.flatMap((note) => wrap(textOf(note, styles), width, indent));
  return [...title(node, page, { first: `${first}${styles[mark](MARKS[mark])} `, rest: indent }), ...said, ...below];
}

/** What is to be known beside its name stands below it where there is no room. */
function title({ name, isRoot, site, detail }: Node, { styles, width }: Page, { first, rest }: Indent): string[] {
  const aside = site === '' ? detail : `on ${site}`;
  const line = `${first}${isRoot ? styles.strong(name) : name}`;
  if (aside === '') return [line];
  if (lengthOf(line) + 2 + lengthOf(aside) <= width) return [`${line}  ${styles.dim(aside)}`];
  return [line, ...wrap(styles.dim(aside), width, rest)];
}

function textOf(note: Note, styles: Styles): string {
  switch (note.kind) {
    case 'failure':
      return styles.bad(note.message);
    case 'condition':
      return `${note.type} ${styles[note.mark](note.reason)}: ${note.message}`;
    case 'change':
      return `${note.what}: ${note.before} → ${styles.wait(note.after)}`;
    default:
      return note satisfies never;
  }
}
