import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { schemaProblem } from '#shared/testing.ts';
import { brought, composed, gateway, listenerStatus, NO_CERTIFICATE, running, specOf } from './testing.ts';

interface Listener {
  readonly protocol: string;
  readonly port: number;
}

const tls = { certificateRef: { name: 'cert' } };
const HTTP = { name: 'http', port: 8000, protocol: 'HTTP' };
const HTTPS = { name: 'https', port: 8443, protocol: 'HTTPS' };

const listeners = (spec: object, observed: Record<string, KubernetesObject> = {}): string[] =>
  specOf<{ listeners: Listener[] }>(composed(spec, { observed }).desired.gateway).listeners.map(
    ({ protocol, port }) => `${protocol} ${port}`,
  );

describe('listeners', () => {
  test.each([
    { name: 'G3: a certificate serves HTTPS, and HTTP no more', spec: { tls }, want: ['HTTPS 8443'] },
    { name: 'both, where HTTP is asked for', spec: { tls, http: 'Enabled' }, want: ['HTTP 8000', 'HTTPS 8443'] },
    { name: 'HTTP alone without a certificate', spec: {}, want: ['HTTP 8000'] },
  ])('$name', ({ spec, want }) => expect(listeners(spec)).toEqual(want));

  test('G3, G6: a hostname, a certificate and a selector are on the listener, and only HTTPRoutes may attach', async () => {
    const namespaceSelector = { matchLabels: { models: 'served' } };
    const { desired } = composed({ hostname: 'models.example.com', tls, routes: { namespaceSelector } });
    expect(desired.gateway).toEqual({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: 'modelplane', namespace: 'modelplane-system' },
      spec: {
        gatewayClassName: 'modelplane',
        listeners: [
          {
            name: 'https',
            port: 8443,
            protocol: 'HTTPS',
            hostname: 'models.example.com',
            tls: { mode: 'Terminate', certificateRefs: [{ group: '', kind: 'Secret', name: 'cert' }] },
            allowedRoutes: {
              kinds: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }],
              namespaces: { from: 'Selector', selector: namespaceSelector },
            },
          },
        ],
      },
    });
    expect(await schemaProblem(desired.gateway as KubernetesObject)).toBeUndefined();
  });
});

describe('a selector of namespaces', () => {
  const answer = (key: string) => composed({ routes: { namespaceSelector: { matchLabels: { [key]: 'x' } } } });

  test('is refused with a key that no label has, because Traefik would then serve nobody', () => {
    const { refused, conditions } = answer('a b');
    const mistake =
      'spec.routes.namespaceSelector.matchLabels: "a b" is no key of a label. Name one that namespaces carry';
    expect(refused).toBe(`cannot use ${mistake}`);
    expect(conditions).toContain(`GatewayReady=False NothingAccepted: Cannot use ${mistake}.`);
  });

  test.each(['team', 'kubernetes.io/metadata.name', 'a_B.c-9'])('may name the label %s', (key) => {
    expect(answer(key).refused).toBeUndefined();
  });

  test.each(['', '-a', 'a-', 'A.example/team', 'a/b/c', `${'a'.repeat(64)}`, `${'a'.repeat(254)}/b`])(
    'may not name a label %s',
    (key) => expect(answer(key).refused).toBeDefined(),
  );
});

describe('HTTP that gives way to HTTPS', () => {
  const both = (https: object | undefined, certificate?: string) => ({
    ...running,
    gateway: gateway({
      spec: {
        listeners: [HTTP, { ...HTTPS, ...(certificate && { tls: { certificateRefs: [{ name: certificate }] } }) }],
      },
      listeners: [listenerStatus('http'), ...(https ? [https] : [])],
    }),
  });
  test.each([
    { name: 'stays when a certificate is asked for', observed: running, want: ['HTTP 8000', 'HTTPS 8443'] },
    { name: 'stays until Traefik has looked', observed: both(undefined), want: ['HTTP 8000', 'HTTPS 8443'] },
    {
      name: 'stays while the certificate is not there',
      observed: both(listenerStatus('https', NO_CERTIFICATE)),
      want: ['HTTP 8000', 'HTTPS 8443'],
    },
    {
      name: 'stays while HTTPS is served by another certificate than is asked for now',
      observed: both(listenerStatus('https'), 'former'),
      want: ['HTTP 8000', 'HTTPS 8443'],
    },
    { name: 'goes once HTTPS is served by it', observed: both(listenerStatus('https'), 'cert'), want: ['HTTPS 8443'] },
    { name: 'goes once HTTPS is served', observed: both(listenerStatus('https')), want: ['HTTPS 8443'] },
  ])('$name', ({ observed, want }) => expect(listeners({ tls }, observed)).toEqual(want));

  test('the URL says what works', () => {
    const url = (https: object | undefined) => composed({ tls }, { observed: both(https) }).status.url;
    expect(url(undefined)).toBe('http://192.0.2.1');
    expect(url(listenerStatus('https', NO_CERTIFICATE))).toBe('http://192.0.2.1');
    expect(url(listenerStatus('https'))).toBe('https://192.0.2.1');
  });
});

