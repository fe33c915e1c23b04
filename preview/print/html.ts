import { changedNodes, goneOf, type SplitChange, splitChanges } from '../consequences.ts';
import { describeOutage } from '../outage.ts';
import { fewOf, type Played } from '../play.ts';
import { type Split, trafficOf } from '../traffic.ts';
import { type Failed, failureEnding } from './failure.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { nodesOf } from './nodes.ts';
import { outline } from './outline.ts';
import { endingText } from './report.ts';
import { routes } from './routes.ts';
import { STYLE } from './stylesheet.ts';

/** One page that needs nothing else: who gets which share of the requests, and what composes what. */
export function drawing(played: Played): string {
  const { state } = played;
  const splits = trafficOf(state);
  const drawn = splitChanges(splits, splits).map((split) => routes({ state, compared: false }, split));
  return documentOf([
    pathsOf(drawn),
    html`<h2>What composes what</h2>${outline(nodesOf(state))}`,
    html`<footer>${endingText(played)}</footer>`,
  ]);
}

/** The same paths before and after a failure, one below the other, and what else has changed. */
export function drawFailure({ before, after }: Failed): string {
  const former = trafficOf(before.state);
  const changes = splitChanges(former, trafficOf(after.state));
  const nodes = { before: nodesOf(before.state), after: nodesOf(after.state) };
  const changed = changedNodes(before.state, after.state, nodes);
  const gone = goneOf(before.state, after.state);
  return documentOf([
    html`<h2>Before</h2>`,
    pathsOf(changes.map((split) => routes({ state: before.state, compared: false }, asBefore(split, former)))),
    html`${after.state.outages.map((outage) => html`<p class="outage">${describeOutage(outage)}</p>`)}<h2>After</h2>`,
    pathsOf(changes.map((split) => routes({ state: after.state, compared: true }, split))),
    html`<h2>What else changes</h2>${changed.length === 0 ? html`<p class="aside">Nothing.</p>` : outline(changed)}`,
    gone.length === 0 ? NOTHING : html`<p>Not there any more: ${fewOf(gone)}.</p>`,
    html`<h2>What composes what, after the failure</h2>${outline(nodes.after)}`,
    html`<footer>${failureEnding({ before, after })}</footer>`,
  ]);
}

const pathsOf = (drawn: readonly Markup[]): Markup =>
  drawn.length === 0 ? html`<p class="aside">No path is routed.</p>` : html`${drawn}`;

/** With those who get something only afterwards, so that everybody keeps a place and a colour. */
const asBefore = ({ request, shares }: SplitChange, former: readonly Split[]): SplitChange => ({
  ...(former.find((split) => split.request === request) ?? { request }),
  shares: shares.map((share) => ({ ...share, percent: share.before })),
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
