import { run } from './program.ts';

/** Runs the command line as this process: on its streams, and with its exit code. */
export async function runAsProcess(argv: readonly string[]): Promise<void> {
  // Whoever reads may have seen enough, as in `modelplane preview … | head`.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  process.exitCode = await run(argv, process);
}
