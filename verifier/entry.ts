import { parse } from 'yaml';

/** How an access list writes a key: the SHA-256 of its bytes, in lower-case hexadecimal digits. */
const KEY_HASH = /^sha256:[0-9a-f]{64}$/;

/** A caller's name in an access list. No key looks like one, so a name that is quoted gives no key away. */
export const CALLER_NAME = /^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/;

const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SERVICE = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Somebody that an issuer of tokens vouches for: the issuer's name in the InferenceGateway, and what its claim says. */
const SUBJECT = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?:[!-~]{1,256}$/;

/** Hours to 23, because a clock that says 24:00 means the next day. */
const RFC3339 = /^(\d{4}-\d{2}-\d{2})[Tt]([01]\d|2[0-3]):\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

const MAX_HASHES = 8;
const MAX_NAMES = 256;
const MAX_PER_MINUTE = 100_000;
/** A reader of YAML takes up to 20 µs for a character that somebody has thought about, and longer the more there are. */
const MAX_YAML = 8_192;

/** What an entry of an access list says. */
export interface EntrySpec {
  /** `sha256:` and 64 digits each. */
  readonly keyHashes: readonly string[];
  /** `issuer:claim` each. */
  readonly callers: readonly string[];
  readonly groups: readonly string[];
  /** `namespace/service`, `namespace/*` or `*`. */
  readonly services: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly expires: number | undefined;
  /** Of all that it opens together. */
  readonly requestsPerMinute: number | undefined;
}

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

const bad = (problem: string): { readonly ok: false; readonly problem: string } => ({ ok: false, problem });

const FIELDS: readonly string[] = ['keyHash', 'callers', 'groups', 'services', 'expires', 'limits', 'metadata'];

/**
 * Reads an entry of a list in `namespace`. `platform` is the namespace whose lists may open every other's services. A
 * problem is one sentence that quotes no value of the entry: what stands there by mistake may be a key.
 */
export function parseEntry(text: string, namespace: string, platform: string): Parsed<EntrySpec> {
  const read = readMap(text);
  if (!read.ok) return read;
  const fields = read.value;
  const unknown = Object.keys(fields).findIndex((field) => !FIELDS.includes(field));
  if (unknown !== -1) return bad(`its field number ${unknown + 1} is unknown; it may have ${FIELDS.join(', ')}`);
  const who = whoOf(fields);
  if (!who.ok) return who;
  const services = servicesOf(fields.services, namespace, platform);
  if (!services.ok) return services;
  const expires = expiryOf(fields.expires);
  if (!expires.ok) return expires;
  const limit = limitOf(fields.limits);
  if (!limit.ok) return limit;
  return {
    ok: true,
    value: { ...who.value, services: services.value, expires: expires.value, requestsPerMinute: limit.value },
  };
}

/** Whom an entry lets in. */
function whoOf(fields: Fields): Parsed<Pick<EntrySpec, 'keyHashes' | 'callers' | 'groups'>> {
  const keyHashes = listOf(fields.keyHash, KEY_HASH, MAX_HASHES);
  const callers = listOf(fields.callers, SUBJECT, MAX_NAMES);
  const groups = listOf(fields.groups, SUBJECT, MAX_NAMES);
  if (keyHashes === undefined)
    return bad('keyHash must be sha256: and the 64 digits of a hash, or a list of at most 8; never a key itself');
  if (callers === undefined)
    return bad("callers must be a list such as [corp:alice@example.com], each by its issuer's name");
  if (groups === undefined) return bad("groups must be a list such as [corp:ml-engineers], each by its issuer's name");
  if (keyHashes.length + callers.length + groups.length === 0)
    return bad('there is no keyHash, callers or groups; add one');
  if (new Set(keyHashes).size < keyHashes.length) return bad('keyHash has the same hash twice; remove one');
  return { ok: true, value: { keyHashes, callers, groups } };
}

