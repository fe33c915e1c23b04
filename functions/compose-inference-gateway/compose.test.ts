import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { composeWith, schemaProblem } from '#shared/testing.ts';
import { inferenceGateway } from './compose.ts';

const xr = (spec: object = {}, status: object = {}): KubernetesObject => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'InferenceGateway',
  metadata: { name: 'default', uid: 'uid-of-default' },
  spec: {
    backend: 'Traefik',
    ...spec,
    traefik: { version: '41.4.0', replicas: 2, ...(spec as { traefik?: object }).traefik },
  },
  status,
});

const crd = (name: string, bundle = 'v1.5.1', served = true): KubernetesObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name, annotations: { 'gateway.networking.k8s.io/bundle-version': bundle } },
  spec: {
    versions: [
      { name: 'v1alpha2', served: true },
      { name: 'v1', served },
    ],
  },
});

const GATEWAY_API = [crd('tlsroutes.gateway.networking.k8s.io')];
const MIDDLEWARES = [crd('middlewares.traefik.io')];
const READY = { status: { conditions: [{ type: 'Ready', status: 'True' }] } };

const release: KubernetesObject = {
  apiVersion: 'helm.m.crossplane.io/v1beta1',
  kind: 'Release',
  metadata: { name: 'traefik', namespace: 'modelplane-system' },
  spec: {},
  ...READY,
};

/** A Gateway as Traefik reports it. */
const gateway = ({
  spec = {},
  addresses = ['192.0.2.1'],
  programmed = 'True',
  observedGeneration = 1,
  listeners = [],
}: {
  spec?: object;
  addresses?: string[];
  programmed?: string;
  observedGeneration?: number;
  listeners?: object[];
} = {}): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  metadata: { name: 'modelplane', namespace: 'modelplane-system', generation: 1 },
  spec: { gatewayClassName: 'modelplane', listeners: [{ name: 'http', port: 8000, protocol: 'HTTP' }], ...spec },
  status: {
    addresses: addresses.map((value) => ({ value })),
    conditions: [{ type: 'Programmed', status: programmed, observedGeneration }],
    listeners,
  },
});

const composed = (
  spec: object = {},
  given: {
    observed?: Record<string, KubernetesObject>;
    required?: Record<string, KubernetesObject[]>;
    status?: object;
  } = {},
) =>
  composeWith(inferenceGateway, {
    xr: xr(spec, given.status),
    observed: given.observed ?? {},
    required: { gatewayAPI: GATEWAY_API, ...given.required },
  });

const specOf = <T>(object: KubernetesObject | undefined): T => (object?.spec ?? {}) as T;

const running = { release, gateway: gateway(), gatewayclass: release, providerconfig: release };

describe('the installation', () => {
  test('Traefik, its class and its Gateway are composed in one pass', async () => {
    const { desired, conditions, xrReady } = composed();
    expect(Object.keys(desired)).toEqual(['providerconfig', 'release', 'gatewayclass', 'gateway']);
    expect(desired.gateway).toEqual({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'Gateway',
      metadata: { name: 'modelplane', namespace: 'modelplane-system' },
      spec: {
        gatewayClassName: 'modelplane',
        listeners: [
          {
            name: 'http',
            port: 8000,
            protocol: 'HTTP',
            allowedRoutes: {
              kinds: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }],
              namespaces: { from: 'All' },
            },
          },
        ],
      },
    });
    for (const key of ['gateway', 'gatewayclass'])
      expect(await schemaProblem(desired[key] as KubernetesObject)).toBeUndefined();
    expect(xrReady).toBe(false);
    expect(conditions).toEqual([
      'ControllerReady=False Installing: Waiting for Helm release modelplane-system/traefik; kubectl describe it if this lasts.',
      'GatewayReady=False WaitingForController: Waiting for Traefik. Waiting for Helm release modelplane-system/traefik; kubectl describe it if this lasts.',
      'VersionRaised=False AsDeclared: Chart 41.4.0 is installed as declared.',
    ]);
  });

  test('it is Ready once Traefik is available and its Gateway is programmed and has an address', () => {
    const { xrReady, status, conditions, ready } = composed(
      {},
      { observed: running, required: { middlewares: MIDDLEWARES } },
    );
    expect({ xrReady, status, ready }).toEqual({
      xrReady: true,
      status: {
        address: '192.0.2.1',
        url: 'http://192.0.2.1',
        gatewayRef: { name: 'modelplane', namespace: 'modelplane-system' },
        middlewares: true,
      },
      ready: ['providerconfig', 'release', 'gatewayclass', 'gateway'],
    });
    expect(conditions.slice(0, 2)).toEqual([
      'ControllerReady=True ControllerAvailable: Traefik is installed and available.',
      'GatewayReady=True Programmed: The Gateway listens and has an address.',
    ]);
  });

  test('G4: only one name is accepted, by the XRD, so two front doors cannot fight over one Gateway', () => {
    const { desired } = composed();
    expect(desired.release?.metadata).toMatchObject({ name: 'traefik', namespace: 'modelplane-system' });
  });

  test('G2: nothing protects the wrong side of a deletion: there are no Usages', () => {
    expect(Object.values(composed().desired).map(({ kind }) => kind)).not.toContain('Usage');
  });

  test('G9: provider-helm is used through a configuration of the platform namespace, which no tenant can name', () => {
    const { desired } = composed();
    expect(desired.providerconfig).toEqual({
      apiVersion: 'helm.m.crossplane.io/v1beta1',
      kind: 'ProviderConfig',
      metadata: { name: 'modelplane', namespace: 'modelplane-system' },
      spec: { credentials: { source: 'InjectedIdentity' } },
    });
    expect(desired.release?.spec).toMatchObject({ providerConfigRef: { kind: 'ProviderConfig', name: 'modelplane' } });
  });
});

