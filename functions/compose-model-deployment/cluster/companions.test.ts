import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { schemaProblem } from '#shared/testing.ts';
import { CLUSTER, claim, compose, made, manifest, manifests } from '../testing-claims.ts';
import { isCompanion } from './companions.ts';

const clusterOf = (gateway: object) => ({
  ...CLUSTER,
  status: { ...CLUSTER.status, gateway: { ...CLUSTER.status.gateway, ...gateway } },
});

/** As many rounds as it takes until everything that waits for another is composed. */
const ROUNDS = 6;

function settled(cluster: object, spec: object = {}): Readonly<Record<string, KubernetesObject>> {
  let desired: Readonly<Record<string, KubernetesObject>> = {};
  for (let round = 0; round < ROUNDS; round++)
    ({ desired } = compose(claim(spec), { observed: made(desired), clusters: [cluster] }));
  return desired;
}

const beside = (gateway: object): KubernetesObject[] =>
  manifests(settled(clusterOf(gateway))).filter(({ kind }) => isCompanion(kind));

describe('beside a pool and its picker', () => {
  test.each([
    { name: 'Envoy AI Gateway needs nothing', gateway: { implementation: 'EnvoyAIGateway' }, want: [] },
    { name: 'agentgateway needs nothing', gateway: { implementation: 'Agentgateway' }, want: [] },
    { name: 'Istio needs to be told of TLS', gateway: { implementation: 'Istio' }, want: ['DestinationRule'] },
    {
      name: 'GKE needs a health check and a longer time',
      gateway: { implementation: 'GKE' },
      want: ['GCPBackendPolicy', 'HealthCheckPolicy'],
    },
    { name: 'what its owner sees to is his', gateway: { implementation: 'Other', className: 'istio' }, want: [] },
    { name: 'an unknown gateway gets nothing', gateway: { implementation: 'Unknown', className: 'istio' }, want: [] },
    { name: 'a property of every object is no gateway', gateway: { implementation: 'constructor' }, want: [] },
    {
      name: 'Istio is known by its class before that was looked at',
      gateway: { className: 'istio' },
      want: ['DestinationRule'],
    },
    {
      name: 'GKE is known by its class before that was looked at',
      gateway: { className: 'gke-l7-regional-external-managed' },
      want: ['GCPBackendPolicy', 'HealthCheckPolicy'],
    },
    { name: 'nothing is known of a class that anybody may call so', gateway: { className: 'envoy' }, want: [] },
  ])('$name', async ({ gateway, want }) => {
    const objects = beside(gateway);
    expect(objects.map(({ kind }) => kind).sort()).toEqual(want);
    for (const object of objects) {
      expect(await schemaProblem(object), object.kind).toBeUndefined();
      expect(object.metadata?.namespace).toBe('mp-ml-team');
    }
  });

  test('Istio speaks TLS to the picker, whose certificate nobody can verify', () => {
    const desired = settled(clusterOf({ implementation: 'Istio' }));
    const { name, namespace } = manifest(desired, 'Service')?.metadata ?? {};
    expect(manifest(desired, 'DestinationRule')?.spec).toEqual({
      host: `${name}.${namespace}.svc.cluster.local`,
      trafficPolicy: { tls: { mode: 'SIMPLE', insecureSkipVerify: true } },
    });
  });

  test('Istio is told nothing of pickers that speak plain text', () => {
    const cluster = clusterOf({ implementation: 'Istio' });
    const spec = { ...cluster.spec, picker: { secureServing: false } };
    expect(manifest(settled({ ...cluster, spec }), 'DestinationRule')).toBeUndefined();
  });

  test.each([
    { name: 'at its default path', template: {}, path: '/health' },
    {
      name: 'where its own readiness is asked for',
      template: { readinessProbe: { httpGet: { path: '/v1/health/ready', port: 8000 } } },
      path: '/v1/health/ready',
    },
  ])('GKE asks an engine $name, at the port that it serves', ({ template, path }) => {
    const spec = { template: { spec: { containers: [{ name: 'engine', ...template }] } } };
    const desired = settled(clusterOf({ implementation: 'GKE' }), spec);
    const name = manifest(desired, 'InferencePool')?.metadata?.name;
    const targetRef = { group: 'inference.networking.k8s.io', kind: 'InferencePool', name };
    expect(manifest(desired, 'HealthCheckPolicy')?.spec).toEqual({
      targetRef,
      default: { config: { type: 'HTTP', httpHealthCheck: { requestPath: path, port: 8000 } } },
    });
    expect(manifest(desired, 'GCPBackendPolicy')?.spec).toEqual({ targetRef, default: { timeoutSec: 86_400 } });
  });
});

describe('a companion', () => {
  const before = settled(clusterOf({ implementation: 'Istio' }));
  const asked = (gateway: object) =>
    manifest(compose(claim(), { observed: made(before), clusters: [clusterOf(gateway)] }).desired, 'DestinationRule');

  test('stays while nobody says which gateway it is', () =>
    expect(asked({})).toEqual(manifest(before, 'DestinationRule')));

  test('goes with the gateway that needed it', () => expect(asked({ implementation: 'GKE' })).toBeUndefined());
});
