import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { VERIFIER_REPOSITORY, VERSION } from '../../packages/repositories.ts';
import { conditionsOf, GATEWAY } from '../front-door.ts';
import type { AnyObject } from '../kube.ts';
import { REGISTRY } from '../registry.ts';
import { chat, load, request, waitUntilServed } from './client.ts';
import { applyReady, endpoint, service, to, URLS } from './objects.ts';
import { raw, rawRequest } from './raw.ts';
import { eventually, test, waitFor, waitUntilReady } from './testing.ts';
import { admin, processes, tenantOf } from './world.ts';

const IMAGE = `${REGISTRY}/${VERIFIER_REPOSITORY.split('/').slice(1).join('/')}:${VERSION}`;

const KEYS = { authentication: { keys: {}, image: IMAGE } };

const applyDoor = (spec: object) =>
  admin.apply({ apiVersion: GATEWAY.apiVersion, kind: GATEWAY.kind, metadata: { name: GATEWAY.name }, spec });

const conditionOf = (object: AnyObject): string => {
  const { status, reason } = conditionsOf(object).find(({ type }) => type === 'AuthenticationReady') ?? {};
  return `${status} ${reason}`;
};

const MINUTES = 60_000;

const openDoor = async (spec: object, says: string): Promise<void> => {
  await applyDoor(spec);
  await waitFor(GATEWAY, (object) => conditionOf(object) === says, `should say ${says}`, 4 * MINUTES);
};

const keyOf = (caller: string): string => `mpk_${caller}_${'0123456789'.repeat(4)}`;
const hashOf = (key: string): string => `sha256:${createHash('sha256').update(key).digest('hex')}`;
const entry = (caller: string, services: readonly string[] = ['*'], more: object = {}) =>
  JSON.stringify({ keyHash: hashOf(keyOf(caller)), services, ...more });

const accessList = (namespace: string, data: Readonly<Record<string, string>>, name = 'callers') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace, name, labels: { 'modelplane.ai/access': '' } },
  data,
});

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** The status of a request with a key, or without one. */
const statusFor = async (path: string, key?: string): Promise<number> =>
  (await chat(path, key === undefined ? {} : { headers: bearer(key) })).status;

const codeOf = (body: string): string | undefined => {
  try {
    return JSON.parse(body).error?.code;
  } catch {
    return undefined;
  }
};

/** Waits until a key counts: an access list is seen by each of two verifiers a moment after it was written. */
const untilLetIn = (path: string, key: string) => waitUntilServed(path, { headers: bearer(key) });

/** Two services of a namespace and one of another tenant, and keys for some of it. */
async function withCallers(namespace: string): Promise<{ readonly qwen: string; readonly secret: string }> {
  await admin.apply(
    accessList(namespace, { alice: entry(`${namespace}-alice`, ['qwen']), bob: entry(`${namespace}-bob`) }),
  );
  await applyReady(
    namespace,
    endpoint('a', { url: URLS.first }),
    service('qwen', [to('a')]),
    service('secret', [to('a')]),
  );
  const qwen = `/${namespace}/qwen`;
  await untilLetIn(qwen, keyOf(`${namespace}-alice`));
  return { qwen, secret: `/${namespace}/secret` };
}

beforeAll(async () => {
  await openDoor(KEYS, 'True Enforced');
}, 5 * MINUTES);

afterAll(async () => {
  await openDoor({}, 'True AnybodyIsLetIn');
  await waitUntilReady(GATEWAY, 4 * MINUTES);
  await eventually(
    async () =>
      !(await admin.find({
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        namespace: 'modelplane-system',
        name: 'verifier',
      })),
    () => 'the verifier should go when nobody asks it any more',
    4 * MINUTES,
  );
}, 10 * MINUTES);

