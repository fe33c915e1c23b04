import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { composeWith } from '#shared/testing.ts';
import { inferenceCluster } from './compose.ts';
import { api, CONNECTED, cluster, compose, failing, PROGRAMMED, SYNCED, seen } from './testing.ts';

describe('a spec that is refused', () => {
  const ready = seen(SYNCED, [PROGRAMMED], ['203.0.113.1']);
  const tls = { hostname: 'us.inference.example' };
  const REFUSED = [
    {
      name: 'for a caBundle without a certificate',
      gateway: { tls: { ...tls, caBundle: btoa('x') } },
      reason: 'InvalidTLS',
      says: 'use spec.gateway.tls.caBundle: it holds no PEM certificate; write what base64 -w0 ca.crt prints',
    },
    {
      name: 'for a name that no certificate has',
      gateway: { tls: { hostname: 'gateway.1' } },
      reason: 'InvalidTLS',
      says: "use spec.gateway.tls.hostname gateway.1: it is no name that a certificate can have; write the one in the Gateway's certificate",
    },
    {
      name: 'for an address with a port',
      gateway: { address: '10.0.0.5:8080' },
      reason: 'InvalidAddress',
      says: 'use spec.gateway.address 10.0.0.5:8080: it holds a port; write the host alone, and its port as spec.gateway.port',
    },
    {
      name: 'for a URL',
      gateway: { address: 'http://10.0.0.5' },
      reason: 'InvalidAddress',
      says: 'use spec.gateway.address http://10.0.0.5: it is a URL; write the host alone',
    },
    {
      name: 'for a name of one label',
      gateway: { address: 'gateway' },
      reason: 'InvalidAddress',
      says: 'use spec.gateway.address gateway: it is neither an address nor a name of two labels or more; write the full name',
    },
  ];

  test.each(REFUSED)('$name is told, and a new cluster is connected to and not ready', ({ gateway, reason, says }) => {
    const { conditions, xrReady, desired, status } = compose(cluster(gateway), ready);
    expect(conditions).toEqual([
      CONNECTED,
      `GatewayReady=False NothingAccepted: Cannot ${says}.`,
      `SpecAccepted=False ${reason}: Cannot ${says}. What was accepted before goes on.`,
    ]);
    expect({ xrReady, keys: Object.keys(desired), gateway: status.gateway }).toEqual({
      xrReady: false,
      keys: ['clusterproviderconfig', 'api', 'gateway'],
      gateway: undefined,
    });
  });

  const before = { gateway: { address: '198.51.100.7', declared: true, port: 8443, tls, className: 'class-before' } };
  const observedOf = (gateway: KubernetesObject) => {
    const { desired } = compose(cluster({}));
    return {
      ...desired,
      api: { ...desired.api, ...api(SYNCED) },
      gateway: { ...desired.gateway, ...gateway },
    } as never;
  };
  const refuse = (over: object, gateway: KubernetesObject, status: object = before) =>
    composeWith(inferenceCluster, { xr: cluster(over, status), observed: observedOf(gateway) });

  test.each(REFUSED)('$name stays as it was, ready and all, whatever else was edited', ({ gateway }) => {
    const answer = refuse({ ...gateway, name: 'another', port: 81 }, ready);
    expect(answer.conditions.slice(0, 2)).toEqual([
      CONNECTED,
      'GatewayReady=True Programmed: Gateway inference/gateway is reached at 198.51.100.7.',
    ]);
    expect({ xrReady: answer.xrReady, status: answer.status }).toMatchObject({ xrReady: true, status: before });
    expect(answer.desired.gateway?.spec).toEqual(compose(cluster({})).desired.gateway?.spec);
  });

  test('is told as it is seen, when its Gateway or its API server goes', () => {
    const bad = { address: '10.0.0.5:8080' };
    expect(refuse(bad, seen(SYNCED)).conditions[1]).toContain('GatewayReady=False WaitingForGateway');
    const xr = cluster(bad, before);
    const answer = composeWith(inferenceCluster, {
      xr,
      observed: { api: api(failing('dial tcp: refused')), gateway: ready },
    });
    expect(answer.conditions[0]).toContain('Connected=False CannotConnect');
    expect(answer).toMatchObject({ xrReady: false, status: before });
  });

  test('follows its Gateway to another address, where none was declared', () => {
    const { declared: _declared, ...seenBefore } = before.gateway;
    const moved = seen(SYNCED, [PROGRAMMED], ['203.0.113.9']);
    const { status } = refuse({ tls: { ...tls, caBundle: btoa('x') } }, moved, { gateway: seenBefore });
    expect(status.gateway).toEqual({ ...seenBefore, address: '203.0.113.9' });
  });

  test('never was ready at what can be no address, though an earlier release said so', () => {
    const answer = refuse({ address: '10.0.0.5:8080' }, ready, { gateway: { address: '10.0.0.5:8080', port: 80 } });
    expect({ xrReady: answer.xrReady, gateway: answer.status.gateway }).toEqual({ xrReady: false, gateway: undefined });
  });
});

describe('an address that the Gateway reports', () => {
  test.each([
    { name: 'is written in one way', reported: ['FD00::0:1'], want: 'fd00::1' },
    { name: 'that is IPv4 in the notation of IPv6 is IPv4', reported: ['::ffff:203.0.113.1'], want: '203.0.113.1' },
    { name: 'that can be none is left for the next', reported: ['10.0.0.5:80', '203.0.113.1'], want: '203.0.113.1' },
  ])('$name', ({ reported, want }) => {
    expect(compose(cluster(), seen(SYNCED, [PROGRAMMED], reported)).status.gateway).toMatchObject({ address: want });
  });

  test('that can be none is told', () => {
    const { conditions, xrReady } = compose(cluster(), seen(SYNCED, [PROGRAMMED], ['10.0.0.5:80']));
    expect({ xrReady, said: conditions[1] }).toEqual({
      xrReady: false,
      said: 'GatewayReady=False WaitingForAddress: Gateway inference/gateway says that its address is 10.0.0.5:80, which can be none; set spec.gateway.address if it is reached by another one.',
    });
  });
});
