import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { composeWith } from '#shared/testing.ts';
import { modelDeployment } from './compose.ts';
import { CLUSTER, claim, compose, composeBegun } from './testing-claims.ts';

describe('a claim that is new', () => {
  const { desired, status, conditions, xrReady } = compose(claim());

  test('first gets the tenant’s namespace in the cluster, which nothing ever deletes, and its service', () => {
    expect(Object.values(desired)).toEqual([
      {
        apiVersion: 'kubernetes.m.crossplane.io/v1alpha1',
        kind: 'Object',
        metadata: {
          name: 'qwen-default-namespace-f5628ba4fa',
          labels: {
            'modelplane.ai/deployment': 'qwen',
            'modelplane.ai/placement': 'default',
            'modelplane.ai/cluster': 'gpu',
          },
          annotations: { 'crossplane.io/external-name': 'qwen-default-namespace-f5628ba4fa' },
        },
        spec: {
          providerConfigRef: { kind: 'ClusterProviderConfig', name: 'modelplane-gpu' },
          managementPolicies: ['Observe', 'Create', 'Update'],
          watch: true,
          readiness: { policy: 'SuccessfulCreate' },
          forProvider: {
            manifest: {
              apiVersion: 'v1',
              kind: 'Namespace',
              metadata: {
                name: 'mp-ml-team',
                labels: {
                  'app.kubernetes.io/managed-by': 'modelplane',
                  'modelplane.ai/tenant': 'ml-team',
                  'pod-security.kubernetes.io/enforce': 'baseline',
                },
              },
            },
          },
        },
      },
      {
        apiVersion: 'modelplane.ai/v1alpha1',
        kind: 'ModelService',
        metadata: { name: 'qwen', labels: { 'modelplane.ai/deployment': 'qwen' } },
        spec: {
          trafficClass: 'default',
          endpoints: [
            {
              name: 'default',
              weight: 1,
              selector: { matchLabels: { 'modelplane.ai/deployment': 'qwen', 'modelplane.ai/placement': 'default' } },
            },
          ],
        },
      },
    ]);
  });

  test('says what it waits for', () => {
    expect({ status, conditions, xrReady }).toEqual({
      status: {
        trafficClasses: [{ name: 'default', priority: 0 }],
        replicas: 0,
        selector: 'modelplane.ai/none=qwen',
        available: '0/1',
        placements: [
          {
            name: 'default',
            cluster: 'gpu',
            replicas: { desired: 1, ready: 0 },
            phase: 'Starting',
            reason: 'Chose gpu: any cluster may have it. Its namespace is being created.',
          },
        ],
      },
      conditions: [
        'PlacementsScheduled=True Scheduled: Every placement has a cluster.',
        'PlacementsReady=False Progressing: default: Its namespace is being created.',
        'RoutingReady=False WaitingForRoute: Waiting for the service of class default.',
      ],
      xrReady: false,
    });
  });
});

test('a claim whose maps arrive in another order becomes the same', () => {
  const config = {
    schedulingProfiles: [{ plugins: [{ weight: 1, pluginRef: 'queue-scorer' }], name: 'default' }],
    plugins: [{ type: 'queue-scorer' }],
  };
  const reversed = {
    plugins: [{ type: 'queue-scorer' }],
    schedulingProfiles: [{ name: 'default', plugins: [{ pluginRef: 'queue-scorer', weight: 1 }] }],
  };
  const withConfig = (given: object) => composeBegun({ endpointPicker: { flowControl: false, config: given } });
  expect(withConfig(reversed)).toEqual(withConfig(config));
  const unknown = ['schedulers', 'pickers'].map((field) => [field, []]);
  const refusals = [unknown, unknown.toReversed()].map(
    (fields) => compose(claim({ endpointPicker: { config: { ...config, ...Object.fromEntries(fields) } } })).refused,
  );
  expect(refusals[0]).toBe(refusals[1]);
  expect(refusals[0]).toContain('spec.endpointPicker.config.pickers is not a known field');
});