describe('the Gateway API', () => {
  test.each([
    {
      name: 'G1: it is never composed, and its absence comes with the command',
      gatewayAPI: [],
      says: 'ControllerReady=False CRDsMissing: This cluster has no Gateway API with TLSRoute. Install it: kubectl apply --server-side -f https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.5.1/standard-install.yaml',
    },
    {
      name: 'G8: an older bundle is named',
      gatewayAPI: [crd('tlsroutes', 'v1.4.0')],
      says: 'ControllerReady=False CRDsTooOld: The Gateway API of this cluster is v1.4.0, and Traefik needs v1.5.1.',
    },
    {
      name: 'G8: a version that is not served is too old whatever the bundle says',
      gatewayAPI: [crd('tlsroutes', 'v1.5.1', false)],
      says: 'CRDsTooOld',
    },
  ])('$name', ({ gatewayAPI, says }) => {
    const { desired, conditions, xrReady, refused } = composed({}, { required: { gatewayAPI } });
    expect(conditions[0]).toContain(says);
    expect({ desired, xrReady, refused }).toEqual({ desired: {}, xrReady: false, refused: undefined });
  });

  test('a later bundle is fine', () => {
    expect(Object.keys(composed({}, { required: { gatewayAPI: [crd('tlsroutes', 'v1.6.1')] } }).desired)).toHaveLength(
      4,
    );
  });

  test('when it vanishes, everything that was composed stays', () => {
    const { desired, status } = composed(
      {},
      { observed: running, required: { gatewayAPI: [] }, status: { address: '192.0.2.1' } },
    );
    expect(Object.keys(desired).sort()).toEqual(Object.keys(running).sort());
    expect(status).toEqual({ address: '192.0.2.1' });
  });
});

describe('listeners', () => {
  const listeners = (spec: object) => specOf<{ listeners: object[] }>(composed(spec).desired.gateway).listeners;
  const tls = { certificateRef: { name: 'cert' } };
  test.each([
    { name: 'G3: a certificate serves HTTPS, and HTTP no more', spec: { tls }, want: ['HTTPS 8443'] },
    { name: 'both, where HTTP is asked for', spec: { tls, http: 'Enabled' }, want: ['HTTP 8000', 'HTTPS 8443'] },
    { name: 'HTTP alone without a certificate', spec: {}, want: ['HTTP 8000'] },
  ])('$name', ({ spec, want }) => {
    expect(
      listeners(spec).map(
        (listener) => `${(listener as { protocol: string }).protocol} ${(listener as { port: number }).port}`,
      ),
    ).toEqual(want);
  });

  test('G3, G6: a hostname, a certificate and a selector are on the listener', async () => {
    const namespaceSelector = { matchLabels: { models: 'served' } };
    const { desired } = composed({ hostname: 'models.example.com', tls, routes: { namespaceSelector } });
    expect(specOf<{ listeners: object[] }>(desired.gateway).listeners).toEqual([
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
    ]);
    expect(await schemaProblem(desired.gateway as KubernetesObject)).toBeUndefined();
  });

  test.each([
    {
      name: 'https and the name',
      spec: { listeners: [{ name: 'https', port: 8443, protocol: 'HTTPS', hostname: 'models.example.com' }] },
      want: 'https://models.example.com',
    },
    { name: 'an IPv6 address in brackets', addresses: ['2001:db8::1'], want: 'http://[2001:db8::1]' },
    { name: 'a name that a cloud gave', addresses: ['lb.cloud.example'], want: 'http://lb.cloud.example' },
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
  ])('the URL has $name', ({ spec, addresses, want }) => {
    expect(
      composed(
        {},
        { observed: { ...running, gateway: gateway({ ...(spec && { spec }), ...(addresses && { addresses }) }) } },
      ).status.url,
    ).toBe(want);
  });
});

