import { describe, expect } from 'vitest';
import { conditionsOf } from '../../front-door.ts';
import { INFERENCE_CLUSTERS } from '../../inference/catalogue.ts';
import type { Kube } from '../../kube.ts';
import { ApiError } from '../../rest.ts';
import { applyReady, endpoint, endpointRef } from '../objects.ts';
import { apply, eventually, waitFor, waitUntilGone, waitUntilReady } from '../testing.ts';
import { admin, tenantOf } from '../world.ts';
import { engines } from './engines.ts';
import { objectsIn } from './namespaces.ts';
import { ask, deployment, deploymentRef, inside, poolOf, test as withNamespace } from './testing.ts';

const ONLY = { name: 'only', clusterName: 'us' };
const SPEC = { model: 'Qwen/Qwen3-8B', placements: [ONLY] };

/** Eve has the tenant role in her namespace. Beside it is Bob's, with a llama that serves. */
const test = withNamespace.extend<{ readonly bob: string; readonly eve: Kube }>({
  bob: async ({ namespace }, use) => {
    const bob = `${namespace}x`;
    await admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: bob } });
    await applyReady(bob, deployment('llama', SPEC));
    await use(bob);
    await admin.remove(deploymentRef(bob, 'llama'));
    await eventually(
      async () => (await objectsIn(bob)).length === 0,
      () => `nothing should be left of ${bob}`,
    );
    await admin.remove({ apiVersion: 'v1', kind: 'Namespace', name: bob });
  },
  eve: async ({ namespace }, use) => use(await tenantOf(namespace)),
});

/** Every namespace that an object speaks of, at any depth. */
function namespacesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namespacesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) =>
    key === 'namespace' && typeof field === 'string' ? [field] : namespacesIn(field),
  );
}

const pods = (spec: object) => ({ ...SPEC, template: { spec } });
const engine = (fields: object) => pods({ containers: [{ name: 'engine', ...fields }] });
const placed = (name: string) => ({ ...SPEC, placements: [{ ...ONLY, name }] });

