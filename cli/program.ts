import { Command, CommanderError } from 'commander';
import packageJson from '../package.json' with { type: 'json' };
import { previewCommand } from '../preview/args.ts';
import { keyCommand } from '../verifier/key-args.ts';
import { whyCommand } from '../why/args.ts';
import { complete } from './completion.ts';
import type { Output } from './output.ts';

/** What is wrong with what was typed, and not with what it is about. */
const WRONG_USAGE = 2;

/**
 * Runs the command line and answers with its exit code: 0 if all is well, 1 if something is wrong with what it was asked
 * about, 2 if it was asked in a wrong way.
 */
export async function run(argv: readonly string[], output: Output): Promise<number> {
  let code = 0;
  const program = commandLine(output, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : WRONG_USAGE;
  }
}

/** Every command is loaded when it is called: help and completion have to come at once. */
function commandLine(output: Output, end: (code: number) => void): Command {
  const { stdout, stderr } = output;
  const program = new Command('modelplane')
    .description(
      'Models behind one URL each: see what manifests become before they are applied, and why what is applied does not serve.',
    )
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this text')
    .helpCommand('help [command]', 'print the help of a command')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stdout.columns ?? 100,
      outputError: (text, write) => write(`${sentence(text)} (--help lists the options)\n`),
    });
  program.addCommand(
    previewCommand(async (args) => {
      const { runPreview } = await import('../preview/run.ts');
      end(await runPreview(args, output));
    }),
  );
  program.addCommand(
    whyCommand(async (args) => {
      const { runWhy } = await import('../why/run.ts');
      end(await runWhy(args, output));
    }),
  );
  program.addCommand(
    keyCommand(async (args) => {
      const { runKey } = await import('../verifier/key-run.ts');
      end(await runKey(args, output));
    }),
  );
  for (const command of program.commands) inherit(command, program);
  program
    .command('version')
    .description('print the version')
    .action(() => void stdout.write(`${packageJson.version}\n`));
  complete(program, output);
  return program;
}

/** A command that was made elsewhere, with those below it, ends and speaks as the program does. */
function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent);
  for (const below of command.commands) inherit(below, command);
}

/** The library's messages begin with "error: ", and have what may have been meant on a line of its own. */
const sentence = (text: string): string =>
  text
    .trim()
    .replace(/^error: /, '')
    .replaceAll('\n', ' ');
