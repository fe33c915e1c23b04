import type { Output } from '../cli/output.ts';
import { Problem as CannotRead } from '../tools/problem.ts';
import { unseenText } from '../why/node.ts';
import { foreignErrors } from './admit/foreign.ts';
import { apisOf } from './apis.ts';
import type { Args, Format, LiveArgs, PlayArgs, SingleArgs } from './args.ts';
import { begin, manifestProblems } from './begin.ts';
import { type CallerAnswer, callableBy } from './callers.ts';
import { edit } from './edit.ts';
import { FUNCTIONS } from './functions.ts';
import { inNamespace, readLive, untold } from './live.ts';
import { loadManifests } from './load.ts';
import type { Manifest } from './manifests.ts';
import { outageProblems } from './outage.ts';
import { ownApiFiles } from './own-apis.ts';
import { play, problemsOf } from './play.ts';
import { answerOf, printAnswer, unansweredFor } from './print/answer.ts';
import { callerText } from './print/callers.ts';
import { playedDocuments, printDocuments } from './print/documents.ts';
import { editReport } from './print/edit.ts';
import { failureReport } from './print/failure.ts';
import { drawEdit, drawFailure, drawing } from './print/html.ts';
import { markdown, markdownOfProblems } from './print/markdown.ts';
import type { Moments } from './print/moments.ts';
import type { Page } from './print/page.ts';
import { report } from './print/report.ts';
import { stylesOf } from './print/styles.ts';
import { formatProblem, type Problem } from './problem.ts';
import { progressOn } from './progress.ts';
import { renderSingle } from './single.ts';
import { strictProblems } from './strict.ts';
import { type State, type World, withOutages } from './world.ts';

/** Where there is no terminal to ask. */
const WIDTH = 100;

/** Runs `preview` and answers with its exit code: 1 where something is wrong with the manifests. */
export async function runPreview(args: Args, output: Output): Promise<number> {
  return args.command === 'play' ? playManifests(args, output) : renderOne(args, output);
}

const world = (): World => ({ apis: apisOf(ownApiFiles()), functions: FUNCTIONS });

