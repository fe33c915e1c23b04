import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import type { Selector } from './selector.ts';
import { cluster, compose, PROGRAMMED, SYNCED, seen } from './testing.ts';

const REACHED = 'GatewayReady=True Programmed: Gateway inference/gateway is reached at 203.0.113.1.';

/** A Gateway that is programmed, with listeners. */
function gatewayWith(...listeners: object[]): KubernetesObject {
  const gateway = seen(SYNCED, [PROGRAMMED], ['203.0.113.1']);
  const { manifest } = (gateway as unknown as { status: { atProvider: { manifest: { spec: object } } } }).status
    .atProvider;
  Object.assign(manifest.spec, { listeners });
  return gateway;
}

const said = (spec: object, ...listeners: object[]): string =>
  compose(cluster(spec), gatewayWith(...listeners)).conditions[1] ?? '';

const notValid = (problem: string): string =>
  `GatewayReady=False ListenersNotValid: Gateway inference/gateway: ${problem}`;

const tls = { hostname: 'us.inference.example' };
const [HTTP, HTTPS] = [
  { name: 'http', port: 80, protocol: 'HTTP' },
  { name: 'https', port: 443, protocol: 'HTTPS' },
];
const asIs = { port: undefined };
const withTls = { port: undefined, tls };

describe('a Gateway of which every listener that requests come to serves none of our routes', () => {
  test.each([
    {
      name: 'for want of one on the port',
      spec: asIs,
      listeners: [{ ...HTTP, port: 8080 }],
      problem: 'no listener has port 80; give it one, or say by spec.gateway.port which it is.',
    },
    {
      name: 'because it takes routes of other kinds',
      spec: asIs,
      listeners: [{ ...HTTP, allowedRoutes: { kinds: [{ kind: 'GRPCRoute' }] } }],
      problem: 'listener http takes no HTTPRoutes; add that kind to its allowedRoutes.',
    },
    {
      name: 'because it speaks TLS and nobody else does',
      spec: { port: 443 },
      listeners: [HTTPS],
      problem: 'listener https speaks TLS; set spec.gateway.tls, or spec.gateway.port to that of a listener without.',
    },
    {
      name: 'because it does not speak TLS and is spoken to in TLS',
      spec: { port: 80, tls },
      listeners: [HTTP],
      problem: 'listener http speaks no TLS; make it an HTTPS listener, or set spec.gateway.port to that of one.',
    },
    {
      name: 'because it answers to a name, and requests come for an address',
      spec: asIs,
      listeners: [{ ...HTTP, hostname: 'us.inference.example' }],
      problem:
        'listener http answers to us.inference.example alone, and requests come for 203.0.113.1; remove its hostname, or set ' +
        'spec.gateway.address to a name that it answers to.',
    },
    {
      name: 'because it answers to another name',
      spec: withTls,
      listeners: [{ ...HTTPS, hostname: '*.eu.inference.example' }],
      problem:
        'listener https answers to *.eu.inference.example alone, and requests come for us.inference.example; remove its ' +
        'hostname, or set spec.gateway.tls.hostname to a name that it answers to.',
    },
  ])('$name says so', ({ spec, listeners, problem }) => expect(said(spec, ...listeners)).toBe(notValid(problem)));
});

