import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { cluster, compose, failing, PROGRAMMED, SYNCED, seen } from './testing.ts';

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
      name: 'is the one before, at its address, while that of the spec has none',
      before,
      spec: {},
      gateway: seen(SYNCED, [PROGRAMMED], []),
      want: before,
    },
    {
      name: 'is the one before, at its address, while the spec is refused, though that of the spec before it serves by now',
      before,
      spec: { address: 'http://10.0.0.5', proxies },
      gateway: programmed,
      want: before,
    },
    {
      name: 'is nobody where the status was lost while that of the spec is not programmed, nor is its address that of anybody',
      before: {},
      spec: { address: '203.0.113.1' },
      gateway: seen(SYNCED, [{ ...PROGRAMMED, status: 'False' }], ['203.0.113.1']),
      want: {},
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
  const serving = {
    gateway: { address: '203.0.113.8' },
    addresses: ['203.0.113.9'],
    parentRef: { name: 'b', namespace: 'b' },
  };
  const toCome = seen(SYNCED, [], ['203.0.113.1']);
  expect(compose(cluster({}, serving), toCome).status.addresses).toEqual(['203.0.113.9', '203.0.113.1']);
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
