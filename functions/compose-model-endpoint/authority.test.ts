import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { schemaProblem } from '#shared/testing.ts';
import { BACKEND, type Beside, composed, holding, PEM, settled } from './testing.ts';

const REF = { kind: 'ConfigMap', name: 'fleet-authority' };
const url = 'https://h.example';
const byRef = (kind = 'ConfigMap') => ({ url, tls: { caCertificateRef: { ...REF, kind } } });
const byBundle = (pem = PEM) => ({ url, tls: { caBundle: btoa(pem) } });

const refsOf = (policy: KubernetesObject | undefined) =>
  (policy?.spec as { validation: { caCertificateRefs?: object[] } } | undefined)?.validation.caCertificateRefs;

const broken = [
  { name: 'is not there', authority: [], says: 'ConfigMap ml/fleet-authority is not there; create it' },
  {
    name: 'has no key',
    authority: [{ ...holding('ConfigMap', REF.name), data: {} }],
    says: "has no key ca.crt; put the authority's certificate there.",
  },
  { name: 'is no certificate', authority: [holding('ConfigMap', REF.name, 'x')], says: 'no PEM certificate' },
  {
    name: 'is a damaged certificate',
    authority: [holding('ConfigMap', REF.name, PEM.replace(/[A-Za-z]{20}/, ''))],
    says: 'no PEM certificate',
  },
];

describe('an authority of its own', () => {
  test.each(['ConfigMap', 'Secret'])('is named by the policy once it is there, as a %s', (kind) => {
    const { answer } = settled(byRef(kind), { required: { authority: [holding(kind, REF.name)] } });
    expect(refsOf(answer.desired.backendtlspolicy)).toEqual([{ group: '', kind, name: REF.name }]);
    expect({ xrReady: answer.xrReady, status: answer.status }).toMatchObject({
      xrReady: true,
      status: { routing: { tls: true, ready: true }, authority: { kind, name: REF.name } },
    });
  });

  test.each(broken)('that $name is waited for, and no policy names it', ({ authority, says }) => {
    const { answer } = settled(byRef(), { required: { authority } });
    expect(Object.keys(answer.desired)).toEqual(['service', 'endpointslice-tls-fqdn']);
    expect({ xrReady: answer.xrReady, routing: answer.status.routing }).toMatchObject({
      xrReady: false,
      routing: { ready: false },
    });
    expect(answer.conditions[0]).toContain(
      'RoutingReady=False WaitingForBackend: spec.tls.caCertificateRef: ConfigMap',
    );
    expect(answer.conditions[0]).toContain(says);
  });

  test.each(broken)('that $name replaces none that works', ({ authority, says }) => {
    const before = settled(byBundle());
    const answer = composed(byRef(), { ...before, required: { authority } });
    expect({ desired: answer.desired, status: answer.status, xrReady: answer.xrReady }).toEqual({
      desired: before.answer.desired,
      status: before.status,
      xrReady: true,
    });
    expect(answer.conditions[0]).toContain(
      'RoutingReady=True BackendConfigured: Requests are sent as before. spec.tls',
    );
    expect(answer.conditions[0]).toContain(says);
  });

  test('that goes while it is used is told, and the policy stays', () => {
    const before = settled(byRef(), { required: { authority: [holding('ConfigMap', REF.name)] } });
    const answer = composed(byRef(), { ...before, required: {} });
    expect(answer.desired).toEqual(before.answer.desired);
    expect(answer.conditions[0]).toContain('RoutingReady=False WaitingForBackend: spec.tls.caCertificateRef');
  });

  test('moves the host with it: while it is waited for, requests go where they went', () => {
    const before = settled(byBundle());
    const spec = { url: 'https://other.example', tls: { caCertificateRef: REF } };
    expect(composed(spec, before)).toMatchObject({ desired: before.answer.desired, status: before.status });
    const then = composed(spec, { ...before, required: { authority: [holding('ConfigMap', REF.name)] } });
    expect(then.status).toMatchObject({ routing: { host: 'other.example', ready: true } });
    expect(refsOf(then.desired.backendtlspolicy)).toEqual([{ group: '', ...REF }]);
  });
});

test('an endpoint that waits for an authority goes on as before though its status is lost', () => {
  const before = settled({ url: 'http://h.example' });
  const waits = settled(byRef(), before);
  expect(waits.answer).toMatchObject({ xrReady: true, status: { routing: { scheme: 'http' } } });
  const { status: _, ...lost } = waits;
  const answer = composed(byRef(), lost);
  expect(answer.desired).toEqual(waits.answer.desired);
  expect({ xrReady: answer.xrReady, status: answer.status }).toEqual({ xrReady: true, status: waits.answer.status });
});

