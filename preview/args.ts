import { parseArgs } from 'node:util';
import { OUTAGES, type Outage } from './outage.ts';

const FORMATS = ['tree', 'html', 'yaml', 'json'] as const;
type Format = (typeof FORMATS)[number];

export type Args =
  | { readonly command: 'help' }
  | { readonly command: 'wrong'; readonly message: string }
  | {
      readonly command: 'play';
      readonly paths: readonly string[];
      readonly format: Format;
      readonly until?: number;
      /** What fails once all has settled. */
      readonly outages: readonly Outage[];
    }
  | {
      readonly command: 'single';
      readonly xr: string;
      readonly observed: readonly string[];
      readonly required: readonly string[];
      readonly format: Exclude<Format, 'tree' | 'html'>;
    };

export const HELP = `Shows what manifests become: who composes what, the URLs, and who gets which share of requests.

Usage: npm run preview -- [options] PATH...

PATH is a file of manifests, or a folder, which is read with the folders in it; - is standard input.

Options:
  -o, --output FORMAT  tree (the default); html: one page that draws the routes;
                       yaml or json: each composite and what it composes
      --fail WHAT      what changes once this fails; may be repeated:
                       cluster=NAME[,NAME...]  the API server of an InferenceCluster cannot be
                                               reached, whether or not its engines still serve
                       engines=NAME[,NAME...]  it can, and says that no engine is available
      --until N        stop after N rounds of reconciles instead of when nothing changes any more;
                       with --fail, N rounds after the failure
  -h, --help           this text

One reconcile of one composite, printed as "crossplane composition render" would:
      --single FILE    the composite
      --observed PATH  what it composed before; may be repeated
      --required PATH  what else there is for its function to find; may be repeated

Everything runs in this process. Controllers that are not here, such as Traefik, are played by
stand-ins, and the result says so.
`;

const OPTIONS = {
  output: { type: 'string', short: 'o' },
  until: { type: 'string' },
  fail: { type: 'string', multiple: true },
  single: { type: 'string' },
  observed: { type: 'string', multiple: true },
  required: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const;

const wrong = (message: string): Args => ({ command: 'wrong', message });

export function readArgs(argv: readonly string[]): Args {
  const parsed = parse(argv);
  if ('command' in parsed) return parsed;
  const { values, positionals } = parsed;
  const { output, until, single } = values;
  if (values.help) return { command: 'help' };
  if (output !== undefined && !isFormat(output)) return wrong(`--output must be ${FORMATS.join(', ')}, not ${output}`);
  if (until !== undefined && !/^[1-9]\d*$/.test(until)) return wrong(`--until must be 1 or more rounds, not ${until}`);
  return single === undefined
    ? playArgs({ ...values, output }, positionals)
    : singleArgs({ ...values, single, output }, positionals);
}

interface Values {
  readonly output: Format | undefined;
  readonly until?: string | undefined;
  readonly fail?: string[] | undefined;
  readonly observed?: string[] | undefined;
  readonly required?: string[] | undefined;
}

function playArgs({ output = 'tree', until, fail = [], observed, required }: Values, paths: readonly string[]): Args {
  if (observed || required) return wrong('--observed and --required belong to --single');
  if (paths.length === 0) return wrong('give a file or a folder of manifests, such as examples/canary');
  const unknown = fail.find((value) => readOutages(value).length === 0);
  if (unknown !== undefined) return wrong(`--fail must be cluster=NAME or engines=NAME, not ${unknown}`);
  const all = fail.flatMap(readOutages);
  const outages = all.filter(
    ({ what, site }, at) => all.findIndex((one) => one.what === what && one.site === site) === at,
  );
  return { command: 'play', paths, format: output, outages, ...(until !== undefined && { until: Number(until) }) };
}

/** Of cluster=us,eu one each; none where that is not what is written. */
function readOutages(value: string): Outage[] {
  const [word, names = '', ...rest] = value.split('=');
  const what = OUTAGES.find((known) => known === word);
  const sites = names.split(',');
  return what === undefined || rest.length > 0 || sites.includes('') ? [] : sites.map((site) => ({ what, site }));
}

const isFormat = (output: string): output is Format => FORMATS.some((known) => known === output);

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    // node:util's own words name the option, and what to do about it.
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

function singleArgs(
  { single: xr, output = 'yaml', until, fail, observed = [], required = [] }: Values & { readonly single: string },
  rest: readonly string[],
): Args {
  if (rest.length > 0) return wrong(`--single takes one composite; give ${rest.join(' ')} by --observed or --required`);
  if (until !== undefined) return wrong('--single is one reconcile, so --until does not apply');
  if (fail !== undefined) return wrong('--single is one reconcile, so --fail does not apply');
  if (output === 'tree' || output === 'html') return wrong(`--single prints yaml or json, not ${output}`);
  return { command: 'single', xr, observed, required, format: output };
}
