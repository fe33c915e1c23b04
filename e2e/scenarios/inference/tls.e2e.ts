import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { conditionsOf, isReady, whyNot } from '../../front-door.ts';
import { gatewayHostname, INFERENCE_CLUSTERS, type InferenceClusterName } from '../../inference/catalogue.ts';
import { GATEWAY, inferenceCluster } from '../../inference/manifests.ts';
import { type AnyObject, refOf } from '../../kube.ts';
import { chat, load, waitUntilServed } from '../client.ts';
import { applyReady, endpointRef, service } from '../objects.ts';
import { apply, eventually, waitFor, waitUntilReady } from '../testing.ts';
import { admin } from '../world.ts';
import { engines } from './engines.ts';
import { ask, deployment, deploymentRef, poolOf, tally, test } from './testing.ts';

const MODELPLANE = 'modelplane.ai/v1alpha1';
/** The stand-in for a gateway, where requests are counted, and the real one. */
const GATEWAYS = ['us', 'envoy'] as const;
const HOSTNAME = gatewayHostname('us');
const ADDRESS = INFERENCE_CLUSTERS.us.gateway;

const authorityOf = (cluster: InferenceClusterName): Promise<string> =>
  readFile(join(dirname(process.env.E2E_KUBECONFIG ?? ''), 'inference', cluster, 'gateway-ca.crt'), 'utf8');

const bundleOf = async (cluster: InferenceClusterName): Promise<string> =>
  Buffer.from(await authorityOf(cluster)).toString('base64');

/** A cluster by another name and another way to its Gateway: what other scenarios have placed there stays. */
const declare = async (...as: Parameters<typeof declared>): Promise<AnyObject> =>
  waitUntilReady(refOf(await declared(...as)));

async function declared(
  name: string,
  tls: object | undefined,
  cluster: (typeof GATEWAYS)[number] = 'us',
): Promise<AnyObject> {
  const { spec, ...rest } = inferenceCluster(cluster) as AnyObject;
  const gateway = { ...GATEWAY, ...(tls && { tls }) };
  const object = { ...rest, metadata: { name, labels: { scenario: name } }, spec: { ...spec, gateway } } as AnyObject;
  // In the end of all, when no deployment is there any more.
  onTestFinished(() => admin.remove(refOf(object)));
  await apply([object]);
  return object;
}

const on = (clusterName: string) => ({ name: 'only', clusterName });

const MODEL = { model: 'Qwen/Qwen3-8B' };

/** How the Gateway was called by the request that an engine answered. */
async function wayOf(path: string) {
  const { status, engine } = await ask(path, MODEL);
  return { status, cluster: engine?.cluster, sni: engine?.headers['x-hop-sni'], host: engine?.headers.host };
}

const BY_TLS = { status: 200, cluster: 'us', sni: HOSTNAME, host: HOSTNAME };
const BY_HTTP = { status: 200, cluster: 'us', sni: undefined, host: ADDRESS };

test.for(GATEWAYS)(
  "a cluster's gateway is spoken to by its own name over TLS, on port 443, verified by the cluster's own caBundle, in %s",
  async (us, { namespace }) => {
    const hostname = gatewayHostname(us);
    const tls = { hostname, caBundle: await bundleOf(us) };
    const cluster = await declare(namespace, tls, us);
    const { address } = cluster.status?.gateway ?? {};
    expect(cluster.status?.gateway).toMatchObject({ port: 443, tls });
    await applyReady(namespace, deployment('qwen', { ...MODEL, placements: [on(namespace)] }));
    expect(await wayOf(`/${namespace}/qwen`)).toEqual({ status: 200, cluster: us, sni: hostname, host: hostname });
    const [endpoint] = await admin.list(MODELPLANE, 'ModelEndpoint', { namespace });
    expect(endpoint?.spec).toMatchObject({ url: `https://${address}`, tls });
    const [policy] = await admin.list('gateway.networking.k8s.io/v1', 'BackendTLSPolicy', { namespace });
    const name = endpoint?.status?.routing.backendName;
    expect(policy?.spec).toMatchObject({
      targetRefs: [{ kind: 'Service', name }],
      validation: { hostname, caCertificateRefs: [{ kind: 'ConfigMap', name }] },
    });
    const authority = await admin.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name });
    expect(authority.data).toEqual({ 'ca.crt': await authorityOf(us) });
  },
);

