import { describe, expect, test } from 'vitest';
import { keyHash } from './credentials.ts';
import { hook } from './hook.ts';
import type { Issuers } from './issuers.ts';
import { limiter } from './limiter.ts';
import { entry, keyOf, known, list, PLATFORM, service } from './testing.ts';

const NOW = Date.parse('2027-01-31T00:00:00Z');
const PAST = '2027-01-30T23:59:59Z';

const LISTS = [
  list('ml-team', {
    alice: entry('alice', ['qwen']),
    bob: entry('bob'),
    gone: entry('gone', ['*'], { expires: PAST }),
    last: entry('last', ['*'], { expires: '2027-01-31T00:00:01Z' }),
    rotating: { keyHash: [keyHash(keyOf('old')), keyHash(keyOf('new'))], services: ['qwen'] },
    corp: { groups: ['corp:ml'], callers: ['corp:root'], services: ['*'] },
  }),
  list('shop', { carol: entry('carol'), alice: entry('alice-of-shop', ['llama']) }),
  list(PLATFORM, {
    ops: entry('ops', ['*']),
    search: entry('search', ['ml-team/qwen', 'shop/*']),
    bob: entry('bob', ['shop/llama']),
  }),
];

/** Tokens of a provider that everybody believes: `caller|group,group`. */
const believing: Issuers = {
  verify: async (token) => {
    const [, payload = ''] = token.split('.');
    const [caller = '', groups = ''] = Buffer.from(payload, 'base64url').toString().split('|');
    return { ok: true, identity: { kind: 'subject', caller, groups: groups === '' ? [] : groups.split(',') } };
  },
  close: () => {},
};
const tokenOf = (caller: string, groups = '') =>
  `eyJhIjoxfQ.${Buffer.from(`${caller}|${groups}`).toString('base64url')}.x`;

const at = (uri: string, credential?: string) => [
  'x-forwarded-uri',
  uri,
  ...(credential === undefined ? [] : ['authorization', `Bearer ${credential}`]),
];

const asking = (services = [service('ml-team', 'qwen')], takesKeys = true) =>
  hook({
    knowledge: known(LISTS, services),
    issuers: believing,
    limiter: limiter(undefined, () => 0),
    takesKeys,
    now: () => NOW,
  });

const QWEN = '/ml-team/qwen/v1/chat/completions';
const LLAMA = '/ml-team/llama/v1/chat/completions';

describe('who is let in, and as whom', () => {
  test.each([
    { name: 'a key for the service that its entry names', uri: QWEN, who: keyOf('alice'), as: 'ml-team/alice' },
    { name: 'a key for every service of its namespace', uri: LLAMA, who: keyOf('bob'), as: 'ml-team/bob' },
    {
      name: 'a key that the platform gave for everything',
      uri: '/any/thing',
      who: keyOf('ops'),
      as: 'modelplane-system/ops',
    },
    {
      name: 'a key that the platform gave for a namespace',
      uri: '/shop/llama',
      who: keyOf('search'),
      as: 'modelplane-system/search',
    },
    {
      name: "a key in two lists, by the platform's where the owner has none",
      uri: '/shop/llama',
      who: keyOf('bob'),
      as: 'modelplane-system/bob',
    },
    { name: 'the former key while it is replaced', uri: QWEN, who: keyOf('old'), as: 'ml-team/rotating' },
    { name: 'the new key while it is replaced', uri: QWEN, who: keyOf('new'), as: 'ml-team/rotating' },
    { name: 'a key in its last second', uri: QWEN, who: keyOf('last'), as: 'ml-team/last' },
    { name: 'a token of a group', uri: QWEN, who: tokenOf('corp:dave', 'corp:web,corp:ml'), as: 'corp:dave' },
    { name: 'a token of a caller by name', uri: QWEN, who: tokenOf('corp:root'), as: 'corp:root' },
  ])('$name', async ({ uri, who, as }) => {
    expect(await asking().authorize({ rawHeaders: at(uri, who) })).toEqual({
      status: 200,
      headers: {
        'x-modelplane-caller': as,
        'x-modelplane-tenant': uri.split('/')[1],
        'x-llm-d-inference-fairness-id': as,
        'x-gateway-inference-fairness-id': as,
      },
      body: '',
    });
  });
});

