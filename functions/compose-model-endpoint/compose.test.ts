import { describe, expect, test } from 'vitest';
import { composeWith, example, schemaProblem } from '#shared/testing.ts';
import { modelEndpoint } from './compose.ts';
import { BACKEND, composed, endpoint, holding, service, there } from './testing.ts';

test('an http address becomes a headless Service, an EndpointSlice that says ready, and what a ModelService needs', () => {
  const { desired, status, ready, xrReady, conditions } = composed({ url: 'http://10.0.0.7:8000' });
  const labels = { 'modelplane.ai/endpoint': 'us' };
  expect(desired).toEqual({
    service: {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: BACKEND, labels },
      spec: {
        clusterIP: 'None',
        ports: [
          { name: 'api', port: 80, protocol: 'TCP', appProtocol: 'http' },
          { name: 'api-tls', port: 443, protocol: 'TCP', appProtocol: 'https' },
        ],
      },
    },
    'endpointslice-ipv4': {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: {
        name: `${BACKEND}-ipv4`,
        labels: {
          ...labels,
          'kubernetes.io/service-name': BACKEND,
          'endpointslice.kubernetes.io/managed-by': 'modelplane.ai',
        },
      },
      addressType: 'IPv4',
      ports: [{ name: 'api', port: 8000, protocol: 'TCP', appProtocol: 'http' }],
      endpoints: [{ addresses: ['10.0.0.7'], conditions: { ready: true } }],
    },
  });
  expect(status).toEqual({
    routing: {
      backendName: BACKEND,
      port: 80,
      scheme: 'http',
      host: '10.0.0.7:8000',
      base: '/v1',
      prefix: '/',
      tls: false,
      authorization: 'Forward',
      draining: false,
      ready: false,
    },
  });
  expect({ ready, xrReady, conditions }).toEqual({
    ready: [],
    xrReady: false,
    conditions: ['RoutingReady=False WaitingForBackend: Waiting for service, endpointslice-ipv4 to be created.'],
  });
});

test('it is Ready once its backend is there', () => {
  const observed = { service: service(), 'endpointslice-ipv4': there('EndpointSlice') };
  const { xrReady, ready, status, conditions } = composed({ url: 'http://10.0.0.7:8000' }, { observed });
  expect({ xrReady, ready, conditions }).toEqual({
    xrReady: true,
    ready: ['service', 'endpointslice-ipv4'],
    conditions: ['RoutingReady=True BackendConfigured: Requests can be sent to this endpoint.'],
  });
  expect(status).toMatchObject({ routing: { ready: true } });
});

test('it is not Ready while somebody has edited the port away, and says how to mend it', () => {
  const observed = { service: service(81), 'endpointslice-ipv4': there('EndpointSlice') };
  const answer = composed({ url: 'http://10.0.0.7' }, { observed });
  expect(answer.xrReady).toBe(false);
  expect(answer.conditions).toEqual([
    `RoutingReady=False WaitingForBackend: Somebody has edited Service ${BACKEND}: it has no port 80. Delete it, and it is made again.`,
  ]);
});

test.each([
  {
    name: 'a name is dialled as it is written, and not looked for in the cluster',
    url: 'http://llama.example',
    want: 'llama.example.',
  },
  { name: 'a name with its own final dot gets no other', url: 'http://llama.example.', want: 'llama.example.' },
  { name: 'an address is dialled as it is', url: 'http://10.0.0.7', want: '10.0.0.7' },
])('$name', ({ url, want }) => {
  const slices = Object.values(composed({ url }).desired).filter(({ kind }) => kind === 'EndpointSlice');
  expect(slices).toMatchObject([{ endpoints: [{ addresses: [want] }] }]);
});

test('it says of itself whether it drains, and whether it is a last resort', () => {
  const { status } = composed({ url: 'http://10.0.0.7', draining: true, lastResort: true });
  expect(status).toMatchObject({ routing: { draining: true, lastResort: true } });
});

