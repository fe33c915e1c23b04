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

const PICKER_LOG = `kubectl logs --namespace=mp-ml-team --selector=modelplane.ai/picker=${poolName(site)} in cluster gpu`;

const REFUSING = {
  type: 'ReplicaFailure',
  status: 'True',
  reason: 'FailedCreate',
  message: 'exceeded quota: gpus',
};

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
            `newest pod in namespace mp-ml-team says why, by ${PICKER_LOG}.`,
        ],
      ],
    },
    {
      name: 'that a quota refuses has no log, and its cluster’s words',
      status: { conditions: [...stuck.conditions, { ...REFUSING, message: 'exceeded quota: pods' }] },
      want: [false, false, ['The cluster makes no endpoint picker: FailedCreate: exceeded quota: pods.']],
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
            `mp-ml-team says why, by ${PICKER_LOG}.`,
        ],
      ],
    },
  ])('$name', ({ status, want }) => {
    const { usable, ready, problems } = withPicker(status);
    expect([usable, ready, problems]).toEqual(want);
  });
});

describe('engines that must not be root, in an image that is', () => {
  const problemsWith = (available: number, securityContext: object, image = 'vllm/vllm-openai:v0.20.0') => {
    const engines = object('Deployment', poolName(site), {
      replicas: 1,
      updatedReplicas: 1,
      availableReplicas: available,
    });
    const template = { spec: { securityContext, containers: [{ name: 'engine', image }] } };
    Object.assign(engines.seen?.spec as object, { template });
    return healthOf({ site, endpoint: undefined, objects: [engines] }).problems.filter((one) => one.includes('root'));
  };
  const SAID =
    'Container engine must not be root, and image vllm/vllm-openai:v0.20.0 is: set securityContext.runAsUser in template, such as 1000, with env HOME on a volume, unless the cluster gives its pods a user.';

  test.each([
    { name: 'are told why they do not start', available: 0, context: { runAsNonRoot: true }, want: [SAID] },
    { name: 'are told nothing where they do', available: 1, context: { runAsNonRoot: true }, want: [] },
    { name: 'are told nothing as a user', available: 0, context: { runAsNonRoot: true, runAsUser: 1000 }, want: [] },
    { name: 'are told nothing where they may', available: 0, context: {}, want: [] },
  ])('$name', ({ available, context, want }) => expect(problemsWith(available, context)).toEqual(want));

  test('are told nothing of an image that nobody knows', () =>
    expect(problemsWith(0, { runAsNonRoot: true }, 'registry.example.com/vllm-openai-nonroot:1')).toEqual([]));
});

describe('a placement that serves is not as it should be', () => {
  const well = [
    object('Deployment', poolName(site), AVAILABLE),
    object('Deployment', pickerName(site), AVAILABLE),
    object('InferencePool', poolName(site), TAKEN),
    object('HTTPRoute', poolName(site), TAKEN),
    object('InferenceObjective', 'qwen-default', {}),
  ];
  const [engines] = well as [ObservedObject];
  const healthWith = (changed: ObservedObject) =>
    healthOf({
      site,
      endpoint: undefined,
      objects: well.map((one) => (one.kind === changed.kind && one.name === changed.name ? changed : one)),
    });

  test('unless all of it is', () =>
    expect(healthWith(engines)).toMatchObject({ usable: true, ready: true, problems: [] }));

  test.each<{ name: string; changed: ObservedObject; problem: string }>([
    {
      name: 'while engines are missing, though its rollout may do without them',
      changed: { ...engines, seen: { ...engines.seen, spec: { replicas: 4 } } as never },
      problem: '1 of 4 engines are available.',
    },
    {
      name: 'while the cluster makes no more engines',
      changed: {
        ...engines,
        seen: { ...engines.seen, spec: { replicas: 2 }, status: { ...AVAILABLE, conditions: [REFUSING] } } as never,
      },
      problem: 'The cluster makes no more engines: FailedCreate: exceeded quota: gpus.',
    },
    {
      name: 'while the cluster refuses what it is to be',
      changed: { ...engines, error: 'apply failed: Deployment.apps "qwen" is invalid: spec.template' },
      problem: `Deployment ${poolName(site)}: apply failed: Deployment.apps "qwen" is invalid: spec.template.`,
    },
    {
      name: 'while the cluster cannot read what it is to be',
      changed: {
        ...engines,
        error: 'apply failed: Deployment in version "v1" cannot be handled: unable to parse quantity',
      },
      problem: `Deployment ${poolName(site)}: apply failed: Deployment in version "v1" cannot be handled: unable to parse quantity.`,
    },
    {
      name: "while a class's objective is not there",
      changed: { ...object('InferenceObjective', 'qwen-default', {}), ready: false },
      problem: 'InferenceObjective qwen-default is not there yet.',
    },
  ])('$name', ({ changed, problem }) => {
    const health = healthWith(changed);
    expect(health).toMatchObject({ usable: true, ready: false });
    expect(health.problems).toContain(problem);
  });

  test('but may well be while its cluster cannot be reached', () => {
    const changed = { ...engines, error: 'observe failed: dial tcp 10.0.0.1:6443: connect: connection refused' };
    expect(healthWith(changed)).toMatchObject({ usable: true, ready: true });
  });
});

describe("what a cluster's gateway does not take is said with the way out", () => {
  const refusedWith = (reason: string, message: string) => ({
    parents: [{ conditions: [{ type: 'ResolvedRefs', status: 'False', reason, message }] }],
  });
  const problems = (pool: object, route: object) =>
    healthOf({
      site,
      endpoint: undefined,
      objects: [
        object('Deployment', poolName(site), AVAILABLE),
        object('Deployment', pickerName(site), AVAILABLE),
        object('InferencePool', poolName(site), pool),
        object('HTTPRoute', poolName(site), route),
      ],
    }).problems;
  test.each([
    {
      name: 'Envoy Gateway without Envoy AI Gateway',
      pool: {},
      // In its own words (v1.8.1, internal/gatewayapi/validate.go).
      route: refusedWith('InvalidKind', 'Failed to process route rule 0 backendRef 0: Group is invalid'),
      want: [
        "The cluster's gateway has not taken the InferencePool yet.",
        "The cluster's gateway does not take the HTTPRoute: InvalidKind: Failed to process route rule 0 backendRef 0: Group is " +
          'invalid; it knows no InferencePools: enable the inference extension in it, which for Envoy Gateway is Envoy AI Gateway.',
      ],
    },
    {
      name: 'a listener that does not let it in',
      pool: TAKEN,
      route: refusedWith('NotAllowedByListeners', 'No listeners included by this parent ref allowed this attachment.'),
      want: [
        "The cluster's gateway does not take the HTTPRoute: NotAllowedByListeners: No listeners included by this parent ref " +
          'allowed this attachment; let in namespaces that begin with mp-, in the allowedRoutes of its listener.',
      ],
    },
    {
      name: 'a pool that nobody looks at although its route is taken',
      pool: {},
      route: TAKEN,
      want: [
        "The cluster's gateway has not taken the InferencePool yet.",
        'If that lasts, it came to be before its Gateway, or its CRD after the controller of that: restart that controller.',
      ],
    },
  ])('$name', ({ pool, route, want }) => expect(problems(pool, route)).toEqual(want));
});
