import tab from '@bomb.sh/tab/commander';
import type { Command } from 'commander';
import type { Output } from './output.ts';

/** Adds the commands that print a shell's script, and what that script asks for. */
export function complete(program: Command, { stdout }: Output): void {
  const descriptions = program.commands.map((command) => [command, command.description()] as const);
  // Shells read a line for each command, so that one of several lines would be offered as several commands.
  for (const [command, whole] of descriptions) command.description(whole.split('\n')[0] ?? '');
  const known = tab(program, { completionCommandName: 'completion' });
  for (const [command, whole] of descriptions) command.description(whole);
  const on = <T>(name: string, answer: (asked: T) => string): Command | undefined =>
    program.commands.find((command) => command.name() === name)?.action((asked) => void stdout.write(answer(asked)));
  on('completion', (shell: string) =>
    sourcedAgain(printed(() => known.setup(program.name(), program.name(), shell))),
  )?.description('print the script by which a shell completes commands and options');
  on('complete', (words: string[]) => filesOtherwise(printed(() => known.parse(words))));
}

/** The library has one way to answer. */
function printed(print: () => void): string {
  const { log } = console;
  const lines: string[] = [];
  console.log = (line: string) => void lines.push(`${line}\n`);
  try {
    print();
  } finally {
    console.log = log;
  }
  return lines.join('');
}

/** A shell that reads bash's script once more must not fail on what it may not set again; files are its own business. */
const sourcedAgain = (script: string): string =>
  script
    .replaceAll(/^readonly (?=ShellCompDirective)/gm, '')
    .replace(/^complete -F \S+ (\S+)$/m, (registered, name) => `${registered}\ncompopt -o default ${name}`);

/** Where nothing is known to go on with, as where a manifest belongs, a shell offers files: directive 4 keeps it from that. */
const filesOtherwise = (answer: string): string => (answer === ':4\n' ? ':0\n' : answer);
