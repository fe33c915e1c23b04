/** What the person at the terminal can put right: one sentence and the way out, printed without a stack trace. */
export class Problem extends Error {
  override readonly name = 'Problem';
}

/** Runs a command line's main function; a Problem, and nothing else, ends it as a sentence. */
export async function runMain(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}
