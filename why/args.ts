import { Command, InvalidArgumentError, Option } from 'commander';
import { closest, list } from '../preview/admit/words.ts';
import { ownApiFiles } from '../preview/own-apis.ts';
import { kindsOf, parseTarget, type Target } from './target.ts';

const FORMATS = ['text', 'json'] as const;

/** What was asked for, once it is known to make sense. */
export interface WhyArgs {
  /** In the namespace that was given; in the kubeconfig's where none was. */
  readonly target: (namespace: string) => Target;
  readonly namespace?: string;
  /** One caller, instead of anybody. */
  readonly caller?: string;
  readonly format: (typeof FORMATS)[number];
  readonly watch: boolean;
  readonly kubeconfig?: string;
  readonly context?: string;
}

const DESCRIPTION = `Says why something serves, or does not, on a live control plane: the first cause, the command that
shows it, and everything on a request's way. It only reads, by your kubeconfig, with your rights.

WHAT is KIND/NAME with a kind as kubectl takes it (modeldeployment, ms, ...), a URL, or its path.`;

const AFTER = `
It ends with 0 if requests are answered, with 1 if they are not or nobody can tell, and with 2 if
something is wrong with the options.
`;

interface Options {
  readonly namespace?: string;
  readonly caller?: string;
  readonly output?: WhyArgs['format'];
  readonly watch?: true;
  readonly kubeconfig?: string;
  readonly context?: string;
}

/** The command `why`; `handle` is given what was asked for. */
export const whyCommand = (handle: (args: WhyArgs) => Promise<void>): Command =>
  new Command('why')
    .summary('say why something serves or does not, on a live control plane')
    .description(DESCRIPTION)
    .argument('<what>', 'KIND/NAME, a URL, or its path')
    .argument('[name]', 'after KIND alone, as kubectl takes it too')
    .option('-n, --namespace <namespace>', "of what is asked about (default: the kubeconfig's)")
    .option('--caller <name>', 'whether this caller is let in: the name of an entry of an access list, or ISSUER:CLAIM')
    .addOption(
      new Option('-o, --output <format>', 'text (the default), or json: the same for programs')
        .choices(FORMATS)
        .argParser(oneOf),
    )
    .option('-w, --watch', 'answer again whenever the answer changes')
    .option('--kubeconfig <file>', "instead of kubectl's own")
    .option('--context <name>', 'of the kubeconfig, instead of its current one')
    .addHelpText('after', AFTER)
    .action(async (what: string, name: string | undefined, options: Options, command: Command) => {
      const kinds = kindsOf(ownApiFiles());
      const parsed = parseTarget(
        [what, ...(name === undefined ? [] : [name])].join('/'),
        options.namespace ?? 'default',
        kinds,
      );
      if (!parsed.ok) return command.error(parsed.message);
      const { output = 'text', watch = false, ...more } = options;
      const target = (namespace: string): Target => ({
        ...parsed.target,
        ...(parsed.target.namespace !== undefined &&
          parsed.target.path === undefined &&
          parsed.target.host === undefined && { namespace }),
      });
      await handle({ ...more, target, format: output, watch });
    });

function oneOf(value: string): string {
  if ((FORMATS as readonly string[]).includes(value)) return value;
  const meant = closest(value, FORMATS);
  throw new InvalidArgumentError(
    `It must be ${list(FORMATS)}${meant === undefined ? '.' : `; did you mean ${meant}?`}`,
  );
}