describe('who is not', () => {
  test.each([
    { name: 'nobody', uri: QWEN, who: undefined, code: 'invalid_api_key' },
    { name: 'a key in the query', uri: `${QWEN}?api_key=${keyOf('alice')}`, who: undefined, code: 'invalid_api_key' },
    { name: 'a key that nobody knows', uri: QWEN, who: 'mpk_unknown', code: 'invalid_api_key' },
    { name: 'a hash instead of its key', uri: QWEN, who: keyHash(keyOf('alice')).slice(7), code: 'invalid_api_key' },
    { name: 'a key in another case', uri: QWEN, who: keyOf('alice').toUpperCase(), code: 'invalid_api_key' },
    { name: 'a key that has expired', uri: QWEN, who: keyOf('gone'), code: 'invalid_api_key' },
    { name: 'a key for another service of the namespace', uri: LLAMA, who: keyOf('alice'), code: 'permission_denied' },
    { name: "another tenant's key", uri: QWEN, who: keyOf('carol'), code: 'permission_denied' },
    {
      name: "another tenant's key of the same name",
      uri: QWEN,
      who: keyOf('alice-of-shop'),
      code: 'permission_denied',
    },
    {
      name: 'a service whose name begins alike',
      uri: '/ml-team/qwen2/v1',
      who: keyOf('alice'),
      code: 'permission_denied',
    },
    {
      name: 'a namespace whose name begins alike',
      uri: '/ml-team2/qwen/v1',
      who: keyOf('bob'),
      code: 'permission_denied',
    },
    { name: 'a path of no service', uri: '/ml-team', who: keyOf('bob'), code: 'permission_denied' },
    { name: 'a path that climbs', uri: '/ml-team/../shop', who: keyOf('bob'), code: 'permission_denied' },
    { name: 'an escaped path', uri: '/ml-team/%71wen/v1', who: keyOf('alice'), code: 'permission_denied' },
    { name: 'no path', uri: '', who: keyOf('ops'), code: 'permission_denied' },
    { name: 'a token of another group', uri: QWEN, who: tokenOf('corp:dave', 'corp:web'), code: 'permission_denied' },
    {
      name: "a token of another provider's group",
      uri: QWEN,
      who: tokenOf('evil:dave', 'evil:ml'),
      code: 'permission_denied',
    },
  ])('$name', async ({ uri, who, code }) => {
    const answer = await asking().authorize({ rawHeaders: at(uri, who) });
    const status = code === 'invalid_api_key' ? 401 : 403;
    const error = { message: expect.any(String), type: 'invalid_request_error', param: null, code };
    expect({ status: answer.status, body: JSON.parse(answer.body) }).toEqual({ status, body: { error } });
    expect(answer.headers['x-modelplane-caller']).toBeUndefined();
    expect(answer.headers['www-authenticate']).toBe(status === 401 ? 'Bearer' : undefined);
    if (who) expect(JSON.stringify(answer)).not.toContain(who);
  });

  test.each([
    { name: 'no path at all', headers: ['authorization', `Bearer ${keyOf('ops')}`] },
    { name: 'two paths', headers: [...at(QWEN, keyOf('ops')), 'X-Forwarded-Uri', LLAMA] },
  ])('a request with $name', async ({ headers }) => {
    expect((await asking().authorize({ rawHeaders: headers })).status).toBe(403);
  });

  test('a key, where tokens alone are taken', async () => {
    const answer = await asking([], false).authorize({ rawHeaders: at(QWEN, keyOf('ops')) });
    expect([answer.status, JSON.parse(answer.body).error.message]).toEqual([
      401,
      'API keys are not taken here. Send a token of your identity provider.',
    ]);
  });

  test.each(['alice', 'ops'])('the bearer of a word that stands in a list, such as %s', async (word) => {
    expect((await asking().authorize({ rawHeaders: at(QWEN, word) })).status).toBe(401);
  });
});

