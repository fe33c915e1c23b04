import { describe, expect } from 'vitest';
import { chat, request } from '../client.ts';
import { applyReady, endpoint, service, to, URLS } from '../objects.ts';
import { eventually, test } from '../testing.ts';
import { admin, tenantOf } from '../world.ts';
import {
  accessList,
  bearer,
  codeOf,
  entry,
  eventsOf,
  hashOf,
  keyOf,
  statusFor,
  untilLetIn,
  withCallers,
} from './door.ts';
import { tokenOf, unsigned, withHeader } from './issuer.ts';

/** Keys: who is let in, to what, and for how long. */
export const byKeys = () =>
  describe('who has a key', () => {
    test('is let in to what it opens, and nobody else', async ({ namespace }) => {
      const { qwen, secret } = await withCallers(namespace);
      const alice = keyOf(`${namespace}-alice`);
      const answers = {
        alice: await statusFor(qwen, alice),
        byApiKey: (await chat(qwen, { headers: { 'x-api-key': alice } })).status,
        elsewhere: await statusFor(secret, alice),
        bob: await statusFor(secret, keyOf(`${namespace}-bob`)),
        nobody: await statusFor(qwen),
        wrong: await statusFor(qwen, keyOf('wrong')),
        empty: (await chat(qwen, { headers: { authorization: 'Bearer ' } })).status,
        query: (await request(`${qwen}/v1/models?api_key=${alice}`)).status,
        hash: await statusFor(qwen, hashOf(alice).slice(7)),
        lowerCase: (await chat(qwen, { headers: { authorization: `bearer ${alice}` } })).status,
        both: (await chat(qwen, { headers: { ...bearer(alice), 'x-api-key': alice } })).status,
      };
      expect(answers).toEqual({
        alice: 200,
        byApiKey: 200,
        elsewhere: 403,
        bob: 200,
        nobody: 401,
        wrong: 401,
        empty: 401,
        query: 401,
        hash: 401,
        lowerCase: 401,
        both: 401,
      });
    });

    test('and who has none is told as OpenAI tells it', async ({ namespace }) => {
      const { qwen, secret } = await withCallers(namespace);
      const [none, other] = [await chat(qwen), await chat(secret, { headers: bearer(keyOf(`${namespace}-alice`)) })];
      expect([codeOf(none.body), codeOf(other.body)]).toEqual(['invalid_api_key', 'permission_denied']);
      expect([none.headers['content-type'], none.headers['www-authenticate']]).toEqual(['application/json', 'Bearer']);
    });

    test('of another tenant is not let in, and a tenant writes his own list alone', async ({ namespace }) => {
      const { qwen } = await withCallers(namespace);
      const other = `${namespace}-other`;
      await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: other } });
      try {
        const tenant = await tenantOf(other);
        await tenant.apply(accessList(other, { carol: entry(`${other}-carol`) }));
        await expect(tenant.apply(accessList(other, { carol: `keyHash: ${keyOf('carol')}` }))).rejects.toThrow(
          'a key in clear text',
        );
        // His list cannot open what is not his, whatever it says; a verifier says so where it stands.
        await tenant.apply(accessList(other, { mallory: entry(`${other}-mallory`, [`${namespace}/qwen`]) }, 'greedy'));
        await eventually(
          async () => (await eventsOf(other, 'greedy')).some((message) => message.includes('only its owner opens')),
          () => 'an Event should say what is wrong with the entry',
        );
        expect([
          await statusFor(qwen, keyOf(`${other}-carol`)),
          await statusFor(qwen, keyOf(`${other}-mallory`)),
        ]).toEqual([403, 401]);
      } finally {
        await admin.remove({ apiVersion: 'v1', kind: 'Namespace', name: other });
      }
    });

    test('is shut out no longer than a second after it was revoked, and when it has expired', async ({ namespace }) => {
      const { qwen } = await withCallers(namespace);
      const key = keyOf(`${namespace}-bob`);
      await untilLetIn(qwen, key);
      const expires = new Date(Date.now() + 6_000).toISOString();
      await admin.apply(
        accessList(namespace, {
          alice: entry(`${namespace}-alice`, ['qwen']),
          ending: entry(`${namespace}-ending`, ['qwen'], { expires }),
        }),
      );
      const revokedAt = Date.now();
      let last = revokedAt;
      while (Date.now() - revokedAt < 3_000) if ((await statusFor(qwen, key)) === 200) last = Date.now();
      expect(last - revokedAt).toBeLessThan(1_000);
      expect(await statusFor(qwen, keyOf(`${namespace}-alice`))).toBe(200);
      await eventually(
        async () => Date.now() > Date.parse(expires),
        () => 'time should pass',
      );
      const { status, body } = await chat(qwen, { headers: bearer(keyOf(`${namespace}-ending`)) });
      expect([status, JSON.parse(body).error.message]).toEqual([401, expect.stringContaining('expired')]);
    });
  });

