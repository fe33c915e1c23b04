import { describe, expect, test } from 'vitest';
import type { KubernetesObject, StatusCondition } from '#shared/kubernetes.ts';
import { type Answer, composeWith } from '#shared/testing.ts';
import { inferenceCluster } from './compose.ts';
import { api, CONNECTED, cluster, failing, PROGRAMMED, SYNCED, seen } from './testing.ts';

const READY = seen(SYNCED, [PROGRAMMED], ['203.0.113.1']);
const MISSING = failing('observe failed: external resource does not exist');
const FORBIDDEN = failing('observe failed: cannot get object: x is forbidden: User "modelplane" cannot get resource');

/** What the provider says of an Object, and what it saw. */
const object = (synced: StatusCondition, manifest?: object): KubernetesObject =>
  ({ kind: 'Object', status: { conditions: [synced], ...(manifest && { atProvider: { manifest } }) } }) as never;

interface World {
  readonly gateway?: object;
  readonly status?: object;
  readonly observed?: Readonly<Record<string, KubernetesObject>>;
  readonly required?: Readonly<Record<string, readonly KubernetesObject[]>>;
}

const ask = ({ gateway = {}, status, observed = {}, required = {} }: World): Answer =>
  composeWith(inferenceCluster, {
    xr: cluster(gateway, status),
    observed: { api: api(SYNCED), gateway: READY, ...observed },
    required,
  });

const conditionOf = ({ conditions }: Answer, type: string): string | undefined =>
  conditions.find((one) => one.startsWith(`${type}=`));

const manifestOf = ({ desired }: Answer, key: string) =>
  (desired[key]?.spec as { forProvider: { manifest: KubernetesObject } } | undefined)?.forProvider.manifest;

test('what is looked at has names of its own, however long that of the cluster is', () => {
  const xr = { ...cluster({ proxies: { namespace: 'e', labels: { a: 'b' }, disruptionBudget: 'c' } }) };
  const { desired } = composeWith(inferenceCluster, {
    xr: { ...xr, metadata: { name: 'x'.repeat(63) } },
    observed: { api: api(SYNCED), gateway: READY },
    required: { controlPlane: [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'kubernetes', uid: 'u' } }] },
  });
  const names = Object.values(desired).map(({ kind, metadata }) => `${kind} ${metadata?.name}`);
  expect(names).toHaveLength(8);
  expect(new Set(names).size).toBe(names.length);
});

describe('a cluster without the kinds that a placement consists of', () => {
  test('is asked for them by what is smallest, once its Gateway is known', () => {
    const answer = ask({});
    expect(['pools', 'objectives-llm-d'].map((key) => manifestOf(answer, key)?.metadata?.name)).toEqual([
      'v1.inference.networking.k8s.io',
      'v1alpha2.llm-d.ai',
    ]);
    expect(answer.desired.pools?.spec).toMatchObject({ watch: false, managementPolicies: ['Observe'] });
    const before = composeWith(inferenceCluster, { xr: cluster() });
    expect(Object.keys(before.desired)).toEqual(['clusterproviderconfig', 'api', 'gateway']);
  });

  test.each<{ name: string; observed: Readonly<Record<string, KubernetesObject>>; says: string }>([
    {
      name: 'has no InferencePool in this version',
      observed: { pools: object(MISSING) },
      says:
        'GatewayReady=False CRDsMissing: The cluster does not have InferencePool in inference.networking.k8s.io/v1; install ' +
        'the CRDs of Gateway API inference extension 1.0 or newer, and restart the controller of a gateway that ran before ' +
        'they were there.',
    },
    {
      name: 'has no objectives of its family',
      observed: { pools: object(SYNCED), 'objectives-llm-d': object(MISSING) },
      says:
        'GatewayReady=False CRDsMissing: The cluster does not have InferenceObjective in llm-d.ai/v1alpha2, which pickers of ' +
        'family llm-d read; install its CRDs, or set spec.pickerFamily to the family whose CRDs are there.',
    },
    {
      name: 'has another family’s as well',
      observed: { pools: object(SYNCED), 'objectives-gie': object(MISSING) },
      says: 'GatewayReady=True Programmed: Gateway inference/gateway is reached at 203.0.113.1.',
    },
    {
      name: 'may not be asked, by a role of an earlier release',
      observed: { pools: object(FORBIDDEN), 'objectives-llm-d': object(FORBIDDEN) },
      says: 'GatewayReady=True Programmed: Gateway inference/gateway is reached at 203.0.113.1.',
    },
  ])('$name', ({ observed, says }) => {
    const answer = ask({ observed });
    expect(conditionOf(answer, 'GatewayReady')).toBe(says);
    expect(answer.xrReady).toBe(says.includes('=True'));
  });
});

