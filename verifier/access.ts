import { CALLER_NAME, type EntrySpec, isJSON, parseEntry } from './entry.ts';

/** An access list: a ConfigMap with the label modelplane.ai/access, one entry of `data` for each caller. */
export interface AccessList {
  readonly namespace: string;
  readonly name: string;
  /** Milliseconds since the epoch: of two lists that disagree the older one is right. */
  readonly created: number;
  readonly data: Readonly<Record<string, string>>;
}

export interface Entry extends EntrySpec {
  readonly namespace: string;
  readonly list: string;
  readonly name: string;
  /** What everything behind the door knows the caller as, where a key proves who it is. */
  readonly caller: string;
}

/** What is wrong with an entry, and is to be told where it stands. It never quotes what may be a key. */
export interface Problem {
  readonly namespace: string;
  readonly list: string;
  /** Undefined where even the name may be a key. */
  readonly entry: string | undefined;
  readonly sentence: string;
  /** False for a remark, which goes beside an entry that counts (remarks.ts). */
  readonly closes?: boolean;
}

/** Who may come in, by what he shows. Built anew at every change, and never changed. */
export interface Access {
  /** By hash, one entry a namespace at most. */
  readonly keys: ReadonlyMap<string, readonly Entry[]>;
  readonly callers: ReadonlyMap<string, readonly Entry[]>;
  readonly groups: ReadonlyMap<string, readonly Entry[]>;
  readonly entries: readonly Entry[];
  readonly problems: readonly Problem[];
}

export const NOBODY: Access = { keys: new Map(), callers: new Map(), groups: new Map(), entries: [], problems: [] };

/** What was made of the text of an entry. */
interface ReadEntry {
  readonly text: string;
  readonly made: { readonly entry: Entry } | { readonly problem: Problem };
}

/** A list as it was read: reading 10,000 entries takes longer than putting them together. */
export interface ReadList {
  readonly namespace: string;
  readonly name: string;
  readonly created: number;
  readonly entries: readonly Entry[];
  readonly problems: readonly Problem[];
  /** By name, as far as it was read. */
  readonly read: ReadonlyMap<string, ReadEntry>;
  readonly isWhole: boolean;
  /** It has more entries than may be read. */
  readonly isOver: boolean;
  /** Characters of YAML that were read for it. */
  readonly cost: number;
}

/** How much of a list is read. */
interface Share {
  /** Characters of YAML; the rest is for another time. */
  readonly yaml: number;
  /** Entries; the rest is for nobody. */
  readonly entries: number;
}

const ALL: Share = { yaml: Number.POSITIVE_INFINITY, entries: Number.POSITIVE_INFINITY };

/**
 * Reads a list. What the list `before` had read of the same text is not read again; what has another text now, and was not
 * read yet, lets nobody in until it is.
 */
export function readList(list: AccessList, platform: string, before?: ReadList, share = ALL): ReadList {
  const { namespace, name, created, data } = list;
  const all = Object.entries(data).sort(([a], [b]) => (a < b ? -1 : 1));
  const isOver = all.length > share.entries;
  const texts = isOver ? firstThose(all, ([entry]) => before?.read.has(entry) === true).slice(0, share.entries) : all;
  const read = new Map<string, ReadEntry>();
  let cost = 0;
  for (const [entry, text] of texts) {
    const known = before?.read.get(entry);
    if (known?.text === text) read.set(entry, known);
    else if (isJSON(text) || cost < share.yaml) {
      read.set(entry, { text, made: readEntry(list, entry, platform) });
      cost += isJSON(text) ? 0 : text.length;
    }
  }
  const made = [...read.values()].map((one) => one.made);
  const entries = made.flatMap((one) => ('entry' in one ? one.entry : []));
  const problems = made.flatMap((one) => ('problem' in one ? one.problem : []));
  if (isOver) problems.push({ namespace, list: name, entry: undefined, sentence: TOO_MANY });
  return { namespace, name, created, entries, problems, read, isWhole: read.size === texts.length, isOver, cost };
}

const TOO_MANY = 'the lists of its namespace have more entries than are read; remove some';

function readEntry({ namespace, name: list, data }: AccessList, name: string, platform: string): ReadEntry['made'] {
  if (!CALLER_NAME.test(name)) {
    const sentence = "an entry's name must be of lower-case letters, digits, - and ., and at most 63 characters";
    return { problem: { namespace, list, entry: undefined, sentence } };
  }
  const parsed = parseEntry(data[name] ?? '', namespace, platform);
  return parsed.ok
    ? { entry: { ...parsed.value, namespace, list, name, caller: `${namespace}/${name}` } }
    : { problem: { namespace, list, entry: name, sentence: parsed.problem } };
}

