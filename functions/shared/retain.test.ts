import { expect, test } from 'vitest';
import { retain, retainAll } from './retain.ts';

const OBSERVED = {
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'ModelEndpoint',
  metadata: {
    name: 'us',
    namespace: 'ml',
    uid: 'u',
    resourceVersion: '7',
    generation: 3,
    creationTimestamp: '2026-01-01T00:00:00Z',
    managedFields: [{}],
    ownerReferences: [{ kind: 'ModelService', name: 'qwen', uid: 'x' }],
    finalizers: ['composite.apiextensions.crossplane.io'],
    labels: { model: 'qwen', 'crossplane.io/composite': 'qwen' },
    annotations: { 'crossplane.io/composition-resource-name': 'modelendpoint' },
  },
  spec: { url: 'http://10.0.0.7', crossplane: { compositionRef: { name: 'x' } } },
  status: { routing: {} },
};

test('retain keeps what we wrote, and neither what the server nor what Crossplane did', () => {
  expect(retain(OBSERVED, true)).toEqual({
    resource: {
      apiVersion: 'modelplane.ai/v1alpha1',
      kind: 'ModelEndpoint',
      metadata: { name: 'us', namespace: 'ml', labels: { model: 'qwen' } },
      spec: { url: 'http://10.0.0.7' },
    },
    ready: true,
  });
});

test('retain keeps fields outside spec, such as a ConfigMap has', () => {
  const { resource } = retain(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: 'b' } },
    false,
  );
  expect(resource).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: 'b' } });
});

test('retainAll keeps the accepted keys, each as ready as it says', () => {
  const kept = retainAll(
    { a: OBSERVED, b: OBSERVED },
    (key) => key === 'a',
    () => false,
  );
  expect(Object.entries(kept).map(([key, { ready }]) => [key, ready])).toEqual([['a', false]]);
});