type Fields = Readonly<Record<string, unknown>>;

/** JSON is the fast way, and the one that agentgateway writes; YAML is what people write. */
export const isJSON = (text: string): boolean => text.trimStart().startsWith('{');

const YAML = { maxAliasCount: 0, logLevel: 'error', prettyErrors: false } as const;

export function readMap(text: string): Parsed<Fields> {
  if (!isJSON(text) && text.length > MAX_YAML)
    return bad(`it is YAML of more than ${MAX_YAML} characters; write it as JSON, or make several entries of it`);
  let value: unknown;
  try {
    value = isJSON(text) ? JSON.parse(text) : parse(text, YAML);
  } catch {
    return bad('it is neither JSON nor YAML');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return bad('it is no map of keyHash and services');
  return { ok: true, value: value as Fields };
}

/** One text or a list of them, all of a pattern; undefined where it is anything else. */
function listOf(value: unknown, pattern: RegExp, most: number): readonly string[] | undefined {
  if (value === undefined) return [];
  const items = Array.isArray(value) ? value : [value];
  if (items.length === 0 || items.length > most) return undefined;
  return items.every((item) => typeof item === 'string' && pattern.test(item)) ? items : undefined;
}

/** Every service by its namespace, so that nothing that is asked later depends on where it was written. */
function servicesOf(value: unknown, namespace: string, platform: string): Parsed<ReadonlySet<string>> {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_NAMES)
    return bad('services must be a list of names, or ["*"] for every service');
  const services = new Set<string>();
  for (const [index, item] of value.entries()) {
    const service = namespace === platform ? platformService(item) : ownService(item, namespace);
    if (service === undefined)
      return bad(
        namespace === platform
          ? `services[${index}] must be namespace/service, namespace/* or *`
          : `services[${index}] must be the name of a service of this namespace, or *; what is in another namespace only its owner opens`,
      );
    services.add(service);
  }
  return { ok: true, value: services };
}

function ownService(item: unknown, namespace: string): string | undefined {
  if (item === '*') return `${namespace}/*`;
  return typeof item === 'string' && SERVICE.test(item) && item.length <= 253 ? `${namespace}/${item}` : undefined;
}

function platformService(item: unknown): string | undefined {
  if (item === '*') return '*';
  if (typeof item !== 'string' || item.length > 317) return undefined;
  const [namespace = '', service = '', ...rest] = item.split('/');
  return rest.length === 0 && LABEL.test(namespace) && (service === '*' || SERVICE.test(service)) ? item : undefined;
}

function expiryOf(value: unknown): Parsed<number | undefined> {
  if (value === undefined) return { ok: true, value: undefined };
  const [text, day] = (typeof value === 'string' && RFC3339.exec(value)) || [];
  const at = text !== undefined && day !== undefined && isDay(day) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at)
    ? bad('expires must be a time with its zone, such as 2027-01-31T00:00:00Z')
    : { ok: true, value: at };
}

/** Date.parse takes 30 February for 2 March, which would let somebody in for longer than anybody wrote. */
function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function limitOf(value: unknown): Parsed<number | undefined> {
  if (value === undefined) return { ok: true, value: undefined };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad('limits must be a map');
  const { requestsPerMinute, ...rest } = value as Fields;
  if ('concurrent' in rest)
    return bad("limits.concurrent is a service's to set, in its ModelService or ModelDeployment; remove it here");
  if (Object.keys(rest).length > 0 || requestsPerMinute === undefined)
    return bad('limits must have requestsPerMinute and nothing else');
  const isCount = Number.isInteger(requestsPerMinute) && (requestsPerMinute as number) >= 1;
  return isCount && (requestsPerMinute as number) <= MAX_PER_MINUTE
    ? { ok: true, value: requestsPerMinute as number }
    : bad(`limits.requestsPerMinute must be a whole number from 1 to ${MAX_PER_MINUTE}`);
}
