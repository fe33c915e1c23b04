import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { buildTool } from '../../tools/build.ts';

const run = promisify(execFile);

const kubeconfig = process.env.E2E_KUBECONFIG ?? '';

/** What the administrator's kubectl prints. */
export async function kubectl(...args: readonly string[]): Promise<string> {
  const env = { ...process.env, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(dirname(kubeconfig), 'kubectl') };
  const { stdout } = await run(await buildTool('kubectl'), args, { env });
  return stdout;
}

/** A table that kubectl printed, by its columns. */
export function rowsOf(table: string): Record<string, string>[] {
  const [head = '', ...lines] = table.trimEnd().split('\n');
  const columns = [...head.matchAll(/\S+\s*/g)].map(({ 0: text, index }) => ({ name: text.trim(), index }));
  return lines.map((line) =>
    Object.fromEntries(
      columns.map(({ name, index }, i) => [name, line.slice(index, columns[i + 1]?.index).trim()] as const),
    ),
  );
}
