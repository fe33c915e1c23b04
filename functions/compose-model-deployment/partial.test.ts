import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { composeWith } from '#shared/testing.ts';
import { partialObjects } from '#shared/testing-partial.ts';
import { modelDeployment } from './compose.ts';
import { CLUSTER, claim, composeBegun } from './testing-claims.ts';

const CONDITIONS = ['Synced', 'Ready'].map((type) => ({ type, status: 'True', reason: 'Available', message: 'm' }));

/** As a provider reports what it made: the object itself, with a status as its controllers write it. */
function reported(object: KubernetesObject): KubernetesObject {
  const { manifest } = (object.spec as { forProvider?: { manifest?: KubernetesObject } }).forProvider ?? {};
  const status = {
    replicas: 1,
    availableReplicas: 1,
    updatedReplicas: 1,
    observedGeneration: 1,
    conditions: CONDITIONS,
    parents: [{ conditions: ['Accepted', 'ResolvedRefs'].map((type) => ({ type, status: 'True' })) }],
  };
  return { ...object, status: { conditions: CONDITIONS, atProvider: { manifest: { ...manifest, status } } } };
}

const on = (name: string) => ({ placements: [{ name, weight: 1, clusterName: 'gpu' }] });
/** It says which Gateway routes are to be on. */
const ELSEWHERE = {
  ...CLUSTER,
  status: {
    ...CLUSTER.status,
    parentRef: { name: 'another', namespace: 'inference' },
    proxies: { namespace: 'envoy', labels: { app: 'envoy' } },
  },
};

const FILES = {
  cache: { size: '100Gi', storageClassName: 'shared', accessModes: ['ReadWriteMany'], keep: true },
  huggingFaceToken: { secretRef: { name: 'hf', key: 'token' } },
};

test.each([
  { name: 'accepted', begun: {}, spec: {} },
  { name: 'refused', begun: {}, spec: { endpointPicker: { config: { nonsense: 1 } } } },
  { name: 'one with files', begun: FILES, spec: FILES },
  { name: 'one that leaves a placement', begun: { ...FILES, ...on('a') }, spec: { ...FILES, ...on('b') } },
])('no part that is missing of what is observed is an exception where the spec is $name', ({ begun, spec }) => {
  const { desired } = composeBegun(begun, ELSEWHERE);
  const observed = Object.fromEntries(Object.entries(desired).map(([key, object]) => [key, reported(object)]));
  const xr = claim(spec) as KubernetesObject;
  fc.assert(
    fc.property(partialObjects(observed), (some) => {
      const answer = composeWith(modelDeployment, { xr, observed: some, required: { clusters: [ELSEWHERE] } });
      expect(answer.conditions.length).toBeGreaterThanOrEqual(3);
    }),
    { numRuns: 300 },
  );
});