describe('limits', () => {
  const limited = (ofService: number | undefined, ofEntry: number | undefined) => {
    let now = 0;
    const more = ofEntry === undefined ? {} : { limits: { requestsPerMinute: ofEntry } };
    const knowledge = known(
      [list('ml-team', { alice: entry('alice', ['*'], more), bob: entry('bob') })],
      [service('ml-team', 'qwen', { requestsPerMinute: ofService }), service('ml-team', 'llama')],
    );
    const own = hook({ knowledge, issuers: believing, limiter: limiter(undefined, () => now), now: () => NOW });
    const statuses = async (uri: string, who: string, count: number) => {
      const all = [];
      for (let i = 0; i < count; i++) all.push((await own.authorize({ rawHeaders: at(uri, keyOf(who)) })).status);
      return all;
    };
    return {
      own,
      statuses,
      later: (ms: number) => {
        now += ms;
      },
    };
  };

  test("a service's are each caller's own", async () => {
    const { statuses } = limited(2, undefined);
    expect(await statuses(QWEN, 'alice', 3)).toEqual([200, 200, 429]);
    expect(await statuses(QWEN, 'bob', 3)).toEqual([200, 200, 429]);
    expect(await statuses(LLAMA, 'alice', 3)).toEqual([200, 200, 200]);
  });

  test("an entry's are of all that it opens", async () => {
    const { statuses } = limited(undefined, 2);
    expect([await statuses(QWEN, 'alice', 1), await statuses(LLAMA, 'alice', 2)]).toEqual([[200], [200, 429]]);
  });

  test('a refused request uses up nothing of another limit', async () => {
    const { statuses, later } = limited(1, 2);
    expect(await statuses(QWEN, 'alice', 3)).toEqual([200, 429, 429]);
    expect(await statuses(LLAMA, 'alice', 2)).toEqual([200, 429]);
    later(60_000);
    expect(await statuses(LLAMA, 'alice', 1)).toEqual([200]);
  });

  test('who has no access uses up nothing', async () => {
    const { own, statuses } = limited(1, undefined);
    await own.authorize({ rawHeaders: at(QWEN, 'mpk_wrong') });
    expect(await statuses(QWEN, 'alice', 1)).toEqual([200]);
  });

  test('429 is said as OpenAI says it', async () => {
    const { own, statuses, later } = limited(1, undefined);
    await statuses(QWEN, 'alice', 1);
    later(15_500);
    const answer = await own.authorize({ rawHeaders: at(QWEN, keyOf('alice')) });
    expect({ ...answer, body: JSON.parse(answer.body) }).toEqual({
      status: 429,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store', 'retry-after': '45' },
      body: {
        error: {
          message: 'Rate limit reached: too many requests in the last minute. Try again in 45 s.',
          type: 'requests',
          param: null,
          code: 'rate_limit_exceeded',
        },
      },
    });
  });
});

describe('the list of models', () => {
  const services = [
    service('ml-team', 'qwen'),
    service('ml-team', 'llama'),
    service('shop', 'llama'),
    service('shop', 'starting', { ready: false }),
  ];
  const ids = async (who: string) => {
    const answer = await asking(services).models({ rawHeaders: ['authorization', `Bearer ${who}`] });
    return JSON.parse(answer.body).data?.map(({ id }: { id: string }) => id) ?? answer.status;
  };

  test.each([
    { name: 'names what an entry names', who: keyOf('alice'), want: ['ml-team/qwen'] },
    { name: 'names a whole namespace', who: keyOf('carol'), want: ['shop/llama'] },
    {
      name: 'puts the lists of a key together',
      who: keyOf('bob'),
      want: ['ml-team/llama', 'ml-team/qwen', 'shop/llama'],
    },
    { name: 'leaves out what cannot answer', who: keyOf('ops'), want: ['ml-team/llama', 'ml-team/qwen', 'shop/llama'] },
    { name: 'goes by groups', who: tokenOf('corp:dave', 'corp:ml'), want: ['ml-team/llama', 'ml-team/qwen'] },
    { name: 'is not for who has expired', who: keyOf('gone'), want: 401 },
    { name: 'is not for anybody', who: 'mpk_unknown', want: 401 },
  ])('$name', async ({ who, want }) => {
    expect(await ids(who)).toEqual(want);
  });

  test("is OpenAI's, with a base URL", async () => {
    const { body } = await asking(services).models({ rawHeaders: ['x-api-key', keyOf('alice')] });
    expect(JSON.parse(body)).toEqual({
      object: 'list',
      data: [
        {
          id: 'ml-team/qwen',
          object: 'model',
          created: 1_700_000_000,
          owned_by: 'ml-team',
          base_url: 'https://models.example.com/ml-team/qwen/v1',
        },
      ],
    });
  });

  test('is asked for with what the caller has shown, which goes nowhere else', async () => {
    const own = asking();
    const shown = { authorization: `Bearer ${keyOf('alice')}` };
    expect((await own.authorize({ rawHeaders: at('/v1/models', keyOf('alice')) })).headers).toMatchObject(shown);
    expect((await own.authorize({ rawHeaders: at(QWEN, keyOf('alice')) })).headers).not.toHaveProperty('authorization');
  });

  test('believes no word of a caller', async () => {
    const { status } = await asking(services).models({ rawHeaders: ['x-modelplane-caller', 'modelplane-system/ops'] });
    expect(status).toBe(401);
  });
});

test('what changes counts from the next request on', async () => {
  const knowledge = known(LISTS);
  const own = hook({ knowledge, issuers: believing, limiter: limiter(undefined), now: () => NOW });
  const status = async () => (await own.authorize({ rawHeaders: at(QWEN, keyOf('alice')) })).status;
  const before = await status();
  knowledge.setList(list('ml-team', {}));
  const revoked = await status();
  knowledge.setList(list('ml-team', { alice: entry('alice') }));
  expect([before, revoked, await status()]).toEqual([200, 401, 200]);
  knowledge.removeList('ml-team', 'callers');
  expect(await status()).toBe(401);
});
