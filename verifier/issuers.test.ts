import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type IssuerSpec, type IssuersOptions, issuers } from './issuers.ts';

type Keys = Awaited<ReturnType<typeof generateKeyPair>>;
let ours: Keys;
let others: Keys;
let jwks: string;

beforeAll(async () => {
  [ours, others] = await Promise.all([generateKeyPair('ES256'), generateKeyPair('ES256')]);
  jwks = await keySet({ ours });
});

const keySet = async (pairs: Record<string, Keys>) =>
  JSON.stringify({
    keys: await Promise.all(
      Object.entries(pairs).map(async ([kid, { publicKey }]) => ({
        ...(await exportJWK(publicKey)),
        kid,
        alg: 'ES256',
        use: 'sig',
      })),
    ),
  });

const SPEC: Omit<IssuerSpec, 'jwks'> = {
  name: 'corp',
  issuer: 'https://id.example.com',
  audiences: ['models'],
  algorithms: ['ES256'],
  callerClaim: 'email',
  groupsClaim: 'groups',
};

interface Token {
  readonly claims?: object;
  readonly issuer?: string;
  readonly audience?: string | string[];
  readonly expires?: number | string;
  readonly kid?: string;
  readonly key?: Keys;
}

const NOW = () => Math.floor(Date.now() / 1000);

