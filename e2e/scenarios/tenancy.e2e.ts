import { describe, expect } from 'vitest';
import { conditionsOf } from '../front-door.ts';
import type { AnyObject } from '../kube.ts';
import { chat, request } from './client.ts';
import { applyReady, endpoint, endpointRef, service, serviceRef, to, URLS } from './objects.ts';
import { apply, test as base, waitFor, waitUntilReady } from './testing.ts';
import { admin, frontDoor, tenantOf } from './world.ts';

/** A second team beside the one whose namespace a scenario has. Each serves a model called llama; the other one two. */
const test = base.extend<{ other: string }>({
  other: async ({ namespace }, use) => {
    const other = `${namespace}x`;
    await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: other } });
    await applyReady(namespace, endpoint('llama', { url: URLS.first }), service('llama', [to('llama')]));
    await applyReady(
      other,
      endpoint('llama', { url: URLS.second }),
      service('llama', [to('llama')]),
      service('llama2', [to('llama')]),
    );
    await use(other);
    await admin.remove({ apiVersion: 'v1', kind: 'Namespace', name: other });
  },
});

const says = (type: string, reason: string) => (object: AnyObject) =>
  conditionsOf(object).some((condition) => condition.type === type && condition.reason === reason);

test('two teams serve a model of the same name, each its own, though one name begins like the other', async ({
  namespace,
  other,
}) => {
  expect((await chat(`/${namespace}/llama`)).seen?.mock).toBe('first');
  expect((await chat(`/${other}/llama`)).seen?.mock).toBe('second');
});

test('a path leads to its own service or nowhere', async ({ namespace, other }) => {
  const statusOf = async (path: string) => (await request(path)).status;
  expect(await statusOf(`/${namespace}/llamax/v1/models`)).toBe(404);
  expect(await statusOf(`/${namespace}/llama2/v1/models`)).toBe(404);
  expect(await statusOf(`/${namespace.slice(0, -1)}/llama/v1/models`)).toBe(404);
  // Not below /v1, so nobody's.
  expect(await statusOf(`/${namespace}/llama/v1%2f..%2f..%2f..%2f${other}/llama/v1/models`)).toBe(404);
  expect(await statusOf(`/${namespace}/llama/v1/x%2f..%2f..%2f..%2f${other}/llama/v1/models`)).toBe(400);
  expect(await statusOf(`/${namespace}/llama/v1/%5c..%5c..%5cmodels`)).toBe(400);
});

test('dot segments lead to whom they name, by his own route, and never into the upstream path', async ({
  namespace,
  other,
}) => {
  const paths = [
    `/${namespace}/llama/v1/../../../${other}/llama/v1/models`,
    `/${namespace}/llama/%2e%2e/%2e%2e/${other}/llama/v1/models`,
    `/${namespace}//llama/../../${other}/llama/v1/models`,
  ];
  for (const path of paths) {
    const { status, seen } = await request(path);
    expect([status, seen?.mock, seen?.path]).toEqual([200, 'second', '/v1/models']);
  }
  expect((await request(`/${namespace}/llama/..;/..;/${other}/llama/v1/models`)).seen?.mock ?? 'nobody').not.toBe(
    'second',
  );
});

test("a service does not see another namespace's endpoints", async ({ namespace, other }) => {
  await apply([endpoint('theirs', { url: URLS.second }, { secret: 'theirs' })], other);
  await apply([service('thief', [{ selector: { matchLabels: { secret: 'theirs' } } }])], namespace);
  await waitFor(serviceRef(namespace, 'thief'), says('EndpointsResolved', 'NoEndpoints'), 'finds no endpoint');
  await expect.poll(async () => (await request(`/${namespace}/thief/v1/models`)).status, { timeout: 20_000 }).toBe(503);
});

describe('an endpoint is Forbidden, and nothing is composed,', () => {
  base.for([
    { name: 'at a metadata address', url: async () => 'http://169.254.169.254/latest' },
    { name: 'at loopback in another notation', url: async () => 'http://2130706433' },
    { name: 'at a Service of the control plane', url: async () => 'http://qwen.other.svc.cluster.local' },
    { name: 'at the front door', url: async () => `${await frontDoor()}/other/llama/v1` },
  ])('$name', async ({ url }, { namespace }) => {
    await apply([endpoint('forbidden', { url: await url() })], namespace);
    await waitFor(endpointRef(namespace, 'forbidden'), says('RoutingReady', 'Forbidden'), 'is forbidden');
    expect(await admin.list('v1', 'Service', { namespace })).toEqual([]);
  });
});

base('what served is withdrawn when it becomes forbidden, and its service says so', async ({ namespace }) => {
  await applyReady(namespace, endpoint('turncoat', { url: URLS.first }), service('model', [to('turncoat')]));
  expect((await chat(`/${namespace}/model`)).status).toBe(200);
  await apply([endpoint('turncoat', { url: 'http://169.254.169.254' })], namespace);
  await waitFor(serviceRef(namespace, 'model'), says('RoutingReady', 'HoldingLastRoute'), 'holds its last route');
  await expect
    .poll(async () => (await chat(`/${namespace}/model`)).status, { timeout: 20_000 })
    .toBeGreaterThanOrEqual(500);
});

test('a tenant that asks for the composition of another kind gets nothing of it, and what serves goes on', async ({
  namespace,
  other,
}) => {
  const tenant = await tenantOf(namespace);
  const composedBy = (kind: string) =>
    service('llama', [to('llama')], { crossplane: { compositionRef: { name: `${kind}.modelplane.ai` } } });
  const llama = serviceRef(namespace, 'llama');

  await apply([composedBy('inferencegateways')], namespace, tenant);
  await waitFor(llama, says('Synced', 'ReconcileError'), 'is not composed');
  expect(await admin.list('gateway.networking.k8s.io/v1', 'Gateway', { namespace })).toEqual([]);
  expect((await chat(`/${namespace}/llama`)).seen?.mock).toBe('first');
  expect((await chat(`/${other}/llama`)).seen?.mock).toBe('second');

  await apply([composedBy('modelservices')], namespace, tenant);
  await waitUntilReady(llama);
});
