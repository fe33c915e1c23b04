import { describe, expect, test } from 'vitest';
import type { ClusterObject } from '../objects.ts';
import { object } from './object.ts';
import { viewOf } from './simulator.ts';

const objectOf = (manifest: object, readiness?: object): ClusterObject => ({
  apiVersion: 'kubernetes.m.crossplane.io/v1alpha1',
  kind: 'Object',
  metadata: { name: 'remote', namespace: 'team', generation: 4 },
  spec: { forProvider: { manifest }, ...(readiness && { readiness }) },
});

type Status = { atProvider: { manifest: ClusterObject }; conditions: { type: string; status: string }[] };
const statusOf = (manifest: object, readiness?: object): Status =>
  object.simulate(objectOf(manifest, readiness), viewOf(new Map()))?.status as unknown as Status;

const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'engine', namespace: 'ns' },
  spec: { replicas: 3 },
};
const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } };

describe('what another cluster makes of an object', () => {
  test('a Deployment gets all its replicas', () => {
    expect(statusOf(DEPLOYMENT).atProvider.manifest).toMatchObject({
      metadata: { name: 'engine', generation: 4 },
      status: { observedGeneration: 4, replicas: 3, readyReplicas: 3, availableReplicas: 3, updatedReplicas: 3 },
    });
  });

  test('a Deployment of none is available too', () => {
    expect(statusOf({ ...DEPLOYMENT, spec: { replicas: 0 } }).atProvider.manifest).toMatchObject({
      status: { replicas: 0 },
    });
  });

  test('a Gateway gets an address, the same each time', () => {
    const gateway = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: 'g', namespace: 'ns' },
    };
    const { status } = statusOf(gateway).atProvider.manifest;
    expect(status).toMatchObject({ addresses: [{ value: expect.stringMatching(/^198\.18\.\d+\.\d+$/) }] });
    expect(statusOf(gateway).atProvider.manifest.status).toEqual(status);
  });

  test('a route and a pool are accepted by their gateway', () => {
    const route = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { name: 'r' },
      spec: { parentRefs: [{ name: 'g' }] },
    };
    const pool = { apiVersion: 'inference.networking.k8s.io/v1', kind: 'InferencePool', metadata: { name: 'p' } };
    const accepted = {
      parents: [
        {
          conditions: [
            { type: 'Accepted', status: 'True' },
            { type: 'ResolvedRefs', status: 'True' },
          ],
        },
      ],
    };
    expect(statusOf(route).atProvider.manifest.status).toMatchObject(accepted);
    expect(statusOf(pool).atProvider.manifest.status).toMatchObject(accepted);
  });

  test('what a Secret holds is not shown, and is there once its Object refers to another', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'ns' } };
    const filled = { policy: 'DeriveFromCelQuery', celQuery: 'has(object.data) && size(object.data) > 0' };
    const before = objectOf(secret, filled);
    const referring = { ...before, spec: { ...(before.spec as object), references: [{ patchesFrom: {} }] } };
    const seen = [before, referring].map(
      (self) => object.simulate(self as ClusterObject, viewOf(new Map()))?.status as unknown as Status,
    );
    expect(seen.map(({ conditions }) => conditions.find(({ type }) => type === 'Ready')?.status)).toEqual([
      'False',
      'True',
    ]);
    expect(seen.map(({ atProvider }) => atProvider.manifest.data)).toEqual([{ redacted: null }, { redacted: null }]);
  });

  test('a manifest without a name takes the name of its Object', () => {
    expect(statusOf({ apiVersion: 'v1', kind: 'ConfigMap' }).atProvider.manifest.metadata.name).toBe('remote');
  });

  test("an Object without a manifest is nobody's", () => {
    expect(object.simulate({ ...objectOf({}), spec: {} }, viewOf(new Map()))).toBeUndefined();
  });
});

