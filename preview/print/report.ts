import { stripVTControlCharacters } from 'node:util';
import { closedToAll } from '../callers.ts';
import { objectsOfKind } from '../cluster.ts';
import { hintsFor } from '../elsewhere.ts';
import { describe } from '../objects.ts';
import { fewOf, type Played } from '../play.ts';
import { priorityText } from '../priority.ts';
import { unreadIn } from '../strict.ts';
import { type Share, type Split, trafficOf } from '../traffic.ts';
import type { State } from '../world.ts';
import { closedText } from './callers.ts';
import { nodesOf } from './nodes.ts';
import { columns, lengthOf, type Page, wrap } from './page.ts';
import { treeOf } from './tree.ts';

/** The whole answer: who gets which traffic, what became of the manifests, and what was taken for granted. */
export const report = (played: Played, page: Page): string =>
  pageOf([
    answerText(played.state, page),
    closedText(closedToAll(played.state, Date.now()), page),
    treeOf(nodesOf(played.state), page),
    ending(played, page),
  ]);

export const pageOf = (sections: readonly string[]): string =>
  `${sections.filter((section) => section !== '').join('\n\n')}\n`;

/** Each path and its shares; that there is none, where somebody wants one. */
function answerText(state: State, page: Page): string {
  const splits = trafficOf(state);
  if (splits.length > 0) return trafficText(splits, page);
  const wanted = objectsOfKind(state.cluster, { apiVersion: 'modelplane.ai/v1alpha1', kind: 'ModelService' });
  return wanted.length === 0 ? '' : page.styles.bad(NO_PATH);
}

export const NO_PATH = 'No path is routed.';

export const trafficText = (splits: readonly Split[], page: Page): string =>
  splits
    .map((split) => {
      const rows = split.shares.map((share) => ({
        cells: [formatPercent(share.percent)],
        share,
        notes: notesOf(share),
      }));
      return pathText({ ...split, rows }, page);
    })
    .join('\n\n');

export const NOBODY = 'nobody: answers 503';

/** A path as it is printed: of each share what stands before its name, and what is to be known of it. */
export interface PathRows extends Pick<Split, 'request' | 'madeUp' | 'refused' | 'standby'> {
  readonly rows: readonly { readonly cells: readonly string[]; readonly share: Share; readonly notes: string }[];
}

export function pathText(path: PathRows, page: Page): string {
  const { strong, dim } = page.styles;
  const title = withNotes(strong(path.request), path.madeUp ? dim(`(${MADE_UP})`) : '', '    ', page);
  return [...title, ...shareLines(path, page), ...standbyLines(path, page)].join('\n');
}

/** Said of an address that a stand-in gave. */
export const MADE_UP = 'made-up address';

function shareLines({ refused, rows }: PathRows, page: Page): string[] {
  const { styles, width } = page;
  if (refused) return [`  ${styles.bad(refusal(refused))}`];
  if (rows.length === 0) return [`  ${styles.bad(NOBODY)}`];
  const arrows = rows.map(({ share: { upstream } }) => `→ ${upstream ?? styles.wait(NOBODY)}`);
  const shares = columns(
    rows.map(({ cells: [first = '', ...rest], share: { name = '-', priority } }) => [
      `  ${first}`,
      ...rest,
      name,
      priority ? priorityText(priority) : '',
    ]),
    { align: true },
  );
  const whole = shares.map((share, index) => `${share}  ${arrows[index]}`);
  const notes = rows.map((row) => (row.notes === '' ? '' : styles.dim(`(${row.notes})`)));
  if (whole.every((line) => lengthOf(line) <= width))
    return whole.flatMap((line, index) => withNotes(line, notes[index] ?? '', ARROW, page));
  return shares.flatMap((share, index) => [
    ...withNotes(share.trimEnd(), notes[index] ?? '', ARROW, page),
    `${ARROW}${arrows[index]}`,
  ]);
}

/** Where an arrow stands that has a line of its own. */
const ARROW = ' '.repeat(8);

/** Beside the line where there is room, else below it. */
function withNotes(line: string, notes: string, indent: string, { styles, width }: Page): string[] {
  if (notes === '') return [line];
  if (lengthOf(`${line}  ${notes}`) <= width) return [`${line}  ${notes}`];
  return [line, ...wrap(stripVTControlCharacters(notes), width, indent).map(styles.dim)];
}

const standbyLines = ({ standby, refused }: PathRows, page: Page): string[] =>
  refused
    ? []
    : standby.flatMap((one) => {
        const line = `  standby, tier ${one.tier}: ${one.name}`;
        const arrow = `→ ${one.url}`;
        const state = one.usable ? [] : [`        ${page.styles.wait('not ready to stand in')}`];
        const fits = lengthOf(`${line}  ${arrow}`) <= page.width;
        return [...(fits ? [`${line}  ${arrow}`] : [line, `${ARROW}${arrow}`]), ...state];
      });

export const refusal = (reason: string): string => `not served by the front door: ${reason}`;

/** What else is to be known of a share. An objective says nothing more where its priority is known. */
export const notesOf = ({ host, objective, priority, madeUp }: Share): string =>
  [host && `Host ${host}`, !priority && objective && `objective ${objective}`, madeUp && MADE_UP]
    .filter(Boolean)
    .join(', ');

/** Up to two decimals, as many as it takes. */
export const percentText = (percent: number): string => `${Number(percent.toFixed(2))}%`;

export const formatPercent = (percent: number): string => percentText(percent).padStart(4);

const ending = (played: Played, page: Page): string =>
  wrap(endingText(played), page.width, '').map(page.styles.dim).join('\n');

export const endingText = (played: Played): string =>
  join([settledText(played), unreadText(played), standInsText(played)]);

export const join = (sentences: readonly string[]): string => sentences.filter((one) => one !== '').join(' ');

function unreadText({ state }: Played): string {
  const names = unreadIn(state).map((object) => {
    const hint = hintsFor(object, state.world.apis).map((one) => ` (${one})`);
    return `${describe(object)} of ${object.apiVersion}${hint.join('')}`;
  });
  return names.length === 0 ? '' : `Nobody here reads ${fewOf(names)}.`;
}

/** Who was played, for who wants to know what to believe. */
export function standInsText({ state }: Played): string {
  const played = [...state.said].sort();
  const but = state.outages.length === 0 ? '' : ', but for what fails';
  return played.length === 0 ? '' : `Played by stand-ins${but}: ${played.join('; ')}.`;
}

export const settledText = ({ rounds, restless }: Played): string =>
  restless.length === 0
    ? `Settled after ${count(rounds)}.`
    : `Stopped after ${count(rounds)}; still changing: ${fewOf(restless)}.`;

const count = (rounds: number): string => `${rounds} round${rounds === 1 ? '' : 's'} of reconciles`;
