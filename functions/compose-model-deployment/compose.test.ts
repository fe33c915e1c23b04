import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { composeWith, schemaProblem } from '#shared/testing.ts';
import { modelDeployment } from './compose.ts';

const CLUSTER = {
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'InferenceCluster',
  metadata: { name: 'gpu', labels: { region: 'eu' } },
  spec: {
    kubeconfigSecretRef: { namespace: 'modelplane-system', name: 'gpu', key: 'kubeconfig' },
    gateway: { namespace: 'inference', name: 'gateway', port: 80 },
    pickerFamily: 'gie',
    cordoned: false,
    draining: false,
    priorityClasses: { Critical: 'production' },
  },
  status: {
    providerConfigRef: { kind: 'ClusterProviderConfig', name: 'modelplane-gpu' },
    gateway: { address: '198.51.100.7', port: 80 },
    conditions: ['Connected', 'GatewayReady'].map((type) => ({ type, status: 'True' })),
  },
};

const claim = (spec: object = {}, metadata: object = {}) => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'ModelDeployment',
  metadata: { name: 'qwen', namespace: 'ml-team', uid: 'uid-of-qwen', ...metadata },
  spec: {
    model: 'Qwen/Qwen3-8B',
    replicas: 1,
    engine: { type: 'vllm', port: 8000 },
    rollout: { maxSurge: 1, maxUnavailable: 0 },
    service: 'Enabled',
    ...spec,
  },
});

const compose = (
  xr: KubernetesObject,
  fields: { observed?: Record<string, KubernetesObject>; clusters?: object[] } = {},
) =>
  composeWith(modelDeployment, {
    xr,
    observed: fields.observed ?? {},
    required: { clusters: (fields.clusters ?? [CLUSTER]) as KubernetesObject[] },
  });

/** What is composed next when the tenant's namespace is there. */
function composeBegun(spec: object = {}, cluster: object = CLUSTER) {
  const first = compose(claim(spec), { clusters: [cluster] });
  const [key = '', namespace] = Object.entries(first.desired).find(([, { kind }]) => kind === 'Object') ?? [];
  const status = { conditions: [{ type: 'Ready', status: 'True' }] };
  return compose(claim(spec), {
    observed: { [key]: { ...namespace, status } as KubernetesObject },
    clusters: [cluster],
  });
}

interface RemoteObject extends KubernetesObject {
  readonly spec: {
    readonly forProvider: { readonly manifest: KubernetesObject };
    readonly managementPolicies?: string[];
    readonly readiness: { readonly policy: string };
  };
}

const manifests = (desired: Readonly<Record<string, KubernetesObject>>): KubernetesObject[] =>
  Object.values(desired).flatMap((one) =>
    one.kind === 'Object' ? [(one as RemoteObject).spec.forProvider.manifest] : [],
  );

const manifest = (desired: Readonly<Record<string, KubernetesObject>>, kind: string, suffix = '') =>
  manifests(desired).find((one) => one.kind === kind && one.metadata?.name?.endsWith(suffix));

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

