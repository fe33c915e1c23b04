import { describe, expect, test } from 'vitest';
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
