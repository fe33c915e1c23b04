import { type CommandLine, has, lastValue } from './command-line.ts';
import type { Split } from './engine-types.ts';
import type { Container } from './template.ts';

type Variables = Container['env'];

/** The cards that a server is told to use, by options or variables; undefined where nobody says how many. */
export function cardsOf(line: CommandLine, splits: readonly Split[] = [], env: Variables = []): number | undefined {
  const sizes = splits.map((split) => sizeOf(line, split, env)).filter((size) => size !== undefined);
  const product = sizes.reduce((total, size) => total * Number(size), 1);
  return sizes.length === 0 || !Number.isInteger(product) ? undefined : product;
}

function sizeOf(line: CommandLine, { options = [], variable, unless }: Split, env: Variables = []): string | undefined {
  if (unless !== undefined && has(line, unless)) return undefined;
  return lastValue(line, ...options) ?? env.find(({ name }) => name === variable)?.value;
}

/** The options that say so, as they are given. */
export const splitsSaid = (line: CommandLine, splits: readonly Split[] = []): string =>
  splits
    .flatMap(({ options = [] }) => (has(line, ...options) ? [`--${options[0]} ${lastValue(line, ...options)}`] : []))
    .join(' ');
