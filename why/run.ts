import { setTimeout as delay } from 'node:timers/promises';
import type { Output } from '../cli/output.ts';
import packageJson from '../package.json' with { type: 'json' };
import { apisOf } from '../preview/apis.ts';
import { FUNCTIONS } from '../preview/functions.ts';
import { ownApiFiles } from '../preview/own-apis.ts';
import { stylesOf } from '../preview/print/styles.ts';
import type { World } from '../preview/world.ts';
import { Problem } from '../tools/problem.ts';
import { type Answer, answerOf } from './answer.ts';
import type { WhyArgs } from './args.ts';
import { explain } from './explain.ts';
import { connectionOf, readerOf } from './kubernetes.ts';
import { printText } from './print.ts';
import { type Read, readFor } from './read.ts';
import type { Target } from './target.ts';

/** How often it is looked whether the answer is still the same (milliseconds). */
const WATCH_MS = 5_000;

/** Where there is no terminal to ask. */
const WIDTH = 80;

/** Runs `why` and answers with its exit code: 1 where requests are not answered, or nobody can tell. */
export async function runWhy(args: WhyArgs, output: Output): Promise<number> {
  try {
    return await answered(args, output);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    output.stderr.write(`${error.message}\n`);
    return 1;
  }
}

async function answered(args: WhyArgs, { stdout }: Output): Promise<number> {
  const connection = connectionOf(args);
  const read = readerOf(connection);
  const asked = { target: args.target(args.namespace ?? connection.namespace), args };
  const world: World = { apis: apisOf(ownApiFiles()), functions: FUNCTIONS };
  for (let before = ''; ; await delay(WATCH_MS)) {
    const answer = await answerFrom(read, world, asked);
    const text = printed(answer, args, stdout);
    const gap = before === '' || args.format === 'json' ? '' : '\n';
    if (text !== before) stdout.write(`${gap}${text}`);
    if (!args.watch) return answer.serves === true ? 0 : 1;
    before = text;
  }
}

interface Asked {
  readonly target: Target;
  readonly args: Pick<WhyArgs, 'caller' | 'kubeconfig' | 'context'>;
}

/** Everything that is to be known, from whatever can be read. */
async function answerFrom(read: Read, world: World, { target, args }: Asked): Promise<Answer> {
  const { view, result } = await readFor(read, { world, now: Date.now() }, (seen) =>
    explain(seen, target, args.caller),
  );
  const kubectlOptions = (['kubeconfig', 'context'] as const).flatMap((name) =>
    args[name] === undefined ? [] : [`--${name}=${args[name]}`],
  );
  return answerOf(view, target, result, { version: packageJson.version, kubectlOptions });
}

function printed(answer: Answer, { format, watch }: WhyArgs, stdout: Output['stdout']): string {
  if (format === 'json') return `${JSON.stringify(answer, null, watch ? 0 : 2)}\n`;
  return printText(answer, { width: stdout.columns ?? WIDTH, styles: stylesOf(stdout) });
}
