import { type CallerAnswer, closedSentence, closedToAll } from '../callers.ts';
import { changesOf, isNothing } from '../changes.ts';
import { type ShareChange, type SplitChange, splitChanges } from '../consequences.ts';
import { describeOutage } from '../outage.ts';
import { priorityText } from '../priority.ts';
import { formatProblem, type Problem } from '../problem.ts';
import { standingOf } from '../standing.ts';
import { trafficOf } from '../traffic.ts';
import type { State } from '../world.ts';
import { sayings } from './callers.ts';
import { type Edited, editEnding, NOTHING_CHANGES, nameOf, reviewPoints } from './edit.ts';
import { failureEnding, PATH_GONE, priorityWas } from './failure.ts';
import type { Moments } from './moments.ts';
import { endingText, MADE_UP, NO_PATH, NOBODY, percentText, refusal } from './report.ts';

/** For a pull request: who gets which share, and with an edit or a failure what each was before. */
export function markdown({ before, after, why }: Moments, problems: readonly Problem[], caller?: CallerAnswer): string {
  const last = after ?? before;
  const splits = splitChanges(trafficOf(before.state), trafficOf(last.state));
  const moments = { before, after: last };
  return documentOf([
    problemList(problems),
    caller === undefined ? '' : callerTable(caller),
    last.state.outages.map((outage) => `**${escaped(describeOutage(outage))}**`).join('\n\n'),
    splits.length === 0
      ? NO_PATH
      : splits.map((split) => pathTable(last.state, split, after !== undefined)).join('\n\n'),
    closedToAll(last.state, Date.now())
      .map((service) => `- ${escaped(closedSentence(service))}`)
      .join('\n'),
    why === 'edit' ? editSections(moments) : '',
    `<sub>${escaped(endingOf(moments, why))}</sub>`,
  ]);
}

/** Of manifests that cannot be played. */
export const markdownOfProblems = (problems: readonly Problem[]): string => documentOf([problemList(problems)]);

const documentOf = (sections: readonly string[]): string =>
  `${['## Modelplane preview', ...sections].filter((section) => section !== '').join('\n\n')}\n`;

const problemList = (problems: readonly Problem[]): string =>
  problems.length === 0
    ? ''
    : ['### Problems', ...problems.map((one) => `- ${escaped(formatProblem(one))}`)].join('\n');

function callerTable({ caller, note, services }: CallerAnswer): string {
  const rows = services.map((one) => [`\`${one.service}\``, one.allowed ? 'yes' : 'no', escaped(sayings(one))]);
  const head = ['service', 'may call', 'limits, or why not'];
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return [`### As ${escaped(caller)}`, ...(note === undefined ? [] : [escaped(note)]), table].join('\n\n');
}

function endingOf(moments: { before: Moments['before']; after: Moments['before'] }, why: Moments['why']): string {
  if (why === undefined) return endingText(moments.before);
  return why === 'edit' ? editEnding(moments) : failureEnding(moments);
}

function pathTable(state: State, split: SplitChange, compared: boolean): string {
  const { request, path, refused, shares, standby, madeUp } = split;
  const title = `### \`${request}\`${path === 'new' ? ' (new)' : ''}${madeUp ? ` (${MADE_UP})` : ''}`;
  if (path === 'gone') return `${title}\n\n${PATH_GONE}`;
  if (refused) return `${title}\n\n${escaped(refusal(refused))}`;
  if (shares.length === 0) return `${title}\n\n${NOBODY}`;
  const head = ['share', ...(compared ? ['before'] : []), 'who', 'priority', 'how it stands', 'where it arrives'];
  const rows = shares.map((share) => shareRow(state, share, compared));
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  const waiting = standby.map(
    ({ tier, name, url, usable }) =>
      `- standby, tier ${tier}: **${escaped(name)}** \`${url}\`${usable ? '' : ' (not ready to stand in)'}`,
  );
  return [`${title}\n\n${table}`, waiting.join('\n')].filter((part) => part !== '').join('\n\n');
}

function shareRow(state: State, share: ShareChange, compared: boolean): string[] {
  const { percent, before, name = 'nobody', priority, upstream, madeUp } = share;
  const was = priorityWas(share);
  const changed = compared && percentText(percent) !== percentText(before);
  const shown = percentText(percent);
  return [
    changed ? `**${shown}**` : shown,
    ...(compared ? [percentText(before)] : []),
    escaped(name),
    [priority ? priorityText(priority) : '', was && `(${was})`].filter(Boolean).join(' '),
    escaped(standingOf(state, share).word),
    upstream === undefined ? NOBODY : `\`${upstream}\`${madeUp ? ` (${MADE_UP})` : ''}`,
  ];
}

function editSections(edited: Edited): string {
  const changes = changesOf(edited.before.state, edited.after.state);
  if (isNothing(changes)) return NOTHING_CHANGES;
  const points = reviewPoints(edited);
  const lists = (['created', 'changed', 'deleted'] as const).flatMap((what) => {
    const all = changes[what];
    if (all.length === 0) return [];
    const items = all.flatMap((change) => [
      `- ${escaped(nameOf(change))}`,
      ...change.fields.map((field) => `  - ${escaped(field)}`),
    ]);
    return [`<details><summary>${all.length} ${what}</summary>\n\n${items.join('\n')}\n\n</details>`];
  });
  return [
    points.length === 0 ? '' : ['### Look at', ...points.map((point) => `- ${escaped(point)}`)].join('\n'),
    ...lists,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Text that a manifest may have written is no markup. */
const escaped = (text: string): string => text.replace(/[\\`*_{}[\]<>#|~]/g, '\\$&').replaceAll('\n', ' ');
