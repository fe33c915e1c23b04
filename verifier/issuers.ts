import {
  createLocalJWKSet,
  decodeJwt,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import type { Identity } from './decision.ts';

/** An identity provider whose tokens are taken, as the InferenceGateway has it. */
export interface IssuerSpec {
  readonly name: string;
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly algorithms: readonly string[];
  readonly callerClaim: string;
  readonly groupsClaim?: string;
  readonly jwksURL?: string;
  /** A JSON Web Key Set as text. */
  readonly jwks?: string;
}

type Verified =
  | { readonly ok: true; readonly identity: Identity }
  | { readonly ok: false; readonly reason: 'refused' | 'expired' | 'unavailable' };

export interface Issuers {
  verify(token: string): Promise<Verified>;
  close(): void;
}

/** What is wrong with an issuer's keys, for a log and a metric. */
type Told = (issuer: string, problem: string | undefined) => void;

const REFRESH_MS = 300_000;
/** A key id that nobody knows has the keys fetched again, but no more often than this. */
const COOLDOWN_MS = 30_000;
const FETCH_TIMEOUT_MS = 2_000;
const MAX_JWKS_BYTES = 512 * 1024;
/** Keys that could not be fetched again for so long are no longer trusted: a provider may have withdrawn them. */
const MAX_AGE_MS = 24 * 3_600_000;
const CLOCK_TOLERANCE = '30 seconds';
const MAX_GROUPS = 256;
/** Of keys that a token may have been signed by, where neither it nor they say by which. */
const MAX_CANDIDATES = 8;

/** What goes into a header and a log as it is. */
const CLAIM = /^[!-~]{1,256}$/;

type Keys = JWTVerifyGetKey;

export interface IssuersOptions {
  readonly told?: Told;
  readonly fetch?: typeof fetch;
  readonly clock?: () => number;
}

/** Verifies tokens of issuers that are told apart by their `iss`, each with algorithms, audiences and keys of its own. */
export function issuers(specs: readonly IssuerSpec[], options: IssuersOptions = {}): Issuers {
  const byIssuer = new Map(specs.map((spec) => [spec.issuer, { spec, keys: keySource(spec, options) }]));
  return {
    verify: async (token) => {
      const found = byIssuer.get(issuerOf(token) ?? '');
      return found === undefined ? { ok: false, reason: 'refused' } : verifyBy(found.spec, found.keys.get, token);
    },
    close: () => {
      for (const { keys } of byIssuer.values()) keys.close();
    },
  };
}

async function verifyBy(spec: IssuerSpec, keys: Keys, token: string): Promise<Verified> {
  try {
    const identity = identityOf(spec, await claimsOf(spec, keys, token));
    return identity ? { ok: true, identity } : { ok: false, reason: 'refused' };
  } catch (error) {
    if (error instanceof NoKeys) return { ok: false, reason: 'unavailable' };
    return { ok: false, reason: error instanceof errors.JWTExpired ? 'expired' : 'refused' };
  }
}

async function claimsOf(spec: IssuerSpec, keys: Keys, token: string): Promise<JWTPayload> {
  const options = {
    issuer: spec.issuer,
    audience: [...spec.audiences],
    algorithms: [...spec.algorithms],
    clockTolerance: CLOCK_TOLERANCE,
    requiredClaims: ['exp', spec.callerClaim],
  };
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    let left = MAX_CANDIDATES;
    for await (const key of error) {
      const isBy = await jwtVerify(token, key, options).catch(notByThisKey);
      if (isBy !== undefined) return isBy.payload;
      if (--left === 0) break;
    }
    throw error;
  }
}

function notByThisKey(error: unknown): undefined {
  if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
}

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined;
  }
}

function identityOf({ name, callerClaim, groupsClaim }: IssuerSpec, payload: JWTPayload): Identity | undefined {
  const caller = Object.hasOwn(payload, callerClaim) ? payload[callerClaim] : undefined;
  if (typeof caller !== 'string' || !CLAIM.test(caller)) return undefined;
  const claimed = groupsClaim !== undefined && Object.hasOwn(payload, groupsClaim) ? payload[groupsClaim] : [];
  const groups = (Array.isArray(claimed) ? claimed : [claimed]).filter(
    (group): group is string => typeof group === 'string' && CLAIM.test(group),
  );
  return {
    kind: 'subject',
    caller: `${name}:${caller}`,
    groups: [...new Set(groups)].slice(0, MAX_GROUPS).map((group) => `${name}:${group}`),
  };
}

/** Nothing to verify with: that is the provider's trouble, and no caller's. */
class NoKeys extends Error {}

interface KeySource {
  readonly get: Keys;
  close(): void;
}

const keySource = (spec: IssuerSpec, options: IssuersOptions): KeySource =>
  spec.jwksURL === undefined ? inlineKeys(spec, options) : fetchedKeys(spec, spec.jwksURL, options);

function inlineKeys({ name, jwks = '' }: IssuerSpec, { told = () => {} }: IssuersOptions): KeySource {
  const keys = readKeys(jwks);
  told(name, keys === undefined ? 'inline is no JSON Web Key Set' : undefined);
  const get: Keys = async (header, token) => {
    if (keys === undefined) throw new NoKeys();
    return keys(header, token);
  };
  return { get, close: () => {} };
}

/**
 * Keys behind a URL: fetched at the start and every few minutes beside all requests, so that a provider that is slow or
 * gone slows nobody down. What was fetched last goes on for a day.
 */
function fetchedKeys({ name }: IssuerSpec, url: string, options: IssuersOptions): KeySource {
  const { told = () => {}, fetch: get = fetch, clock = () => performance.now() } = options;
  let keys: Keys | undefined;
  let fetchedAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let pending: Promise<void> | undefined;
  const refresh = (): Promise<void> => {
    triedAt = clock();
    pending ??= download(get, url)
      .then((text) => {
        const fetched = readKeys(text);
        if (fetched === undefined) throw new Error('it is no JSON Web Key Set');
        keys = fetched;
        fetchedAt = clock();
        told(name, undefined);
      })
      .catch((error: Error) => told(name, `cannot fetch its keys: ${error.message}`))
      .finally(() => {
        pending = undefined;
      });
    return pending;
  };
  refresh();
  const timer = setInterval(refresh, REFRESH_MS).unref();
  const current = (): Keys => {
    if (keys === undefined || clock() - fetchedAt > MAX_AGE_MS) throw new NoKeys();
    return keys;
  };
  const source: Keys = async (...args) => {
    if (keys === undefined && (pending !== undefined || clock() - triedAt > COOLDOWN_MS)) await refresh();
    try {
      return await current()(...args);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || clock() - triedAt < COOLDOWN_MS) throw error;
      await refresh();
      return current()(...args);
    }
  };
  return { get: source, close: () => clearInterval(timer) };
}

function readKeys(text: string): Keys | undefined {
  try {
    return createLocalJWKSet(JSON.parse(text) as JSONWebKeySet);
  } catch {
    return undefined;
  }
}

/** A text of at most so many bytes, by one request that nothing redirects. */
async function download(get: typeof fetch, url: string): Promise<string> {
  const response = await get(url, { redirect: 'error', signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) }).catch(
    (error: Error) => {
      throw new Error(error.name === 'TimeoutError' ? 'no answer in time' : 'no connection');
    },
  );
  if (!response.ok) throw new Error(`status ${response.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_JWKS_BYTES) throw new Error(`more than ${MAX_JWKS_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