describe('the scheme, the name to verify and the Host', () => {
  const ca = { caCertificateRef: { kind: 'ConfigMap', name: 'ca' } };
  test.each([
    {
      name: 'E1: https on another port is spoken to in TLS',
      spec: { url: 'https://h.example:8443' },
      appProtocol: 'https',
      host: 'h.example:8443',
      verified: 'h.example',
    },
    {
      name: 'E1: http on port 443 is not',
      spec: { url: 'http://h.example:443' },
      appProtocol: 'http',
      host: 'h.example:443',
      verified: undefined,
    },
    {
      name: 'E2: a provider sees its own name as Host',
      spec: { url: 'https://api.together.xyz/' },
      appProtocol: 'https',
      host: 'api.together.xyz',
      verified: 'api.together.xyz',
    },
    {
      name: 'E7: an IPv6 host has brackets',
      spec: { url: 'http://[2001:db8::9]:8080' },
      appProtocol: 'http',
      host: '[2001:db8::9]:8080',
      verified: undefined,
    },
    {
      name: 'tls.hostname is verified and sent as Host where it is not the host',
      spec: { url: 'https://10.0.0.7', tls: { hostname: 'gw.example' } },
      appProtocol: 'https',
      host: 'gw.example',
      verified: 'gw.example',
    },
    {
      name: 'tls.hostname has the port of the url',
      spec: { url: 'https://lb.cloud.example:8443', tls: { hostname: 'gw.example' } },
      appProtocol: 'https',
      host: 'gw.example:8443',
      verified: 'gw.example',
    },
    {
      name: 'an address without tls.hostname is verified as that address, which needs no policy',
      spec: { url: 'https://10.0.0.7' },
      appProtocol: 'https',
      host: '10.0.0.7',
      verified: undefined,
    },
    {
      name: 'an authority of the own namespace replaces the system authorities',
      spec: { url: 'https://h.example', tls: ca },
      appProtocol: 'https',
      host: 'h.example',
      verified: 'h.example',
    },
    {
      name: 'an address is held to an authority of the own namespace by a policy with the address',
      spec: { url: 'https://10.0.0.7:8443', tls: ca },
      appProtocol: 'https',
      host: '10.0.0.7:8443',
      verified: '10.0.0.7',
    },
  ])('$name', ({ spec, appProtocol, host, verified }) => {
    const { desired, status } = composed(spec, { required: { authority: [holding('ConfigMap', 'ca')] } });
    const slice = Object.entries(desired).find(([key]) => key.startsWith('endpointslice-'))?.[1];
    expect(slice).toMatchObject({ ports: [{ name: appProtocol === 'https' ? 'api-tls' : 'api', appProtocol }] });
    expect(status).toMatchObject({ routing: { host, tls: verified !== undefined } });
    const validation =
      'tls' in spec && 'caCertificateRef' in (spec.tls ?? {})
        ? { hostname: verified, caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: 'ca' }] }
        : { hostname: verified, wellKnownCACertificates: 'System' };
    expect(desired.backendtlspolicy?.spec).toEqual(
      verified && {
        targetRefs: [{ group: '', kind: 'Service', name: BACKEND, sectionName: 'api-tls' }],
        validation,
      },
    );
  });
});

test("E3: what happens to the caller's Authorization, and the objectives, are passed on to the service", () => {
  const { status } = composed({
    url: 'http://10.0.0.7',
    authorization: 'Remove',
    draining: true,
    objectives: { batch: 'us-batch' },
  });
  expect(status).toMatchObject({
    routing: { authorization: 'Remove', draining: true, objectives: { batch: 'us-batch' } },
  });
});

test('E4: the path of the url counts, unless rewritePath replaces it', () => {
  expect(composed({ url: 'https://api.groq.com/openai/v1' }).status).toMatchObject({
    routing: { base: '/openai/v1', prefix: '/openai' },
  });
  expect(composed({ url: 'https://h.example/x', rewritePath: '/y/' }).status).toMatchObject({
    routing: { base: '/y/v1', prefix: '/y' },
  });
});

test('E8: moving from an address to a name keeps the Service and gives the new address type a slice of its own', () => {
  const [address, name] = [composed({ url: 'http://10.0.0.7' }), composed({ url: 'http://h.example' })];
  expect(Object.keys(name.desired)).toEqual(['service', 'endpointslice-fqdn']);
  expect(name.desired.service).toEqual(address.desired.service);
  expect(name.desired['endpointslice-fqdn']?.metadata?.name).not.toBe(
    address.desired['endpointslice-ipv4']?.metadata?.name,
  );
});

test('it reads its own namespace and the catalogues, and nothing else', () => {
  const xr = endpoint({ url: 'https://h.example', tls: { caCertificateRef: { kind: 'Secret', name: 'ca' } } });
  const requirements = Object.values(modelEndpoint.requires(xr as never, () => []));
  expect(requirements.map(({ kind, namespace }) => [kind, namespace])).toEqual([
    ['InferenceGateway', undefined],
    ['InferenceCluster', undefined],
    ['Secret', 'ml'],
  ]);
});

test.each(['canary-by-hand', 'groq-beside-own', 'failover-tiers', 'ipv6'])(
  'every object of examples/%s is one that the API server takes',
  async (folder) => {
    const endpoints = example(folder).filter(({ kind }) => kind === 'ModelEndpoint');
    expect(endpoints.length).toBeGreaterThan(1);
    for (const { spec, ...xr } of endpoints) {
      const { desired } = composeWith(modelEndpoint, {
        xr: { ...xr, spec: { authorization: 'Forward', draining: false, ...(spec as object) } },
      });
      for (const object of Object.values(desired)) expect(await schemaProblem(object)).toBeUndefined();
    }
  },
);
