import { type Change, type Changes, changesOf } from '../changes.ts';
import { changedNodes, type ShareChange, type SplitChange, splitChanges } from '../consequences.ts';
import type { Played } from '../play.ts';
import { trafficOf } from '../traffic.ts';
import { changesText, PATH_GONE } from './failure.ts';
import { nodesOf } from './nodes.ts';
import { type Page, wrap } from './page.ts';
import { join, pageOf, refusal, settledText, standInsText, trafficText } from './report.ts';
import { treeOf } from './tree.ts';

/** The same cluster before and after other manifests were applied. */
export interface Edited {
  readonly before: Played;
  readonly after: Played;
}

/** First what to look at and who gets which traffic, then what is not as it was. */
export function editReport({ before, after }: Edited, page: Page): string {
  const { styles, width } = page;
  const former = trafficOf(before.state);
  const splits = splitChanges(former, trafficOf(after.state));
  const changes = changesOf(before.state, after.state);
  const nodes = { before: nodesOf(before.state), after: nodesOf(after.state) };
  const points = reviewPoints(splits, changes);
  return pageOf([
    `${styles.strong('Before')}\n\n${trafficText(former, page)}`,
    `${styles.strong('After the edit')}\n\n${changesText(after.state, splits, page)}`,
    points.length === 0
      ? ''
      : [styles.strong('Look at'), ...points.flatMap((point) => bullet(point, width))].join('\n'),
    treeOf(changedNodes(before.state, after.state, nodes), page),
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
export const reviewPoints = (splits: readonly SplitChange[], { changed }: Changes): string[] => [
  ...splits.flatMap(pathPoints),
  ...changed
    .filter(({ replacesEngines }) => replacesEngines)
    .map((change) => `${nameOf(change)} replaces its engines: pods start anew, and load the model again.`),
];

function pathPoints({ request, path, refused, shares }: SplitChange): string[] {
  if (path === 'gone') return [`${request} ${PATH_GONE}.`];
  if (path === 'new') return [`${request} is new.`];
  if (refused) return [`${request} is ${refusal(refused)}.`];
  if (shares.every(({ percent }) => percent === 0)) return [`${request} is answered by nobody.`];
  return shares.flatMap((share) => sharePoints(request, share));
}

function sharePoints(request: string, { name = 'nobody', before, percent, priority, priorityBefore }: ShareChange) {
  const lost = before > 0 && percent === 0 ? [`${name} gets none of ${request} any more.`] : [];
  const won = before === 0 && percent > 0 ? [`${name} now gets a share of ${request}.`] : [];
  const both = before > 0 && percent > 0 && priority?.value !== priorityBefore?.value;
  const ranks = both
    ? [`Requests of ${request} count for ${priority?.value}, not ${priorityBefore?.value}, at ${name}.`]
    : [];
  return [...lost, ...won, ...ranks];
}
