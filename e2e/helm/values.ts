/** Reads a chart's values by their paths, and knows in the end which of them nobody read. */
export interface Values {
  /** A value, or the chart's own default for it. */
  read<T>(path: string, byDefault: T): T;
  /** A value that has to be this, because the stand-in does not do what any other would mean. */
  require(path: string, wanted: unknown, byDefault: unknown): void;
  /** Throws at the first value that nobody read. */
  requireAllRead(): void;
}

export function valuesOf(values: object): Values {
  const seen = new Set<string>();
  const read = <T>(path: string, byDefault: T): T => {
    seen.add(path);
    return (lookUp(values, path) as T | undefined) ?? byDefault;
  };
  return {
    read,
    require: (path, wanted, byDefault) => {
      const value = read(path, byDefault);
      if (JSON.stringify(value) !== JSON.stringify(wanted))
        throw new Error(refusal(path, value, `it knows ${JSON.stringify(wanted)}`));
    },
    requireAllRead: () => {
      const isSeen = (leaf: string) => [...seen].some((path) => leaf === path || leaf.startsWith(`${path}.`));
      const unread = leavesOf(values).find(([leaf]) => !isSeen(leaf));
      if (unread) throw new Error(refusal(unread[0], unread[1], 'it does not know that value'));
    },
  };
}

const refusal = (path: string, value: unknown, why: string): string =>
  `the stand-in for provider-helm refuses values.${path}: ${JSON.stringify(value)}, because ${why}`;

const lookUp = (values: object, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), values);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The path and value of everything that is no object itself; an empty object says nothing. */
export const leavesOf = (values: object, prefix = ''): [path: string, value: unknown][] =>
  Object.entries(values).flatMap(([key, value]): [string, unknown][] => {
    const path = `${prefix}${key}`;
    return isObject(value) ? leavesOf(value, `${path}.`) : [[path, value]];
  });