describe('what fails in another cluster', () => {
  const at = (site: string, manifest: object): ClusterObject => ({
    ...objectOf(manifest),
    spec: { forProvider: { manifest }, providerConfigRef: { name: site } },
  });
  const US = at('us', DEPLOYMENT);
  const ENGINES = {
    ...DEPLOYMENT,
    spec: { ...DEPLOYMENT.spec, template: { metadata: { labels: { 'modelplane.ai/pool': 'p' } } } },
  };
  const engines = (site: string) => at(site, ENGINES);
  const failing = (what: 'cluster' | 'engines', self: ClusterObject) =>
    object.simulate(self, viewOf(new Map(), [{ what, site: 'us' }]))?.status as unknown as Status;

  test('leaves what was seen of it as it was, and says that nobody can look', () => {
    const seen = {
      ...US,
      status: {
        atProvider: { manifest: { kind: 'Seen' } },
        conditions: [
          { type: 'Synced', status: 'True' },
          { type: 'Ready', status: 'True' },
        ],
      },
    };
    const synced = expect.objectContaining({ type: 'Synced', status: 'False', reason: 'ReconcileError' });
    expect(failing('cluster', seen)).toEqual({
      atProvider: { manifest: { kind: 'Seen' } },
      conditions: [synced, { type: 'Ready', status: 'True' }],
    });
    expect(failing('cluster', US)).toEqual({ conditions: [synced] });
  });

  test('takes away the engines', () => {
    expect(failing('engines', engines('us')).atProvider.manifest.status).toEqual({
      observedGeneration: 4,
      replicas: 3,
      updatedReplicas: 3,
      unavailableReplicas: 3,
      conditions: [
        expect.objectContaining({ type: 'Available', status: 'False', reason: 'MinimumReplicasUnavailable' }),
        expect.objectContaining({ type: 'Progressing', status: 'True' }),
      ],
    });
  });

  test('is no matter to the endpoint picker, to another cluster, or where there is no engine', () => {
    const none = { ...ENGINES, spec: { ...ENGINES.spec, replicas: 0 } };
    const empty = at('us', none);
    const available = [US, engines('eu'), empty].map((self) => failing('engines', self).atProvider.manifest.status);
    expect(available).toMatchObject([{ availableReplicas: 3 }, { availableReplicas: 3 }, { availableReplicas: 0 }]);
  });
});

describe('whether an Object is ready', () => {
  const readyOf = (manifest: object, readiness?: object) =>
    statusOf(manifest, readiness).conditions.find(({ type }) => type === 'Ready')?.status;
  const query = (celQuery: string) => ({ policy: 'DeriveFromCelQuery', celQuery });
  test.each([
    { name: 'is so once it is created', manifest: CONFIG, readiness: undefined, want: 'True' },
    {
      name: 'is asked of its own Ready condition, which a Deployment does not have',
      manifest: DEPLOYMENT,
      readiness: { policy: 'DeriveFromObject' },
      want: 'False',
    },
    { name: 'is asked of all its conditions', manifest: DEPLOYMENT, readiness: { policy: 'AllTrue' }, want: 'True' },
    { name: 'is not so by all of no conditions', manifest: CONFIG, readiness: { policy: 'AllTrue' }, want: 'False' },
    {
      name: 'is asked by a query that holds',
      manifest: DEPLOYMENT,
      readiness: query('object.status.availableReplicas >= object.spec.replicas'),
      want: 'True',
    },
    {
      name: 'is asked by a query that does not',
      manifest: DEPLOYMENT,
      readiness: query('object.status.availableReplicas > 3'),
      want: 'False',
    },
    {
      name: 'is not so by a query that finds no field',
      manifest: CONFIG,
      readiness: query('object.status.x == 1'),
      want: 'False',
    },
    { name: 'is not so by a query that is no CEL', manifest: CONFIG, readiness: query('object.'), want: 'False' },
  ])('$name', ({ manifest, readiness, want }) => expect(readyOf(manifest, readiness)).toBe(want));
});