describe('an endpoint at a cluster’s gateway whose new authority is not there', () => {
  const gatewayAt = (address: string, declared?: boolean): KubernetesObject => ({
    apiVersion: 'modelplane.ai/v1alpha1',
    kind: 'InferenceCluster',
    metadata: { name: 'us' },
    spec: {},
    status: { gateway: { address, ...(declared && { declared }) } },
  });
  const before = settled({ url: 'http://198.51.100.7', rewritePath: '/ml/qwen/us' }, { cluster: 'us' });
  const to = (address: string) => ({
    url: `https://${address}`,
    rewritePath: '/ml/qwen/us',
    tls: { hostname: 'us.example', caCertificateRef: REF },
  });

  test.each([
    { name: 'goes on as before where that gateway still is', address: '198.51.100.7', serves: true },
    {
      name: 'goes on as before while a declared address may be the same gateway',
      address: '198.51.100.8',
      declared: true,
      serves: true,
    },
    { name: 'serves nobody where that gateway is no more', address: '198.51.100.8', serves: false },
  ])('$name', ({ address, declared, serves }) => {
    const clusters = [gatewayAt(address, declared)];
    const { xrReady, conditions, status } = composed(to(address), { ...before, required: { clusters } });
    expect({ xrReady, routing: status.routing }).toMatchObject({ xrReady: serves, routing: { ready: serves } });
    expect(conditions[0]).toContain('ConfigMap ml/fleet-authority is not there; create it');
  });
});

const UNSEEN = { named: true, isThere: false };

test('a policy that is for another name than services were told serves nobody', () => {
  const { observed, status } = settled(byRef(), { required: { authority: [holding('ConfigMap', REF.name)] } });
  const { routing } = status as { routing: object };
  const told = { routing: { ...routing, host: 'other.example' } };
  const { xrReady, conditions } = composed({ url: 'https://other.example:0' }, { observed, status: told } as Beside);
  expect({ xrReady, said: conditions[0] }).toEqual({
    xrReady: false,
    said: 'RoutingReady=False WaitingForBackend: Waiting for backendtlspolicy, which is for another name.',
  });
});

describe('a caBundle', () => {
  test('is laid beside the policy, which takes a certificate from nowhere else', async () => {
    const { answer } = settled({ url: 'https://10.0.0.7', tls: { hostname: 'gw.example', caBundle: btoa(PEM) } });
    expect(answer.desired.configmap).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: BACKEND, labels: { 'modelplane.ai/endpoint': 'us' } },
      data: { 'ca.crt': PEM },
    });
    expect(answer.desired.backendtlspolicy?.spec).toMatchObject({
      validation: { hostname: 'gw.example', caCertificateRefs: [{ group: '', kind: 'ConfigMap', name: BACKEND }] },
    });
    expect(answer.xrReady).toBe(true);
    for (const object of Object.values(answer.desired)) expect(await schemaProblem(object)).toBeUndefined();
  });

  test('of a new endpoint is composed in one pass', () => {
    expect(Object.keys(composed(byBundle()).desired)).toEqual([
      'service',
      'endpointslice-tls-fqdn',
      'configmap',
      'backendtlspolicy',
    ]);
  });

  test.each([
    { name: 'that comes to one that serves', from: { url }, to: byBundle() },
    { name: 'that goes from one that serves', from: byBundle(), to: { url } },
  ])('$name leaves it ready in each reconcile, and nothing names what is not there', ({ from, to }) => {
    let now = settled(from);
    for (const first of [true, false, false, false]) {
      const answer = composed(to, now);
      expect(answer).toMatchObject({ xrReady: true, status: { routing: { tls: true, ready: true } } });
      if (first) expect(answer.desired).toHaveProperty('configmap');
      const isNamed = (objects: Beside['observed']) => refsOf(objects?.backendtlspolicy) !== undefined;
      expect({ named: isNamed(answer.desired), isThere: 'configmap' in (now.observed ?? {}) }).not.toEqual(UNSEEN);
      expect({ named: isNamed(now.observed), isThere: 'configmap' in answer.desired }).not.toEqual(UNSEEN);
      now = { ...now, status: answer.status, observed: answer.desired };
    }
    expect(now.observed).toEqual(settled(to).answer.desired);
  });

  test('is composed for nobody who would not read it', () => {
    const { answer } = settled({ url: 'http://h.example', tls: { caBundle: btoa(PEM) } });
    expect({ keys: Object.keys(answer.desired), xrReady: answer.xrReady }).toEqual({
      keys: ['service', 'endpointslice-fqdn'],
      xrReady: true,
    });
  });

  test('stays as it is while the endpoint waits, for who serves is verified by it', () => {
    const at = (host: string, pem: string) => ({ url: `https://${host}`, tls: { caBundle: btoa(pem) } });
    const before = settled(at('10.0.0.7', PEM));
    const { desired, xrReady } = composed(at('10.0.0.8', `${PEM}${PEM}`), { ...before, required: { gateway: [] } });
    expect({ desired, xrReady }).toEqual({ desired: before.answer.desired, xrReady: true });
  });
});
