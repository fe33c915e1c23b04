import { type Change, changesOf, isNothing } from '../changes.ts';
import { changedNodes, type ShareChange, type SplitChange, splitChanges } from '../consequences.ts';
import type { Played } from '../play.ts';
import { priorityText } from '../priority.ts';
import { trafficOf } from '../traffic.ts';
import { changesText, PATH_GONE } from './failure.ts';
import { MEANINGS, type Note, nodesOf } from './nodes.ts';
import { type Page, wrap } from './page.ts';
import { join, pageOf, refusal, settledText, standInsText, trafficText } from './report.ts';
import { treeOf } from './tree.ts';

/** The same cluster before and after other manifests were applied. */
export interface Edited {
  readonly before: Played;
  readonly after: Played;
}

export const NOTHING_CHANGES = 'Nothing changes.';

/** First what to look at and who gets which traffic, then what is not as it was. */
export function editReport({ before, after }: Edited, page: Page): string {
  const { styles, width } = page;
  const former = trafficOf(before.state);
  const splits = splitChanges(former, trafficOf(after.state));
  const changes = changesOf(before.state, after.state);
  const nodes = { before: nodesOf(before.state), after: nodesOf(after.state) };
  const points = reviewPoints({ before, after });
  return pageOf([
    `${styles.strong('Before')}\n\n${trafficText(former, page)}`,
    `${styles.strong('After the edit')}\n\n${changesText(after.state, splits, page)}`,
    points.length === 0
      ? ''
      : [styles.strong('Look at'), ...points.flatMap((point) => bullet(point, width))].join('\n'),
    treeOf(changedNodes(before.state, after.state, nodes), page),
    isNothing(changes) ? NOTHING_CHANGES : '',
    listed('Created', changes.created, page),
    listed('Changed', changes.changed, page),
    listed('Deleted', changes.deleted, page),
    wrap(editEnding({ before, after }), width, '').map(styles.dim).join('\n'),
  ]);
}

const bullet = (text: string, width: number): string[] =>
  wrap(text, width, '    ').map((line, index) => (index === 0 ? `  - ${line.trimStart()}` : line));

function listed(title: string, changes: readonly Change[], page: Page): string {
  if (changes.length === 0) return '';
  const groups = page.unfold ? changes.map((change) => [change]) : grouped(changes);
  const lines = groups.flatMap(([first, ...others]) => {
    if (!first) return [];
    if (others.length > 0) return [`  ${others.length + 1} objects on ${first.site}`];
    const fields = first.fields.flatMap((field) => wrap(field, page.width, '      '));
    return [`  ${nameOf(first)}`, ...fields];
  });
  return [page.styles.strong(title), ...lines].join('\n');
}

/** What is new, or gone, in an inference cluster is counted; what has changed there is named. */
function grouped(changes: readonly Change[]): Change[][] {
  const alone = changes.filter(({ site, fields }) => site === '' || fields.length > 0);
  const rest = changes.filter(({ site, fields }) => site !== '' && fields.length === 0);
  return [...alone.map((change) => [change]), ...Map.groupBy(rest, ({ site }) => site).values()];
}

export const nameOf = ({ object, site }: Change): string => (site === '' ? object : `${object} on ${site}`);

/** How long it took to settle, and to settle again. */
export const editEnding = ({ before, after }: Edited): string =>
  join([settledText(before), `After the edit: ${settledText(after).replace(/^S/, 's')}`, standInsText(after)]);

/** What somebody who reviews the edit should not miss, each as a sentence. */
export function reviewPoints({ before, after }: Edited): string[] {
  const splits = splitChanges(trafficOf(before.state), trafficOf(after.state));
  const { changed } = changesOf(before.state, after.state);
  const nodes = { before: nodesOf(before.state), after: nodesOf(after.state) };
  const wasReady = new Set(nodes.before.filter(({ mark }) => mark === 'good').map(({ uid }) => uid));
  return [
    ...splits.flatMap(pathPoints),
    ...changedNodes(before.state, after.state, nodes).flatMap(({ name, notes }) =>
      notes.flatMap((note) => move(name, note)),
    ),
    ...nodes.after
      .filter(({ uid, mark }) => wasReady.has(uid) && mark !== 'good')
      .map(({ name, mark }) => `${name} was ready, and is ${MEANINGS[mark]}.`),
    ...changed
      .filter(({ replacesEngines }) => replacesEngines)
      .map((change) => `${nameOf(change)} replaces its engines: pods start anew, and load the model again.`),
  ];
}

/** A placement that serves on another cluster than before. */
const move = (name: string, note: Note): string[] =>
  note.kind === 'change' && [note.before, note.after].every((place) => place.includes(' on '))
    ? [`${name}: ${note.what} moves, from ${note.before} to ${note.after}.`]
    : [];

function pathPoints({ request, path, refused, shares }: SplitChange): string[] {
  if (path === 'gone') return [`${request} ${PATH_GONE}.`];
  if (path === 'new') return [`${request} is new.`];
  if (refused) return [`${request} is ${refusal(refused)}.`];
  if (shares.every(({ percent }) => percent === 0)) return [`${request} is answered by nobody.`];
  const lost = shares.filter(({ before, percent }) => before > 0 && percent === 0);
  const won = shares.filter(({ before, percent }) => before === 0 && percent > 0);
  const ranks = Map.groupBy(shares.filter(isOtherwiseRanked), ({ priority, priorityBefore }) =>
    [priority, priorityBefore].map((one) => (one ? priorityText(one) : 'nothing')).join(', not '),
  );
  return [
    ...lost.map(({ name = 'nobody' }) => `${name} gets none of ${request} any more.`),
    ...won.map(({ name = 'nobody' }) => `${name} now gets a share of ${request}.`),
    ...[...ranks].map(
      ([what, at]) => `Requests of ${request} count for ${what}, at ${at.map(({ name }) => name).join(' and ')}.`,
    ),
  ];
}

const isOtherwiseRanked = ({ before, percent, priority, priorityBefore }: ShareChange): boolean =>
  before > 0 && percent > 0 && priority?.value !== priorityBefore?.value;