test("an authority in the tenant's namespace is waited for by name, and then verifies", async ({ namespace }) => {
  await declare(namespace, { hostname: HOSTNAME, caCertificateRef: { kind: 'ConfigMap', name: 'fleet' } });
  await apply([deployment('qwen', { ...MODEL, placements: [on(namespace)] })], namespace);
  let endpoint = '';
  await eventually(
    async () => {
      endpoint = (await admin.list(MODELPLANE, 'ModelEndpoint', { namespace }))[0]?.metadata?.name ?? '';
      return endpoint !== '';
    },
    () => 'there should be an endpoint',
  );
  const missing = `spec.tls.caCertificateRef: ConfigMap ${namespace}/fleet is not there`;
  await waitFor(endpointRef(namespace, endpoint), (object) => whyNot(object).includes(missing), 'names the ConfigMap');
  const fleet = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'fleet' } };
  await apply([{ ...fleet, data: { 'ca.crt': await authorityOf('us') } }], namespace);
  await waitUntilReady(deploymentRef(namespace, 'qwen'));
  await waitUntilServed(`/${namespace}/qwen`, MODEL);
  expect(await wayOf(`/${namespace}/qwen`)).toEqual(BY_TLS);
});

test('a gateway that another authority signed gets no request: a sibling does', async ({ namespace }) => {
  await declare(namespace, { hostname: HOSTNAME, caBundle: await bundleOf('eu') });
  const placements = [
    { name: 'signed', clusterName: namespace },
    { name: 'sibling', clusterName: 'eu', weight: 9 },
  ];
  const alone = (placement: string) =>
    service(placement, [{ selector: { matchLabels: { 'modelplane.ai/placement': placement } } }]);
  await applyReady(namespace, deployment('qwen', { ...MODEL, placements }), alone('signed'));
  expect(await tally(`/${namespace}/qwen`, 'qwen', 100)).toEqual({ eu: 100 });
  expect((await chat(`/${namespace}/signed`, MODEL)).status).toBeGreaterThanOrEqual(500);
  const pool = await poolOf('us', namespace, 'signed');
  const asked = (await engines('us')).filter((engine) => engine.pool === pool).map(({ requests }) => requests);
  expect(asked).toEqual([0]);
});

test('a gateway whose listener has another name is not ready, and says which', async ({ namespace }) => {
  const hostname = gatewayHostname('eu');
  const cluster = await declared(namespace, { hostname, caBundle: await bundleOf('us') });
  await waitFor(
    refOf(cluster),
    (object) =>
      conditionsOf(object).some(
        ({ type, message }) =>
          type === 'GatewayReady' &&
          message ===
            `Gateway ${GATEWAY.namespace}/${GATEWAY.name}: listener https answers to ${HOSTNAME} alone, and requests come for ` +
              `${hostname}; remove its hostname, or set spec.gateway.tls.hostname to a name that it answers to.`,
      ),
    'should say which name its listener has',
  );
});

test('a gateway moves from http to https and back at 50 requests a second, and not one fails', async ({
  namespace,
}) => {
  const cluster = refOf(await declare(namespace, undefined));
  await applyReady(namespace, deployment('qwen', { ...MODEL, placements: [on(namespace)] }));
  const path = `/${namespace}/qwen`;
  await waitUntilServed(path, MODEL);
  expect(await wayOf(path)).toEqual(BY_HTTP);
  const client = await load(path, { ...MODEL, rate: 50 });
  const move = async (tls: object | null, want: object, slice: RegExp) => {
    await admin.merge(cluster, { spec: { gateway: { tls } } });
    let way: object = {};
    await eventually(
      async () => {
        way = await wayOf(path);
        return JSON.stringify(way) === JSON.stringify(want);
      },
      () => `requests should come as ${JSON.stringify(want)}, but come as ${JSON.stringify(way)}`,
    );
    // What led the former way goes, once nobody can be on it.
    await eventually(
      async () => {
        const slices = await admin.list('discovery.k8s.io/v1', 'EndpointSlice', { namespace });
        return slices.length === 1 && slices.every(({ metadata }) => slice.test(metadata?.name ?? ''));
      },
      () => `${slice} should be the only slice`,
    );
  };
  await move({ hostname: HOSTNAME, caBundle: await bundleOf('us') }, BY_TLS, /-tls-ipv4$/);
  await move(null, BY_HTTP, /(?<!-tls)-ipv4$/);
  const { sent, failures, answeredBy } = await client.stop();
  expect(failures).toEqual([]);
  expect(answeredBy).toEqual({ us: sent });
});

test('a caBundle without a certificate is refused, and what served still does', async ({ namespace }) => {
  const tls = { hostname: HOSTNAME, caBundle: await bundleOf('us') };
  const cluster = refOf(await declare(namespace, tls));
  const caBundle = Buffer.from('no certificate').toString('base64');
  await admin.merge(cluster, { spec: { gateway: { tls: { caBundle } } } });
  const refused = await waitFor(
    cluster,
    (object) => conditionsOf(object).some(({ reason }) => reason === 'InvalidTLS'),
    'is refused',
  );
  const said = conditionsOf(refused).find(({ type }) => type === 'SpecAccepted');
  expect(said?.message).toContain('spec.gateway.tls.caBundle: it holds no PEM certificate');
  expect(isReady(refused)).toBe(true);
  expect(refused.status?.gateway).toMatchObject({ tls });
});
