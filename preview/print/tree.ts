import { childrenOf, composites, isComposite } from '../family.ts';
import {
  type ClusterObject,
  compareText,
  conditionOf,
  conditionsOf,
  controllerOf,
  describe,
  uidOf,
} from '../objects.ts';
import { remoteOf, siteOf } from '../remote.ts';
import type { State } from '../world.ts';
import { detailOf } from './details.ts';
import { type Page, wrap } from './page.ts';

/** Every composite and what it composes, with whether it is ready, and why not. */
export const treeOf = (state: State, page: Page): string =>
  composites(state)
    .map((object) => branch(state, page, object, { first: '', rest: '' }).join('\n'))
    .join('\n\n');

/** What goes in front of an object's own line, and in front of those below it. */
interface Indent {
  readonly first: string;
  readonly rest: string;
}

function branch(state: State, page: Page, object: ClusterObject, { first, rest }: Indent): string[] {
  const children = childrenOf(state, object).sort((a, b) => compareText(siteOf(state, a), siteOf(state, b)));
  const indent = `${rest}${children.length > 0 ? '│  ' : '   '}`;
  const notes = isComposite(state, object) ? notesOf(state, page, object, indent) : [];
  const below = children.flatMap((child, index) => {
    const last = index === children.length - 1;
    return branch(state, page, child, {
      first: `${rest}${last ? '└─ ' : '├─ '}`,
      rest: `${rest}${last ? '   ' : '│  '}`,
    });
  });
  return [`${first}${mark(state, page, object)} ${title(state, page, object)}`, ...notes, ...below];
}

/** An Object of provider-kubernetes goes by the name of what it is on the other cluster. */
function title(state: State, { styles }: Page, object: ClusterObject): string {
  const remote = remoteOf(object);
  if (remote) return `${describe(remote)}  ${styles.dim(`on ${siteOf(state, object)}`)}`;
  const name = controllerOf(object) ? describe(object) : styles.strong(describe(object));
  const detail = detailOf(object);
  return detail ? `${name}  ${styles.dim(detail)}` : name;
}

/** A composite speaks for itself; of anything else its function says whether it is ready. */
function mark(state: State, { styles }: Page, object: ClusterObject): string {
  if (!isComposite(state, object)) return state.readiness.get(uidOf(object)) ? styles.good('✓') : styles.wait('…');
  if ((state.failures.get(uidOf(object)) ?? []).length > 0) return styles.bad('✗');
  return conditionOf(object, 'Ready')?.status === 'True' ? styles.good('✓') : styles.wait('…');
}

/** Conditions that report something when they are True; of all others False is the news. */
const NOTICES = new Set(['VersionRaised']);
/** Crossplane's own conditions, which say no more than the mark and the failures do. */
const SYSTEM = new Set(['Ready', 'Synced', 'Responsive']);

function notesOf(state: State, page: Page, object: ClusterObject, indent: string): string[] {
  const { bad, wait } = page.styles;
  const news = conditionsOf(object).filter(
    ({ type, status }) => !SYSTEM.has(type) && (status === 'True') === NOTICES.has(type),
  );
  // A function that gives up says the same in a condition, which is the better place to read it.
  const isSaid = (failure: string) =>
    news.some(({ message = '' }) => message.toLowerCase().includes(failure.toLowerCase()));
  const failures = (state.failures.get(uidOf(object)) ?? []).filter((failure) => !isSaid(failure)).map(bad);
  const conditions = news.map(({ type, reason = '', message = '' }) => `${type} ${wait(reason)}: ${message}`);
  return [...failures, ...conditions].flatMap((note) => wrap(note, page.width, indent));
}