/**
 * Puts lists together. In one namespace a caller's name and a key are one entry's: of two the one that `before` knew
 * stays, else the one of the older list, so that nobody who was in is shut out by a second one. Namespaces do not meet:
 * nobody closes a door of somebody else by writing down his hash.
 */
export function accessOf(lists: readonly ReadList[], before: Access = NOBODY): Access {
  const problems = lists.flatMap((list) => list.problems);
  const entries = named(lists, before, problems);
  return {
    keys: holders(entries, before, problems),
    callers: subjects(entries, 'callers', problems),
    groups: subjects(entries, 'groups', problems),
    entries,
    problems,
  };
}

/** So many entries of a namespace may have the same caller or group: each is looked at whenever he asks, for whatever. */
const MAX_OF_ONE = 64;

function subjects(entries: readonly Entry[], field: 'callers' | 'groups', problems: Problem[]): Map<string, Entry[]> {
  const found = new Map<string, Entry[]>();
  const counts = new Map<string, number>();
  const isOneTooMany = (entry: Entry, subject: string): boolean => {
    const place = `${entry.namespace} ${subject}`;
    const count = counts.get(place) ?? 0;
    counts.set(place, count + 1);
    if (count < MAX_OF_ONE) add(found, subject, entry);
    return count >= MAX_OF_ONE;
  };
  for (const entry of entries)
    if (entry[field].filter((subject) => isOneTooMany(entry, subject)).length > 0)
      problems.push(
        problemOf(entry, `one of its ${field} is in ${MAX_OF_ONE} other entries; name all services in one of them`),
      );
  return found;
}

/** One entry for each name of a namespace. */
function named(lists: readonly ReadList[], before: Access, problems: Problem[]): readonly Entry[] {
  const known = new Set(before.entries.map(placeOf));
  const all = lists.toSorted(byAge).flatMap(({ entries }) => entries);
  const found = new Map<string, Entry>();
  for (const entry of firstThose(all, (one) => known.has(placeOf(one)))) {
    const other = found.get(entry.caller);
    if (other === undefined) found.set(entry.caller, entry);
    else problems.push(problemOf(entry, `list ${other.list} has an entry of this name already; rename one`));
  }
  return [...found.values()];
}

/** One entry for each key of a namespace. */
function holders(entries: readonly Entry[], before: Access, problems: Problem[]): Map<string, Entry[]> {
  const wasHeldBy = ({ entry, hash }: Held) =>
    before.keys.get(hash)?.some((one) => placeOf(one) === placeOf(entry)) === true;
  const held = entries.flatMap((entry) => entry.keyHashes.map((hash) => ({ entry, hash })));
  const keys = new Map<string, Entry[]>();
  for (const { entry, hash } of firstThose(held, wasHeldBy)) {
    const other = keys.get(hash)?.find(({ namespace }) => namespace === entry.namespace);
    if (other === undefined) add(keys, hash, entry);
    else
      problems.push(problemOf(entry, `${other.name} has a keyHash of it already; give each caller a key of its own`));
  }
  return keys;
}

interface Held {
  readonly entry: Entry;
  readonly hash: string;
}

const firstThose = <T>(items: readonly T[], test: (item: T) => boolean): T[] => [
  ...items.filter(test),
  ...items.filter((item) => !test(item)),
];

const placeOf = ({ namespace, list, name }: Entry): string => `${namespace}/${list}/${name}`;

const problemOf = ({ namespace, list, name }: Entry, sentence: string): Problem => ({
  namespace,
  list,
  entry: name,
  sentence,
});

const byAge = (a: ReadList, b: ReadList): number =>
  a.created - b.created || (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1);

function add(map: Map<string, Entry[]>, key: string, entry: Entry): void {
  const found = map.get(key);
  if (found === undefined) map.set(key, [entry]);
  else found.push(entry);
}

/** Whether an entry opens a service. */
export const opens = (
  { services }: Pick<Entry, 'services'>,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): boolean => services.has(`${namespace}/${name}`) || services.has(`${namespace}/*`) || services.has('*');

export const isExpired = ({ expires }: Entry, now: number): boolean => expires !== undefined && expires <= now;