const signed = ({
  claims = {},
  issuer = SPEC.issuer,
  audience = 'models',
  expires = '5m',
  kid = 'ours',
  key = ours,
}: Token = {}) =>
  new SignJWT({ email: 'alice@example.com', groups: ['ml', 'search'], ...claims })
    .setProtectedHeader({ alg: 'ES256', kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime(expires)
    .sign(key.privateKey);

const verify = async (token: string, spec: Partial<IssuerSpec> = {}, options: IssuersOptions = {}) => {
  const provider = issuers([{ ...SPEC, jwks, ...spec }], options);
  try {
    return await provider.verify(token);
  } finally {
    provider.close();
  }
};

const REFUSED = { ok: false, reason: 'refused' };
const ALICE = { kind: 'subject', caller: 'corp:alice@example.com', groups: ['corp:ml', 'corp:search'] };

describe('a token of an issuer', () => {
  test('names its caller and groups, by the issuer', async () => {
    expect(await verify(await signed())).toEqual({ ok: true, identity: ALICE });
  });

  test('for several audiences is for us too', async () => {
    expect(await verify(await signed({ audience: ['other', 'models'] }))).toMatchObject({ ok: true });
  });

  test('may have one group as a text', async () => {
    expect(await verify(await signed({ claims: { groups: 'ml' } }))).toMatchObject({
      identity: { groups: ['corp:ml'] },
    });
  });

  test('has no groups by texts that no header takes, nor by what is no text', async () => {
    const groups = ['a b', 'ä', '', 5, null, 'x\r\ny', 'ok'];
    expect(await verify(await signed({ claims: { groups } }))).toMatchObject({ identity: { groups: ['corp:ok'] } });
  });
});

describe('a token that does not say by which of several keys it was signed', () => {
  const nameless = (key: Keys, header: object = {}) =>
    new SignJWT({ email: 'alice@example.com', groups: ['ml', 'search'] })
      .setProtectedHeader({ alg: 'ES256', ...header })
      .setIssuer(SPEC.issuer)
      .setAudience('models')
      .setExpirationTime('5m')
      .sign(key.privateKey);
  const setOf = async (...pairs: Keys[]) => {
    const keys = await Promise.all(pairs.map(({ publicKey }) => exportJWK(publicKey)));
    return JSON.stringify({ keys: keys.map((key) => ({ ...key, kid: 'same' })) });
  };

  test('is held against each of them', async () => {
    const jwks = await setOf(others, ours);
    expect(await verify(await nameless(ours), { jwks })).toEqual({ ok: true, identity: ALICE });
    expect(await verify(await nameless(ours, { kid: 'same' }), { jwks })).toEqual({ ok: true, identity: ALICE });
  });

  test("is not let in by somebody else's, nor by another audience, nor after many keys", async () => {
    const stranger = await generateKeyPair('ES256');
    const jwks = await setOf(others, ours);
    expect(await verify(await nameless(stranger), { jwks })).toEqual(REFUSED);
    expect(await verify(await nameless(ours), { jwks, audiences: ['other'] })).toEqual(REFUSED);
    const many = await setOf(...Array.from({ length: 8 }, () => others), ours);
    expect(await verify(await nameless(ours), { jwks: many })).toEqual(REFUSED);
  });
});

describe('nobody is let in', () => {
  test.each([
    { name: 'by two audiences that are not ours', token: () => signed({ audience: ['a', 'MODELS'] }) },
    {
      name: 'by an expiry that is a text',
      token: () =>
        new SignJWT({ email: 'a', iss: SPEC.issuer, aud: 'models', exp: '9999999999' as never })
          .setProtectedHeader({ alg: 'ES256', kid: 'ours' })
          .sign(ours.privateKey),
    },
    {
      name: 'by a key that its header says where to fetch',
      token: async () =>
        withHeader(await signed({ key: others }), {
          alg: 'ES256',
          kid: 'ours',
          jku: 'http://127.0.0.1:1/',
          x5u: 'http://127.0.0.1:1/',
        }),
    },
    { name: 'by a key id that is a path', token: () => signed({ kid: '../../dev/null', key: others }) },
    {
      name: 'by an extension that must be understood',
      token: async () => withHeader(await signed(), { alg: 'ES256', kid: 'ours', crit: ['exp'], exp: 1 }),
    },
    { name: 'by another audience', token: () => signed({ audience: 'other' }) },
    { name: 'by another issuer', token: () => signed({ issuer: 'https://evil.example.com' }) },
    { name: 'by an issuer with a slash more', token: () => signed({ issuer: `${SPEC.issuer}/` }) },
    { name: "by somebody else's key", token: () => signed({ key: others }) },
    { name: 'by a key id that is not there', token: () => signed({ kid: 'former' }) },
    { name: 'without the claim of its caller', token: () => signed({ claims: { email: undefined } }) },
    { name: 'by a caller that is no text', token: () => signed({ claims: { email: ['alice'] } }) },
    { name: 'by a caller with a line break', token: () => signed({ claims: { email: 'a\r\nx: y' } }) },
    { name: 'by an empty caller', token: () => signed({ claims: { email: '' } }) },
    { name: 'before its time', token: () => signed({ claims: { nbf: NOW() + 600 } }) },
    {
      name: 'unsigned',
      token: async () =>
        new UnsecuredJWT({ email: 'alice@example.com' })
          .setIssuer(SPEC.issuer)
          .setAudience('models')
          .setExpirationTime('5m')
          .encode(),
    },
    { name: 'with alg none over a real one', token: async () => withHeader(await signed(), { alg: 'none' }) },
    {
      name: 'with HS256 by the public key',
      token: async () =>
        new SignJWT({ email: 'a' })
          .setProtectedHeader({ alg: 'HS256', kid: 'ours' })
          .setIssuer(SPEC.issuer)
          .setAudience('models')
          .setExpirationTime('5m')
          .sign(new TextEncoder().encode(jwks.padEnd(64))),
    },
    {
      name: 'with a key that it brings itself',
      token: async () =>
        withHeader(await signed({ key: others }), { alg: 'ES256', jwk: await exportJWK(others.publicKey) }),
    },
    {
      name: 'with claims that were changed',
      token: async () => withClaims(await signed(), { email: 'root@example.com' }),
    },
    { name: 'by half a token', token: async () => (await signed()).slice(0, -10) },
    { name: 'by no token', token: async () => 'eyJ.e30.x' },
  ])('$name', async ({ token }) => {
    expect(await verify(await token())).toEqual(REFUSED);
  });

  test('without an expiry', async () => {
    const token = await new SignJWT({ email: 'a' })
      .setProtectedHeader({ alg: 'ES256', kid: 'ours' })
      .setIssuer(SPEC.issuer)
      .setAudience('models')
      .sign(ours.privateKey);
    expect(await verify(token)).toEqual(REFUSED);
  });

  test('with an algorithm that is not pinned', async () => {
    expect(await verify(await signed(), { algorithms: ['RS256'] })).toEqual(REFUSED);
  });

  test('after its time, and is told so', async () => {
    expect(await verify(await signed({ expires: NOW() - 60 }))).toEqual({ ok: false, reason: 'expired' });
  });

  test('by a claim that every object has', async () => {
    expect(await verify(await signed(), { callerClaim: 'constructor' })).toEqual(REFUSED);
  });
});

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const withHeader = (token: string, header: object) => [part(header), ...token.split('.').slice(1)].join('.');
function withClaims(token: string, claims: object): string {
  const [header, body = '', signature] = token.split('.');
  return [header, part({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), ...claims }), signature].join('.');
}

describe('keys behind a URL', () => {
  let answer: (send: (status: number, body: string) => void) => void;
  let asked = 0;
  const server = createServer((_req, res) => {
    asked++;
    answer((status, body) => res.writeHead(status).end(body));
  });
  let url: string;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const withKeys = async (spec: Partial<IssuerSpec> = {}) => {
    const { jwks: _, ...rest } = { ...SPEC, jwks: '' };
    let now = 0;
    const told: (string | undefined)[] = [];
    asked = 0;
    const provider = issuers([{ ...rest, jwksURL: url, ...spec }], {
      clock: () => now,
      told: (_name, problem) => told.push(problem),
    });
    return {
      provider,
      told,
      later: (ms: number) => {
        now += ms;
      },
    };
  };

  test('are fetched once for many tokens', async () => {
    answer = (send) => send(200, jwks);
    const { provider } = await withKeys();
    const token = await signed();
    const results = await Promise.all(Array.from({ length: 20 }, () => provider.verify(token)));
    expect([results.every(({ ok }) => ok), asked]).toEqual([true, 1]);
    provider.close();
  });

  test('are fetched again for a key id that is new, and not for every one that is made up', async () => {
    answer = (send) => send(200, jwks);
    const { provider, later } = await withKeys();
    expect(await provider.verify(await signed())).toMatchObject({ ok: true });
    const both = await keySet({ ours, next: others });
    answer = (send) => send(200, both);
    later(31_000);
    expect(await provider.verify(await signed({ kid: 'next', key: others }))).toMatchObject({ ok: true });
    for (let i = 0; i < 20; i++) expect(await provider.verify(await signed({ kid: `made-up-${i}` }))).toEqual(REFUSED);
    expect(asked).toBe(2);
    provider.close();
  });

  test('go on when the provider is gone, for a day', async () => {
    answer = (send) => send(200, jwks);
    const { provider, later } = await withKeys();
    const token = await signed();
    expect(await provider.verify(token)).toMatchObject({ ok: true });
    answer = (send) => send(500, '');
    later(23 * 3_600_000);
    expect(await provider.verify(token)).toMatchObject({ ok: true });
    later(2 * 3_600_000);
    expect(await provider.verify(token)).toEqual({ ok: false, reason: 'unavailable' });
    provider.close();
  });

  test.each([
    { name: 'an error', reply: (send: (status: number, body: string) => void) => send(503, ''), says: 'status 503' },
    {
      name: 'no keys',
      reply: (send: (status: number, body: string) => void) => send(200, '<html>'),
      says: 'no JSON Web Key Set',
    },
    {
      name: 'a flood',
      reply: (send: (status: number, body: string) => void) => send(200, 'x'.repeat(600_000)),
      says: 'more than 524288 bytes',
    },
  ])('$name lets nobody in, and says that it is not the caller', async ({ reply, says }) => {
    answer = reply;
    const { provider, told } = await withKeys();
    expect(await provider.verify(await signed())).toEqual({ ok: false, reason: 'unavailable' });
    expect(told.at(-1)).toContain(says);
    provider.close();
  });

  test('a provider that does not answer holds nobody up for long', async () => {
    answer = () => {};
    const { provider, told } = await withKeys();
    expect(await provider.verify(await signed())).toEqual({ ok: false, reason: 'unavailable' });
    expect(told).toEqual(['cannot fetch its keys: no answer in time']);
    provider.close();
  });
});
