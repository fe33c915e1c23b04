import { changedNodes, goneOf, type ShareChange, type SplitChange, splitChanges } from '../consequences.ts';
import { describeOutage, outageAt } from '../outage.ts';
import { fewOf, type Played } from '../play.ts';
import { priorityText } from '../priority.ts';
import { lowerFirst } from '../problem.ts';
import { type Share, siteOfShare, trafficOf } from '../traffic.ts';
import type { State } from '../world.ts';
import { nodesOf } from './nodes.ts';
import { type Page, wrap } from './page.ts';
import {
  formatPercent,
  join,
  notesOf,
  pageOf,
  pathText,
  percentText,
  settledText,
  standInsText,
  trafficText,
} from './report.ts';
import { treeOf } from './tree.ts';

/** The same cluster before and after a failure. */
export interface Failed {
  readonly before: Played;
  readonly after: Played;
}

/** First where the traffic went, then what a failure changes: who gets which traffic, and what is not as it was. */
export function failureReport({ before, after }: Failed, page: Page): string {
  const { styles, width } = page;
  const former = trafficOf(before.state);
  const changes = splitChanges(former, trafficOf(after.state));
  const nodes = { before: nodesOf(before.state), after: nodesOf(after.state) };
  return pageOf([
    `${styles.strong('Before')}\n\n${trafficText(former, page)}`,
    after.state.outages.flatMap((outage) => wrap(styles.strong(describeOutage(outage)), width, '')).join('\n'),
    changesText(after.state, changes, page),
    treeOf(changedNodes(before.state, after.state, nodes), { ...page, unfold: true }),
    goneText(goneOf(before.state, after.state)),
    wrap(failureEnding({ before, after }), width, '').map(styles.dim).join('\n'),
  ]);
}

/** Every path with its shares, and what each was. */
export const changesText = (state: State, changes: readonly SplitChange[], page: Page): string =>
  changes.map((split) => changeText(state, split, page)).join('\n\n');

const goneText = (gone: readonly string[]): string => (gone.length === 0 ? '' : `Not there any more: ${fewOf(gone)}.`);

/** How long it took to settle, and to settle again. */
export const failureEnding = ({ before, after }: Failed): string =>
  join([settledText(before), `After the failure: ${lowerFirst(settledText(after))}`, standInsText(after)]);

function changeText(state: State, split: SplitChange, page: Page): string {
  if (split.path === 'gone') return `${page.styles.strong(split.request)}\n  ${page.styles.bad(PATH_GONE)}`;
  const rows = split.shares.map((share) => ({
    cells: [formatPercent(share.percent), split.path === 'new' ? '(new)' : wasText(share)],
    share,
    notes: [doubtOf(state, share, split), priorityWas(share), notesOf(share)].filter((note) => note !== '').join('; '),
  }));
  return pathText({ ...split, rows }, page);
}

export const PATH_GONE = 'is not there any more: answers 404';

/** What requests counted for before, where that has changed. */
export const priorityWas = ({ priority, priorityBefore, before, percent }: ShareChange): string =>
  before > 0 && percent > 0 && priority?.value !== priorityBefore?.value
    ? `was ${priorityBefore ? priorityText(priorityBefore) : 'without a priority'}`
    : '';

export const wasText = ({ before, percent }: ShareChange): string =>
  percentText(before) === percentText(percent) ? '(as before)' : `(was ${percentText(before)})`;

/** Why somebody who gets a share may not serve it. Of a cluster that cannot be reached only its gateway could tell. */
export function doubtOf(
  { cluster, outages }: State,
  share: ShareChange,
  { retries, shares }: Pick<SplitChange, 'retries' | 'shares'>,
): string {
  const outageAtShare = (one: Share) => outageAt(outages, siteOfShare({ cluster }, one));
  const outage = outageAtShare(share);
  if (share.percent === 0 || outage === undefined) return '';
  if (outage === 'engines') return 'none of its engines is available, so requests fail there';
  const others = shares.filter((one) => one.percent > 0 && one.upstream !== undefined && !outageAtShare(one));
  const names = others.map(({ name }) => name).join(' or ');
  return retries && others.length > 0
    ? `serves if its gateway answers; else the front door tries again, until it comes to ${names}`
    : 'serves if its gateway answers, and nobody else stands in for it';
}
