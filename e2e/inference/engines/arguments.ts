/** The options that a program's `--help` tells of. */
export const optionsOf = (help: string): ReadonlySet<string> =>
  new Set([...help.matchAll(/^ +(?:-\w, )?--([\w-]+)/gm)].map(([, name = '']) => name));

/** What vLLM takes where nothing is said, and the simulator would take less of. */
const DEFAULTS: Readonly<Record<string, string>> = { 'max-num-seqs': '256', 'max-model-len': '32768' };

/**
 * The command line of an engine as the simulator of vLLM takes it: the model by an option, no option that it has not,
 * and a port of this machine's in place of the pod's own.
 */
export function simulatorArguments(
  args: readonly string[],
  options: ReadonlySet<string>,
  port: number,
): readonly string[] {
  const first = args.findIndex((arg) => arg.startsWith('--'));
  const [model] = first < 0 ? args : args.slice(0, first);
  const given = optionGroups(first < 0 ? [] : args.slice(first)).filter(
    (group) => nameOf(group) !== 'port' && options.has(nameOf(group)),
  );
  const names = new Set(given.map(nameOf));
  return [
    ...(model === undefined ? [] : [`--model=${model}`]),
    ...given.flat(),
    ...Object.entries(DEFAULTS).flatMap(([name, value]) => (names.has(name) ? [] : [`--${name}=${value}`])),
    `--port=${port}`,
    // There is no hub to fetch a tokenizer from.
    '--force-dummy-tokenizer',
  ];
}

type OptionGroup = readonly string[];

const nameOf = ([option = '']: OptionGroup): string => option.replace(/^--/, '').replace(/=.*$/s, '');

/** Each option with the values that follow it. */
function optionGroups(args: readonly string[]): OptionGroup[] {
  const groups: string[][] = [];
  for (const arg of args) {
    if (arg.startsWith('--')) groups.push([arg]);
    else groups.at(-1)?.push(arg);
  }
  return groups;
}