describe('a Gateway is ready', () => {
  test.each([
    {
      name: 'by one of two listeners on a port',
      spec: withTls,
      listeners: [{ ...HTTPS, hostname: 'a.example' }, HTTPS],
    },
    { name: 'by the very name', spec: withTls, listeners: [{ ...HTTPS, hostname: tls.hostname }] },
    { name: 'by a wildcard', spec: withTls, listeners: [{ ...HTTPS, hostname: '*.inference.example' }] },
    { name: 'without a hostname', spec: asIs, listeners: [{ ...HTTP, hostname: '' }] },
    {
      name: 'with routes of our kind among others',
      spec: asIs,
      listeners: [{ ...HTTP, allowedRoutes: { kinds: [{ kind: 'HTTPRoute' }] } }],
    },
    { name: 'at a port that was given, which something before it may have', spec: { port: 30080 }, listeners: [HTTP] },
  ])('$name', ({ spec, listeners }) => expect(said(spec, ...listeners)).toBe(REACHED));

  test('at an address that was given, which may be of something that ends TLS before it', () => {
    const spec = { port: undefined, address: 'us.inference.example', tls };
    expect(said(spec, { ...HTTP, port: 443 })).toContain('GatewayReady=True');
    expect(said({ ...spec, tls: undefined }, { ...HTTPS, port: 80 })).toContain('GatewayReady=True');
    expect(said(spec, { ...HTTP, port: 8080 })).toContain('GatewayReady=True');
    expect(said(spec, { ...HTTPS, hostname: 'eu.inference.example' })).toBe(
      'GatewayReady=True Programmed: Gateway inference/gateway is reached at us.inference.example. Its listener https answers ' +
        'to eu.inference.example alone, and requests come for us.inference.example; remove its hostname, or set ' +
        'spec.gateway.tls.hostname to a name that it answers to, unless something before it calls it otherwise.',
    );
    expect(said(spec, { ...HTTPS, hostname: tls.hostname })).not.toContain('otherwise');
  });
});

const DOUBT =
  ' Its listener http takes routes of namespaces with labels that those of tenants do not get here; unless somebody else ' +
  'gives them, let in app.kubernetes.io/managed-by=modelplane, in its allowedRoutes.';

describe('a listener that chooses namespaces by labels', () => {
  const CASES: readonly { readonly name: string; readonly selector: Selector; readonly doubt: boolean }[] = [
    { name: 'takes all of them', selector: {}, doubt: false },
    { name: 'takes ours', selector: { matchLabels: { 'app.kubernetes.io/managed-by': 'modelplane' } }, doubt: false },
    { name: 'takes one tenant', selector: { matchLabels: { 'modelplane.ai/tenant': 'ml-team' } }, doubt: false },
    {
      name: 'takes one by its name',
      selector: { matchLabels: { 'kubernetes.io/metadata.name': 'mp-a' } },
      doubt: false,
    },
    {
      name: 'takes any tenant',
      selector: { matchExpressions: [{ key: 'modelplane.ai/tenant', operator: 'Exists' }] },
      doubt: false,
    },
    {
      name: 'leaves out others',
      selector: { matchExpressions: [{ key: 'x', operator: 'NotIn', values: ['y'] }] },
      doubt: false,
    },
    { name: 'takes what somebody labels', selector: { matchLabels: { inference: 'true' } }, doubt: true },
    {
      name: 'takes another namespace',
      selector: { matchLabels: { 'kubernetes.io/metadata.name': 'apps' } },
      doubt: true,
    },
    {
      name: 'leaves out ours',
      selector: {
        matchExpressions: [{ key: 'app.kubernetes.io/managed-by', operator: 'NotIn', values: ['modelplane'] }],
      },
      doubt: true,
    },
    {
      name: 'leaves out tenants',
      selector: { matchExpressions: [{ key: 'modelplane.ai/tenant', operator: 'DoesNotExist' }] },
      doubt: true,
    },
    { name: 'asks for a label that every object has', selector: { matchLabels: { constructor: 'x' } }, doubt: true },
  ];
  test.each(CASES)('$name: doubted is $doubt', ({ selector, doubt }) => {
    const allowedRoutes = { namespaces: { from: 'Selector', selector } };
    expect(said(asIs, { ...HTTP, allowedRoutes })).toBe(`${REACHED}${doubt ? DOUBT : ''}`);
  });
});

test('a Gateway that is programmed and closed takes no request from the one that routes name', () => {
  const before = {
    gateway: { address: '198.51.100.7', port: 80 },
    parentRef: { name: 'before', namespace: 'inference' },
  };
  const listener = { ...HTTP, allowedRoutes: { namespaces: { from: 'Same' } } };
  const { status, conditions } = compose(cluster(asIs, before), gatewayWith(listener));
  expect(status).toMatchObject(before);
  expect(conditions[1]).toContain('GatewayReady=False ListenersNotValid: ');
});
