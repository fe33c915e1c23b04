import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { CONNECTED, cluster, compose, failing, PROGRAMMED, SYNCED, seen } from './testing.ts';

test('a cluster is reached by its kubeconfig, and looked at and never touched', () => {
  const { desired } = compose(cluster());
  expect(desired).toEqual({
    clusterproviderconfig: {
      apiVersion: 'kubernetes.m.crossplane.io/v1alpha1',
      kind: 'ClusterProviderConfig',
      metadata: { name: 'modelplane-us-east-c0bf59278f', labels: { 'modelplane.ai/cluster': 'us-east' } },
      spec: {
        credentials: {
          source: 'Secret',
          secretRef: { namespace: 'modelplane-system', name: 'us-east', key: 'kubeconfig' },
        },
      },
    },
    api: {
      apiVersion: 'kubernetes.m.crossplane.io/v1alpha1',
      kind: 'Object',
      metadata: {
        name: 'us-east-api-315c77530f',
        namespace: 'modelplane-system',
        labels: { 'modelplane.ai/cluster': 'us-east' },
        annotations: { 'crossplane.io/external-name': 'us-east-api-315c77530f', 'crossplane.io/poll-interval': '30s' },
      },
      spec: {
        providerConfigRef: { kind: 'ClusterProviderConfig', name: 'modelplane-us-east-c0bf59278f' },
        managementPolicies: ['Observe'],
        watch: true,
        readiness: { policy: 'SuccessfulCreate' },
        forProvider: { manifest: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system' } } },
      },
    },
    gateway: {
      apiVersion: 'kubernetes.m.crossplane.io/v1alpha1',
      kind: 'Object',
      metadata: {
        name: 'us-east-gateway-649e0f4384',
        namespace: 'modelplane-system',
        labels: { 'modelplane.ai/cluster': 'us-east' },
        annotations: {
          'crossplane.io/external-name': 'us-east-gateway-649e0f4384',
          'crossplane.io/poll-interval': '30s',
        },
      },
      spec: {
        providerConfigRef: { kind: 'ClusterProviderConfig', name: 'modelplane-us-east-c0bf59278f' },
        managementPolicies: ['Observe'],
        watch: true,
        readiness: {
          policy: 'DeriveFromCelQuery',
          celQuery:
            'has(object.status) && has(object.status.conditions) && ' +
            'object.status.conditions.exists(c, c.type == "Programmed" && c.status == "True")',
        },
        forProvider: {
          manifest: {
            apiVersion: 'gateway.networking.k8s.io/v1',
            kind: 'Gateway',
            metadata: { name: 'gateway', namespace: 'inference' },
          },
        },
      },
    },
  });
});

const UNKNOWN = 'GatewayReady=Unknown WaitingForConnection: Unknown until the cluster can be reached.';
const SECRET = 'Secret modelplane-system/us-east, key kubeconfig';

describe('a cluster', () => {
  test.each([
    {
      name: 'that nobody has tried to reach yet is connecting',
      gateway: undefined,
      want: ['Connected=False Connecting: Waiting for provider-kubernetes to reach the cluster.', UNKNOWN],
      address: undefined,
    },
    {
      name: 'with a programmed Gateway is ready at its first address',
      gateway: seen(SYNCED, [PROGRAMMED], ['198.51.100.7', '198.51.100.8']),
      want: [CONNECTED, 'GatewayReady=True Programmed: Gateway inference/gateway is reached at 198.51.100.7.'],
      address: '198.51.100.7',
    },
    {
      name: 'whose Gateway is not programmed says what that says',
      gateway: seen(SYNCED, [{ ...PROGRAMMED, status: 'False', message: 'no address was assigned' }]),
      want: [
        CONNECTED,
        'GatewayReady=False WaitingForGateway: Gateway inference/gateway is not programmed: no address was assigned',
      ],
      address: undefined,
    },
    {
      name: 'whose Gateway has no address says how to give one',
      gateway: seen(SYNCED, [PROGRAMMED]),
      want: [
        CONNECTED,
        'GatewayReady=False WaitingForAddress: Gateway inference/gateway has no address; set spec.gateway.address if ' +
          'it is reached by another one.',
      ],
      address: undefined,
    },
    {
      name: 'without that Gateway is connected all the same',
      gateway: seen(failing('observe failed: external resource does not exist')),
      want: [
        CONNECTED,
        'GatewayReady=False GatewayNotFound: There is no Gateway inference/gateway in the cluster; create it, or ' +
          'correct spec.gateway.',
      ],
      address: undefined,
    },
    {
      name: 'without the Gateway API is told to install it',
      gateway: seen(failing('observe failed: cannot get object: no matches for kind "Gateway" in version "v1"')),
      want: [
        CONNECTED,
        'GatewayReady=False GatewayNotFound: The cluster does not have the Gateway API; install its CRDs and a gateway ' +
          'that implements it.',
      ],
      address: undefined,
    },
  ])('$name', ({ gateway, want, address }) => {
    const { conditions, status, xrReady } = compose(cluster(), gateway);
    const { parentRef: _, addresses: __, ...way } = status;
    expect(conditions).toEqual(want);
    expect(way).toEqual({
      providerConfigRef: { kind: 'ClusterProviderConfig', name: 'modelplane-us-east-c0bf59278f' },
      ...(address && { gateway: { address, port: 80, className: 'class-of-gateway' } }),
    });
    expect(xrReady).toBe(want[1]?.startsWith('GatewayReady=True'));
  });
});

/** As provider-kubernetes says it. */
describe('a cluster cannot be worked with, and says what is wrong in one sentence,', () => {
  const config = 'connect failed: cannot build kube client for provider config: cannot get REST config for provider:';
  const groups = 'observe failed: cannot get object: failed to get server groups:';
  test.each([
    {
      name: 'without a kubeconfig',
      said: 'connect failed: cannot build kube client for provider config: cannot get credentials: secrets "us-east" not found',
      want: `Cannot use the kubeconfig in ${SECRET}: secrets "us-east" not found; put one there as docs/clusters.md says.`,
    },
    {
      name: 'by a kubeconfig that names no cluster',
      said: `${config} cannot create new REST config using provider secret: currentContext not set in kubeconfig`,
      want: `${SECRET} does not hold a whole kubeconfig with a current context; put one there as docs/clusters.md says.`,
    },
    {
      name: 'by a kubeconfig that is none, of which nothing is shown',
      said:
        `${config} failed to load kubeconfig: couldn't get version/kind; json parse error: json: cannot unmarshal string into ` +
        'Go value of type struct',
      want: `${SECRET} does not hold a whole kubeconfig with a current context; put one there as docs/clusters.md says.`,
    },
    {
      name: 'by a program that the provider does not have',
      said:
        `${groups} Get "https://10.0.0.1:6443/api?timeout=32s": getting credentials: exec: executable aws not found\n\nIt looks ` +
        'like you are trying to use a client-go credential plugin that is not installed.',
      want:
        `The kubeconfig in ${SECRET} gets its credentials by a program that provider-kubernetes does not have; make one with a ` +
        'token as docs/clusters.md says.',
    },
    {
      name: 'with a token in a file of some other machine',
      said: `${groups} Get "https://10.0.0.1:6443/api": failed to read token file "/home/me/token": open /home/me/token: no such file`,
      want:
        `The kubeconfig in ${SECRET} has its token in a file of the machine that it was made on; make one with the token ` +
        'itself as docs/clusters.md says.',
    },
    {
      name: 'with an authority in a file, or another one',
      said: `${groups} Get "https://10.0.0.1:6443/api": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
      want:
        `The certificate of the server is not signed by the authority of the kubeconfig in ${SECRET}; put that of the cluster ` +
        'there as certificate-authority-data, not as the name of a file.',
    },
    {
      name: 'with a token that has expired',
      said: `${groups} the server has asked for the client to provide credentials`,
      want:
        `The cluster refuses the credentials of the kubeconfig in ${SECRET}, which have expired or were revoked; make others ` +
        'as docs/clusters.md says.',
    },
    {
      name: 'without the role',
      said: 'observe failed: cannot get object: namespaces "kube-system" is forbidden: User "eve" cannot get resource',
      want:
        `The identity of the kubeconfig in ${SECRET} has too few rights: namespaces "kube-system" is forbidden: User "eve" ` +
        'cannot get resource; apply install/inference-cluster there.',
    },
    {
      name: 'where another API answers that it has nothing of the kind',
      said: 'observe failed: external resource does not exist',
      want: `What answers at the server of the kubeconfig in ${SECRET} is not the API server of a cluster; correct its server.`,
    },
    {
      name: 'where another API answers anything at all',
      said: 'observe failed: cannot get object: no matches for kind "Namespace" in version "v1"',
      want: `What answers at the server of the kubeconfig in ${SECRET} is not the API server of a cluster; correct its server.`,
    },
    {
      name: 'that does not answer, whatever port was dialled from',
      said: `${groups} Get "https://10.0.0.1:6443/api": read tcp 10.0.0.9:51544->10.0.0.1:6443: connection reset`,
      want:
        `Cannot reach the cluster by the kubeconfig in ${SECRET}: Get "https://10.0.0.1:6443/api": read tcp 10.0.0.1:6443: ` +
        'connection reset; check that its server and its certificate authority are those of the cluster, and that the API ' +
        'server runs.',
    },
  ])('$name', ({ said, want }) => {
    const { conditions, xrReady } = compose(cluster(), seen(failing(said)), failing(said));
    expect({ conditions, xrReady }).toEqual({
      conditions: [`Connected=False CannotConnect: ${want} What runs there stays as it is.`, UNKNOWN],
      xrReady: false,
    });
  });

  test('that may not be asked for its Gateway', () => {
    const said = 'observe failed: cannot get object: gateways "gateway" is forbidden: User "eve" cannot get resource';
    expect(compose(cluster(), seen(failing(said))).conditions[0]).toBe(
      `Connected=False CannotConnect: The identity of the kubeconfig in ${SECRET} has too few rights: gateways "gateway" is ` +
        'forbidden: User "eve" cannot get resource; apply install/inference-cluster there. What runs there stays as it is.',
    );
  });
});

describe('the address', () => {
  const before = { gateway: { address: '198.51.100.7', port: 80, className: 'class-before' } };
  test.each([
    {
      name: 'that was known stays while the Gateway has none',
      xr: cluster({}, before),
      gateway: seen(SYNCED, [PROGRAMMED]),
      want: { address: '198.51.100.7', port: 80, className: 'class-of-gateway' },
    },
    {
      name: 'that was known stays while the cluster does not answer',
      xr: cluster({}, before),
      gateway: undefined,
      want: { address: '198.51.100.7', port: 80, className: 'class-before' },
    },
    {
      name: 'follows the Gateway',
      xr: cluster({}, before),
      gateway: seen(SYNCED, [PROGRAMMED], ['203.0.113.1']),
      want: { address: '203.0.113.1', port: 80, className: 'class-of-gateway' },
    },
    {
      name: 'of the spec comes before that of the Gateway',
      xr: cluster({ address: 'gateway.example.com', port: 8443 }, before),
      gateway: seen(SYNCED, [PROGRAMMED], ['203.0.113.1']),
      want: { address: 'gateway.example.com', declared: true, port: 8443, className: 'class-of-gateway' },
    },
    {
      name: 'of another Gateway, which the spec named before, is not taken for that of this one',
      xr: cluster({}, before),
      gateway: seen(SYNCED, [PROGRAMMED], ['203.0.113.1'], 'another'),
      want: { address: '198.51.100.7', port: 80, className: 'class-before' },
    },
  ])('$name', ({ xr, gateway, want }) => expect(compose(xr, gateway).status.gateway).toEqual(want));
});

describe('the Gateway that routes name', () => {
  const before = {
    gateway: { address: '198.51.100.7', port: 80, className: 'class-before' },
    parentRef: { name: 'before', namespace: 'inference' },
    proxies: { namespace: 'envoy', labels: { app: 'before' } },
  };
  const now = { name: 'gateway', namespace: 'inference' };
  const proxies = { namespace: 'envoy', labels: { app: 'now' } };
  const programmed = seen(SYNCED, [PROGRAMMED], ['203.0.113.1']);
  test.each([
    { name: 'is nobody before one has been seen', before: {}, spec: {}, gateway: undefined, want: {} },
    {
      name: 'is that of the spec once it is programmed, with its proxies and its address',
      before,
      spec: { proxies },
      gateway: programmed,
      want: { parentRef: now, proxies, gateway: { address: '203.0.113.1', port: 80, className: 'class-of-gateway' } },
    },
    {
      name: 'is the one before while that of the spec is not there, whatever its proxies are to be',
      before,
      spec: { proxies },
      gateway: seen(failing('observe failed: external resource does not exist'), [], [], 'before'),
      want: before,
    },
    {
      name: 'is the one before, at its address, while that of the spec is not programmed',
      before,
      spec: {},
      gateway: seen(SYNCED, [{ ...PROGRAMMED, status: 'False' }], ['203.0.113.1']),
      want: before,
    },
    {
      name: 'is the one before while the spec is refused',
      before,
      spec: { address: 'http://10.0.0.5', proxies },
      gateway: programmed,
      want: { ...before, gateway: { ...before.gateway, address: '203.0.113.1' } },
    },
  ])('$name', ({ before, spec, gateway, want }) => {
    const { providerConfigRef: _, addresses: __, ...said } = compose(cluster(spec, before), gateway).status;
    expect(said).toEqual(want);
  });
});

test('of a Gateway every other address is told, for whoever must not go there', () => {
  const gateway = seen(SYNCED, [PROGRAMMED], ['203.0.113.1', '203.0.113.2', 'not an address']);
  expect(compose(cluster(), gateway).status.addresses).toEqual(['203.0.113.2']);
  const declared = cluster({ address: 'gateway.example.com' });
  expect(compose(declared, gateway).status.addresses).toEqual(['203.0.113.1', '203.0.113.2']);
  const before = cluster({}, { gateway: { address: '203.0.113.1' }, addresses: ['203.0.113.2'] });
  expect(compose(before, undefined).status.addresses).toEqual(['203.0.113.2']);
});

describe('the way to the Gateway', () => {
  const ready = seen(SYNCED, [PROGRAMMED], ['203.0.113.1']);
  const tls = { hostname: 'us.inference.example' };
  test.each([
    { name: 'has port 80', gateway: { port: undefined }, want: { port: 80 } },
    { name: 'has port 443 with tls', gateway: { port: undefined, tls }, want: { port: 443, tls } },
    { name: 'has the port that is given', gateway: { port: 8443, tls }, want: { port: 8443, tls } },
  ])('$name', ({ gateway, want }) =>
    expect(compose(cluster(gateway), ready).status.gateway).toEqual({
      address: '203.0.113.1',
      className: 'class-of-gateway',
      ...want,
    }),
  );

  test('is told whole: that of a Gateway which nobody has seen yet takes nothing from the one before', () => {
    const before = { address: '198.51.100.7', port: 80, className: 'class-before' };
    const xr = cluster({ port: undefined, tls }, { gateway: before });
    expect(compose(xr, seen(SYNCED, [PROGRAMMED], ['203.0.113.1'], 'another')).status.gateway).toEqual(before);
  });

  /** A Gateway of which one listener says something. */
  const withListeners = (listeners: readonly object[], name: string, says: object): KubernetesObject => {
    const gateway = seen(SYNCED, [PROGRAMMED], ['203.0.113.1']);
    const { manifest } = (gateway.status as { atProvider: { manifest: { spec: object; status: object } } }).atProvider;
    Object.assign(manifest.spec, { listeners });
    Object.assign(manifest.status, { listeners: [{ name, conditions: [says] }] });
    return gateway;
  };

  test('is ready though another listener of its port is broken', () => {
    const listeners = ['ours', 'of-others'].map((name) => ({
      name,
      port: 80,
      hostname: name === 'ours' ? '' : 'a.example',
    }));
    const refused = { type: 'ResolvedRefs', status: 'False', reason: 'InvalidCertificateRef' };
    expect(compose(cluster(), withListeners(listeners, 'of-others', refused)).conditions[1]).toContain(
      'GatewayReady=True',
    );
  });

  test('is not ready while its listener is broken, though the Gateway is Programmed by another', () => {
    const listeners = [
      { name: 'http', port: 80 },
      { name: 'https', port: 443 },
    ];
    const refused = { type: 'ResolvedRefs', status: 'False', reason: 'InvalidCertificateRef', message: 'no Secret' };
    const gateway = withListeners(listeners, 'https', refused);
    const conditions = (over: object) => compose(cluster(over), gateway).conditions[1];
    expect(conditions({ port: undefined, tls })).toBe(
      'GatewayReady=False ListenersNotValid: Gateway inference/gateway: listener https is not served: no Secret. Mend it in the cluster.',
    );
    expect(conditions({})).toContain('GatewayReady=True');
  });

  test.each([
    { name: 'its own namespace alone', from: 'Same', want: false },
    { name: 'no namespace', from: 'None', want: false },
    { name: 'some by their labels', from: 'Selector', want: true },
    { name: 'all of them', from: 'All', want: true },
  ])('takes routes of tenants only where its listener takes those of $name: $want', ({ from, want }) => {
    const gateway = structuredClone(ready);
    const { manifest } = (gateway as unknown as { status: { atProvider: { manifest: { spec: object } } } }).status
      .atProvider;
    const listener = { name: 'http', port: 80, allowedRoutes: { namespaces: { from } } };
    Object.assign(manifest.spec, { listeners: [listener] });
    const [, said] = compose(cluster(), gateway).conditions;
    expect(said).toBe(
      want
        ? 'GatewayReady=True Programmed: Gateway inference/gateway is reached at 203.0.113.1.'
        : 'GatewayReady=False ListenersNotValid: Gateway inference/gateway: listener http takes no routes of other ' +
            'namespaces; let in those that begin with mp-, in its allowedRoutes.',
    );
  });
});
