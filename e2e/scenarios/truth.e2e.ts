import { describe, expect } from 'vitest';
import { conditionsOf, GATEWAY, isReady, whyNot } from '../front-door.ts';
import type { AnyObject } from '../kube.ts';
import { chat } from './client.ts';
import { applyReady, endpoint, endpointRef, service, serviceRef, to, URLS } from './objects.ts';
import { apply, test, waitFor, waitUntilReady } from './testing.ts';
import { admin } from './world.ts';

const says = (type: string, reason: string) => (object: AnyObject) =>
  conditionsOf(object).some((condition) => condition.type === type && condition.reason === reason);

const model = (url: string) => [endpoint('a', { url }), service('model', [to('a')])];

const OUR_GATEWAY = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  namespace: 'modelplane-system',
  name: 'modelplane',
};

/** What Traefik says of a Gateway with one good listener and one without its certificate; the preview plays the same. */
const LISTENER_BROKEN = {
  gateway: ['Accepted True ListenersNotValid', 'Programmed True Programmed'],
  listener: ['ResolvedRefs False InvalidCertificateRef', 'Programmed False Invalid'],
};

const words = (status: AnyObject['status']): string[] =>
  conditionsOf({ status } as AnyObject).map(({ type, status, reason }) => `${type} ${status} ${reason}`);

test('the moment that a new service says Ready, a request succeeds: twenty services at once', async ({ namespace }) => {
  await apply([endpoint('a', { url: URLS.first })], namespace);
  const names = Array.from({ length: 20 }, (_, index) => `model-${index}`);
  await apply(
    names.map((name) => service(name, [to('a')])),
    namespace,
  );
  const first = await Promise.all(
    names.map(async (name) => {
      await waitFor(serviceRef(namespace, name), isReady, 'is ready');
      return (await chat(`/${namespace}/${name}`)).status;
    }),
  );
  expect(first).toEqual(names.map(() => 200));
});

describe('Ready goes away, with a reason that names it, and comes back', () => {
  test('when the front door does not let the namespace in any more', async ({ namespace, onTestFinished }) => {
    await applyReady(namespace, ...model(URLS.first));
    onTestFinished(() => admin.merge(GATEWAY, { spec: { routes: null } }).then(() => {}));
    await admin.merge(GATEWAY, { spec: { routes: { namespaceSelector: { matchLabels: { nobody: 'has-this' } } } } });
    const ref = serviceRef(namespace, 'model');
    const refused = await waitFor(ref, says('RoutingReady', 'RouteNotAccepted'), 'is not accepted');
    expect(isReady(refused)).toBe(false);
    expect(conditionsOf(refused).find(({ type }) => type === 'RoutingReady')?.message).toContain(
      'NotAllowedByListeners',
    );
    await admin.merge(GATEWAY, { spec: { routes: null } });
    await waitUntilReady(ref);
  });

  test('when the certificate of the front door is not there, while plain HTTP goes on', async ({
    namespace,
    onTestFinished,
  }) => {
    await applyReady(namespace, ...model(URLS.first));
    const restore = () => admin.merge(GATEWAY, { spec: { http: null, tls: null } });
    onTestFinished(() => restore().then(() => {}));
    await admin.merge(GATEWAY, { spec: { http: 'Enabled', tls: { certificateRef: { name: 'nobody-made-this' } } } });
    const broken = await waitFor(GATEWAY, says('GatewayReady', 'ListenersNotValid'), 'says that a listener is broken');
    expect(isReady(broken)).toBe(false);
    expect(whyNot(broken)).toContain('Listener https is not served: InvalidCertificateRef');
    expect(whyNot(broken)).toContain('Secret modelplane-system/nobody-made-this must be there');
    const gateway = await admin.get(OUR_GATEWAY);
    expect(words(gateway.status)).toEqual(LISTENER_BROKEN.gateway);
    expect(words(gateway.status?.listeners?.find(({ name }: { name: string }) => name === 'https'))).toEqual(
      LISTENER_BROKEN.listener,
    );
    expect((await chat(`/${namespace}/model`)).status).toBe(200);
    await restore();
    await waitUntilReady(GATEWAY);
    await waitUntilReady(serviceRef(namespace, 'model'));
  });

  test('when every endpoint of a service is deleted', async ({ namespace }) => {
    await applyReady(namespace, ...model(URLS.first));
    const { metadata, ...rest } = endpoint('a', {});
    await admin.remove({
      apiVersion: rest.apiVersion ?? '',
      kind: rest.kind ?? '',
      namespace,
      name: metadata?.name ?? '',
    });
    const ref = serviceRef(namespace, 'model');
    await waitFor(
      ref,
      (object) => !isReady(object) && says('EndpointsResolved', 'NoEndpoints')(object),
      'is not ready',
    );
    await applyReady(namespace, ...model(URLS.first));
    expect((await chat(`/${namespace}/model`)).status).toBe(200);
  });
});

test('a Service whose port somebody edits away: Ready goes, the way out is named, and it works', async ({
  namespace,
}) => {
  await applyReady(namespace, ...model(URLS.first));
  const [backend] = await admin.list('v1', 'Service', { namespace, labels: 'modelplane.ai/endpoint=a' });
  const ref = { apiVersion: 'v1', kind: 'Service', namespace, name: backend?.metadata?.name ?? '' };
  await admin.merge(ref, { spec: { ports: [{ name: 'api', port: 81, protocol: 'TCP', appProtocol: 'http' }] } });
  const edited = await waitFor(endpointRef(namespace, 'a'), (object) => !isReady(object), 'is not ready');
  expect(whyNot(edited)).toContain('Delete it, and it is made again.');
  await waitFor(serviceRef(namespace, 'model'), (object) => !isReady(object), 'is not ready');
  await admin.remove(ref);
  await waitUntilReady(serviceRef(namespace, 'model'));
  await expect.poll(async () => (await chat(`/${namespace}/model`)).status, { timeout: 20_000 }).toBe(200);
});
