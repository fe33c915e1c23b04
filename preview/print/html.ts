import { type Change, changesOf, isNothing } from '../changes.ts';
import { changedNodes, goneOf, type SplitChange, splitChanges } from '../consequences.ts';
import { describeOutage } from '../outage.ts';
import { fewOf, type Played } from '../play.ts';
import { type Split, trafficOf } from '../traffic.ts';
import { type Edited, editEnding, NOTHING_CHANGES, nameOf, reviewPoints } from './edit.ts';
import { type Failed, failureEnding } from './failure.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { nodesOf } from './nodes.ts';
import { outline } from './outline.ts';
import { endingText, NO_PATH, percentText } from './report.ts';
import { type Moment, routes } from './routes.ts';
import { STYLE } from './stylesheet.ts';

/** One page that needs nothing else: who gets which share of the requests, and what composes what. */
export function drawing(played: Played): string {
  const { state } = played;
  const splits = trafficOf(state);
  return documentOf([
    pathsOf(splitChanges(splits, splits), { state, compared: false }, 'path'),
    html`<h2>What composes what</h2>${outline(nodesOf(state))}`,
    html`<footer>${endingText(played)}</footer>`,
  ]);
}

/** The same paths before and after a failure, one below the other, and what else has changed. */
export function drawFailure({ before, after }: Failed): string {
  const nodes = { before: nodesOf(before.state), after: nodesOf(after.state) };
  const changed = changedNodes(before.state, after.state, nodes);
  const gone = goneOf(before.state, after.state);
  return documentOf([
    ...bothMoments(
      { before, after },
      html`${after.state.outages.map((outage) => html`<p class="outage">${describeOutage(outage)}</p>`)}<h2>After</h2>`,
    ),
    html`<h2>What else changes</h2>${changed.length === 0 ? html`<p class="aside">Nothing.</p>` : outline(changed)}`,
    gone.length === 0 ? NOTHING : html`<p>Not there any more: ${fewOf(gone)}.</p>`,
    html`<h2>What composes what, after the failure</h2>${outline(nodes.after)}`,
    html`<footer>${failureEnding({ before, after })}</footer>`,
  ]);
}

/** The same paths before and after an edit, and what becomes of objects. */
export function drawEdit({ before, after }: Edited): string {
  const changes = changesOf(before.state, after.state);
  const nodes = { before: nodesOf(before.state), after: nodesOf(after.state) };
  const changed = changedNodes(before.state, after.state, nodes);
  const points = reviewPoints({ before, after });
  return documentOf([
    ...bothMoments({ before, after }, html`<h2>After the edit</h2>`),
    points.length === 0
      ? NOTHING
      : html`<h2>Look at</h2><ul class="points">${points.map((point) => html`<li>${point}</li>`)}</ul>`,
    changed.length === 0 ? NOTHING : html`<h2>What is not as it was</h2>${outline(changed)}`,
    isNothing(changes) ? html`<p>${NOTHING_CHANGES}</p>` : NOTHING,
    ...(['created', 'changed', 'deleted'] as const).map((what) => changeList(what, changes[what])),
    html`<footer>${editEnding({ before, after })}</footer>`,
  ]);
}

const changeList = (what: string, changes: readonly Change[]): Markup =>
  changes.length === 0
    ? NOTHING
    : html`<details class="changes"><summary>${changes.length} ${what}</summary><ul>${changes.map(changeItem)}</ul></details>`;

const changeItem = (change: Change): Markup =>
  html`<li>${nameOf(change)}<ul>${change.fields.map((field) => html`<li class="aside">${field}</li>`)}</ul></li>`;

function bothMoments({ before, after }: Failed, between: Markup): Markup[] {
  const former = trafficOf(before.state);
  const splits = splitChanges(former, trafficOf(after.state));
  const then = splits.filter(({ path }) => path !== 'new').map((split) => asBefore(split, former));
  return [
    html`<h2>Before</h2>`,
    pathsOf(then, { state: before.state, compared: false }, 'before'),
    between,
    pathsOf(splits, { state: after.state, compared: true }, 'after'),
  ];
}

/** So many can be looked through by scrolling. */
const FEW = 3;

function pathsOf(splits: readonly SplitChange[], moment: Moment, group: string): Markup {
  if (splits.length === 0) return html`<p class="aside">${NO_PATH}</p>`;
  const index = splits.map(
    ({ request, shares }, at) =>
      html`<li><a href="#${group}-${at}">${pathOf(request)}</a> <span class="aside">${summary(shares)}</span></li>`,
  );
  return html`${splits.length > FEW ? html`<nav><ol class="index">${index}</ol></nav>` : NOTHING}${splits.map(
    (split, at) => html`<section id="${group}-${at}">${routes(moment, split)}</section>`,
  )}`;
}

/** What tells one path of a front door from another. */
const pathOf = (request: string): string => (URL.canParse(request) ? new URL(request).pathname : request);

const summary = (shares: SplitChange['shares']): string =>
  shares.map(({ percent, name = 'nobody' }) => `${percentText(percent)} ${name}`).join(', ') || 'nobody';

/** With those who get something only afterwards, so that everybody keeps a place and a colour. */
const asBefore = (split: SplitChange, former: readonly Split[]): SplitChange => ({
  ...(former.find(({ request }) => request === split.request) ?? split),
  shares: split.shares.map(({ priorityBefore, ...share }) => ({
    ...share,
    percent: share.before,
    ...(priorityBefore && { priority: priorityBefore }),
  })),
});

const documentOf = (sections: readonly Markup[]): string =>
  `${
    html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Modelplane preview</title>
<style>${{ markup: STYLE }}</style>
</head>
<body>
<main>
<h1>Who gets which requests</h1>
${sections}
</main>
</body>
</html>`.markup
  }\n`;