describe('in the cluster', () => {
  const { desired } = composeBegun({ criticality: 'Critical', trafficClasses: [{ name: 'batch', priority: -7 }] });

  test('there is everything that a placement needs', () => {
    expect(manifests(desired).map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([
      'v1 Namespace',
      'apps/v1 Deployment',
      'inference.networking.k8s.io/v1 InferencePool',
      'inference.networking.x-k8s.io/v1alpha2 InferenceObjective',
      'inference.networking.x-k8s.io/v1alpha2 InferenceObjective',
      'v1 ServiceAccount',
      'rbac.authorization.k8s.io/v1 Role',
      'rbac.authorization.k8s.io/v1 RoleBinding',
      'v1 ConfigMap',
      'apps/v1 Deployment',
      'v1 Service',
      'gateway.networking.k8s.io/v1 HTTPRoute',
    ]);
  });

  test('all of it is in the tenant’s own namespace', () => {
    const namespaces = manifests(desired).flatMap(({ kind, metadata }) =>
      kind === 'Namespace' ? [] : [metadata?.namespace],
    );
    expect(new Set(namespaces)).toEqual(new Set(['mp-ml-team']));
  });

  test('the pool names its engines, and the Service of its picker', () => {
    const pool = manifest(desired, 'InferencePool');
    const name = pool?.metadata?.name ?? '';
    expect(pool?.spec).toEqual({
      selector: { matchLabels: { 'modelplane.ai/pool': name } },
      targetPorts: [{ number: 8000 }],
      endpointPickerRef: {
        group: '',
        kind: 'Service',
        name: `${name}-epp`,
        port: { number: 9002 },
        failureMode: 'FailClose',
      },
    });
    expect(manifest(desired, 'Service')?.metadata?.name).toBe(`${name}-epp`);
    expect(manifest(desired, 'Deployment', name.slice(-10))).toMatchObject({
      spec: { template: { metadata: { labels: { 'modelplane.ai/pool': name } } } },
    });
  });

  test('each traffic class has an objective with its priority', () => {
    const objectives = manifests(desired).filter(({ kind }) => kind === 'InferenceObjective');
    const pool = manifest(desired, 'InferencePool')?.metadata?.name;
    const poolRef = { group: 'inference.networking.k8s.io', kind: 'InferencePool', name: pool };
    expect(objectives.map(({ metadata, spec }) => [metadata?.name, spec])).toEqual([
      [`${pool}-default`, { priority: 100, poolRef }],
      [`${pool}-batch`, { priority: -7, poolRef }],
    ]);
  });

  test('the route leads from the placement’s path to the pool, and lets an answer take its time', () => {
    expect(manifest(desired, 'HTTPRoute')?.spec).toEqual({
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gateway', namespace: 'inference' }],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/ml-team/qwen/default' } }],
          filters: [
            { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } },
          ],
          backendRefs: [
            {
              group: 'inference.networking.k8s.io',
              kind: 'InferencePool',
              name: manifest(desired, 'InferencePool')?.metadata?.name,
            },
          ],
          timeouts: { request: '0s' },
        },
      ],
    });
  });

  test('the route of a GKE gateway does without what that refuses', () => {
    const status = { ...CLUSTER.status, gateway: { ...CLUSTER.status.gateway, className: 'gke-l7-rilb' } };
    const route = manifest(composeBegun({}, { ...CLUSTER, status }).desired, 'HTTPRoute') as
      | { spec: { rules: object[] } }
      | undefined;
    expect(route?.spec.rules[0]).not.toHaveProperty('timeouts');
  });

  test('engines have the priority class of their criticality, and no way to the cluster’s API', () => {
    const pool = manifest(desired, 'InferencePool')?.metadata?.name;
    expect(manifest(desired, 'Deployment', pool)).toMatchObject({
      spec: {
        template: {
          spec: {
            priorityClassName: 'production',
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: { seccompProfile: { type: 'RuntimeDefault' } },
            containers: [{ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['NET_RAW'] } } }],
          },
        },
      },
    });
  });

  test('the picker may read its own namespace, and only what it needs', () => {
    const verbs = ['get', 'list', 'watch'];
    expect(manifest(desired, 'Role')?.rules).toEqual([
      { apiGroups: [''], resources: ['pods'], verbs },
      { apiGroups: ['inference.networking.k8s.io'], resources: ['inferencepools'], verbs },
      {
        apiGroups: ['inference.networking.x-k8s.io'],
        resources: ['inferenceobjectives', 'inferencemodelrewrites'],
        verbs,
      },
    ]);
  });

  test('the llm-d family has its own group, image and label', () => {
    const llmD = composeBegun({}, { ...CLUSTER, spec: { ...CLUSTER.spec, pickerFamily: 'llm-d' } }).desired;
    expect(manifest(llmD, 'InferenceObjective')?.apiVersion).toBe('llm-d.ai/v1alpha2');
    expect(manifest(llmD, 'Deployment', '-epp')).toMatchObject({
      spec: { template: { spec: { containers: [{ image: 'ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.0' }] } } },
    });
    const pool = manifest(llmD, 'InferencePool')?.metadata?.name;
    expect(manifest(llmD, 'Deployment', pool)).toMatchObject({
      spec: { template: { metadata: { labels: { 'llm-d.ai/engine-type': 'vllm' } } } },
    });
  });

  test('the API server would take every object of a kind whose schema is here', async () => {
    const known = manifests(desired).filter(({ kind }) => !kind.startsWith('Inference'));
    const problems = await Promise.all(known.map((one) => schemaProblem(one)));
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });

  test('names are no longer than a Service or a label may be, however long the claim’s are', () => {
    const long = { name: 'q'.repeat(63), namespace: 'n'.repeat(63) };
    const spec = { placements: [{ name: 'p'.repeat(40), weight: 1 }] };
    const first = compose(claim(spec, long));
    const [key = '', namespace] = Object.entries(first.desired).find(([, { kind }]) => kind === 'Object') ?? [];
    const observed = {
      [key]: { ...namespace, status: { conditions: [{ type: 'Ready', status: 'True' }] } } as KubernetesObject,
    };
    const all = compose(claim(spec, long), { observed }).desired;
    const names = [...manifests(all), ...Object.values(all)].flatMap(({ kind, metadata }) =>
      kind === 'ConfigMap' || kind === 'InferenceObjective' ? [] : [metadata?.name ?? '', metadata?.namespace ?? ''],
    );
    expect(Math.max(...names.map((name) => name.length))).toBeLessThanOrEqual(63);
  });

  test('two tenants with the same deployment share no name', () => {
    const names = (namespace: string) => {
      const { desired: theirs } = compose(claim({}, { namespace, uid: namespace }));
      return Object.values(theirs).flatMap(({ kind, metadata }) => (kind === 'Object' ? [metadata?.name] : []));
    };
    expect(new Set([...names('a'), ...names('b')]).size).toBe(names('a').length * 2);
  });
});

