import type { ShareChange, SplitChange } from '../consequences.ts';
import { priorityText } from '../priority.ts';
import type { Standby } from '../standby.ts';
import { type Standing, standingOf } from '../standing.ts';
import type { State } from '../world.ts';
import { doubtOf, PATH_GONE, priorityWas, wasText } from './failure.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { MADE_UP, NOBODY, notesOf, percentText, refusal } from './report.ts';

/** As the style sheet has them: the bands end where the cards are. In pixels. */
export const CARD_HEIGHT = 118;
export const CARD_GAP = 14;
/** Of the drawing's own units; it is stretched to the room that there is. */
const WIDTH = 240;
const BAR_WIDTH = 8;
/** A share of a thousandth is to be seen as well. */
const THINNEST = 1.5;
/** The style sheet has so many, and then begins anew. */
const COLOURS = 6;

/** What the shares of a path are drawn of: their state, and whether they are told from what they were. */
export interface Moment {
  readonly state: State;
  readonly compared: boolean;
}

/** A path on the left, its split as bands, and who gets them on the right. */
export function routes({ state, compared }: Moment, split: SplitChange): Markup {
  const { request, refused, shares, standby, madeUp, path } = split;
  const left = html`<div class="path"><span class="label">${compared && path === 'new' ? 'new: ' : ''}requests to</span><code>${breakable(request)}</code>${
    madeUp ? html`<span class="label">${MADE_UP}</span>` : NOTHING
  }</div>`;
  const isGone = compared && path === 'gone';
  if (refused || isGone || shares.length === 0) {
    const why = isGone ? PATH_GONE : refused ? refusal(refused) : NOBODY;
    return html`<div class="routes"><div class="columns">${left}<p class="refused">${why}</p></div></div>`;
  }
  const drawn = shares.map((share, index) => {
    const doubt = compared ? doubtOf(state, share, split) : '';
    return { share, colour: colourOf(share, index), doubt, standing: standingOf(state, share) };
  });
  const cards = drawn.map((one) => card(one, compared && path !== 'new'));
  return html`<div class="routes"><div class="columns">${left}${bands(drawn)}<ul class="cards">${cards}</ul></div>${standby.map(waiting)}</div>`;
}

const waiting = ({ tier, name, url, usable }: Standby): Markup =>
  html`<p class="standby">standby, tier ${tier}: <strong>${name}</strong> <code>${url}</code>${
    usable ? NOTHING : html` <b class="wait">not ready to stand in</b>`
  }</p>`;

/** A URL breaks behind a slash or a dot rather than anywhere, and is copied without a break. */
const breakable = (url: string): Markup => ({
  markup: url
    .split(/(?<=[^/]\/|\.)(?=[^/])/)
    .map((part) => html`${part}<wbr>`.markup)
    .join(''),
});

const colourOf = ({ upstream }: ShareChange, index: number): string =>
  upstream === undefined ? 'nobody' : `colour${index % COLOURS}`;

interface Drawn {
  readonly share: ShareChange;
  readonly colour: string;
  readonly doubt: string;
  readonly standing: Standing;
}

function bands(drawn: readonly Drawn[]): Markup {
  const height = drawn.length * (CARD_HEIGHT + CARD_GAP) - CARD_GAP;
  let top = (height - CARD_HEIGHT) / 2;
  const shapes = drawn.map(({ share, colour, doubt }, index) => {
    const thickness = share.percent === 0 ? 0 : Math.max(THINNEST, (share.percent / 100) * CARD_HEIGHT);
    const from = top;
    const to = index * (CARD_HEIGHT + CARD_GAP) + (CARD_HEIGHT - thickness) / 2;
    top += thickness;
    return thickness === 0 ? NOTHING : band({ from, to, thickness, colour: doubt === '' ? colour : `${colour} doubt` });
  });
  return html`<svg class="bands" viewBox="0 0 ${WIDTH} ${height}" height="${height}" preserveAspectRatio="none" aria-hidden="true">
${shapes}
</svg>`;
}

interface Band {
  readonly from: number;
  readonly to: number;
  readonly thickness: number;
  readonly colour: string;
}

/** A piece of the bar on the left, and the way from there to the card. */
function band({ from, to, thickness, colour }: Band): Markup {
  const middle = (BAR_WIDTH + WIDTH) / 2;
  const [top, bottom, end, endBottom] = [from, from + thickness, to, to + thickness].map(rounded);
  const upper = `M ${BAR_WIDTH} ${top} C ${middle} ${top} ${middle} ${end} ${WIDTH} ${end}`;
  const lower = `L ${WIDTH} ${endBottom} C ${middle} ${endBottom} ${middle} ${bottom} ${BAR_WIDTH} ${bottom} Z`;
  return html`<g class="${colour}"><rect width="${BAR_WIDTH}" y="${rounded(from)}" height="${rounded(thickness)}"/><path d="${upper} ${lower}"/></g>`;
}

const rounded = (length: number): number => Number(length.toFixed(1));

function card({ share, colour, doubt, standing: { mark, word, why } }: Drawn, compared: boolean): Markup {
  const { name, upstream, percent, priority } = share;
  const notes = [compared ? priorityWas(share) : '', notesOf(share)].filter((note) => note !== '').join('; ');
  const was = compared ? html`<small>${wasText(share)}</small>` : NOTHING;
  return html`<li class="card ${colour}${percent === 0 ? ' idle' : ''}">
<div class="percent">${percentText(percent)}${was}</div>
<div class="who">
<div class="name"><strong>${name ?? 'nobody'}</strong> ${
    priority ? html`<span class="priority">${priorityText(priority)}</span>` : NOTHING
  } <span class="badge ${mark}">${word}</span></div>
${upstream === undefined ? NOTHING : html`<code class="line" title="${upstream}">${breakable(upstream)}</code>`}
${notes === '' ? NOTHING : html`<div class="line aside" title="${notes}">${notes}</div>`}
<div class="why${doubt === '' ? '' : ' doubtful'}" title="${doubt || why}">${sentence(doubt || why)}</div>
</div>
</li>`;
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
