import { describe, expect } from 'vitest';
import { conditionsOf, GATEWAY } from '../front-door.ts';
import { chat, load, request, waitUntilServed } from './client.ts';
import { apply, test, waitUntilReady } from './testing.ts';
import { admin, frontDoor } from './world.ts';

const PACKAGES = 'pkg.crossplane.io/v1';

describe('install', () => {
  test('the Configuration, its functions and its providers are installed and healthy from nothing', async () => {
    const packages = await Promise.all(
      ['Configuration', 'Function', 'Provider'].map((kind) => admin.list(PACKAGES, kind)),
    );
    const health = packages.flat().map((object) => [
      object.metadata?.name,
      conditionsOf(object)
        .map(({ type, status }) => `${type}=${status}`)
        .sort(),
    ]);
    expect(Object.fromEntries(health)).toEqual(
      Object.fromEntries(
        [
          'modelplane-routing',
          'modelplane-compose-inference-cluster',
          'modelplane-compose-inference-gateway',
          'modelplane-compose-model-deployment',
          'modelplane-compose-model-endpoint',
          'modelplane-compose-model-service',
          'crossplane-contrib-provider-helm',
          'crossplane-contrib-provider-kubernetes',
        ].map((name) => [name, ['Healthy=True', 'Installed=True']]),
      ),
    );
  });

  test('functions run as install/ says: two of each, from the image of the package, not as root', async () => {
    const pods = await admin.list('v1', 'Pod', {
      namespace: 'crossplane-system',
      labels: 'pkg.crossplane.io/function',
    });
    const functions = await admin.list(PACKAGES, 'Function');
    expect(pods).toHaveLength(2 * functions.length);
    for (const { spec, status } of pods) {
      expect(spec.containers[0].securityContext).toMatchObject({ runAsUser: 2000, readOnlyRootFilesystem: true });
      expect(status.containerStatuses[0].imageID).toMatch(/^sha256:/);
    }
  });

  test('Crossplane runs as its own service account, which may not do what nobody granted it', async () => {
    const review = async (verb: string, group: string, resource: string) => {
      const { status } = await admin.create({
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user: 'system:serviceaccount:crossplane-system:crossplane',
          resourceAttributes: { verb, group, resource, namespace: 'default' },
        },
      });
      return status.allowed;
    };
    expect({
      routes: await review('patch', 'gateway.networking.k8s.io', 'httproutes'),
      pods: await review('create', '', 'pods'),
      roles: await review('create', 'rbac.authorization.k8s.io', 'clusterroles'),
    }).toEqual({ routes: true, pods: false, roles: false });
  });

  test('the front door is ready, and answers 404 where nothing is served', async () => {
    await waitUntilReady(GATEWAY);
    expect((await request('/nobody/nothing/v1/models')).status).toBe(404);
  });
});

describe('first request', () => {
  test('a ModelService and its ModelEndpoint are ready and serve', async ({ namespace }) => {
    const [endpoint, service] = await apply(
      `
apiVersion: modelplane.ai/v1alpha1
kind: ModelEndpoint
metadata: { name: own, labels: { serves: qwen } }
spec: { url: "http://10.90.2.1:8000" }
---
apiVersion: modelplane.ai/v1alpha1
kind: ModelService
metadata: { name: qwen }
spec: { endpoints: [{ selector: { matchLabels: { serves: qwen } } }] }
`,
      namespace,
    );
    if (!endpoint || !service) throw new Error('nothing was applied');
    await waitUntilReady(endpoint);
    const { status } = await waitUntilReady(service);
    expect(status.address).toBe(`${await frontDoor()}/${namespace}/qwen`);
    await waitUntilServed(`/${namespace}/qwen`);
    const { seen } = await chat(`/${namespace}/qwen`);
    expect({ mock: seen?.mock, path: seen?.path }).toEqual({ mock: 'first', path: '/v1/chat/completions' });
    const client = await load(`/${namespace}/qwen`, { rate: 200 });
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const { sent, failures, answeredBy } = await client.stop();
    expect(failures).toEqual([]);
    expect(sent).toBeGreaterThan(300);
    expect(answeredBy).toEqual({ first: sent });
  });
});