describe('a claim that is refused', () => {
  const serving = (xr: KubernetesObject): KubernetesObject => ({
    ...xr,
    status: {
      conditions: [
        { type: 'PlacementsReady', status: 'True', reason: 'Ready', message: 'Every placement is ready.' },
        { type: 'RoutingReady', status: 'True', reason: 'RouteConfigured', message: 'Requests are served.' },
      ],
    },
  });

  test('for its template keeps what it said of what serves', () => {
    const { refused, conditions, desired } = compose(
      serving(claim({ model: undefined, template: { spec: { nodeSelector: { gpu: 'h100' } } } })),
    );
    expect(refused).toBe(
      'cannot deploy: placement default: container engine has no image; set model, or name an image in template',
    );
    expect(conditions).toEqual([
      'PlacementsScheduled=False InvalidSpec: Cannot deploy: placement default: container engine has no image; set ' +
        'model, or name an image in template. What served before still does.',
      'PlacementsReady=True Ready: Every placement is ready.',
      'RoutingReady=True RouteConfigured: Requests are served.',
    ]);
    expect(desired).toEqual({});
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
    { name: 'for a name that a team’s own service has', metadata: {}, refused: true },
    {
      name: 'for a name that another deployment’s service has',
      metadata: { ownerReferences: [{ uid: 'another', controller: true }] },
      refused: true,
    },
    {
      name: 'not for its own service',
      metadata: { ownerReferences: [{ uid: 'uid-of-qwen', controller: true }] },
      refused: false,
    },
    {
      name: 'not for its own service that a backup brought back',
      metadata: { annotations: { 'crossplane.io/composition-resource-name': 'modelservice-default' } },
      refused: false,
    },
  ])('$name', ({ metadata, refused }) => {
    const service = {
      apiVersion: 'modelplane.ai/v1alpha1',
      kind: 'ModelService',
      metadata: { name: 'qwen', namespace: 'ml-team', ...metadata },
    };
    const answer = composeWith(modelDeployment, {
      xr: claim(),
      required: { clusters: [CLUSTER], 'modelservice-default': [service] },
    });
    expect(answer.refused).toBe(
      refused
        ? 'cannot serve: ModelService qwen belongs to somebody else; delete it, or give this deployment or its class another name'
        : undefined,
    );
  });
});

test('the answer does not depend on the order of what is found', () => {
  const clusters = [CLUSTER, { ...CLUSTER, metadata: { name: 'other' } }];
  expect(compose(claim(), { clusters: clusters.toReversed() })).toEqual(compose(claim(), { clusters }));
});
