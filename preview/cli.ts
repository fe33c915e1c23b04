import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { readApis } from './apis.ts';
import { type Args, HELP, readArgs } from './args.ts';
import { begin } from './begin.ts';
import { FUNCTIONS } from './functions.ts';
import { loadManifests } from './load.ts';
import { play, problemsOf } from './play.ts';
import { playedDocuments, printDocuments } from './print/documents.ts';
import { report } from './print/report.ts';
import { stylesOf } from './print/styles.ts';
import { formatProblem, type Problem } from './problem.ts';
import { progressOn } from './progress.ts';
import { renderSingle } from './single.ts';
import type { World } from './world.ts';

const APIS = join(import.meta.dirname, '..', 'apis');

/** Where there is no terminal to ask. */
const WIDTH = 100;

/** What the command writes to: the process's own streams, or a test's. */
export interface Output {
  readonly stdout: Writable & { readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
}

/** Runs the command and answers with its exit code. */
export function run(argv: readonly string[], output: Output): number {
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

function playManifests({ paths, format, until }: Extract<Args, { command: 'play' }>, output: Output): number {
  const { manifests, problems } = loadManifests(paths);
  if (problems.length > 0) return ended(problems, output);
  const begun = begin(world(), manifests);
  if (!begun.ok) return ended(begun.problems, output);
  const progress = progressOn(output.stderr);
  const played = play(begun.state, { progress: progress.show, ...(until !== undefined && { until }) });
  progress.clear();
  const page = { width: output.stdout.columns ?? WIDTH, styles: stylesOf(output.stdout) };
  output.stdout.write(format === 'tree' ? report(played, page) : printDocuments(playedDocuments(played.state), format));
  return ended(problemsOf(played, until === undefined), output);
}

function renderOne({ xr, observed, required, format }: Extract<Args, { command: 'single' }>, output: Output): number {
  const rendered = renderSingle(world(), { xr, observed, required });
  if (!rendered.ok) return ended(rendered.problems, output);
  output.stdout.write(printDocuments(rendered.documents, format));
  return 0;
}

/** One sentence for each problem; no problem is success. */
function ended(problems: readonly Problem[], { stderr }: Output): number {
  for (const problem of problems) stderr.write(`${formatProblem(problem)}\n`);
  return problems.length === 0 ? 0 : 1;
}