describe('the URL has', () => {
  test.each([
    {
      name: 'https and the name',
      spec: { listeners: [{ ...HTTPS, hostname: 'models.example.com' }] },
      want: 'https://models.example.com',
    },
    { name: 'an IPv6 address in brackets', addresses: ['2001:db8::1'], want: 'http://[2001:db8::1]' },
    { name: 'a name that a cloud gave', addresses: ['lb.cloud.example'], want: 'http://lb.cloud.example' },
    { name: 'the first of several addresses', addresses: ['192.0.2.7', '2001:db8::1'], want: 'http://192.0.2.7' },
    {
      name: 'an unusual port of a Gateway that was brought',
      spec: { listeners: [{ name: 'x', port: 9000, protocol: 'HTTP' }] },
      want: 'http://192.0.2.1:9000',
    },
    {
      name: 'its address where its hostname is a wildcard',
      spec: { listeners: [{ name: 'x', port: 80, protocol: 'HTTP', hostname: '*.example.com' }] },
      want: 'http://192.0.2.1',
    },
    {
      name: 'nothing of a listener that takes no requests',
      spec: { listeners: [{ name: 'db', port: 5432, protocol: 'TCP' }, HTTP] },
      want: 'http://192.0.2.1',
    },
  ])('$name', ({ spec, addresses, want }) => {
    const observed = { ...running, gateway: gateway({ ...(spec && { spec }), ...(addresses && { addresses }) }) };
    expect(composed({}, { observed }).status.url).toBe(want);
  });
});

describe('of a Gateway that was brought the URL is of a listener that takes our routes', () => {
  const spec = { gatewayRef: { name: 'edge', namespace: 'networking' } };
  const open = { allowedRoutes: { namespaces: { from: 'All' } } };
  const http = { name: 'http', port: 80, protocol: 'HTTP', ...open };
  const https = { name: 'https', port: 443, protocol: 'HTTPS', hostname: 'models.example.com', ...open };
  const served = (...names: readonly string[]) => names.map((name) => listenerStatus(name));
  test.each([
    {
      name: 'and of https before http',
      listeners: [http, https],
      status: served('http', 'https'),
      want: 'https://models.example.com',
    },
    {
      name: 'not of one for its own namespace',
      listeners: [{ ...https, allowedRoutes: { namespaces: { from: 'Same' } } }, http],
      status: served('http', 'https'),
      want: 'http://192.0.2.1',
    },
    {
      name: 'not of one that says nothing, which is for its own namespace',
      listeners: [
        { ...https, allowedRoutes: undefined },
        { ...http, port: 9000 },
      ],
      status: served('http', 'https'),
      want: 'http://192.0.2.1:9000',
    },
    {
      name: 'not of one for other kinds of routes',
      listeners: [{ ...https, allowedRoutes: { ...open.allowedRoutes, kinds: [{ kind: 'GRPCRoute' }] } }, http],
      status: served('http', 'https'),
      want: 'http://192.0.2.1',
    },
    {
      name: 'not of one for routes that are called the same in another group',
      listeners: [
        { ...https, allowedRoutes: { ...open.allowedRoutes, kinds: [{ group: 'example.com', kind: 'HTTPRoute' }] } },
        http,
      ],
      status: served('http', 'https'),
      want: 'http://192.0.2.1',
    },
    {
      name: 'not of one that Traefik refuses',
      listeners: [https, http],
      status: [listenerStatus('https', NO_CERTIFICATE)],
      want: 'http://192.0.2.1',
    },
    {
      name: 'not of one for names below a domain, which answers nobody who asks for the address',
      listeners: [{ ...https, hostname: '*.example.com' }, http],
      status: served('http', 'https'),
      want: 'http://192.0.2.1',
    },
    {
      name: 'and of one of these where there is no other',
      listeners: [{ ...https, hostname: '*.example.com' }],
      status: served('https'),
      want: 'https://192.0.2.1',
    },
  ])('$name', ({ listeners, status, want }) => {
    const { status: told, xrReady } = brought(
      spec,
      gateway({ spec: { gatewayClassName: 'traefik', listeners }, listeners: status }),
    );
    expect({ url: told.url, xrReady }).toEqual({ url: want, xrReady: true });
  });

  test('and it is not ready by a listener that takes none of them', () => {
    const same = { ...http, allowedRoutes: { namespaces: { from: 'Same' } } };
    const found = gateway({
      spec: { gatewayClassName: 'traefik', listeners: [same, https] },
      listeners: [listenerStatus('http'), listenerStatus('https', NO_CERTIFICATE)],
    });
    expect(brought(spec, found).conditions[1]).toContain(
      'GatewayReady=False ListenersNotValid: Listener https is not served',
    );
  });
});
