import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { modelEndpoint } from './compose.ts';
import { BACKEND, composed, endpoint, service, there } from './testing.ts';

const HTTP = {
  ...{ backendName: BACKEND, port: 80, scheme: 'http', host: '10.0.0.7', base: '/v1', prefix: '/', tls: false },
  ...{ authorization: 'Forward', draining: false, ready: true },
};

const specOf = (url: string) => ({ url, ...(url.startsWith('https') && { tls: { hostname: 'gw.example' } }) });

const slice = there('EndpointSlice');
const BY_HTTP = { service: service(), 'endpointslice-ipv4': slice };
const NAMED = { validation: { hostname: 'gw.example' } };
const BY_HTTPS = {
  ...{ service: service(), 'endpointslice-tls-ipv4': slice },
  backendtlspolicy: there('BackendTLSPolicy', { spec: NAMED }),
};

/** A route of the namespace that sends requests to a port of the endpoint's Service. */
const route = (port: number, { read = true, name = BACKEND } = {}): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'qwen', namespace: 'ml', generation: 3 },
  spec: { rules: [{ backendRefs: [{ name, port }] }] },
  status: { parents: [{ conditions: [{ type: 'Accepted', status: 'True', observedGeneration: read ? 3 : 2 }] }] },
});

const compose = (url: string, status: object, observed: object, routes: readonly KubernetesObject[] = []) =>
  composed(specOf(url), { status, observed: observed as never, required: { routes } });

describe('an endpoint that moves from http to https', () => {
  test('is reached by http until all of the other way is there', () => {
    const { desired, status, xrReady, conditions } = compose('https://10.0.0.7', { routing: HTTP }, BY_HTTP);
    expect(Object.keys(desired).sort()).toEqual([
      'backendtlspolicy',
      'endpointslice-ipv4',
      'endpointslice-tls-ipv4',
      'service',
    ]);
    expect({ status, xrReady }).toEqual({ status: { routing: HTTP, formerScheme: 'http' }, xrReady: true });
    expect(conditions).toEqual([
      'RoutingReady=True BackendConfigured: Requests are sent as before. Waiting for endpointslice-tls-ipv4, backendtlspolicy to be created.',
    ]);
  });

  test('goes on telling whether it drains, and what it is for', () => {
    const spec = { ...specOf('https://10.0.0.7'), draining: true, objectives: { default: 'ours' } };
    const before = { routing: { ...HTTP, objectives: { batch: 'former' } } };
    const { status } = composed(spec, { status: before, observed: BY_HTTP });
    expect(status).toMatchObject({ routing: { port: 80, draining: true, objectives: { default: 'ours' } } });
    expect(status).not.toMatchObject({ routing: { objectives: { batch: 'former' } } });
  });

  test('then is reached by https', () => {
    const { status, xrReady } = compose('https://10.0.0.7', { routing: HTTP }, { ...BY_HTTP, ...BY_HTTPS });
    expect(status).toMatchObject({ routing: { port: 443, scheme: 'https', host: 'gw.example' }, formerScheme: 'http' });
    expect(xrReady).toBe(true);
  });

  test.each([
    { name: 'a route still goes there', routes: [route(80)], stays: true },
    {
      name: 'the front door has not read that the route goes elsewhere',
      routes: [route(443, { read: false })],
      stays: true,
    },
    { name: 'every route has moved', routes: [route(443)], stays: false },
    { name: 'other routes are none of its own', routes: [route(80, { name: 'other' })], stays: false },
    { name: 'there is no route', routes: [], stays: false },
  ])('and the former way stays ($stays) when $name', ({ routes, stays }) => {
    const moved = { routing: { ...HTTP, scheme: 'https', port: 443 }, formerScheme: 'http' };
    const { desired, status } = compose('https://10.0.0.7', moved, { ...BY_HTTP, ...BY_HTTPS }, routes);
    expect('endpointslice-ipv4' in desired).toBe(stays);
    expect('formerScheme' in status).toBe(stays);
  });

  test('looks at routes only while it moves', () => {
    const required = (status: object) =>
      Object.keys(modelEndpoint.requires(endpoint(specOf('https://10.0.0.7'), status) as never, () => []));
    expect(required({ routing: HTTP })).not.toContain('routes');
    expect(required({ routing: HTTP, formerScheme: 'http' })).toContain('routes');
  });
});

test('one that moves back keeps its policy as long as its slice', () => {
  const https = { ...HTTP, scheme: 'https', port: 443, host: 'gw.example', tls: true };
  const { desired, status } = compose('http://10.0.0.7', { routing: https }, BY_HTTPS);
  expect(Object.keys(desired).sort()).toEqual([
    'backendtlspolicy',
    'endpointslice-ipv4',
    'endpointslice-tls-ipv4',
    'service',
  ]);
  expect(status).toEqual({ routing: https, formerScheme: 'https' });
});

test('one that gets another kind of address keeps the former until the new one is there', () => {
  const keys = (observed: object) =>
    Object.keys(compose('http://h.example', { routing: HTTP }, observed).desired).sort();
  expect(keys(BY_HTTP)).toEqual(['endpointslice-fqdn', 'endpointslice-ipv4', 'service']);
  expect(keys({ ...BY_HTTP, 'endpointslice-fqdn': slice })).toEqual(['endpointslice-fqdn', 'service']);
});

test('one whose status was lost before it has moved calls the provider that it leads to by that one’s address', () => {
  const leads = there('EndpointSlice', { endpoints: [{ addresses: ['10.0.0.7'] }], ports: [{ port: 8000 }] });
  const tls = { hostname: 'new.example', caCertificateRef: { kind: 'ConfigMap', name: 'not-there' } };
  const { status } = composed(
    { url: 'https://10.0.0.8', tls },
    { observed: { ...BY_HTTP, 'endpointslice-ipv4': leads } },
  );
  expect(status).toMatchObject({ routing: { scheme: 'http', port: 80, host: '10.0.0.7:8000', ready: true } });
});
