import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildTool } from '../../tools/build.ts';
import { ROOT } from '../instance.ts';

const run = promisify(execFile);

/** The command below a heading of a page in docs/: the first of several, unless another is asked for by its words. */
export function documented(page: string, heading: string, words = ''): string {
  const text = readFileSync(join(ROOT, 'docs', page), 'utf8');
  const [, section] = text.split(`\n## ${heading}\n`);
  // What is of a language, such as YAML, is no command.
  const blocks = section?.split('\n## ', 1)[0]?.matchAll(/^```(\w*)\n(.*?)^```$/gms) ?? [];
  const commands = [...blocks].flatMap(([, language, text = '']) => (language === '' ? [text] : []));
  const command = commands.find((text) => text.includes(words));
  if (command === undefined) throw new Error(`docs/${page} has no such command below "${heading}"`);
  return command;
}

/** A chart with its kinds is more than the megabyte that Node takes by default. */
const MOST_PRINTED = 2 ** 26;

interface Typed {
  /** Where it is typed: by default wherever the scenarios were started. */
  readonly cwd?: string;
  /** By which contexts; by default the control plane's administrator's alone. */
  readonly kubeconfig?: string;
}

/** Runs a command as a person would type it, as the control plane's administrator, and answers what it printed. */
export async function typed(command: string, { cwd, kubeconfig }: Typed = {}): Promise<string> {
  // It was built for the control plane, so this only says where it is.
  const kubectl = await buildTool('kubectl');
  const env = {
    ...process.env,
    PATH: `${dirname(kubectl)}:${process.env.PATH}`,
    KUBECONFIG: kubeconfig ?? process.env.E2E_KUBECONFIG,
  };
  const { stdout } = await run('sh', ['-ec', command], {
    env,
    maxBuffer: MOST_PRINTED,
    ...(cwd !== undefined && { cwd }),
  });
  return stdout;
}