describe('a claim that is refused', () => {
  test('for its template has nothing before one was accepted, and says so', () => {
    const { refused, conditions, desired, xrReady } = compose(
      claim({ model: undefined, template: { spec: { nodeSelector: { gpu: 'h100' } } } }),
    );
    expect(refused).toBe(
      'cannot deploy: placement default: container engine has no image; set model, or name an image in template',
    );
    const nothing = 'No spec of this deployment has been accepted yet; SpecAccepted says what to correct.';
    expect(conditions).toEqual([
      `PlacementsScheduled=False NothingAccepted: ${nothing}`,
      `PlacementsReady=False NothingAccepted: ${nothing}`,
      'RoutingReady=False WaitingForRoute: There is no service yet.',
      'SpecAccepted=False InvalidTemplate: Cannot deploy: placement default: container engine has no image; set ' +
        'model, or name an image in template. What was accepted before goes on.',
    ]);
    expect({ desired, xrReady }).toEqual({ desired: {}, xrReady: false });
  });

  test('for its picker’s configuration, by the family of the cluster that it goes to', () => {
    const endpointPicker = { flowControl: false, config: { plugins: [], requestHandler: {} } };
    expect(compose(claim({ endpointPicker })).refused).toBe(
      'cannot deploy: spec.endpointPicker.config.requestHandler is not a known field; there are: featureGates, plugins, ' +
        'schedulingProfiles, flowControl, parser, saturationDetector, dataLayer',
    );
    const llmD = { ...CLUSTER, spec: { ...CLUSTER.spec, pickerFamily: 'llm-d' } };
    expect(compose(claim({ endpointPicker }), { clusters: [llmD] }).refused).toBeUndefined();
  });

  test.each([
    {
      name: 'for a name that a team’s own service has',
      metadata: {},
      want:
        'cannot serve: ModelService qwen is not of this deployment; delete it, set spec.service to Disabled, or give this ' +
        'deployment or its class another name',
    },
    {
      name: 'for a name that another deployment’s service has',
      metadata: { ownerReferences: [{ kind: 'ModelDeployment', name: 'chat', uid: 'another', controller: true }] },
      want: 'cannot serve: ModelService qwen is made by ModelDeployment chat; give this deployment or its class another name',
    },
    {
      name: 'not for its own service',
      metadata: { ownerReferences: [{ kind: 'ModelDeployment', name: 'qwen', uid: 'uid-of-qwen', controller: true }] },
      want: undefined,
    },
    {
      name: 'not for its own service that a backup brought back',
      metadata: { annotations: { 'crossplane.io/composition-resource-name': 'modelservice-default' } },
      want: undefined,
    },
  ])('$name', ({ metadata, want }) => {
    const service = {
      apiVersion: 'modelplane.ai/v1alpha1',
      kind: 'ModelService',
      metadata: { name: 'qwen', namespace: 'ml-team', ...metadata },
    };
    const answer = composeWith(modelDeployment, {
      xr: claim(),
      required: { clusters: [CLUSTER], 'modelservice-default': [service] },
    });
    expect(answer.refused).toBe(want);
  });
});

test('a claim that no cluster can take says why once, and what callers get', () => {
  const service = {
    apiVersion: 'modelplane.ai/v1alpha1',
    kind: 'ModelService',
    metadata: { name: 'qwen', namespace: 'ml-team' },
    spec: { endpoints: [] },
    status: {
      conditions: [{ type: 'RoutingReady', status: 'False', reason: 'WaitingForEndpoints', message: 'label one' }],
    },
  } as KubernetesObject;
  const { conditions } = compose(claim({ clusterSelector: { matchLabels: { region: 'mars' } } }), {
    observed: { 'modelservice-default': service },
  });
  expect(conditions).toEqual([
    'PlacementsScheduled=False NoClusterMatches: default: No cluster can take it: gpu: has no label region=mars. Change ' +
      'clusterSelector, or make a cluster fit.',
    'PlacementsReady=False Progressing: default: It has no cluster; PlacementsScheduled says why.',
    'RoutingReady=False WaitingForEndpoints: Requests get 503. default: It has no cluster; PlacementsScheduled says why.',
  ]);
});

test('the answer does not depend on the order of what is found', () => {
  const clusters = [CLUSTER, { ...CLUSTER, metadata: { name: 'other' } }];
  expect(compose(claim(), { clusters: clusters.toReversed() })).toEqual(compose(claim(), { clusters }));
});