describe('a claim has no field', () => {
  withNamespace.for<{ name: string; field: string; spec: (theirs: string) => object }>([
    { name: 'for a path of a placement', field: 'name', spec: (theirs) => placed(`../../${theirs}/llama/only`) },
    {
      name: 'for a path of a class',
      field: 'spec.trafficClasses[0].name',
      spec: (theirs) => ({ ...SPEC, trafficClasses: [{ name: `../${theirs}` }] }),
    },
    {
      name: "for the label of another's pool",
      field: 'spec.template.metadata.labels',
      spec: () => ({ ...SPEC, template: { metadata: { labels: { 'modelplane.ai/pool': 'llama-only' } } } }),
    },
    {
      name: "for the label of another's picker",
      field: 'spec.template.metadata.labels',
      spec: () => ({ ...SPEC, template: { metadata: { labels: { 'llm-d.ai/inference-serving': 'true' } } } }),
    },
    {
      name: "for its pods' namespace",
      field: 'spec.template.metadata.namespace',
      spec: (theirs) => ({ ...SPEC, template: { metadata: { namespace: `mp-${theirs}` } } }),
    },
    { name: "for another's account", field: 'serviceAccountName', spec: () => pods({ serviceAccountName: 'default' }) },
    {
      name: "for a Secret of another's",
      field: 'secretKeyRef.namespace',
      spec: (theirs) =>
        engine({
          env: [{ name: 'KEY', valueFrom: { secretKeyRef: { namespace: `mp-${theirs}`, name: 'keys', key: 'key' } } }],
        }),
    },
    {
      name: "for a token of the cluster's",
      field: 'projected',
      spec: () =>
        pods({ volumes: [{ name: 'token', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }] }),
    },
    {
      name: "for a node's disk",
      field: 'hostPath',
      spec: () => pods({ volumes: [{ name: 'd', hostPath: { path: '/' } }] }),
    },
    {
      name: 'for a file server of its own choosing',
      field: 'nfs',
      spec: () => pods({ volumes: [{ name: 'd', nfs: { server: '10.0.0.1', path: '/' } }] }),
    },
    {
      name: "for what a node's kubelet calls",
      field: 'httpGet.host',
      spec: () => engine({ livenessProbe: { httpGet: { host: '169.254.169.254', port: 80 } } }),
    },
    {
      name: "for a place beside another's pods",
      field: 'podAffinity',
      spec: (theirs) => pods({ affinity: { podAffinity: { namespaces: [`mp-${theirs}`] } } }),
    },
    {
      name: 'for a priority over all',
      field: 'priorityClassName',
      spec: () => pods({ priorityClassName: 'system-node-critical' }),
    },
    {
      name: "for the picker's account",
      field: 'serviceAccountName',
      spec: () => ({ ...SPEC, endpointPicker: { serviceAccountName: 'default' } }),
    },
  ])('$name', async ({ field, spec }, { namespace }) => {
    const claim = { ...deployment('llama', spec(`${namespace}x`)), metadata: { namespace, name: 'llama' } };
    const said = await admin.apply(claim, { dryRun: true }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(said).toBeInstanceOf(ApiError);
    expect((said as ApiError).message).toContain(field);
  });
});

test('the worst claim that is taken stays in its own namespace of the cluster', async ({ namespace, bob, eve }) => {
  const pool = await poolOf('us', bob, 'only');
  const theirs = await objectsIn(bob);
  const spec = {
    ...SPEC,
    template: {
      metadata: { labels: { app: pool, 'app.kubernetes.io/managed-by': bob } },
      spec: {
        imagePullSecrets: [{ name: pool }],
        volumes: [{ name: 'theirs', secret: { secretName: `mp-${bob}`, optional: true } }],
        containers: [
          {
            name: 'engine',
            env: [
              { name: 'NAMESPACE', value: `mp-${bob}` },
              { name: 'POOL_NAMESPACE', valueFrom: { secretKeyRef: { name: pool, key: 'key', optional: true } } },
            ],
            envFrom: [{ configMapRef: { name: `${pool}-epp`, optional: true } }],
            volumeMounts: [{ name: 'theirs', mountPath: '/theirs' }],
          },
        ],
      },
    },
  };
  // What Crossplane remembers of a claim, as if Bob's were Eve's.
  const resourceRefs = theirs.map(({ apiVersion, kind, metadata }) => ({ apiVersion, kind, name: metadata?.name }));
  await expect(apply([deployment('llama', { ...spec, crossplane: { resourceRefs } })], namespace, eve)).rejects.toThrow(
    'to spec.crossplane.resourceRefs: it says what Crossplane composed',
  );
  const [ref] = await apply([deployment('llama', spec)], namespace, eve);
  await waitUntilReady(ref as NonNullable<typeof ref>);

  const manifests = (await objectsIn(namespace)).map(({ spec }) => spec.forProvider.manifest);
  // The cluster's own Gateway is the one thing that all tenants share.
  expect([...new Set(manifests.flatMap(namespacesIn))].sort()).toEqual(['inference', `mp-${namespace}`]);
  const names = manifests.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => metadata.name);
  expect(names).toEqual([`mp-${namespace}`]);
  expect((await objectsIn(bob)).map(({ metadata }) => metadata?.uid)).toEqual(
    theirs.map(({ metadata }) => metadata?.uid),
  );

  const inPool = (await engines('us')).filter((one) => one.pool === pool);
  expect(new Set(inPool.map((one) => one.namespace))).toEqual(new Set([`mp-${bob}`]));
  const whoAnswers = async (team: string) => (await ask(`/${team}/llama`, { model: 'llama' })).engine?.namespace;
  for (let i = 0; i < 10; i++) {
    expect(await whoAnswers(bob)).toBe(`mp-${bob}`);
    expect(await whoAnswers(namespace)).toBe(`mp-${namespace}`);
  }

  // Deleted, it takes what is Eve's with it, and nothing of Bob's.
  await eve.remove(deploymentRef(namespace, 'llama'));
  await waitUntilGone(deploymentRef(namespace, 'llama'));
  await eventually(
    async () => (await objectsIn(namespace)).length === 0,
    () => "nothing of Eve's should be left",
  );
  expect(await whoAnswers(bob)).toBe(`mp-${bob}`);
  expect((await inside('us').find({ apiVersion: 'v1', kind: 'Namespace', name: `mp-${bob}` }))?.status?.phase).toBe(
    'Active',
  );
});

test.for(['us', 'envoy'] as const)(
  "an endpoint at the gateway of cluster %s leads to no other tenant's path",
  async (cluster, { namespace, eve }) => {
    const url = `http://${INFERENCE_CLUSTERS[cluster].gateway}`;
    const tries = [`/bob/llama/only`, '/', `/${namespace}x`];
    await apply(
      tries.map((rewritePath, index) => endpoint(`try-${index}`, { url, rewritePath })),
      namespace,
      eve,
    );
    for (const index of tries.keys())
      await waitFor(
        endpointRef(namespace, `try-${index}`),
        (object) => conditionsOf(object).some(({ reason }) => reason === 'Forbidden'),
        `should be forbidden at ${tries[index]}`,
      );
    expect(await admin.list('v1', 'Service', { namespace })).toEqual([]);
  },
);

test('deployments and placements whose names read alike when joined stay apart', async ({ namespace }) => {
  const named = (name: string) => ({ ...SPEC, placements: [{ ...ONLY, name }] });
  await applyReady(namespace, deployment('a', named('b-c')), deployment('a-b', named('c')));
  const first = await ask(`/${namespace}/a`, { model: 'a' });
  const second = await ask(`/${namespace}/a-b`, { model: 'a-b' });
  expect([first.status, second.status]).toEqual([200, 200]);
  expect(first.engine?.pool).toBe(await poolOf('us', namespace, 'b-c'));
  expect(second.engine?.pool).toBe(await poolOf('us', namespace, 'c'));
  expect(first.engine?.pool).not.toBe(second.engine?.pool);
});