describe('G5: it is not Ready', () => {
  const missing = {
    name: 'https',
    conditions: [
      { type: 'ResolvedRefs', status: 'False', reason: 'InvalidCertificateRef', message: 'secret not found' },
    ],
  };
  test.each([
    {
      name: 'without an address',
      gateway: gateway({ addresses: [] }),
      says: 'GatewayReady=False WaitingForAddress: The Gateway has no address yet',
    },
    {
      name: 'before it is programmed',
      gateway: gateway({ programmed: 'False' }),
      says: 'GatewayReady=False WaitingForGateway',
    },
    {
      name: 'while the first edit has not been read',
      gateway: gateway({ observedGeneration: 0 }),
      says: 'GatewayReady=False WaitingForGateway',
    },
    {
      name: 'when a certificate is not there, which is named',
      gateway: gateway({ listeners: [missing] }),
      says: 'GatewayReady=False ListenersNotValid: Listener https is not served: InvalidCertificateRef: secret not found. Check spec.tls.certificateRef: Secret modelplane-system/cert must be there, of type kubernetes.io/tls.',
    },
  ])('$name', ({ gateway: observed, says }) => {
    const { conditions, xrReady, desired } = composed(
      { tls: { certificateRef: { name: 'cert' } } },
      { observed: { ...running, gateway: observed } },
    );
    expect(conditions[1]).toContain(says);
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

describe('the chart', () => {
  const values = (spec: object = {}) =>
    specOf<{ forProvider: { values: Record<string, never>; chart: { version: string } } }>(
      composed(spec).desired.release,
    ).forProvider;

  test('G8: a version below the safe floor is raised, and a condition says so', () => {
    const { conditions } = composed({ traefik: { version: '37.1.0' } });
    expect(values({ traefik: { version: '37.1.0' } }).chart.version).toBe('41.3.0');
    expect(conditions[2]).toBe(
      'VersionRaised=True BelowSafeFloor: spec.traefik.version 37.1.0 lets a client out of its own path, so chart 41.3.0 is installed; declare 41.3.0 or later.',
    );
  });

  test('G6: no dashboard, no Ingress, no default Gateway, no cross-provider reference, no encoded slash', () => {
    const { values: chart } = values();
    expect(chart).toMatchObject({
      api: { dashboard: false },
      gateway: { enabled: false },
      gatewayClass: { enabled: false },
      ingressClass: { enabled: false },
      providers: {
        kubernetesIngress: { enabled: false },
        kubernetesGateway: { crossProviderNamespaces: ['modelplane-system'] },
      },
    });
    for (const name of ['web', 'websecure'])
      expect(chart.additionalArguments).toContain(
        `--entryPoints.${name}.http.encodedCharacters.allowEncodedSlash=false`,
      );
  });

  test('G7: two replicas that roll one at a time, start late, leave slowly, and may not write', () => {
    expect(values().values).toMatchObject({
      deployment: { replicas: 2, terminationGracePeriodSeconds: 330, minReadySeconds: 10 },
      updateStrategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
      securityContext: { readOnlyRootFilesystem: true },
      podSecurityContext: { runAsNonRoot: true },
      ports: {
        web: {
          transport: {
            lifeCycle: { requestAcceptGraceTimeout: '15s', graceTimeOut: '300s' },
            respondingTimeouts: { writeTimeout: '0s' },
          },
        },
      },
      logs: { access: { enabled: true, fields: { headers: { defaultmode: 'drop' } } } },
    });
  });

  test('a single replica has no budget, which would hold up every drain of its node', () => {
    expect(values({ traefik: { replicas: 1 } }).values.podDisruptionBudget).toEqual({ enabled: false });
  });

  test('the address of the Service is the one that is reported: both have one name', () => {
    const { values: chart } = values();
    expect(chart).toMatchObject({
      fullnameOverride: 'traefik',
      providers: {
        kubernetesGateway: { statusAddress: { service: { name: 'traefik', namespace: 'modelplane-system' } } },
      },
    });
  });
});

describe('MetalLB', () => {
  // What the original's manifests say, unmodified but for what the XRD defaults.
  const spec = {
    traefik: { version: '37.1.0', loadBalancer: 'MetalLB', metallb: { addressPool: '172.18.255.200-172.18.255.250' } },
  };

  test('G10: it has a namespace of its own that lets its speaker run', () => {
    const { desired } = composed(spec);
    expect(Object.keys(desired).slice(4)).toEqual(['namespace', 'release-metallb']);
    expect(desired.namespace?.metadata).toEqual({
      name: 'modelplane-metallb',
      labels: { 'pod-security.kubernetes.io/enforce': 'privileged' },
    });
  });

  test('its pool is composed once its kinds are there, and kept from then on', () => {
    const pool = { ipaddresspool: release, l2advertisement: release };
    const waiting = { ...release, status: {} };
    expect(
      composed(spec, { observed: { ...running, 'release-metallb': release } }).desired.ipaddresspool?.spec,
    ).toEqual({ addresses: ['172.18.255.200-172.18.255.250'] });
    expect(Object.keys(composed(spec, { observed: { 'release-metallb': waiting, ...pool } }).desired)).toContain(
      'l2advertisement',
    );
  });
});

describe('a Gateway that was brought', () => {
  const spec = { gatewayRef: { name: 'edge', namespace: 'networking' } };
  const edge = (more: object = {}) => ({
    ...gateway({ spec: { gatewayClassName: 'traefik' }, ...more }),
    metadata: { name: 'edge', namespace: 'networking', generation: 1 },
  });
  const classes = (controllerName: string): KubernetesObject[] => [
    {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'GatewayClass',
      metadata: { name: 'traefik' },
      spec: { controllerName },
    },
  ];
  const required = (found: KubernetesObject[], controller = 'traefik.io/gateway-controller') => ({
    gateway: found,
    gatewayClasses: classes(controller),
    middlewares: MIDDLEWARES,
  });
  const told = { gatewayRef: { name: 'edge', namespace: 'networking' } };

  test('nothing is installed, its address is reported, and it is not asked for Middlewares', () => {
    const { desired, status, xrReady, conditions } = composed(spec, { required: required([edge()]), status: told });
    expect({ desired, status, xrReady }).toEqual({
      desired: {},
      status: { address: '192.0.2.1', url: 'http://192.0.2.1', gatewayRef: spec.gatewayRef, middlewares: false },
      xrReady: true,
    });
    expect(conditions[0]).toBe(
      'ControllerReady=True BroughtByUser: Nothing is installed: spec.gatewayRef brings its own controller.',
    );
  });

  test.each([
    {
      name: 'that is not there is named',
      found: [],
      controller: undefined,
      says: 'GatewayReady=False GatewayNotFound: spec.gatewayRef: Gateway networking/edge is not there; create it, or name another.',
    },
    {
      name: 'of another controller is refused',
      found: [edge()],
      controller: 'gateway.envoyproxy.io/gatewayclass-controller',
      says: 'GatewayReady=False UnsupportedGatewayClass: spec.gatewayRef: Gateway networking/edge is of class traefik, whose controller is gateway.envoyproxy.io/gatewayclass-controller; name one of traefik.io/gateway-controller',
    },
    {
      name: 'without an address is waited for',
      found: [edge({ addresses: [] })],
      controller: undefined,
      says: 'GatewayReady=False WaitingForAddress',
    },
  ])('one $name, and what served before stays', ({ found, controller, says }) => {
    const { desired, conditions, xrReady } = composed(spec, {
      observed: running,
      required: required(found, controller),
    });
    expect(conditions[1]).toContain(says);
    expect(xrReady).toBe(false);
    expect(Object.keys(desired).sort()).toEqual(Object.keys(running).sort());
  });

  test('what was installed before goes only after routes have been told of the new one', () => {
    const given = { observed: running, required: required([edge()]) };
    expect(Object.keys(composed(spec, given).desired)).toHaveLength(4);
    expect(composed(spec, { ...given, status: told }).desired).toEqual({});
  });

  test('routes stay with it until the installed one can take them', () => {
    const waiting = { ...running, gateway: gateway({ addresses: [] }) };
    expect(composed({}, { observed: waiting, status: told }).status.gatewayRef).toEqual(spec.gatewayRef);
    expect(composed({}, { observed: running, status: told }).status.gatewayRef).toEqual({
      name: 'modelplane',
      namespace: 'modelplane-system',
    });
  });

  test('kinds of the Gateway API are asked for only once they are known to exist', () => {
    const requirements = (found: readonly KubernetesObject[]) =>
      Object.keys(inferenceGateway.requires(xr(spec) as never, () => found as never));
    expect(requirements([])).toEqual(['gatewayAPI', 'middlewares']);
    expect(requirements(GATEWAY_API)).toEqual(['gatewayAPI', 'middlewares', 'gateway', 'gatewayClasses']);
  });
});
