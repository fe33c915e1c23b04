import { runAsProcess } from '../cli/process.ts';

/** The command `key` of the command line, by itself. */
const main = (argv: readonly string[]): Promise<void> => runAsProcess(['key', ...argv]);

await main(process.argv.slice(2));
