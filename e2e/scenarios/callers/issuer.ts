import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

const ISSUER = 'https://id.example.com';
const KEY_ID = 'now';
const PARSED = { alg: 'ES256', use: 'sig' };

const keys = await generateKeyPair('ES256', { extractable: true });
const others = await generateKeyPair('ES256', { extractable: true });

/** An identity provider of these scenarios, with its keys at hand. */
export const CORP = {
  name: 'corp',
  issuer: ISSUER,
  audiences: ['models'],
  groupsClaim: 'groups',
  algorithms: ['ES256'],
  jwks: JSON.stringify({ keys: [{ ...(await exportJWK(keys.publicKey)), ...PARSED, kid: KEY_ID }] }),
};

export interface TokenOptions {
  readonly claims?: JWTPayload;
  readonly issuer?: string;
  readonly audience?: string;
  readonly kid?: string;
  readonly by?: 'corp' | 'somebody else';
  /** Seconds from now. */
  readonly expires?: number;
}

/** A token of the issuer for alice, of group ml, but for what is said. */
export const tokenOf = ({
  claims = {},
  issuer = ISSUER,
  audience = 'models',
  kid = KEY_ID,
  by = 'corp',
  expires = 600,
}: TokenOptions = {}): Promise<string> =>
  new SignJWT({ sub: 'alice', groups: ['ml'], ...claims })
    .setProtectedHeader({ alg: 'ES256', kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + expires)
    .sign(by === 'corp' ? keys.privateKey : others.privateKey);

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The token's claims, signed by nobody. */
export const unsigned = (token: string): string => `${part({ alg: 'none' })}.${token.split('.')[1]}.`;

/** The token's claims and signature, with another header. */
export const withHeader = (token: string, header: object): string =>
  [part(header), ...token.split('.').slice(1)].join('.');
