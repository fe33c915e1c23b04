import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { schemaProblem } from '#shared/testing.ts';
import { CLUSTER, claim, compose, composeBegun, made, manifest, manifests } from './testing-claims.ts';

describe('in the cluster', () => {
  const { desired } = composeBegun({ criticality: 'Critical', trafficClasses: [{ name: 'batch', priority: -7 }] });

  test('there is everything that a placement needs', () => {
    const kinds = manifests(desired).map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);
    expect(kinds.toSorted()).toEqual([
      'apps/v1 Deployment',
      'apps/v1 Deployment',
      'gateway.networking.k8s.io/v1 HTTPRoute',
      'inference.networking.k8s.io/v1 InferencePool',
      'inference.networking.x-k8s.io/v1alpha2 InferenceObjective',
      'inference.networking.x-k8s.io/v1alpha2 InferenceObjective',
      'rbac.authorization.k8s.io/v1 Role',
      'rbac.authorization.k8s.io/v1 RoleBinding',
      'v1 ConfigMap',
      'v1 Namespace',
      'v1 Service',
      'v1 ServiceAccount',
    ]);
  });

  test('a RoleBinding comes once its Role is there, by which the API server judges it', () => {
    const namespaced = compose(claim(), { observed: made(compose(claim()).desired) });
    expect(manifest(namespaced.desired, 'Role')).toBeDefined();
    expect(manifest(namespaced.desired, 'RoleBinding')).toBeUndefined();
    const bound = composeBegun();
    expect(manifest(bound.desired, 'RoleBinding')).toBeDefined();
    const withoutRole = Object.entries(made(bound.desired)).map(([key, object]) =>
      manifest({ key: object }, 'Role') === undefined ? [key, object] : [key, { ...object, status: {} }],
    );
    const later = compose(claim(), { observed: Object.fromEntries(withoutRole) });
    expect(manifest(later.desired, 'RoleBinding'), 'what was composed before stays').toBeDefined();
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

  test('the route leads from the placement’s path to the pool, for its own tenant, and lets an answer take its time', () => {
    expect(manifest(desired, 'HTTPRoute')?.spec).toEqual({
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'gateway', namespace: 'inference' }],
      rules: [
        {
          matches: [
            {
              path: { type: 'PathPrefix', value: '/ml-team/qwen/default' },
              headers: [{ type: 'Exact', name: 'x-llm-d-inference-fairness-id', value: 'ml-team' }],
            },
          ],
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
      [key]: { ...namespace, status: { conditions: [{ type: 'Synced', status: 'True' }] } } as KubernetesObject,
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