type Loaded =
  | { readonly ok: true; readonly state: State; readonly manifests: readonly Manifest[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** A cluster with the manifests of some paths; those that name no namespace are in the given one. */
async function load(paths: readonly string[], namespace?: string): Promise<Loaded> {
  const { manifests: written, problems } = loadManifests(paths);
  if (problems.length > 0) return { ok: false, problems };
  const manifests = namespace === undefined ? written : inNamespace(world(), written, namespace);
  const begun = begin(world(), manifests);
  if (!begun.ok) return begun;
  const foreign = manifests.map(async (one) => manifestProblems(one, await foreignErrors(one.object)));
  const wrong = (await Promise.all(foreign)).flat();
  return wrong.length > 0 ? { ok: false, problems: wrong } : { ok: true, state: begun.state, manifests };
}

/** A cluster as it is, as far as it has to do with the manifests that are to be applied to it. */
async function loadLive(
  args: LiveArgs,
  paths: readonly string[],
  { stderr }: Output,
): Promise<Loaded & Pick<PlayArgs, 'live'>> {
  try {
    const { connectionOf, readerOf } = await import('../why/kubernetes.ts');
    const connection = connectionOf(args);
    const { namespace = connection.namespace } = args;
    const next = await load(paths, namespace);
    if (!next.ok) return next;
    const { state, former, unseen } = await readLive(readerOf(connection), world(), next.manifests);
    for (const line of new Set(unseen.map(unseenText))) stderr.write(`${line}\n`);
    return { ok: true, state, manifests: former, live: { ...args, namespace } };
  } catch (error) {
    if (!(error instanceof CannotRead)) throw error;
    return { ok: false, problems: [{ message: error.message }] };
  }
}

async function playManifests(typed: PlayArgs, output: Output): Promise<number> {
  const given = typed.live ? await loadLive(typed.live, typed.edited, output) : await load(typed.paths);
  const args = given.ok && 'live' in given && given.live ? { ...typed, live: given.live } : typed;
  if (!given.ok) return unplayed(given.problems, args, output);
  const unknown = outageProblems(given.state.cluster, args.outages);
  if (unknown.length > 0) return unplayed(unknown, args, output);
  const progress = progressOn(output.stderr);
  const moments = await playForward(given.state, given.manifests, args, progress.show);
  progress.clear();
  if ('problems' in moments) return unplayed(moments.problems, args, output);
  const asked =
    args.as.length === 0 ? undefined : callableBy((moments.after ?? moments.before).state, args.as, Date.now());
  if (asked?.ok === false) return unplayed([asked.problem], args, output);
  const problems = problemsIn(moments, args);
  const page = { width: output.stdout.columns ?? WIDTH, styles: stylesOf(output.stdout), unfold: args.unfold };
  output.stdout.write(textOf(moments, { format: args.format, page, problems, caller: asked?.answer }));
  return ended(problems, output);
}

/** What cannot be played has problems and nothing else: whoever reads the answer has them there too. */
function unplayed(problems: readonly Problem[], { format }: PlayArgs, output: Output): number {
  if (format === 'json') output.stdout.write(printAnswer(unansweredFor(problems)));
  if (format === 'markdown') output.stdout.write(markdownOfProblems(problems));
  return ended(problems, output);
}

async function playForward(
  state: State,
  manifests: readonly Manifest[],
  { until, outages, edited, live }: PlayArgs,
  progress: (round: number) => void,
): Promise<Moments | { readonly problems: readonly Problem[] }> {
  const options = { progress, ...(until !== undefined && { until }) };
  if (outages.length === 0 && edited.length === 0) return { before: play(state, options) };
  const before = play(state, { progress });
  // What never settles cannot be told from what a failure or an edit changes.
  if (before.restless.length > 0) return { before };
  if (outages.length > 0) {
    return { before, after: play(withOutages(before.state, outages), options), why: 'failure' };
  }
  const next = await load(edited, live?.namespace);
  const begun = next.ok ? edit(before.state, manifests, next.manifests) : next;
  if (!begun.ok) return { problems: begun.problems };
  const after = play(begun.state, options);
  const problems = untold(before.state, after.state);
  return problems.length > 0 ? { problems } : { before, after, why: 'edit' };
}

/** Strictness is about what was written: of a failure it looks at the moment before. */
function problemsIn({ before, after, why }: Moments, { until, outages, edited, strict }: PlayArgs): Problem[] {
  const asked = outages.length + edited.length > 0;
  const mustSettle = until === undefined || (after === undefined && asked);
  const written = why === 'edit' && after ? after : before;
  return [...problemsOf(after ?? before, mustSettle), ...(strict ? strictProblems(written.state) : [])];
}

interface Asked {
  readonly format: Format;
  readonly page: Page;
  readonly problems: readonly Problem[];
  readonly caller: CallerAnswer | undefined;
}

function textOf(moments: Moments, { format, page, problems, caller }: Asked): string {
  const { before, after = before } = moments;
  switch (format) {
    case 'yaml':
      return printDocuments(playedDocuments(after.state), 'yaml');
    case 'json':
      return printAnswer(answerOf(moments, problems, caller));
    case 'markdown':
      return markdown(moments, problems, caller);
    case 'html':
      return htmlOf(moments);
    case 'tree':
      return [caller === undefined ? '' : `${callerText(caller, page)}\n\n`, treeOf(moments, after, page)].join('');
    default:
      return format satisfies never;
  }
}

function treeOf({ before, why }: Moments, after: Moments['before'], page: Page): string {
  if (why === undefined) return report(before, page);
  return why === 'edit' ? editReport({ before, after }, page) : failureReport({ before, after }, page);
}

function htmlOf({ before, after = before, why }: Moments): string {
  if (why === undefined) return drawing(before);
  return why === 'edit' ? drawEdit({ before, after }) : drawFailure({ before, after });
}

function renderOne({ xr, observed, required, format }: SingleArgs, output: Output): number {
  const rendered = renderSingle(world(), { xr, observed, required });
  if (!rendered.ok) return ended(rendered.problems, output);
  output.stdout.write(printDocuments(rendered.documents, format));
  return ended(rendered.problems, output);
}

/** One sentence for each problem; no problem is success. */
function ended(problems: readonly Problem[], { stderr }: Output): number {
  for (const problem of problems) stderr.write(`${formatProblem(problem)}\n`);
  return problems.length === 0 ? 0 : 1;
}
