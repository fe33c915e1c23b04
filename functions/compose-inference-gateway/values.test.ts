import { describe, expect, test } from 'vitest';
import { retryMiddleware } from '../compose-model-service/retry.ts';
import { composed, specOf } from './testing.ts';
import type { traefikValues } from './values.ts';

interface ForProvider {
  readonly chart: { readonly version: string };
  readonly values: ReturnType<typeof traefikValues>;
}

const release = (traefik: object = {}): ForProvider =>
  specOf<{ forProvider: ForProvider }>(composed({ traefik }).desired.release).forProvider;

const { values } = release();

test('the release is of the official chart, and does not wait for an address that nobody may give', () => {
  expect(release()).toEqual({
    chart: { name: 'traefik', repository: 'https://traefik.github.io/charts', version: '41.4.0' },
    namespace: 'modelplane-system',
    skipCreateNamespace: true,
    values,
  });
});

test("the chart's schema knows every one of these names, and refuses another", () => {
  // The properties of values.schema.json of chart 41.4.0 that we use, which ends in additionalProperties: false.
  expect(Object.keys(values).sort()).toEqual([
    'accessLog',
    'additionalArguments',
    'api',
    'deployment',
    'fullnameOverride',
    'gateway',
    'gatewayClass',
    'global',
    'ingressClass',
    'log',
    'metrics',
    'podDisruptionBudget',
    'podSecurityContext',
    'ports',
    'providers',
    'readinessProbe',
    'resources',
    'securityContext',
    'service',
    'topologySpreadConstraints',
    'updateStrategy',
  ]);
});

describe('the version', () => {
  test('G8: one below the safe floor is raised, and a condition says so', () => {
    const { conditions } = composed({ traefik: { version: '37.1.0' } });
    expect(release({ version: '37.1.0' }).chart.version).toBe('41.3.0');
    expect(conditions[2]).toBe(
      'VersionRaised=True BelowSafeFloor: spec.traefik.version 37.1.0 lets a client out of its own path, so chart 41.3.0 is installed; declare 41.3.0 or later.',
    );
  });

  test.each([
    { name: 'the floor knows underscores only, and would not start with the later option', version: '37.1.0' },
    { name: 'the default knows every spelling', version: '41.4.0' },
  ])('header names that alias another: $name', ({ version }) => {
    const option = version === '41.4.0' ? 'aliasHeadersStrategy' : 'underscoreHeadersStrategy';
    const strategies = release({ version }).values.additionalArguments.filter((one) => one.includes('Strategy'));
    expect(strategies).toEqual([
      `--entryPoints.web.http.${option}=delete`,
      `--entryPoints.websecure.http.${option}=delete`,
    ]);
  });
});

describe('G6: there is no other way in', () => {
  test('no dashboard, no Ingress, no default Gateway or class, no cross-provider reference', () => {
    expect(values).toMatchObject({
      api: { dashboard: false },
      gateway: { enabled: false },
      gatewayClass: { enabled: false },
      ingressClass: { enabled: false },
      providers: {
        kubernetesIngress: { enabled: false },
        kubernetesGateway: { enabled: true, crossProviderNamespaces: ['modelplane-system'] },
      },
    });
  });

  test('of the kinds that are Traefik’s own it reads those with the label of our Middlewares', () => {
    const { kubernetesCRD } = values.providers;
    const service = { metadata: { name: 'qwen', namespace: 'ml' } };
    expect(kubernetesCRD).toMatchObject({ enabled: true, allowCrossNamespace: false });
    expect(Object.keys(retryMiddleware(service as never, []).metadata.labels)).toEqual([kubernetesCRD.labelSelector]);
  });

  test('it takes up our GatewayClass and no other, so that two Traefiks do not fight over a Gateway', () => {
    const [key, value] = values.providers.kubernetesGateway.labelSelector.split('=');
    expect(composed().desired.gatewayclass?.metadata?.labels).toEqual({ [key ?? '']: value });
  });

  test.each(['web', 'websecure'] as const)('no encoded character changes the path at %s', (name) => {
    expect(values.ports[name].http.encodedCharacters).toEqual({
      allowEncodedSlash: false,
      allowEncodedBackSlash: false,
      allowEncodedNullCharacter: false,
      allowEncodedSemicolon: false,
      allowEncodedPercent: false,
      allowEncodedQuestionMark: false,
      allowEncodedHash: false,
    });
  });
});

describe('G7: it is made to run', () => {
  test('two replicas apart from each other, which roll one at a time, start late and leave slowly', () => {
    expect(values).toMatchObject({
      deployment: { replicas: 2, terminationGracePeriodSeconds: 330, minReadySeconds: 10 },
      updateStrategy: { rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
      readinessProbe: { initialDelaySeconds: 10 },
    });
    expect(values.topologySpreadConstraints.map(({ topologyKey }) => topologyKey)).toEqual([
      'topology.kubernetes.io/zone',
      'kubernetes.io/hostname',
    ]);
  });

  test('a pod has the time to drain: it accepts for a while, finishes streams, and is killed only after that', () => {
    const { requestAcceptGraceTimeout, graceTimeOut } = values.ports.web.transport.lifeCycle;
    const seconds = Number.parseInt(requestAcceptGraceTimeout, 10) + Number.parseInt(graceTimeOut, 10);
    expect(values.deployment.terminationGracePeriodSeconds).toBeGreaterThan(seconds);
  });

  test('long streams and slow first tokens survive, and a dead backend is given up soon', () => {
    expect(values.ports.websecure.transport.respondingTimeouts).toEqual({ readTimeout: '600s', writeTimeout: '0s' });
    expect(values.additionalArguments).toEqual(
      expect.arrayContaining([
        '--serversTransport.forwardingTimeouts.dialTimeout=3s',
        '--serversTransport.forwardingTimeouts.responseHeaderTimeout=0s',
        '--serversTransport.forwardingTimeouts.idleConnTimeout=4s',
      ]),
    );
  });

  test('it may not write, is not root, and tells nobody about itself', () => {
    expect(values).toMatchObject({
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      podSecurityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      global: { checkNewVersion: false, sendAnonymousUsage: false },
    });
  });

  test('what happens is logged in JSON without headers and queries, which may hold a key', () => {
    expect(values.accessLog).toEqual({
      enabled: true,
      format: 'json',
      fields: { headers: { defaultMode: 'drop' }, queryParameters: { defaultMode: 'drop' } },
    });
  });
});

describe('the Service', () => {
  test('has the name at which Traefik looks for its address', () => {
    expect(values.providers.kubernetesGateway.statusAddress).toEqual({
      service: { enabled: true, name: values.fullnameOverride, namespace: 'modelplane-system' },
    });
  });

  test.each([
    { name: 'is a plain one', traefik: {}, want: { annotations: {}, spec: { type: 'LoadBalancer' } } },
    {
      name: 'takes what a cloud needs to keep it inside, and who may reach it',
      traefik: { service: { annotations: { internal: 'true' }, loadBalancerSourceRanges: ['10.0.0.0/8'] } },
      want: {
        annotations: { internal: 'true' },
        spec: { type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8'] },
      },
    },
    {
      name: 'takes its address from our pool of MetalLB',
      traefik: { loadBalancer: 'MetalLB', metallb: { addressPool: '192.0.2.0/28' } },
      want: { annotations: { 'metallb.io/address-pool': 'modelplane' }, spec: { type: 'LoadBalancer' } },
    },
  ])('$name', ({ traefik, want }) => expect(release(traefik).values.service).toEqual(want));
});
