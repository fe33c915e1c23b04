import { randomBytes } from 'node:crypto';
import { keyHash } from './credentials.ts';
import { parseEntry, readMap } from './entry.ts';

/** So that scanners of repositories and logs, and the admission policy of access lists, know a key when they see one. */
const PREFIX = 'mpk_';

/** 256 bits: nobody guesses one, and its hash gives nothing away. */
const KEY_BYTES = 32;

/** What every subcommand works on, as `kubectl` has it. */
export interface ConfigMap {
  readonly apiVersion: 'v1';
  readonly kind: 'ConfigMap';
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
}

/** Where access lists are kept. */
export interface ListStore {
  get(namespace: string, name: string): Promise<ConfigMap | undefined>;
  /** Every access list of a namespace. */
  list(namespace: string): Promise<readonly ConfigMap[]>;
  apply(list: ConfigMap): Promise<void>;
}

export interface NewKey {
  readonly namespace: string;
  readonly list: string;
  readonly caller: string;
  readonly services: readonly string[];
  readonly expires?: string | undefined;
  readonly requestsPerMinute?: number | undefined;
}

/** A key, which is nowhere else afterwards, and the entry of an access list that opens for it. */
export interface Made {
  readonly key: string;
  readonly entry: Readonly<Record<string, unknown>>;
}

export const makeKey = ({
  services,
  expires,
  requestsPerMinute,
}: Omit<NewKey, 'namespace' | 'list' | 'caller'>): Made => {
  const key = PREFIX + randomBytes(KEY_BYTES).toString('base64url');
  const limits = requestsPerMinute === undefined ? {} : { limits: { requestsPerMinute } };
  return { key, entry: { keyHash: keyHash(key), services, ...(expires !== undefined && { expires }), ...limits } };
};

/**
 * Gives a caller a key. One that he has goes on until it is revoked: that is how a key is replaced without a gap. What
 * else his entry says stays as it is.
 */
export async function newKey(store: ListStore, wish: NewKey, platform: string): Promise<Made> {
  const before = await store.get(wish.namespace, wish.list);
  const made = makeKey(wish);
  const former = entryOf(before, wish.caller);
  const entry = former === undefined ? made.entry : { ...former, keyHash: [...hashesOf(former), made.entry.keyHash] };
  const text = JSON.stringify(entry);
  const parsed = parseEntry(text, wish.namespace, platform);
  if (!parsed.ok) throw new Error(`cannot write ${wish.caller}: ${parsed.problem}`);
  await store.apply(listWith(before, wish.namespace, wish.list, { [wish.caller]: text }));
  return { key: made.key, entry };
}

export interface Listed {
  readonly list: string;
  readonly caller: string;
  /** The first digits, to tell them apart. */
  readonly hashes: readonly string[];
  readonly services: readonly string[];
  readonly expires: string | undefined;
  /** Why it lets nobody in. */
  readonly problem: string | undefined;
}

/** Everybody who may call services of a namespace by its own lists. */
export async function listKeys(store: ListStore, namespace: string, platform: string): Promise<Listed[]> {
  const lists = await store.list(namespace);
  return lists.flatMap(({ metadata, data = {} }) =>
    Object.entries(data).map(([caller, text]) => {
      const parsed = parseEntry(text, namespace, platform);
      if (!parsed.ok)
        return { list: metadata.name, caller, hashes: [], services: [], expires: undefined, problem: parsed.problem };
      const { keyHashes, services, expires } = parsed.value;
      return {
        list: metadata.name,
        caller,
        hashes: keyHashes.map(shortHash),
        services: [...services],
        expires: expires === undefined ? undefined : new Date(expires).toISOString(),
        problem: undefined,
      };
    }),
  );
}

/** Digits that a person can compare. */
const shortHash = (hash: string): string => hash.slice('sha256:'.length, 'sha256:'.length + 12);

/**
 * Takes a caller's keys away, or with the first digits of a hash one of them. What is revoked is shut out when verifiers
 * have seen it, which takes less than a second.
 */
export async function revokeKey(
  store: ListStore,
  {
    namespace,
    list,
    caller,
    hash,
  }: { readonly namespace: string; readonly list: string; readonly caller: string; readonly hash?: string | undefined },
): Promise<void> {
  const before = await store.get(namespace, list);
  const former = entryOf(before, caller);
  if (former === undefined)
    throw new Error(`ConfigMap ${namespace}/${list} has no entry ${caller}: modelplane key list shows who is there`);
  const left =
    hash === undefined
      ? []
      : hashesOf(former).filter((one) => !shortHash(one).startsWith(hash) && !one.startsWith(hash));
  if (hash !== undefined && left.length === hashesOf(former).length)
    throw new Error(`${caller} has no key whose hash begins with ${hash}: modelplane key list shows them`);
  const changed = left.length === 0 ? undefined : JSON.stringify({ ...former, keyHash: left });
  await store.apply(listWith(before, namespace, list, { [caller]: changed }));
}

type Entry = Readonly<Record<string, unknown>>;

function entryOf(list: ConfigMap | undefined, caller: string): Entry | undefined {
  const text = list?.data?.[caller];
  if (text === undefined) return undefined;
  const read = readMap(text);
  if (!read.ok) throw new Error(`the entry ${caller} cannot be read; correct or remove it first`);
  return read.value;
}

const hashesOf = ({ keyHash: hashes }: Entry): string[] =>
  [hashes].flat().filter((hash): hash is string => typeof hash === 'string');

const listWith = (
  before: ConfigMap | undefined,
  namespace: string,
  name: string,
  entries: Readonly<Record<string, string | undefined>>,
): ConfigMap => {
  const all = Object.entries({ ...before?.data, ...entries }).flatMap(([caller, text]) =>
    text === undefined ? [] : [[caller, text]],
  );
  return {
    ...(before ?? { apiVersion: 'v1', kind: 'ConfigMap' }),
    metadata: {
      ...before?.metadata,
      namespace,
      name,
      labels: { ...before?.metadata.labels, 'modelplane.ai/access': '' },
    },
    data: Object.fromEntries(all),
  };
};
