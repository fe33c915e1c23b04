import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Problem } from '../tools/problem.ts';

/** Large enough for every file of the C library's package. */
const MAX_OUTPUT_BYTES = 256 * 2 ** 20;

/** What a command prints; a Problem with the end of its complaint if it fails. `purpose` completes "cannot ...". */
export async function run(
  purpose: string,
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<Buffer> {
  try {
    const settings = { ...options, encoding: 'buffer', maxBuffer: MAX_OUTPUT_BYTES } as const;
    return (await promisify(execFile)(command, args, settings)).stdout;
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: Buffer };
    if (code === 'ENOENT') throw new Problem(`cannot ${purpose}: ${command} is not on this machine.`);
    const complaint = stderr?.toString().trim().split('\n').slice(-3).join('\n');
    throw new Problem(`cannot ${purpose}: ${complaint || message}`);
  }
}
