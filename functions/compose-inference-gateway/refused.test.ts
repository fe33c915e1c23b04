import { describe, expect, test } from 'vitest';
import { brought, composed, gateway, listenerStatus, NO_CERTIFICATE, running, says } from './testing.ts';

const OURS = { name: 'modelplane', namespace: 'modelplane-system' };
const EDGE = { name: 'edge', namespace: 'networking' };
const BAD = { hostname: 'models.1' };
const WHY =
  'use spec.hostname models.1: it is neither an address nor a name of two labels or more; write the full name';

const observed = {
  ...running,
  release: { ...says('Ready', 'True'), spec: { forProvider: { chart: { version: '41.3.0' } } } },
};

describe('a spec is refused', () => {
  test.each([
    { spec: BAD, says: WHY },
    {
      spec: { hostname: '192.0.2.1' },
      says: 'use spec.hostname 192.0.2.1: it is an address; leave it out, and the address is published',
    },
    {
      spec: { endpoints: { deniedCIDRs: ['10.0.0.0/8', 'ten'] } },
      says: 'use spec.endpoints.deniedCIDRs: ten is no network; write one such as 10.0.0.0/8 or fd00::/8',
    },
    {
      spec: { traefik: { service: { loadBalancerSourceRanges: ['10.0.0.0/40'] } } },
      says: 'use spec.traefik.service.loadBalancerSourceRanges: 10.0.0.0/40 is no network; write one such as 10.0.0.0/8 or fd00::/8',
    },
    {
      spec: { traefik: { loadBalancer: 'MetalLB', metallb: { addressPool: '10.0.0.1-fd00::1' } } },
      says: 'use spec.traefik.metallb.addressPool 10.0.0.1-fd00::1: it is no range of addresses; write one such as 172.18.255.200-172.18.255.250',
    },
  ])('with one sentence: $says', ({ spec, says }) => {
    const { refused, conditions, desired } = composed(spec);
    expect({ refused, desired }).toEqual({ refused: `cannot ${says}`, desired: {} });
    expect(conditions).toEqual([
      `ControllerReady=False NothingAccepted: Nothing is installed yet: cannot ${says}.`,
      `GatewayReady=False NothingAccepted: Cannot ${says}.`,
      'VersionRaised=False AsDeclared: Nothing is installed.',
      'AuthenticationReady=True AnybodyIsLetIn: No authentication is in force: whoever can reach the front door may call every model. Set spec.authentication, or have the network keep others away.',
      `SpecAccepted=False InvalidAddress: Cannot ${says}. What was accepted before goes on.`,
    ]);
  });
});

describe('while it is refused the front door', () => {
  const status = { address: '192.0.2.9', url: 'http://192.0.2.9', gatewayRef: OURS, middlewares: true };

  test('stays as it was, and is told as it is now', () => {
    const answer = composed({ ...BAD, traefik: { version: '41.4.0', replicas: 7 } }, { observed, status });
    expect(answer.desired.release?.spec).toEqual(observed.release.spec);
    expect(answer.desired.gateway?.spec).toEqual(running.gateway?.spec);
    expect({ xrReady: answer.xrReady, status: answer.status }).toEqual({
      xrReady: true,
      status: { address: '192.0.2.1', url: 'http://192.0.2.1', gatewayRef: OURS, middlewares: false },
    });
    expect(answer.conditions).toEqual([
      'ControllerReady=True ControllerAvailable: Traefik is installed and available.',
      'GatewayReady=True Programmed: The Gateway listens and has an address.',
      'VersionRaised=False AsDeclared: Chart 41.3.0 stays installed.',
      'AuthenticationReady=True AnybodyIsLetIn: No authentication is in force: whoever can reach the front door may call every model. Set spec.authentication, or have the network keep others away.',
      expect.stringContaining('SpecAccepted=False InvalidAddress'),
    ]);
  });

  test('is ready no more when it does not serve', () => {
    const answer = composed(BAD, { observed: { ...observed, gateway: gateway({ programmed: 'False' }) }, status });
    expect({ xrReady: answer.xrReady, said: answer.conditions[1] }).toEqual({
      xrReady: false,
      said: 'GatewayReady=False WaitingForGateway: Waiting for Traefik to program the Gateway.',
    });
  });

  const listeners = [{ name: 'http', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } }];
  const edge = (status: object[] = []) =>
    gateway({ spec: { gatewayClassName: 'traefik', listeners }, addresses: ['192.0.2.7'], listeners: status });

  test('that was brought is the one which was accepted, whichever the spec names now', () => {
    const bad = { gatewayRef: { name: 'another', namespace: 'networking' }, endpoints: { deniedCIDRs: ['ten'] } };
    const told = { status: { ...status, gatewayRef: EDGE, middlewares: false } };
    const answer = (status: object[] = []) =>
      brought(bad, undefined, { ...told, required: { formerGateway: [edge(status)] } });
    expect(answer()).toMatchObject({ xrReady: true, status: { address: '192.0.2.7', gatewayRef: EDGE } });
    expect(answer([listenerStatus('http', NO_CERTIFICATE)])).toMatchObject({ xrReady: false });
    expect(brought(bad, edge(), told).conditions[1]).toBe(
      'GatewayReady=False GatewayNotFound: Gateway networking/edge is not there; create it, or name another.',
    );
  });
});

test.each([
  { name: 'the installed one', spec: BAD, given: {}, want: { address: '192.0.2.1', gatewayRef: OURS } },
  {
    name: 'the one that was brought',
    spec: { ...BAD, gatewayRef: EDGE },
    given: {
      observed: {
        ...observed,
        configmap: {
          ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'front-door-brought' } },
          data: { namespace: EDGE.namespace, gateway: EDGE.name },
        },
      },
      required: { gateway: [gateway({ addresses: ['192.0.2.7'] })] },
    },
    want: { address: '192.0.2.7', gatewayRef: EDGE },
  },
])('a status that was lost is told again while the spec is refused: $name', ({ spec, given, want }) => {
  expect(composed(spec, { observed, ...given }).status).toMatchObject(want);
});

test('the Gateway that serves is told as it is while the one that the spec names cannot take its place', () => {
  const status = { address: '192.0.2.9', url: 'http://192.0.2.9', gatewayRef: OURS, middlewares: false };
  const answer = brought({ gatewayRef: EDGE }, undefined, { observed, status });
  expect(answer.status).toMatchObject({ address: '192.0.2.1', url: 'http://192.0.2.1', gatewayRef: OURS });
});

test('a Gateway with several addresses tells all of them', () => {
  const addresses = ['192.0.2.7', '2001:db8::1', 'lb.cloud.example'];
  const { status } = composed({}, { observed: { ...running, gateway: gateway({ addresses }) } });
  expect(status).toMatchObject({ address: '192.0.2.7', addresses });
});
