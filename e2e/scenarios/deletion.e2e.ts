import { describe, expect } from 'vitest';
import { GATEWAY } from '../front-door.ts';
import type { Ref } from '../kube.ts';
import { chat } from './client.ts';
import { applyReady, endpoint, endpointRef, service, serviceRef, to, URLS } from './objects.ts';
import { apply, test, waitUntilGone, waitUntilReady } from './testing.ts';
import { admin } from './world.ts';

const COMPOSED = [
  ['v1', 'Service'],
  ['discovery.k8s.io/v1', 'EndpointSlice'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  ['gateway.networking.k8s.io/v1', 'BackendTLSPolicy'],
  ['traefik.io/v1alpha1', 'Middleware'],
] as const;

const left = async (namespace: string): Promise<string[]> =>
  (await Promise.all(COMPOSED.map(([apiVersion, kind]) => admin.list(apiVersion, kind, { namespace }))))
    .flat()
    .map(({ kind, metadata }) => `${kind} ${metadata?.name}`);

describe('nothing is left behind, whichever is deleted first:', () => {
  const service0 = (namespace: string): Ref => serviceRef(namespace, 'model');
  const endpoint0 = (namespace: string): Ref => endpointRef(namespace, 'a');
  test.for([
    { name: 'the service', order: [service0, endpoint0] },
    { name: 'the endpoint', order: [endpoint0, service0] },
  ])('$name', async ({ order }, { namespace }) => {
    await applyReady(
      namespace,
      endpoint('a', { url: 'https://api.groq.com/openai/v1' }),
      service('model', [to('a')], { whenEmpty: 'Hold' }),
    );
    expect((await left(namespace)).length).toBeGreaterThanOrEqual(6);
    for (const ref of order) {
      await admin.remove(ref(namespace));
      await waitUntilGone(ref(namespace));
    }
    await expect.poll(() => left(namespace), { timeout: 30_000 }).toEqual([]);
  });
});

test('the front door deleted and made again: every service serves again, unedited', async ({
  namespace,
  onTestFinished,
}) => {
  await applyReady(namespace, endpoint('a', { url: URLS.first }), service('model', [to('a')]));
  const { spec } = await admin.get(GATEWAY);
  const again = {
    apiVersion: GATEWAY.apiVersion,
    kind: GATEWAY.kind,
    metadata: { name: GATEWAY.name },
    spec: { ...spec, crossplane: undefined },
  };
  onTestFinished(async () => {
    await apply([again]);
    await waitUntilReady(GATEWAY, 120_000);
  });
  await admin.remove(GATEWAY);
  await waitUntilGone(GATEWAY);
  await expect
    .poll(
      () => admin.find({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'modelplane-system', name: 'traefik' }),
      { timeout: 60_000 },
    )
    .toBeUndefined();
  await apply([again]);
  await waitUntilReady(GATEWAY, 120_000);
  await waitUntilReady(serviceRef(namespace, 'model'), 120_000);
  await expect.poll(async () => (await chat(`/${namespace}/model`)).status, { timeout: 20_000 }).toBe(200);
});
