import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished } from 'vitest';
import { conditionsOf } from '../front-door.ts';
import { type AnyObject, refOf } from '../kube.ts';
import { MOCKS } from '../mocks/catalogue.ts';
import { load, waitUntilServed } from './client.ts';
import {
  ALL,
  applyReady,
  endpoint,
  endpointRef,
  endpointsOn,
  numbered,
  service,
  serviceRef,
  to,
  URLS,
} from './objects.ts';
import { apply, test, waitFor, waitUntilReady } from './testing.ts';
import { admin, mockBehaves } from './world.ts';

/** What Traefik may still have to read after our status says so: it takes up changes once a second. */
const SETTLED_MS = 2_500;

const URL_OF_COMPANY = `https://${MOCKS.company.name}:${MOCKS.company.port}`;

/** What signs the company's certificate, which nobody else knows. */
const authority = (): Promise<string> =>
  readFile(join(dirname(process.env.E2E_KUBECONFIG ?? ''), 'mocks', 'private-ca.crt'), 'utf8');

const says = (pattern: RegExp) => (object: AnyObject) =>
  conditionsOf(object).some(({ type, status, reason, message }) =>
    pattern.test(`${type} ${status} ${reason}: ${message}`),
  );

describe('at 200 requests a second not one fails while an endpoint', () => {
  const bundle = async () => Buffer.from(await authority()).toString('base64');
  const asConfigMap = { caCertificateRef: { kind: 'ConfigMap', name: 'company' } };

  test.for([
    {
      name: 'is to be verified by an authority that is not there, and then by one that is',
      before: async () => ({ caBundle: await bundle() }),
      change: async (namespace: string) => {
        await admin.merge(endpointRef(namespace, 'a'), { spec: { tls: { caBundle: null, ...asConfigMap } } });
        await waitFor(endpointRef(namespace, 'a'), says(/ConfigMap \S*\/company is not there/), 'says what is missing');
        await delay(SETTLED_MS);
        const data = { 'ca.crt': await authority() };
        await apply([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'company' }, data }], namespace);
      },
    },
    {
      name: 'leaves the bundle that it was given for an object with the same authority',
      before: async () => ({ caBundle: await bundle() }),
      change: async (namespace: string) => {
        const data = { 'ca.crt': await authority() };
        await apply([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'company' }, data }], namespace);
        await admin.merge(endpointRef(namespace, 'a'), { spec: { tls: { caBundle: null, ...asConfigMap } } });
      },
    },
    {
      name: 'is given a bundle in the place of an object with the same authority',
      before: async () => asConfigMap,
      change: async (namespace: string) => {
        const tls = { caCertificateRef: null, caBundle: await bundle() };
        await admin.merge(endpointRef(namespace, 'a'), { spec: { tls } });
      },
    },
    {
      name: 'is refused for its bundle',
      before: async () => ({ caBundle: await bundle() }),
      change: async (namespace: string) => {
        await admin.merge(endpointRef(namespace, 'a'), { spec: { tls: { caBundle: 'eHg=' } } });
        await waitFor(endpointRef(namespace, 'a'), says(/^SpecAccepted False InvalidTLS/), 'is refused');
      },
    },
  ])('$name', async ({ before, change }, { namespace }) => {
    const data = { 'ca.crt': await authority() };
    await apply([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'company' }, data }], namespace);
    const tls = await before();
    if ('caBundle' in tls) await admin.remove({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'company' });
    await applyReady(namespace, endpoint('a', { url: URL_OF_COMPANY, tls }), service('model', [to('a')]));
    await waitUntilServed(`/${namespace}/model`);
    const client = await load(`/${namespace}/model`);
    await change(namespace);
    await delay(2 * SETTLED_MS);
    const { sent, failures, answeredBy } = await client.stop();
    expect(failures).toEqual([]);
    expect(answeredBy).toEqual({ company: sent });
  });
});

test('of seventeen endpoints of which eight are dead the dead have no share, and not one request fails', async ({
  namespace,
}) => {
  onTestFinished(() => mockBehaves('second'));
  await applyReady(
    namespace,
    ...endpointsOn(URLS.second, 0, 8),
    ...endpointsOn(URLS.first, 8, 16),
    service('model', [ALL]),
  );
  await waitUntilServed(`/${namespace}/model`);
  await delay(SETTLED_MS);
  const client = await load(`/${namespace}/model`);
  await mockBehaves('second', { absent: true });
  // One more than a route can hold, and then what somebody says of engines that are gone.
  await apply(endpointsOn(URLS.first, 16, 17), namespace);
  await waitUntilReady(endpointRef(namespace, numbered(16)));
  await apply(endpointsOn(URLS.second, 0, 8, { lastResort: true }), namespace);
  const living = Array.from({ length: 9 }, (_, index) => numbered(8 + index));
  await waitFor(
    serviceRef(namespace, 'model'),
    ({ status }) => JSON.stringify(status?.serving) === JSON.stringify(living),
    'serves from those that live alone',
  );
  await delay(SETTLED_MS);
  const { failures } = await client.stop();
  expect(failures).toEqual([]);
  const route = (await admin.list('gateway.networking.k8s.io/v1', 'HTTPRoute', { namespace }))[0] as AnyObject;
  expect((await admin.get(refOf(route))).spec.rules[0].backendRefs).toHaveLength(9);
});
