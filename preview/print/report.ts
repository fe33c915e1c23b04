import { findKind } from '../kinds.ts';
import { type ClusterObject, describe, uidOf } from '../objects.ts';
import { fewOf, type Played } from '../play.ts';
import { type Share, type Split, trafficOf } from '../traffic.ts';
import { nodesOf } from './nodes.ts';
import { columns, lengthOf, type Page, wrap } from './page.ts';
import { treeOf } from './tree.ts';

/** The whole answer: what became of the manifests, who gets which traffic, and what was taken for granted. */
export const report = (played: Played, page: Page): string =>
  pageOf([treeOf(nodesOf(played.state), page), trafficText(trafficOf(played.state), page), ending(played, page)]);

export const pageOf = (sections: readonly string[]): string =>
  `${sections.filter((section) => section !== '').join('\n\n')}\n`;

/** Each path and its shares. */
export const trafficText = (splits: readonly Split[], page: Page): string =>
  splits
    .map(({ request, refused, shares }) => {
      const rows = shares.map((share) => ({ cells: [formatPercent(share.percent)], share, notes: notesOf(share) }));
      return pathText({ request, refused, rows }, page);
    })
    .join('\n\n');

export const NOBODY = 'nobody: answers 503';

/** A path as it is printed: of each share what stands before its name, and what is to be known of it. */
export interface PathRows {
  readonly request: string;
  readonly refused: string | undefined;
  readonly rows: readonly { readonly cells: readonly string[]; readonly share: Share; readonly notes: string }[];
}

export const pathText = (path: PathRows, page: Page): string =>
  [page.styles.strong(path.request), ...shareLines(path, page)].join('\n');

function shareLines({ refused, rows }: PathRows, { styles, width }: Page): string[] {
  if (refused) return [`  ${styles.bad(refusal(refused))}`];
  if (rows.length === 0) return [`  ${styles.bad(NOBODY)}`];
  const lines = columns(
    rows.map(({ cells: [first = '', ...rest], share: { name = '-', upstream } }) => [
      `  ${first}`,
      ...rest,
      name,
      `→ ${upstream ?? styles.wait(NOBODY)}`,
    ]),
  );
  return lines.flatMap((line, index) => withNotes(line, rows[index]?.notes ?? '', { styles, width }));
}

export const refusal = (reason: string): string => `not served by the front door: ${reason}`;

export const notesOf = (share: Share): string =>
  [share.host && `Host ${share.host}`, share.objective && `objective ${share.objective}`].filter(Boolean).join(', ');

/** Beside the line where there is room, else below its arrow. */
function withNotes(line: string, notes: string, { styles, width }: Page): string[] {
  if (notes === '') return [line];
  const text = styles.dim(`(${notes})`);
  if (lengthOf(`${line}  ${text}`) <= width) return [`${line}  ${text}`];
  const arrow = lengthOf(line.slice(0, line.indexOf('→')));
  return [line, ...wrap(`(${notes})`, width, ' '.repeat(arrow + 2)).map(styles.dim)];
}

/** Up to two decimals, as many as it takes. */
export const percentText = (percent: number): string => `${Number(percent.toFixed(2))}%`;

export const formatPercent = (percent: number): string => percentText(percent).padStart(4);

const ending = (played: Played, page: Page): string =>
  wrap(endingText(played), page.width, '').map(page.styles.dim).join('\n');

export const endingText = (played: Played): string =>
  join([settledText(played), unreadText(played), standInsText(played)]);

export const join = (sentences: readonly string[]): string => sentences.filter((one) => one !== '').join(' ');

/** What was given and is of a kind that nobody here knows: a typing error in it would go unnoticed. */
function unreadText({ state }: Played): string {
  const { cluster, world, sources } = state;
  const unread = [...cluster.values()].filter(
    (object) => sources.has(uidOf(object)) && !findKind(cluster, world.apis, object.apiVersion, object.kind),
  );
  return unread.length === 0 ? '' : `Nobody here reads ${fewOf(unread.map(nameWithVersion))}.`;
}

const nameWithVersion = (object: ClusterObject): string => `${describe(object)} of ${object.apiVersion}`;

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