describe('who is let in', () => {
  test('whoever has a key, to what it opens, and nobody else', async ({ namespace }) => {
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

  test('as OpenAI says it', async ({ namespace }) => {
    const { qwen, secret } = await withCallers(namespace);
    const [none, other] = [await chat(qwen), await chat(secret, { headers: bearer(keyOf(`${namespace}-alice`)) })];
    expect([codeOf(none.body), codeOf(other.body)]).toEqual(['invalid_api_key', 'permission_denied']);
    expect([none.headers['content-type'], none.headers['www-authenticate']]).toEqual(['application/json', 'Bearer']);
  });

  test('not by the key of another tenant, and a tenant writes his own list', async ({ namespace }) => {
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
        async () =>
          (await admin.list('v1', 'Event', { namespace: other })).some(({ message }) =>
            message.includes('only its owner opens'),
          ),
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

  test('no longer than a second after he was revoked', async ({ namespace }) => {
    const { qwen } = await withCallers(namespace);
    const key = keyOf(`${namespace}-bob`);
    await untilLetIn(qwen, key);
    await admin.apply(accessList(namespace, { alice: entry(`${namespace}-alice`, ['qwen']) }));
    const revokedAt = Date.now();
    let last = revokedAt;
    while (Date.now() - revokedAt < 3_000) if ((await statusFor(qwen, key)) === 200) last = Date.now();
    expect(last - revokedAt).toBeLessThan(1_000);
    expect(await statusFor(qwen, keyOf(`${namespace}-alice`))).toBe(200);
  });

  test('a list of 10,000 entries and one that is bad opens for the others', async ({ namespace }) => {
    const { qwen } = await withCallers(namespace);
    const many = Object.fromEntries(Array.from({ length: 9_000 }, (_, i) => [`c${i}`, entry(`c${i}`)]));
    await admin.call({
      method: 'POST',
      path: `/api/v1/namespaces/${namespace}/configmaps`,
      body: accessList(namespace, { ...many, bad: 'nobody' }, 'many'),
    });
    await untilLetIn(qwen, keyOf('c8999'));
    expect(await statusFor(qwen, keyOf(`${namespace}-alice`))).toBe(200);
  });
});

describe('what a backend is told', () => {
  test('who calls, whatever the client says of it, and not the key', async ({ namespace }) => {
    const { qwen } = await withCallers(namespace);
    const forged = {
      'x-modelplane-caller': 'modelplane-system/root',
      X_Modelplane_Caller: 'modelplane-system/root',
      'x-llm-d-inference-fairness-id': 'root',
      'x-gateway-inference-fairness-id': 'root',
      'x-forwarded-uri': '/other/service',
      cookie: 'a=b',
      connection: 'close, x-modelplane-caller',
    };
    const { seen } = await chat(qwen, { headers: { ...bearer(keyOf(`${namespace}-alice`)), ...forged } });
    const told = Object.entries(seen?.headers ?? {});
    expect(seen?.headers['x-modelplane-caller']).toBe(`${namespace}/alice`);
    expect(told.filter(([, value]) => String(value).includes('root'))).toEqual([]);
    expect(told.filter(([name]) => ['authorization', 'x-api-key'].includes(name))).toEqual([]);
    expect(JSON.stringify(told)).not.toContain(keyOf(`${namespace}-alice`));
  });
});

describe('a target of another form opens nothing', () => {
  test('by its path', async ({ namespace }) => {
    const { qwen, secret } = await withCallers(namespace);
    const key = `Authorization: Bearer ${keyOf(`${namespace}-alice`)}`;
    const targets = [
      `${qwen}/../secret/v1/models`,
      `${qwen}/%2e%2e/secret/v1/models`,
      `${qwen}/.%2E/secret/v1`,
      `//${namespace}/secret/v1`,
      `///${namespace}///secret///v1`,
      `/./${namespace}/./secret/v1`,
      `/${namespace}/%73ecret/v1`,
      `${qwen}/..%2fsecret/v1`,
      `${qwen}/..%5csecret`,
      `http://evil.example.com${secret}/v1`,
      `http://u:p@x${secret}/v1`,
      `${secret};x=1/v1`,
      `${secret}./v1`,
      `${secret}%20/v1`,
      `${secret}%2f/v1`,
      `/${namespace}%2fsecret/v1`,
      `/${namespace.toUpperCase()}/secret/v1`,
      `\\${namespace}\\secret`,
      `*`,
      `${qwen}/${'a/'.repeat(1_000)}${'../'.repeat(1_001)}secret/v1`,
    ];
    for (const target of targets) {
      const { statuses, text } = await raw(rawRequest(target, [key]));
      expect({ target, opened: statuses.includes(200) && text.includes('/secret') }).toEqual({ target, opened: false });
    }
    for (const target of [`${qwen}/v1/models?/../secret`, `${qwen}/v1/models?a=/${namespace}/secret`])
      expect((await raw(rawRequest(target, [key]))).statuses).toEqual([200]);
  });

  test('nor by what else a request is', async ({ namespace }) => {
    const { qwen, secret } = await withCallers(namespace);
    const good = `Authorization: Bearer ${keyOf(`${namespace}-alice`)}`;
    const requests = {
      http10: rawRequest(`${secret}/v1/models`, [good], 'GET', 'HTTP/1.0'),
      options: rawRequest(`${qwen}/v1/models`, [], 'OPTIONS'),
      connect: `CONNECT ${secret} HTTP/1.1\r\nHost: x\r\n${good}\r\n\r\n`,
      upgrade: rawRequest(`${secret}/v1/realtime`, [
        good,
        'Upgrade: websocket',
        'Sec-WebSocket-Key: x',
        'Sec-WebSocket-Version: 13',
      ]),
      twoKeys: rawRequest(`${qwen}/v1/models`, [good, 'Authorization: Bearer x']),
      sameTwice: rawRequest(`${qwen}/v1/models`, [good, good]),
      folded: `GET ${secret}/v1/models HTTP/1.1\r\nHost: x\r\nX: y\r\n ${good}\r\nConnection: close\r\n\r\n`,
      spaceBeforeColon: `GET ${qwen}/v1/models HTTP/1.1\r\nHost: x\r\nAuthorization : Bearer ${keyOf(`${namespace}-alice`)}\r\nConnection: close\r\n\r\n`,
      hopByHop: `GET ${qwen}/v1/models HTTP/1.1\r\nHost: x\r\n${good}\r\nConnection: close, Authorization\r\n\r\n`,
      bigHeader: rawRequest(`${qwen}/v1/models`, [good, `X-Big: ${'a'.repeat(1_000_000)}`]),
    };
    for (const [name, text] of Object.entries(requests)) {
      const { statuses } = await raw(text);
      expect({ name, letIn: statuses.some((status) => status < 300 || status === 101) }).toEqual({
        name,
        letIn: false,
      });
    }
    const pipelined = `GET ${qwen}/v1/models HTTP/1.1\r\nHost: x\r\n${good}\r\n\r\n${rawRequest(`${qwen}/v1/models`)}`;
    expect((await raw(pipelined)).statuses).toEqual([200, 401]);
    const smuggled = `POST ${qwen}/v1/models HTTP/1.1\r\nHost: x\r\n${good}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${rawRequest(`${secret}/v1/models`, [good])}`;
    expect((await raw(smuggled)).statuses.slice(1)).not.toContain(200);
  });
});

describe('the list of models', () => {
  test('has what a key opens, and is not for who has none', async ({ namespace }) => {
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
});

describe('limits', () => {
  test('hold each caller to his share of a minute, over both verifiers together at most twice', async ({
    namespace,
  }) => {
    const { qwen } = await withCallers(namespace);
    await admin.apply({
      ...service('qwen', [to('a')], { limits: { requestsPerMinute: 5 } }),
      metadata: { name: 'qwen', namespace },
    });
    await eventually(
      async () => (await statusFor(qwen, keyOf(`${namespace}-bob`))) === 429,
      () => 'a limit should hold',
    );
    const { status, headers, body } = await chat(qwen, { headers: bearer(keyOf(`${namespace}-bob`)) });
    if (status === 429)
      expect([codeOf(body), Number(headers['retry-after']) > 0]).toEqual(['rate_limit_exceeded', true]);
    let served = 0;
    for (let i = 0; i < 20; i++) if ((await statusFor(qwen, keyOf(`${namespace}-alice`))) === 200) served++;
    expect(served).toBeGreaterThanOrEqual(5);
    expect(served).toBeLessThanOrEqual(10);
  });
});

describe('it stays closed, and who may is served, when', () => {
  const verifiers = () =>
    admin.list('v1', 'Pod', { namespace: 'modelplane-system', labels: 'app.kubernetes.io/name=verifier' });

  test('verifiers are replaced, one after the other', async ({ namespace }) => {
    const { qwen } = await withCallers(namespace);
    const [mayCome, mayNot] = [
      await load(qwen, { rate: 50, headers: bearer(keyOf(`${namespace}-alice`)) }),
      await load(qwen, { rate: 20 }),
    ];
    await admin.merge(
      { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'modelplane-system', name: 'verifier' },
      { spec: { template: { metadata: { annotations: { restarted: String(Date.now()) } } } } },
    );
    await eventually(
      async () => {
        const pods = await verifiers();
        return (
          pods.length === 2 &&
          pods.every(
            ({ metadata, status }) =>
              metadata?.annotations?.restarted !== undefined &&
              status?.conditions?.some(
                ({ type, status: so }: { type: string; status: string }) => type === 'Ready' && so === 'True',
              ),
          )
        );
      },
      () => 'both verifiers should be new',
      2 * MINUTES,
    );
    const [served, refused] = [await mayCome.stop(), await mayNot.stop()];
    expect(served.failures).toEqual([]);
    expect(refused.failures).toHaveLength(refused.sent);
  });

  test('both verifiers are killed: nobody is let in meanwhile, and it heals by itself', async ({ namespace }) => {
    const { qwen } = await withCallers(namespace);
    const stranger = await load(qwen, { rate: 50 });
    for (const { metadata } of await verifiers())
      await admin.call({
        method: 'DELETE',
        path: `/api/v1/namespaces/modelplane-system/pods/${metadata?.name}?gracePeriodSeconds=0`,
      });
    await untilServed(qwen, keyOf(`${namespace}-alice`));
    const { sent, failures } = await stranger.stop();
    expect(failures).toHaveLength(sent);
  });

  test('the API server is away', async ({ namespace }) => {
    const { qwen } = await withCallers(namespace);
    const [mayCome, mayNot] = [
      await load(qwen, { rate: 50, headers: bearer(keyOf(`${namespace}-alice`)) }),
      await load(qwen, { rate: 20 }),
    ];
    try {
      await processes.stop('control-plane-apiserver');
      await new Promise((resolve) => setTimeout(resolve, 10_000));
    } finally {
      await processes.start('control-plane-apiserver');
    }
    const [served, refused] = [await mayCome.stop(), await mayNot.stop()];
    expect(served.failures).toEqual([]);
    expect(refused.failures).toHaveLength(refused.sent);
    // What changes afterwards is heard again.
    await admin.apply(accessList(namespace, { later: entry(`${namespace}-later`) }, 'later'));
    await untilServed(qwen, keyOf(`${namespace}-later`));
  });

  test('the Middleware is deleted by hand', async ({ namespace }) => {
    const { qwen } = await withCallers(namespace);
    const stranger = await load(qwen, { rate: 50 });
    await admin.remove({
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'Middleware',
      namespace: 'modelplane-system',
      name: 'authorize',
    });
    await untilServed(qwen, keyOf(`${namespace}-alice`));
    const { sent, failures } = await stranger.stop();
    expect(failures).toHaveLength(sent);
  });

  test('somebody turns the Middleware into another kind: he may not', async () => {
    const ref = {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'Middleware',
      namespace: 'modelplane-system',
      name: 'authorize',
    };
    await expect(admin.merge(ref, { spec: { forwardAuth: null, headers: {} } })).rejects.toThrow(
      'is how the front door knows who calls',
    );
  });

  const untilServed = (path: string, key: string) =>
    eventually(
      async () => (await statusFor(path, key)) === 200,
      () => 'who may should be served again',
      2 * MINUTES,
    );
});
