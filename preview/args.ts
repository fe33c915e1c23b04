import { Command, InvalidArgumentError, Option } from 'commander';
import { closest, list } from './admit/words.ts';
import { type As, WHO } from './callers.ts';
import { OUTAGES, type Outage } from './outage.ts';

const FORMATS = ['tree', 'markdown', 'html', 'yaml', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** What was asked for, once it is known to make sense. */
export type Args = PlayArgs | SingleArgs;

export interface PlayArgs {
  readonly command: 'play';
  readonly paths: readonly string[];
  readonly format: Format;
  readonly until?: number;
  /** What fails once all has settled. */
  readonly outages: readonly Outage[];
  /** What is applied in place of the manifests, once all has settled. */
  readonly edited: readonly string[];
  /** What there is before is read from a cluster, and `edited` is applied to it. */
  readonly live?: LiveArgs;
  /** What waits, is ignored or names what is not there is a problem too. */
  readonly strict: boolean;
  /** Show what is in inference clusters object by object. */
  readonly unfold: boolean;
  /** Whose view of it is asked for: one caller, or one token's groups. */
  readonly as: readonly As[];
}

/** Where it is read. */
export interface LiveArgs {
  /** Of manifests that name none; the kubeconfig's where it is left out. */
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
}

export interface SingleArgs {
  readonly command: 'single';
  readonly xr: string;
  readonly observed: readonly string[];
  readonly required: readonly string[];
  readonly format: 'yaml' | 'json';
}

const DESCRIPTION = `Shows what manifests become: the URLs, who gets which share of requests, and who composes what.

PATH is a file of manifests, or a folder, which is read with the folders in it; - is standard input.`;

const AFTER = `
Everything runs in this process. Controllers that are not here, such as Traefik, are played by
stand-ins, and the result says so. It ends with 0 if all is well, with 1 if something is wrong with
the manifests, and with 2 if it is with the options.
`;

const LIVE = 'On a live cluster, with your rights:';

const SINGLE = 'One reconcile of one composite, printed as "crossplane composition render" would:';

/** The command `preview`; `handle` is given what was asked for. */
export const previewCommand = (handle: (args: Args) => Promise<void>): Command =>
  new Command('preview')
    .summary('show what manifests become')
    .description(DESCRIPTION)
    .argument('[path...]', 'files and folders of manifests')
    .addOption(
      new Option(
        '-o, --output <format>',
        'tree (the default); markdown: the same as tables, for a pull request; html: one page that draws the routes; yaml: each composite and what it composes; json: that, with shares, priorities, standby and problems',
      )
        .choices(FORMATS)
        .argParser(oneOf(FORMATS)),
    )
    .option('--then <path>', 'what changes once these manifests are applied instead; may be repeated', gathered)
    .addOption(
      new Option(
        '--fail <what>',
        'what changes once this fails; may be repeated. cluster=NAME[,NAME...]: the API server of an InferenceCluster cannot be reached, whether or not its engines still serve; engines=NAME[,NAME...]: it can, and says that no engine is available',
      ).argParser(outages),
    )
    .addOption(
      new Option(
        '--as <who>',
        'what somebody may call, with which limits, and why not. caller=NAME: of an entry of an access list, NAMESPACE/NAME, or ISSUER:NAME of a token; group=ISSUER:NAME: a group of that token; may be repeated',
      ).argParser(who),
    )
    .option('--strict', 'fail also for what waits, is ignored, or names what is not there')
    .option('--unfold', 'show what is in inference clusters object by object')
    .option(
      '--until <n>',
      'stop after so many rounds of reconciles instead of when nothing changes any more; with --fail or --then, so many rounds after that',
      rounds,
    )
    .optionsGroup(LIVE)
    .option(
      '--live',
      'what changes once the manifests are applied to the cluster of your kubeconfig; nothing is written',
    )
    .option('-n, --namespace <namespace>', "of manifests that name none (default: the kubeconfig's)")
    .option('--kubeconfig <file>', "instead of kubectl's own")
    .option('--context <name>', 'of the kubeconfig, instead of its current one')
    .optionsGroup(SINGLE)
    .option('--single <file>', 'the composite')
    .option('--observed <path>', 'what it composed before; may be repeated', gathered)
    .option('--required <path>', 'what else there is for its function to find; may be repeated', gathered)
    .addHelpText('after', AFTER)
    .action(async (paths: string[], options: Options, command: Command) => {
      const wrong = contradiction(paths, options);
      if (wrong !== undefined) command.error(wrong);
      await handle(options.single === undefined ? playArgs(paths, options) : singleArgs(options.single, options));
    });

interface Options {
  readonly output?: Format;
  readonly then?: readonly string[];
  readonly fail?: readonly Outage[];
  readonly as?: readonly As[];
  readonly strict?: true;
  readonly unfold?: true;
  readonly until?: number;
  readonly live?: true;
  readonly namespace?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly single?: string;
  readonly observed?: readonly string[];
  readonly required?: readonly string[];
}

const gathered = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** One of a few words; of another one, which it may have been meant to be. */
const oneOf =
  (words: readonly string[]) =>
  (value: string): string => {
    if (words.includes(value)) return value;
    const meant = closest(value, words);
    throw new InvalidArgumentError(
      `It must be ${list(words)}${meant === undefined ? '.' : `; did you mean ${meant}?`}`,
    );
  };

function rounds(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new InvalidArgumentError('It must be 1 or more rounds.');
  return Number(value);
}

/** Of cluster=us,eu one each, and none twice. */
function outages(value: string, before: readonly Outage[] = []): Outage[] {
  const [word = '', names = '', ...rest] = value.split('=');
  const what = OUTAGES.find((known) => known === word);
  const sites = names.split(',');
  if (what === undefined || rest.length > 0 || sites.includes('')) {
    const meant = what === undefined ? closest(word, OUTAGES) : undefined;
    const hint = meant === undefined ? '' : ` Did you mean ${meant}=${names || 'NAME'}?`;
    throw new InvalidArgumentError(`It must be cluster=NAME or engines=NAME.${hint}`);
  }
  const all = [...before, ...sites.map((site) => ({ what, site }))];
  return all.filter((one, at) => all.findIndex((other) => other.what === one.what && other.site === one.site) === at);
}

/** One caller at most, and groups of his token. */
function who(value: string, before: readonly As[] = []): As[] {
  const [word = '', ...rest] = value.split('=');
  const name = rest.join('=');
  const what = WHO.find((known) => known === word);
  if (what === undefined || name === '') {
    const meant = what === undefined ? closest(word, WHO) : undefined;
    const hint = meant === undefined ? '' : ` Did you mean ${meant}=${name || 'NAME'}?`;
    throw new InvalidArgumentError(`It must be caller=NAME or group=ISSUER:NAME.${hint}`);
  }
  if (what === 'group' && !name.includes(':')) throw new InvalidArgumentError('A group is ISSUER:NAME.');
  if (what === 'caller' && before.some((one) => one.who === 'caller'))
    throw new InvalidArgumentError('Ask for one caller at a time.');
  return [...before, { who: what, name }];
}

/** What of the options cannot go together, as a sentence. */
const contradiction = (paths: readonly string[], options: Options): string | undefined =>
  options.single === undefined ? playContradiction(paths, options) : singleContradiction(paths, options);

function playContradiction(paths: readonly string[], options: Options): string | undefined {
  const { observed, required, then, fail, as, output = 'tree' } = options;
  if (observed || required) return '--observed and --required belong to --single';
  if (as && !['tree', 'markdown', 'json'].includes(output))
    return `--as is answered by tree, markdown or json, not by ${output}`;
  const lively = liveContradiction(options);
  if (lively !== undefined) return lively;
  if (paths.length === 0) return 'give a file or a folder of manifests, such as examples/canary';
  return then && fail ? '--then and --fail are two questions: ask them one after the other' : undefined;
}

function liveContradiction(options: Options): string | undefined {
  const own = (['namespace', 'kubeconfig', 'context'] as const).find((name) => options[name] !== undefined);
  if (own !== undefined && options.live === undefined) return `--${own} belongs to --live`;
  if (options.live && (options.then || options.fail))
    return '--live is a question of its own: leave --then and --fail out';
  return undefined;
}

function singleContradiction(paths: readonly string[], options: Options): string | undefined {
  if (paths.length > 0) return `--single takes one composite; give ${paths.join(' ')} by --observed or --required`;
  const foreign = (['until', 'fail', 'then', 'live', 'strict', 'unfold', 'as'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (foreign !== undefined) return `--single is one reconcile, so --${foreign} does not apply`;
  const { output = 'yaml' } = options;
  return output === 'yaml' || output === 'json' ? undefined : `--single prints yaml or json, not ${output}`;
}

function playArgs(paths: readonly string[], options: Options): PlayArgs {
  const { output = 'tree', until, fail = [], then: edited = [], strict = false, unfold = false, as = [] } = options;
  const { namespace, kubeconfig, context } = options;
  const asked = { format: output, outages: fail, strict, unfold, as, ...(until !== undefined && { until }) };
  if (options.live === undefined) return { command: 'play', ...asked, paths, edited };
  const live = {
    ...(namespace !== undefined && { namespace }),
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(context !== undefined && { context }),
  };
  return { command: 'play', ...asked, paths: [], edited: paths, live };
}

const singleArgs = (xr: string, { output, observed = [], required = [] }: Options): SingleArgs => ({
  command: 'single',
  xr,
  observed,
  required,
  format: output === 'json' ? 'json' : 'yaml',
});
