import { type Access, type Entry, isExpired, opens } from './access.ts';
import type { Refusal } from './answers.ts';
import type { Target } from './target.ts';

/** Whom a credential has turned out to be, before anybody asks what he may. */
export type Identity =
  | { readonly kind: 'key'; readonly hash: string }
  /** `issuer:claim` each. */
  | { readonly kind: 'subject'; readonly caller: string; readonly groups: readonly string[] };

/** At most so many requests a minute, of everything that has the same key. */
export interface Bucket {
  readonly key: string;
  readonly limit: number;
}

export type Decision =
  | { readonly ok: true; readonly caller: string; readonly buckets: readonly Bucket[] }
  | { readonly ok: false; readonly refusal: Refusal };

/** What a service asks of every caller. */
export interface ServiceLimits {
  /** For `namespace/name`: requests a minute of one caller. */
  requestsPerMinuteOf(namespace: string, name: string): number | undefined;
}

const WRONG_KEY: Refusal = {
  status: 401,
  code: 'invalid_api_key',
  message:
    'Incorrect API key provided. Ask the owner of the model for one, or whether yours is still in its access list.',
};

const EXPIRED: Refusal = {
  status: 401,
  code: 'invalid_api_key',
  message: 'Your API key has expired. Ask the owner of the model for another one.',
};

/** Every entry that an identity has, in whatever namespace. */
export function entriesOf(access: Access, identity: Identity): readonly Entry[] {
  if (identity.kind === 'key') return access.keys.get(identity.hash) ?? [];
  const direct = access.callers.get(identity.caller) ?? [];
  return [...direct, ...identity.groups.flatMap((group) => access.groups.get(group) ?? [])];
}

/** The name by which everything behind the door knows the caller. */
const callerOf = (identity: Identity, entry: Entry): string =>
  identity.kind === 'key' ? entry.caller : identity.caller;

/**
 * Whether a caller may ask for a target. The entry of the service's own namespace comes before one of the platform's, so
 * that an owner's limits and his name for the caller are what counts.
 */
export function decide(
  access: Access,
  services: ServiceLimits,
  identity: Identity,
  target: Target,
  now: number,
): Decision {
  const found = entriesOf(access, identity);
  const valid = found.filter((entry) => !isExpired(entry, now));
  const [first] = valid;
  if (first === undefined) return { ok: false, refusal: refusalOf(identity, found.length > 0) };
  switch (target.kind) {
    case 'models':
      return { ok: true, caller: callerOf(identity, first), buckets: [] };
    case 'elsewhere':
      return { ok: false, refusal: forbidden('There is no model at this path.') };
    case 'service': {
      const { namespace, name } = target;
      const opening = valid.filter((entry) => opens(entry, target));
      const entry = opening.find((one) => one.namespace === namespace) ?? opening[0];
      if (entry === undefined)
        return {
          ok: false,
          refusal: forbidden(`You may not use ${namespace}/${name}. Ask its owner to add you to its access list.`),
        };
      const caller = callerOf(identity, entry);
      return {
        ok: true,
        caller,
        buckets: bucketsOf(entry, caller, services.requestsPerMinuteOf(namespace, name), target),
      };
    }
    default:
      return target satisfies never;
  }
}

function refusalOf(identity: Identity, expired: boolean): Refusal {
  if (expired) return EXPIRED;
  return identity.kind === 'key'
    ? WRONG_KEY
    : forbidden('Your token is valid, and no access list names you or a group of yours. Ask the owner of the model.');
}

const forbidden = (message: string): Refusal => ({ status: 403, code: 'permission_denied', message });

/** A caller's share of a service, and what his entry gives him of all that it opens. */
function bucketsOf(
  entry: Entry,
  caller: string,
  ofService: number | undefined,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Bucket[] {
  const ofEntry = entry.requestsPerMinute;
  return [
    ...(ofEntry === undefined ? [] : [{ key: `entry ${entry.namespace}/${entry.name} ${caller}`, limit: ofEntry }]),
    ...(ofService === undefined ? [] : [{ key: `service ${namespace}/${name} ${caller}`, limit: ofService }]),
  ];
}
