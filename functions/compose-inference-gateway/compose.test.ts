import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { schemaProblem } from '#shared/testing.ts';
import {
  composed,
  crd,
  deployment,
  gateway,
  listenerStatus,
  MIDDLEWARES,
  NO_CERTIFICATE,
  running,
  says,
} from './testing.ts';

const OURS = { name: 'modelplane', namespace: 'modelplane-system' };

describe('the installation', () => {
  test('Traefik, its class and its Gateway are composed in one pass, and routes may attach at once', async () => {
    const { desired, conditions, status, xrReady } = composed();
    expect(Object.keys(desired)).toEqual(['providerconfig', 'release', 'gatewayclass', 'gateway']);
    expect(desired.gatewayclass).toEqual({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: 'modelplane', labels: { 'modelplane.ai/gateway': 'default' } },
      spec: { controllerName: 'traefik.io/gateway-controller' },
    });
    for (const key of ['gateway', 'gatewayclass'])
      expect(await schemaProblem(desired[key] as KubernetesObject)).toBeUndefined();
    expect({ status, xrReady }).toEqual({ status: { gatewayRef: OURS, middlewares: false }, xrReady: false });
    expect(conditions).toEqual([
      'ControllerReady=False Installing: Waiting for Helm release modelplane-system/traefik; kubectl describe it if this lasts.',
      'GatewayReady=False WaitingForController: Waiting for Traefik. Waiting for Helm release modelplane-system/traefik; kubectl describe it if this lasts.',
      'VersionRaised=False AsDeclared: Chart 41.4.0 is installed as declared.',
      'AuthenticationReady=True AnybodyIsLetIn: No authentication is in force: whoever can reach the front door may call every model. Set spec.authentication, or have the network keep others away.',
    ]);
  });

  test('it is Ready once Traefik is available and its Gateway is programmed and has an address', () => {
    const { xrReady, status, conditions, ready } = composed(
      {},
      { observed: running, required: { middlewares: MIDDLEWARES } },
    );
    expect({ xrReady, status, ready }).toEqual({
      xrReady: true,
      status: { address: '192.0.2.1', url: 'http://192.0.2.1', gatewayRef: OURS, middlewares: true },
      ready: ['providerconfig', 'release', 'gatewayclass', 'gateway'],
    });
    expect(conditions.slice(0, 2)).toEqual([
      'ControllerReady=True ControllerAvailable: Traefik is installed and available.',
      'GatewayReady=True Programmed: The Gateway listens and has an address.',
    ]);
  });

  test('G4: what is composed has fixed names, which is safe because the XRD accepts one name', () => {
    const named = Object.values(composed().desired).map(({ kind, metadata }) => `${kind} ${metadata?.name}`);
    expect(named).toEqual([
      'ProviderConfig modelplane',
      'Release traefik',
      'GatewayClass modelplane',
      'Gateway modelplane',
    ]);
  });

  test('G2: nothing protects the wrong side of a deletion: there are no Usages', () => {
    expect(Object.values(composed().desired).map(({ kind }) => kind)).not.toContain('Usage');
  });

  test('G9: provider-helm is used through a configuration of the platform namespace, which no tenant can name', () => {
    const { desired } = composed();
    expect(desired.providerconfig).toEqual({
      apiVersion: 'helm.m.crossplane.io/v1beta1',
      kind: 'ProviderConfig',
      metadata: OURS,
      spec: { credentials: { source: 'InjectedIdentity' } },
    });
    expect(desired.release?.spec).toMatchObject({ providerConfigRef: { kind: 'ProviderConfig', name: 'modelplane' } });
  });
});

describe('the controller', () => {
  const refusal = 'additional properties logs not allowed';
  test.each([
    {
      name: 'what Helm refuses is said in its own words',
      release: says('Synced', 'False', { message: refusal }),
      want: `ControllerReady=False Installing: Helm release modelplane-system/traefik cannot be installed: ${refusal}`,
    },
    {
      name: 'it is not ready before one of its pods is available',
      release: says('Ready', 'True'),
      available: 0,
      want: 'ControllerReady=False Installing: Waiting for a pod of Deployment modelplane-system/traefik to be available; kubectl describe it if this lasts.',
    },
    {
      name: 'one pod of two is enough',
      release: says('Ready', 'True'),
      available: 1,
      want: 'ControllerReady=True ControllerAvailable: Traefik is installed and available.',
    },
    {
      name: 'an update that fails is said, and what runs goes on',
      release: {
        ...says('Ready', 'True'),
        status: {
          conditions: [
            { type: 'Ready', status: 'True' },
            { type: 'Synced', status: 'False', message: 'no such chart' },
          ],
        },
      },
      want: 'ControllerReady=True ControllerAvailable: Traefik is installed and available. Its Helm release cannot be updated: no such chart',
    },
  ])('$name', ({ release, available, want }) => {
    const required = { deployment: [deployment(available ?? 2)] };
    const { conditions, xrReady } = composed({}, { observed: { ...running, release }, required });
    expect(conditions[0]).toBe(want);
    expect(xrReady).toBe(want.startsWith('ControllerReady=True'));
  });
});

