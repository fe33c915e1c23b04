import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { type RunningServer, startServer } from '#shared/server.ts';
import { buildTool } from '../../tools/build.ts';
import { runMain } from '../../tools/problem.ts';
import { runSteps } from '../../tools/progress.ts';
import { type Apis, readApis } from '../apis.ts';
import { FUNCTIONS } from '../functions.ts';
import { formatProblem } from '../problem.ts';
import { renderSingle } from '../single.ts';
import { folderOf, type World } from '../world.ts';
import { type Case, casesOf, foldersIn } from './cases.ts';
import { difference } from './compare.ts';
import {
  type CaseFiles,
  type Official,
  type Printed,
  renderOfficially,
  writeCase,
  writeFunctions,
} from './official.ts';

/** Folders of folders of manifests: what users are shown, and what they get wrong. */
const MANIFESTS = ['examples', 'preview/golden'];

interface Outcome {
  readonly name: string;
  readonly difference: string | undefined;
}

async function main(): Promise<void> {
  process.chdir(join(import.meta.dirname, '..', '..'));
  const folders = process.argv.length > 2 ? process.argv.slice(2) : foldersIn(MANIFESTS);
  const world: World = { apis: readApis('apis'), functions: FUNCTIONS };
  const { core, cli } = await tools();
  const cases = casesOf(world, folders);
  const folder = mkdtempSync(join(tmpdir(), 'parity-'));
  const servers = await serveFunctions(world);
  try {
    const functions = writeFunctions(folder, portsOf(world.apis, servers));
    const outcomes = await inParallel(cases, (one, index) =>
      compare(world, { cli, core, functions }, one, join(folder, `${index}`)),
    );
    print(outcomes);
  } finally {
    await Promise.all([...servers.values()].map((server) => server.stop()));
    rmSync(folder, { recursive: true });
  }
}

/** Crossplane itself and its command line, built on the first run. */
async function tools(): Promise<{ readonly core: string; readonly cli: string }> {
  const paths: string[] = [];
  await runSteps(
    (['crossplane-core', 'crossplane'] as const).map((title, index) => ({
      title,
      run: async (report) => {
        paths[index] = await buildTool(title, report);
      },
    })),
  );
  const [core = '', cli = ''] = paths;
  return { core, cli };
}

/** Our functions as their images run them, but for the certificates, which render does not have. */
async function serveFunctions({ functions }: World): Promise<Map<string, RunningServer>> {
  const anyPort = { host: '127.0.0.1', port: 0 };
  const options = { address: anyPort, metricsAddress: anyPort, tls: 'insecure', shutdownMs: 1000 } as const;
  const log = pino({ level: 'silent' });
  const started = Object.entries(functions).map(
    async ([name, handler]) => [name, await startServer(handler, { ...options, log })] as const,
  );
  return new Map(await Promise.all(started));
}

/** Ports by the names that Compositions call functions by. */
const portsOf = (apis: Apis, servers: ReadonlyMap<string, RunningServer>): Record<string, number> =>
  Object.fromEntries(
    apis
      .all()
      .flatMap(({ steps }) =>
        steps.map(({ functionName }) => [functionName, servers.get(folderOf(functionName))?.port ?? 0] as const),
      ),
  );

async function compare(world: World, official: Official, one: Case, folder: string): Promise<Outcome> {
  mkdirSync(folder);
  const files = writeCase(one, folder);
  const theirs = await renderOfficially(official, one, files);
  const outcome = { name: one.name, difference: difference(renderOurs(world, files), theirs) };
  console.log(`${outcome.difference === undefined ? 'ok  ' : 'DIFF'}  ${outcome.name}`);
  return outcome;
}

function renderOurs(world: World, files: CaseFiles): Printed {
  const rendered = renderSingle(world, files);
  return rendered.ok
    ? rendered
    : { error: rendered.problems.map(({ message }) => formatProblem({ message })).join('\n') };
}

/** Runs as many at once as there are processors, and keeps the order. */
async function inParallel<T, U>(items: readonly T[], work: (item: T, index: number) => Promise<U>): Promise<U[]> {
  const results: U[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  return results;
}

function print(outcomes: readonly Outcome[]): void {
  const failed = outcomes.filter((outcome) => outcome.difference !== undefined);
  for (const { name, difference: text } of failed) console.log(`\n${name}\n${text}`);
  console.log(`\n${outcomes.length - failed.length} passed, ${failed.length} failed`);
  if (failed.length > 0 || outcomes.length === 0) process.exitCode = 1;
}

await runMain(main);