/** Tokens of an identity provider. */
export const byTokens = () =>
  test('a token is let in by its group or its caller, and no other token is', async ({ namespace }) => {
    await admin.apply(
      accessList(namespace, {
        researchers: 'groups: [corp:ml]\nservices: [qwen]\n',
        root: 'callers: [corp:root]\nservices: ["*"]\n',
      }),
    );
    await applyReady(
      namespace,
      endpoint('a', { url: URLS.first }),
      service('qwen', [to('a')]),
      service('secret', [to('a')]),
    );
    const [qwen, secret] = [`/${namespace}/qwen`, `/${namespace}/secret`];
    const token = await tokenOf();
    await untilLetIn(qwen, token);
    const { seen } = await chat(qwen, { headers: bearer(token) });
    expect(seen?.headers['x-modelplane-caller']).toBe('corp:alice');
    expect(JSON.stringify(seen)).not.toContain(token.split('.')[2]);
    const statuses = {
      elsewhere: await statusFor(secret, token),
      root: await statusFor(secret, await tokenOf({ claims: { sub: 'root', groups: [] } })),
      otherGroup: await statusFor(qwen, await tokenOf({ claims: { groups: ['web'] } })),
      unsigned: await statusFor(qwen, unsigned(token)),
      algNone: await statusFor(qwen, withHeader(token, { alg: 'none' })),
      otherIssuer: await statusFor(qwen, await tokenOf({ issuer: 'https://evil.example.com' })),
      otherAudience: await statusFor(qwen, await tokenOf({ audience: 'other' })),
      oldKeyId: await statusFor(qwen, await tokenOf({ kid: 'former' })),
      otherKey: await statusFor(qwen, await tokenOf({ by: 'somebody else' })),
      expired: await statusFor(qwen, await tokenOf({ expires: -60 })),
      changed: await statusFor(
        qwen,
        token.replace(/\.[^.]+\./, `.${Buffer.from('{"sub":"root"}').toString('base64url')}.`),
      ),
    };
    expect(statuses).toEqual({
      elsewhere: 403,
      root: 200,
      otherGroup: 403,
      unsigned: 401,
      algNone: 401,
      otherIssuer: 401,
      otherAudience: 401,
      oldKeyId: 401,
      otherKey: 401,
      expired: 401,
      changed: 401,
    });
  });

/** OpenAI's list. */
export const listOfModels = () =>
  test('the list of models has what a key opens, and is not for who has none', async ({ namespace }) => {
    await withCallers(namespace);
    const ids = async (caller: string) => {
      const { status, body } = await request('/v1/models', { headers: bearer(keyOf(caller)) });
      return status === 200 ? JSON.parse(body).data.map(({ id }: { id: string }) => id) : status;
    };
    await eventually(
      async () => (await ids(`${namespace}-bob`)).length === 2,
      () => 'both services should be listed',
    );
    expect(await ids(`${namespace}-bob`)).toEqual([`${namespace}/qwen`, `${namespace}/secret`]);
    expect(await ids(`${namespace}-alice`)).toEqual([`${namespace}/qwen`]);
    expect((await request('/v1/models')).status).toBe(401);
    expect((await request('/v1/models', { headers: { 'x-modelplane-caller': `${namespace}/bob` } })).status).toBe(401);
  });
