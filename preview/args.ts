import { parseArgs } from 'node:util';

const FORMATS = ['tree', 'yaml', 'json'] as const;
type Format = (typeof FORMATS)[number];

export type Args =
  | { readonly command: 'help' }
  | { readonly command: 'wrong'; readonly message: string }
  | { readonly command: 'play'; readonly paths: readonly string[]; readonly format: Format; readonly until?: number }
  | {
      readonly command: 'single';
      readonly xr: string;
      readonly observed: readonly string[];
      readonly required: readonly string[];
      readonly format: Exclude<Format, 'tree'>;
    };

export const HELP = `Shows what manifests become: who composes what, the URLs, and who gets which share of requests.

Usage: npm run preview -- [options] PATH...

PATH is a file of manifests, or a folder, which is read with the folders in it; - is standard input.

Options:
  -o, --output FORMAT  tree (the default), or yaml or json: each composite and what it composes
      --until N        stop after N rounds of reconciles instead of when nothing changes any more
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
  readonly observed?: string[] | undefined;
  readonly required?: string[] | undefined;
}

function playArgs({ output = 'tree', until, observed, required }: Values, paths: readonly string[]): Args {
  if (observed || required) return wrong('--observed and --required belong to --single');
  if (paths.length === 0) return wrong('give a file or a folder of manifests, such as examples/canary');
  return { command: 'play', paths, format: output, ...(until !== undefined && { until: Number(until) }) };
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
  { single: xr, output = 'yaml', until, observed = [], required = [] }: Values & { readonly single: string },
  rest: readonly string[],
): Args {
  if (rest.length > 0) return wrong(`--single takes one composite; give ${rest.join(' ')} by --observed or --required`);
  if (until !== undefined) return wrong('--single is one reconcile, so --until does not apply');
  if (output === 'tree') return wrong('--single prints yaml or json, not tree');
  return { command: 'single', xr, observed, required, format: output };
}