describe('Envoy Gateway', () => {
  const controllerName = 'gateway.envoyproxy.io/gatewayclass-controller';
  const gatewayclass = object(SYNCED, {
    metadata: { name: 'class-of-gateway' },
    spec: { controllerName, parametersRef: {} },
  });
  test.each([
    {
      name: 'without Envoy AI Gateway says what to install',
      observed: { 'ai-gateway': object(MISSING) },
      says:
        ' The cluster has no kinds of Envoy AI Gateway, without which Envoy Gateway takes no route to an InferencePool; ' +
        'install it as docs/clusters.md says.',
    },
    { name: 'with it is recognised', observed: { 'ai-gateway': object(SYNCED) }, says: '' },
    { name: 'that may not be asked is recognised', observed: { 'ai-gateway': object(FORBIDDEN) }, says: '' },
  ])('$name', ({ observed, says }) => {
    const asked = manifestOf(ask({ observed: { gatewayclass } }), 'ai-gateway');
    expect(asked?.metadata?.name).toBe('v1alpha1.aigateway.envoyproxy.io');
    expect(conditionOf(ask({ observed: { gatewayclass, ...observed } }), 'GatewayRecognized')).toBe(
      `GatewayRecognized=True Recognized: By controller ${controllerName} it is EnvoyAIGateway.${says}`,
    );
  });
});

describe('a cluster is of one control plane', () => {
  const controlPlane = [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'kubernetes', uid: 'ours' } }];
  const labelled = (owner?: string) =>
    object(SYNCED, {
      metadata: { name: 'mp--control-plane', ...(owner && { labels: { 'modelplane.ai/control-plane': owner } }) },
    });
  const command = 'kubectl label namespace mp--control-plane --overwrite modelplane.ai/control-plane=ours';

  test('that makes what says so, and never edits or deletes it', () => {
    const answer = ask({ required: { controlPlane } });
    expect(manifestOf(answer, 'owner')).toEqual({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: 'mp--control-plane',
        labels: { 'app.kubernetes.io/managed-by': 'modelplane', 'modelplane.ai/control-plane': 'ours' },
      },
    });
    expect(answer.desired.owner?.spec).toMatchObject({ managementPolicies: ['Observe', 'Create'] });
  });

  test('and of nobody where a control plane does not know itself, as in a preview', () => {
    const answer = ask({});
    expect([answer.desired.owner, conditionOf(answer, 'Owned'), answer.xrReady]).toEqual([undefined, undefined, true]);
  });

  test.each([
    {
      name: 'its own',
      owner: labelled('ours'),
      says: 'Owned=True Owned: No other control plane places models in the cluster.',
      ready: true,
    },
    {
      name: 'another one’s',
      owner: labelled('theirs'),
      says:
        'Owned=False OwnedByAnother: Namespace mp--control-plane in the cluster says that it is of control plane theirs, so ' +
        `nothing new is placed there; if no other control plane places models there any more, run there: ${command}`,
      ready: false,
    },
    {
      name: 'nobody’s, because somebody took the label away',
      owner: labelled(),
      says:
        'Owned=False OwnedByAnother: Namespace mp--control-plane in the cluster says that it is of nobody, so nothing new is ' +
        `placed there; if no other control plane places models there any more, run there: ${command}`,
      ready: false,
    },
    {
      name: 'not known yet',
      owner: undefined,
      says: 'Owned=Unknown Claiming: Waiting for namespace mp--control-plane in the cluster, which says whose it is.',
      ready: false,
    },
    {
      name: 'not to be known',
      owner: object(failing('create failed: namespaces is forbidden: by a quota')),
      says:
        'Owned=Unknown Claiming: Cannot make namespace mp--control-plane in the cluster, which says whose it is: create ' +
        'failed: namespaces is forbidden: by a quota',
      ready: false,
    },
  ])('$name', ({ owner, says, ready }) => {
    const answer = ask({ observed: owner && { owner }, required: { controlPlane } });
    expect({ said: conditionOf(answer, 'Owned'), ready: answer.xrReady }).toEqual({ said: says, ready });
  });
});

