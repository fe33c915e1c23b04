import { fewOf, type Played } from '../play.ts';
import { type Share, type Split, trafficOf } from '../traffic.ts';
import { columns, lengthOf, type Page, wrap } from './page.ts';
import { treeOf } from './tree.ts';

/** The whole answer: what became of the manifests, who gets which traffic, and what was taken for granted. */
export function report(played: Played, page: Page): string {
  const sections = [treeOf(played.state, page), traffic(trafficOf(played.state), page), ending(played, page)];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

const traffic = (splits: readonly Split[], page: Page): string =>
  splits.map((split) => [page.styles.strong(split.request), ...shareLines(split, page)].join('\n')).join('\n\n');

const NOBODY = 'nobody: answers 503';

function shareLines({ refused, shares }: Split, { styles, width }: Page): string[] {
  if (refused) return [`  ${styles.bad(`not served by the front door: ${refused}`)}`];
  if (shares.length === 0) return [`  ${styles.bad(NOBODY)}`];
  const lines = columns(
    shares.map(({ percent, name = '-', upstream }) => [
      `  ${formatPercent(percent)}`,
      name,
      `→ ${upstream ?? styles.wait(NOBODY)}`,
    ]),
  );
  return lines.flatMap((line, index) => withNotes(line, notesOf(shares[index]), { styles, width }));
}

const notesOf = (share: Share | undefined): string =>
  [share?.host && `Host ${share.host}`, share?.objective && `objective ${share.objective}`].filter(Boolean).join(', ');

/** Beside the line where there is room, else below its arrow. */
function withNotes(line: string, notes: string, { styles, width }: Page): string[] {
  if (notes === '') return [line];
  const text = styles.dim(`(${notes})`);
  if (lengthOf(`${line}  ${text}`) <= width) return [`${line}  ${text}`];
  const arrow = lengthOf(line.slice(0, line.indexOf('→')));
  return [line, `${' '.repeat(arrow + 2)}${text}`];
}

/** Up to two decimals, as many as it takes. */
const formatPercent = (percent: number): string => `${Number(percent.toFixed(2))}%`.padStart(4);

function ending({ state, rounds, restless }: Played, { styles, width }: Page): string {
  const played = [...state.said].sort();
  const stoodIn = played.length === 0 ? '' : ` Played by stand-ins: ${played.join('; ')}.`;
  const news = restless.length === 0 ? `Settled after ${count(rounds)}.` : unsettled(rounds, restless);
  return wrap(`${news}${stoodIn}`, width, '').map(styles.dim).join('\n');
}

const count = (rounds: number): string => `${rounds} round${rounds === 1 ? '' : 's'} of reconciles`;

const unsettled = (rounds: number, restless: readonly string[]): string =>
  `Stopped after ${count(rounds)}; still changing: ${fewOf(restless)}.`;
