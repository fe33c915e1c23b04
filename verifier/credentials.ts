import { createHash } from 'node:crypto';

/** What a caller shows. */
export type Credential =
  | { readonly kind: 'key'; readonly hash: string }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'none'; readonly problem: string };

const none = (problem: string): Credential => ({ kind: 'none', problem });

const MISSING = none('You did not provide an API key. Send it as "Authorization: Bearer KEY", or as "x-api-key: KEY".');
const TWO = none('You provided more than one API key. Send one header, either Authorization or x-api-key, once.');
const SCHEME = none('The Authorization header must be the word Bearer, one space and the key.');

/** Longer than any token of an identity provider's that a header takes. */
const MAX_LENGTH = 16_384;

/** Three parts of base64url, the first of which begins as every JSON object does. */
const JWT = /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/;

/** What a Bearer token may be made of (RFC 6750, b68token). */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;

/**
 * The one credential among a request's headers, which come as name, value, name, value: as they were sent, because a map
 * of them hides duplicates, and whoever hides one may have another one read behind the door.
 */
export function credentialOf(rawHeaders: readonly string[]): Credential {
  const authorizations = valuesOf(rawHeaders, 'authorization');
  const keys = valuesOf(rawHeaders, 'x-api-key');
  if (authorizations.length + keys.length > 1) return TWO;
  const [authorization] = authorizations;
  if (authorization !== undefined && !authorization.startsWith('Bearer '))
    return authorization === '' ? MISSING : SCHEME;
  const secret = authorization?.slice('Bearer '.length) ?? keys[0] ?? '';
  if (secret === '') return MISSING;
  if (secret.length > MAX_LENGTH || !TOKEN.test(secret)) return SCHEME;
  return JWT.test(secret) ? { kind: 'token', token: secret } : { kind: 'key', hash: keyHash(secret) };
}

/** Every value of a header, in whatever case its name was written. */
export const valuesOf = (rawHeaders: readonly string[], name: string): string[] =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);

/** A key as access lists write it. */
export const keyHash = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`;
