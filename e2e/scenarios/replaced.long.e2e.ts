import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { GATEWAY, isReady } from '../front-door.ts';
import { render } from '../helm/traefik.ts';
import { type AnyObject, type Ref, refOf } from '../kube.ts';
import { load, waitUntilServed } from './client.ts';
import { ALL, applyReady, endpointsOn, numbered, service, serviceRef, URLS } from './objects.ts';
import { apply, test, waitFor, waitUntilReady } from './testing.ts';
import { admin, mockBehaves } from './world.ts';

/** What Traefik may still have to read after our status says so: it takes up changes once a second. */
const SETTLED_MS = 2_500;

const PLATFORM = 'modelplane-system';
const GATEWAY_API = 'gateway.networking.k8s.io/v1';

/** The front door that a platform team brings: a Traefik of its own, with a class that ours does not take. */
const EDGE = { name: 'edge', namespace: 'networking' } as const;
const EDGE_LABEL = { key: 'example.com/traefik', value: 'edge' } as const;
const EDGE_GATEWAY = { apiVersion: GATEWAY_API, kind: 'Gateway', ...EDGE } as const;
const door = (spec: object) =>
  admin.apply({ apiVersion: GATEWAY.apiVersion, kind: GATEWAY.kind, metadata: { name: GATEWAY.name }, spec });

/** As ours is installed, but for its names: so it also takes the Middlewares of our routes. By the platform team itself. */
async function bringTraefik(): Promise<{ address: string; installed: readonly Ref[] }> {
  const [release] = await admin.list('helm.m.crossplane.io/v1beta1', 'Release', { namespace: PLATFORM });
  const { forProvider } = (release as AnyObject).spec;
  const { values } = forProvider;
  const kubernetesGateway = {
    ...values.providers.kubernetesGateway,
    labelSelector: `${EDGE_LABEL.key}=${EDGE_LABEL.value}`,
    statusAddress: { service: { enabled: true, ...EDGE } },
  };
  const ours = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', name: `traefik-${PLATFORM}` };
  const { objects } = render({ crds: '', rules: JSON.stringify(await admin.get(ours)) }, EDGE.name, {
    ...forProvider,
    namespace: EDGE.namespace,
    values: { ...values, fullnameOverride: EDGE.name, providers: { ...values.providers, kubernetesGateway } },
  });
  const installed = await apply([
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: EDGE.namespace } },
    ...objects,
    {
      apiVersion: GATEWAY_API,
      kind: 'GatewayClass',
      metadata: { name: EDGE.name, labels: { [EDGE_LABEL.key]: EDGE_LABEL.value } },
      spec: { controllerName: 'traefik.io/gateway-controller' },
    },
    {
      apiVersion: GATEWAY_API,
      kind: 'Gateway',
      metadata: EDGE,
      spec: {
        gatewayClassName: EDGE.name,
        listeners: [{ name: 'http', protocol: 'HTTP', port: 8000, allowedRoutes: { namespaces: { from: 'All' } } }],
      },
    },
  ]);
  // Its Gateway says that it is served by the first pod that has read it, before anybody is sent to that pod.
  const pods = { apiVersion: 'apps/v1', kind: 'Deployment', ...EDGE };
  await waitFor(pods, ({ spec, status }) => status?.availableReplicas === spec.replicas, 'has all its pods');
  const there = await waitFor(EDGE_GATEWAY, ({ status }) => status?.addresses?.[0]?.value !== undefined, 'is served');
  return { address: there.status.addresses[0].value, installed };
}

/** Ours again, and nothing left of what was brought. */
async function takeBack(installed: readonly Ref[]): Promise<void> {
  await door({});
  await waitUntilReady(GATEWAY);
  // Its pods finish what they answer, for as long as five minutes; nobody waits for that.
  for (const ref of installed.toReversed()) await admin.remove(ref);
}

test('while the front door is replaced and eight of seventeen endpoints die, the living are served by the new one', async ({
  namespace,
}) => {
  onTestFinished(() => mockBehaves('second'));
  const path = `/${namespace}/model`;
  await applyReady(
    namespace,
    ...endpointsOn(URLS.second, 0, 8),
    ...endpointsOn(URLS.first, 8, 17),
    service('model', [ALL]),
  );
  await waitUntilServed(path);
  const { address: brought, installed } = await bringTraefik();
  onTestFinished(() => takeBack(installed));

  // Clients of the former address go when its name's does: what is promised is the door that the status names.
  await mockBehaves('second', { absent: true });
  await door({ gatewayRef: EDGE });
  await apply(endpointsOn(URLS.second, 0, 8, { lastResort: true }), namespace);
  await waitFor(GATEWAY, (object) => isReady(object) && object.status?.address === brought, 'is the one brought');
  const living = Array.from({ length: 9 }, (_, index) => numbered(8 + index));
  await waitFor(
    serviceRef(namespace, 'model'),
    (object) => isReady(object) && JSON.stringify(object.status?.serving) === JSON.stringify(living),
    'serves from those that live alone',
  );
  await delay(SETTLED_MS);
  const client = await load(path, { to: `http://${brought}` });
  await delay(SETTLED_MS);
  const { sent, failures, answeredBy } = await client.stop();
  expect(failures).toEqual([]);
  expect(answeredBy).toEqual({ first: sent });
  const [route] = await admin.list(GATEWAY_API, 'HTTPRoute', { namespace });
  const { parentRefs } = (await admin.get(refOf(route as AnyObject))).spec;
  expect(parentRefs).toMatchObject([EDGE]);
});
