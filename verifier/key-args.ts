import { Command, InvalidArgumentError } from 'commander';

/** What was asked for, once it is known to make sense. */
export type KeyArgs = NewArgs | ListArgs | RevokeArgs;

interface NewArgs extends Place {
  readonly command: 'new';
  readonly caller: string;
  /** `*` is every service of the namespace. */
  readonly services: readonly string[];
  readonly expires?: string;
  readonly requestsPerMinute?: number;
  /** Print the entry and write nothing. */
  readonly dryRun: boolean;
}

interface ListArgs {
  readonly command: 'list';
  /** Undefined for kubectl's own. */
  readonly namespace?: string;
}

interface RevokeArgs extends Place {
  readonly command: 'revoke';
  readonly caller: string;
  /** The first digits of one key's hash; all keys go without it. */
  readonly hash?: string;
}

interface Place {
  readonly namespace?: string;
  /** Name of the ConfigMap that is the access list. */
  readonly list: string;
}

/** The command `key`; `handle` is given what was asked for. */
export function keyCommand(handle: (args: KeyArgs) => Promise<void>): Command {
  const key = new Command('key')
    .summary('keys of callers: make, list and revoke them')
    .description('Keys of callers, in access lists of the cluster that kubectl speaks to.');
  inNamespace(key.command('new'))
    .description('print a key, once, and write its hash into the list')
    .argument('<caller>', 'who is to have it')
    .option('--list <name>', 'the ConfigMap', 'callers')
    .option('--service <name>', 'what it opens; all of the namespace without it; may be repeated', gathered)
    .option('--expires <time>', 'such as 2027-12-31T00:00:00Z')
    .option('--requests-per-minute <n>', 'to all that it opens together', count)
    .option('--dry-run', 'print the entry and write nothing', false)
    .action((caller: string, { service = ['*'], ...options }: Options) =>
      handle({ command: 'new', caller, services: service, ...options } as NewArgs),
    );
  inNamespace(key.command('list'))
    .description('who may call')
    .action((options: Options) => handle({ command: 'list', ...options }));
  inNamespace(key.command('revoke'))
    .description('shut a caller out, or revoke one key of several')
    .argument('<caller>', 'who had it')
    .option('--list <name>', 'the ConfigMap', 'callers')
    .option('--hash <digits>', 'the first digits of one key, as list shows them')
    .action((caller: string, options: Options) => handle({ command: 'revoke', caller, ...options } as RevokeArgs));
  return key;
}

const inNamespace = (command: Command): Command =>
  command.option('-n, --namespace <namespace>', "of the services (default: kubectl's own)");

interface Options {
  readonly namespace?: string;
  readonly service?: readonly string[];
}

const gathered = (value: string, before: readonly string[] = []): string[] => [...before, value];

function count(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new InvalidArgumentError('It must be 1 or more requests.');
  return Number(value);
}