describe('proxies are counted by their disruption budget', () => {
  const labels = { app: 'envoy' };
  const gateway = { proxies: { namespace: 'envoy', labels, disruptionBudget: 'proxies' } };
  const budget = (status: object, selector: object = { matchLabels: labels }, name = 'proxies') =>
    object(SYNCED, { metadata: { name, namespace: 'envoy' }, spec: { selector }, status });

  test.each([
    { name: 'without one nothing is said', gateway: { proxies: { namespace: 'envoy', labels } }, says: undefined },
    {
      name: 'which finds some',
      proxies: budget({ expectedPods: 2 }),
      says: 'ProxiesFound=True Found: There are pods with the labels of spec.gateway.proxies.',
    },
    {
      name: 'which finds none',
      proxies: budget({ expectedPods: 0 }),
      says:
        'ProxiesFound=False NoneFound: No pod in namespace envoy has the labels of spec.gateway.proxies, so no request reaches ' +
        'an engine where NetworkPolicies are enforced; correct them: kubectl get pods --namespace=envoy --show-labels',
    },
    {
      name: 'which has not counted yet',
      proxies: budget({}),
      says: 'ProxiesFound=Unknown NotCounted: Waiting for PodDisruptionBudget envoy/proxies to count the pods.',
    },
    {
      name: 'of another name, as it was before an edit',
      proxies: budget({ expectedPods: 2 }, { matchLabels: labels }, 'other'),
      says: 'ProxiesFound=Unknown NotCounted: Waiting for PodDisruptionBudget envoy/proxies to count the pods.',
    },
    {
      name: 'which counts others',
      proxies: budget({ expectedPods: 2 }, { matchLabels: { app: 'other' } }),
      says:
        'ProxiesFound=Unknown NotCounted: PodDisruptionBudget envoy/proxies selects other pods than ' +
        'spec.gateway.proxies.labels; give it these labels as matchLabels.',
    },
    {
      name: 'which is not there',
      proxies: object(MISSING),
      says:
        'ProxiesFound=Unknown NotCounted: There is no PodDisruptionBudget envoy/proxies in the cluster; make it, or correct ' +
        'spec.gateway.proxies.disruptionBudget.',
    },
    {
      name: 'which may not be looked at',
      proxies: object(FORBIDDEN),
      says:
        'ProxiesFound=Unknown NotCounted: Cannot look at PodDisruptionBudget envoy/proxies: observe failed: cannot get ' +
        'object: x is forbidden: User "modelplane" cannot get resource; apply install/inference-cluster there.',
    },
  ])('$name', ({ gateway: own = gateway, proxies, says }) => {
    const answer = ask({ gateway: own, observed: proxies && { proxies } });
    // Without a plugin that enforces policies it serves all the same.
    expect({ said: conditionOf(answer, 'ProxiesFound'), ready: answer.xrReady }).toEqual({ said: says, ready: true });
  });

  test('and what one said stays no longer than it is asked', () => {
    const status = { conditions: [{ type: 'ProxiesFound', status: 'False', reason: 'NoneFound' }] };
    expect(conditionOf(ask({ gateway: { proxies: undefined }, status }), 'ProxiesFound')).toBe(
      'ProxiesFound=Unknown NotCounted: spec.gateway.proxies names nobody who counts them.',
    );
  });
});

describe('what provider-kubernetes said last', () => {
  const revision = (status: string, desiredState = 'Active') => ({
    apiVersion: 'pkg.crossplane.io/v1',
    kind: 'ProviderRevision',
    metadata: { name: `provider-${desiredState}` },
    spec: { desiredState },
    status: { conditions: [{ type: 'RuntimeHealthy', status, message: 'Deployment is unavailable.' }] },
  });

  test.each([
    { name: 'holds while it runs', provider: [revision('True')], says: CONNECTED },
    {
      name: 'holds while an old revision of it does not run',
      provider: [revision('False', 'Inactive'), revision('True')],
      says: CONNECTED,
    },
    { name: 'holds where it was installed under another name', provider: [], says: CONNECTED },
    {
      name: 'does not hold for ever when it does not run',
      provider: [revision('False')],
      says:
        'Connected=Unknown NobodyLooks: provider-kubernetes does not run, so nobody looks at the cluster: Deployment is ' +
        'unavailable; look at its pods by kubectl --namespace=crossplane-system get pods ' +
        '--selector=pkg.crossplane.io/provider=crossplane-contrib-provider-kubernetes. What runs there stays as it is.',
    },
  ])('$name', ({ provider, says }) => expect(ask({ required: { provider } }).conditions[0]).toBe(says));
});
