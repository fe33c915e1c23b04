/** What the person at the terminal can put right: one sentence and the way out, printed without a stack trace. */
export class Problem extends Error {
  override readonly name = 'Problem';
}

/** Runs a command line's main function; a Problem, and nothing else, ends it as a sentence. */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Problem || isOfArguments(error))) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}

/** What Node's parser says of an option that nobody knows, or that lacks its value, is a sentence for who typed it. */
const isOfArguments = (error: unknown): error is Error =>
  error instanceof Error && String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS_');