describe('the Gateway API', () => {
  test.each([
    {
      name: 'G1: it is never composed, and its absence comes with the command',
      gatewayAPI: [],
      want: 'ControllerReady=False CRDsMissing: This cluster has no Gateway API with TLSRoute. Install it: kubectl apply --server-side -f https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.5.1/standard-install.yaml',
    },
    {
      name: 'kinds that the API server does not serve yet are waited for',
      gatewayAPI: [crd('tlsroutes', 'v1.5.1', true, 'False')],
      want: 'ControllerReady=False CRDsMissing',
    },
    {
      name: 'G8: an older bundle is named',
      gatewayAPI: [crd('tlsroutes', 'v1.4.0')],
      want: 'ControllerReady=False CRDsTooOld: The Gateway API of this cluster is v1.4.0, and Traefik needs v1.5.1.',
    },
    {
      name: 'G8: a version that is not served is too old whatever the bundle says',
      gatewayAPI: [crd('tlsroutes', 'v1.5.1', false)],
      want: 'CRDsTooOld',
    },
  ])('$name', ({ gatewayAPI, want }) => {
    const { desired, conditions, xrReady, refused } = composed({}, { required: { gatewayAPI } });
    expect(conditions[0]).toContain(want);
    expect({ desired, xrReady, refused }).toEqual({ desired: {}, xrReady: false, refused: undefined });
  });

  test('a later bundle is fine', () => {
    expect(Object.keys(composed({}, { required: { gatewayAPI: [crd('tlsroutes', 'v1.6.1')] } }).desired)).toHaveLength(
      4,
    );
  });

  test('when it vanishes, everything that was composed stays, and so does what was said but for conditions', () => {
    const before = { address: '192.0.2.1', url: 'http://192.0.2.1', gatewayRef: OURS, middlewares: true };
    const { desired, status } = composed(
      {},
      { observed: running, required: { gatewayAPI: [] }, status: { ...before, conditions: [{ type: 'Ready' }] } },
    );
    expect(Object.keys(desired).sort()).toEqual(Object.keys(running).sort());
    expect(status).toEqual(before);
  });
});

test('one that loses its addresses is told by those it had, so that no endpoint can name them meanwhile', () => {
  const observed = { ...running, gateway: gateway({ addresses: ['192.0.2.1', '2001:db8::1'] }) };
  const { status } = composed({}, { observed });
  const lost = { ...running, gateway: gateway({ addresses: [] }) };
  expect(composed({}, { observed: lost, status })).toMatchObject({ status, xrReady: false });
  expect(composed({}, { observed: lost }).status.address).toBeUndefined();
});

describe('G5: it is not Ready', () => {
  test.each<{ name: string; door: Record<string, KubernetesObject>; want: string }>([
    {
      name: 'without an address, and whose turn it is, is said',
      door: { gateway: gateway({ addresses: [] }) },
      want: 'GatewayReady=False WaitingForAddress: The Gateway has no address yet. The load balancer of this cluster owes one to Service modelplane-system/traefik. On kind or bare metal set spec.traefik.loadBalancer to MetalLB.',
    },
    {
      name: 'before it is programmed',
      door: { gateway: gateway({ programmed: 'False' }) },
      want: 'GatewayReady=False WaitingForGateway: Waiting for Traefik to program the Gateway.',
    },
    {
      name: 'while the first edit has not been read',
      door: { gateway: gateway({ observedGeneration: 0 }) },
      want: 'GatewayReady=False WaitingForGateway',
    },
    {
      name: 'when its class is taken away from Traefik, though the Gateway still says Programmed',
      door: { gatewayclass: says('Accepted', 'Unknown') },
      want: 'GatewayReady=False WaitingForGateway: Waiting for Traefik to take GatewayClass modelplane.',
    },
    {
      name: 'when a certificate is not there, though the Gateway is Programmed by its other listener',
      door: {
        gateway: gateway({
          spec: {
            listeners: [
              { name: 'http', port: 8000, protocol: 'HTTP' },
              { name: 'https', port: 8443, protocol: 'HTTPS' },
            ],
          },
          listeners: [listenerStatus('http'), listenerStatus('https', NO_CERTIFICATE)],
        }),
      },
      want: 'GatewayReady=False ListenersNotValid: Listener https is not served: InvalidCertificateRef: Cannot load CertificateRef modelplane-system/cert: secret not found. Check spec.tls.certificateRef: Secret modelplane-system/cert must be there, of type kubernetes.io/tls. Other listeners are not affected.',
    },
  ])('$name', ({ door, want }) => {
    const { conditions, xrReady, desired } = composed(
      { tls: { certificateRef: { name: 'cert' } } },
      { observed: { ...running, ...door } },
    );
    expect(conditions[1]).toContain(want);
    expect(xrReady).toBe(false);
    expect(Object.keys(desired)).toHaveLength(4);
  });

  test('but stays so while Traefik reads an edit, for it serves what it has read before', () => {
    const status = { conditions: [{ type: 'GatewayReady', status: 'True' }] };
    expect(
      composed({}, { status, observed: { ...running, gateway: gateway({ observedGeneration: 0 }) } }).xrReady,
    ).toBe(true);
  });
});
