import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { foreignErrors } from './admit/foreign.ts';
import { readApis } from './apis.ts';
import { type Args, HELP, readArgs } from './args.ts';
import { begin, manifestProblems } from './begin.ts';
import { FUNCTIONS } from './functions.ts';
import { loadManifests } from './load.ts';
import { outageProblems } from './outage.ts';
import { type Played, play, problemsOf } from './play.ts';
import { playedDocuments, printDocuments } from './print/documents.ts';
import { type Failed, failureReport } from './print/failure.ts';
import { drawFailure, drawing } from './print/html.ts';
import type { Page } from './print/page.ts';
import { report } from './print/report.ts';
import { stylesOf } from './print/styles.ts';
import { formatProblem, type Problem } from './problem.ts';
import { progressOn } from './progress.ts';
import { renderSingle } from './single.ts';
import { type State, type World, withOutages } from './world.ts';

const APIS = join(import.meta.dirname, '..', 'apis');

/** Where there is no terminal to ask. */
const WIDTH = 100;

/** What the command writes to: the process's own streams, or a test's. */
export interface Output {
  readonly stdout: Writable & { readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

/** Runs the command and answers with its exit code. */
export async function run(argv: readonly string[], output: Output): Promise<number> {
  const args = readArgs(argv);
  switch (args.command) {
    case 'help':
      output.stdout.write(HELP);
      return 0;
    case 'wrong':
      return ended([{ message: `${args.message} (--help lists the options)` }], output);
    case 'play':
      return playManifests(args, output);
    case 'single':
      return renderOne(args, output);
    default:
      return args satisfies never;
  }
}

const world = (): World => ({ apis: readApis(APIS), functions: FUNCTIONS });

type PlayArgs = Extract<Args, { command: 'play' }>;

async function playManifests(args: PlayArgs, output: Output): Promise<number> {
  const { manifests, problems } = loadManifests(args.paths);
  if (problems.length > 0) return ended(problems, output);
  const begun = begin(world(), manifests);
  if (!begun.ok) return ended(begun.problems, output);
  const foreign = await Promise.all(
    manifests.map(async (one) => manifestProblems(one, await foreignErrors(one.object))),
  );
  if (foreign.flat().length > 0) return ended(foreign.flat(), output);
  const unknown = outageProblems(begun.state.cluster, args.outages);
  if (unknown.length > 0) return ended(unknown, output);
  const progress = progressOn(output.stderr);
  const { before, after } = playForward(begun.state, args, progress.show);
  progress.clear();
  const page = { width: output.stdout.columns ?? WIDTH, styles: stylesOf(output.stdout) };
  const { format, until, outages } = args;
  output.stdout.write(after ? failedText({ before, after }, format, page) : playedText(before, format, page));
  const mustSettle = until === undefined || (after === undefined && outages.length > 0);
  return ended(problemsOf(after ?? before, mustSettle), output);
}

interface PlayedForward {
  readonly before: Played;
  /** With the failure that was asked for. What never settles cannot be told from what a failure changes. */
  readonly after?: Played;
}

function playForward(state: State, { until, outages }: PlayArgs, progress: (round: number) => void): PlayedForward {
  const options = { progress, ...(until !== undefined && { until }) };
  if (outages.length === 0) return { before: play(state, options) };
  const before = play(state, { progress });
  return before.restless.length > 0 ? { before } : { before, after: play(withOutages(before.state, outages), options) };
}

type Format = PlayArgs['format'];

function playedText(played: Played, format: Format, page: Page): string {
  if (format === 'tree') return report(played, page);
  return format === 'html' ? drawing(played) : printDocuments(playedDocuments(played.state), format);
}

function failedText(failed: Failed, format: Format, page: Page): string {
  if (format === 'tree') return failureReport(failed, page);
  return format === 'html' ? drawFailure(failed) : printDocuments(playedDocuments(failed.after.state), format);
}

function renderOne({ xr, observed, required, format }: Extract<Args, { command: 'single' }>, output: Output): number {
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
