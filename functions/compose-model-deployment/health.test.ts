import { describe, expect, test } from 'vitest';
import { healthOf } from './health.ts';
import type { ObservedObject } from './observed.ts';
import { pickerName, poolName } from './site.ts';

const site = { deployment: { namespace: 'ml-team', name: 'qwen' }, placement: 'default', cluster: 'gpu' };

const object = (kind: string, name: string, status: object): ObservedObject => ({
  ...{ key: `${kind}-${name}`, kind, name, ready: true, synced: true, error: undefined },
  resource: { apiVersion: 'kubernetes.m.crossplane.io/v1alpha1', kind: 'Object', metadata: { name } },
  seen: { apiVersion: 'v1', kind, metadata: { name, namespace: 'mp-ml-team' }, spec: { replicas: 1 }, status } as never,
});

const TAKEN = { parents: [{ conditions: ['Accepted', 'ResolvedRefs'].map((type) => ({ type, status: 'True' })) }] };
const AVAILABLE = { replicas: 1, updatedReplicas: 1, availableReplicas: 1 };

/** A site on which all is well but perhaps its picker. */
const withPicker = (status: object) =>
  healthOf({
    site,
    endpoint: undefined,
    objects: [
      object('Deployment', poolName(site), AVAILABLE),
      object('Deployment', pickerName(site), status),
      object('InferencePool', poolName(site), TAKEN),
      object('HTTPRoute', poolName(site), TAKEN),
    ],
  });

describe('an endpoint picker', () => {
  const stuck = { conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }] };
  test.each([
    { name: 'that runs is nothing to speak of', status: AVAILABLE, want: [true, true, []] },
    {
      name: 'that is being replaced serves on, and says so',
      status: { replicas: 2, updatedReplicas: 1, availableReplicas: 1 },
      want: [true, true, ['A new endpoint picker is starting; the one before goes on until it is ready.']],
    },
    {
      name: 'whose successor does not start serves on, and the placement is not what it should be',
      status: { replicas: 2, updatedReplicas: 1, availableReplicas: 1, ...stuck },
      want: [
        true,
        false,
        [
          'The endpoint picker does not start with this spec.endpointPicker, so the one before goes on: the log of its ' +
            'newest pod in namespace mp-ml-team says why.',
        ],
      ],
    },
    {
      name: 'that is the first and does not start yet serves nobody',
      status: { replicas: 1, updatedReplicas: 1 },
      want: [false, false, ['The endpoint picker is not available yet.']],
    },
    {
      name: 'that is the first and never starts says where to look',
      status: { replicas: 1, updatedReplicas: 1, ...stuck },
      want: [
        false,
        false,
        [
          'The endpoint picker does not start with this spec.endpointPicker: the log of its newest pod in namespace ' +
            'mp-ml-team says why.',
        ],
      ],
    },
  ])('$name', ({ status, want }) => {
    const { usable, ready, problems } = withPicker(status);
    expect([usable, ready, problems]).toEqual(want);
  });
});
