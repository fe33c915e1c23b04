import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { BACKEND, composed, frontDoor, holding, PEM, service, settled } from './testing.ts';

const GOOD = { url: 'http://10.0.0.7:8000' };
const BAD = { url: 'http://10.0.0.7:0' };
const REFUSED = 'cannot use spec.url http://10.0.0.7:0: its port is 0; a port is 1 to 65535';

const without = (observed: Readonly<Record<string, KubernetesObject>> | undefined, key: string) =>
  Object.fromEntries(Object.entries(observed ?? {}).filter(([each]) => each !== key));

describe('E5, E6, E11: a spec that is refused', () => {
  test.each([
    {
      spec: { url: 'ftp://h.example' },
      says: 'spec.url ftp://h.example: it must begin with http:// or https:// and a host',
    },
    {
      spec: { url: 'http://user:sk-secret@h.example' },
      says: 'spec.url: it must not carry user info; callers send their key in the Authorization header',
    },
    {
      spec: { url: 'https://h.example/v1?key=sk-secret' },
      says: 'spec.url: it must end with its path, without a query or a fragment',
    },
    {
      spec: { url: 'http://single' },
      says: 'spec.url http://single: its host single is neither an address nor a name of two labels or more; write the full name',
    },
    {
      spec: { url: 'https://h.example', tls: { caBundle: btoa('x') } },
      says: 'spec.tls.caBundle: it holds no PEM certificate; write what base64 -w0 ca.crt prints',
    },
    {
      spec: { url: 'https://h.example', tls: { hostname: 'gateway.1' } },
      says: "spec.tls.hostname gateway.1: it is no name that a certificate can have; write the one in the provider's certificate",
    },
    {
      spec: { url: 'https://[2001:db8::9]', tls: { caBundle: btoa(PEM) } },
      says: 'spec.tls.caBundle for 2001:db8::9: the gateway holds no certificate to an IPv6 address; set spec.tls.hostname to a name in the certificate',
    },
    {
      spec: { url: 'https://[2001:db8::9]', tls: { caCertificateRef: { kind: 'Secret', name: 'ca' } } },
      says: 'spec.tls.caCertificateRef for 2001:db8::9: the gateway holds no certificate to an IPv6 address; set spec.tls.hostname to a name in the certificate',
    },
  ])('is told by its field: $says', ({ spec, says }) => {
    const answer = composed(spec);
    const reason = says.startsWith('spec.url') ? 'InvalidURL' : 'InvalidTLS';
    expect({ refused: answer.refused, xrReady: answer.xrReady }).toEqual({
      refused: `cannot use ${says}`,
      xrReady: false,
    });
    expect(answer.conditions).toEqual([
      `RoutingReady=False ${reason}: Cannot use ${says}.`,
      `SpecAccepted=False ${reason}: Cannot use ${says}. What was accepted before goes on.`,
    ]);
    expect(JSON.stringify(answer)).not.toContain('sk-secret');
  });

  test('is told of at once, so that nobody waits for ever for a new one', () => {
    expect(composed({ ...BAD, lastResort: true }).status).toEqual({
      routing: { backendName: BACKEND, authorization: 'Forward', draining: false, lastResort: true, ready: false },
    });
  });

  test('stays as it was, ready and all, and its preferences are carried out', () => {
    const before = settled(GOOD);
    const preferences = { draining: true, lastResort: true, authorization: 'Remove', objectives: { batch: 'b' } };
    const { desired, status, refused, xrReady, conditions } = composed({ ...BAD, ...preferences }, before);
    expect({ desired, refused, xrReady }).toEqual({ desired: before.answer.desired, refused: REFUSED, xrReady: true });
    expect(status.routing).toEqual({ ...(before.status as { routing: object }).routing, ...preferences });
    expect(conditions[0]).toBe('RoutingReady=True BackendConfigured: Requests can be sent to this endpoint.');
  });

  test.each([
    {
      name: 'somebody edits the port of its Service',
      change: (observed: object) => ({ ...observed, service: service(81) }),
      says: `Somebody has edited Service ${BACKEND}: it has no port 80. Delete it, and it is made again.`,
    },
    {
      name: 'its Service goes',
      change: (observed: never) => without(observed, 'service'),
      says: 'Waiting for service to be created.',
    },
    {
      name: 'its slice goes',
      change: (observed: never) => without(observed, 'endpointslice-ipv4'),
      says: 'Waiting for endpointslice to be created.',
    },
  ])('is ready no more when $name', ({ change, says }) => {
    const before = settled(GOOD);
    const observed = change(before.observed as never) as Record<string, KubernetesObject>;
    const answer = composed(BAD, { ...before, observed });
    expect({ xrReady: answer.xrReady, routing: answer.status.routing }).toMatchObject({
      xrReady: false,
      routing: { ready: false },
    });
    expect(answer.conditions[0]).toBe(`RoutingReady=False WaitingForBackend: ${says}`);
    // And ready again when it is mended.
    expect(composed(BAD, { ...before, status: answer.status }).xrReady).toBe(true);
  });

  test('is ready no more when the authority goes that its policy names', () => {
    const spec = { url: 'https://h.example', tls: { caCertificateRef: { kind: 'Secret', name: 'ca' } } };
    const before = settled(spec, { required: { authority: [holding('Secret', 'ca')] } });
    expect(before.status).toMatchObject({ authority: { kind: 'Secret', name: 'ca' } });
    const refused = { url: 'https://h.example/?', tls: { hostname: 'h.example' } };
    const answer = (formerAuthority: KubernetesObject[]) =>
      composed(refused, { ...before, required: { formerAuthority } });
    expect(answer([holding('Secret', 'ca')])).toMatchObject({ xrReady: true, status: before.status });
    expect(answer([]).conditions[0]).toBe(
      `RoutingReady=False WaitingForBackend: The authority of BackendTLSPolicy ${BACKEND}: Secret ca is not there; create it with the authority's certificate in key ca.crt.`,
    );
  });

  test('is withdrawn when what serves becomes forbidden meanwhile', () => {
    const before = settled(GOOD);
    const answer = composed(BAD, { ...before, required: { gateway: [frontDoor(['10.0.0.0/8'])] } });
    expect(answer.desired).toEqual({});
    expect(answer.conditions[0]).toContain(
      'RoutingReady=False Forbidden: The url that was accepted before names 10.0.0.7, in a network that the platform team denies',
    );
  });
});

describe('E9: what is forbidden', () => {
  const spec = { url: 'http://169.254.169.254' };
  const why = "spec.url names 169.254.169.254, a link-local address; name the provider's own public address";

  test('is withdrawn even if it served, and both conditions say why', () => {
    const answer = composed(spec, settled(GOOD));
    expect({ desired: answer.desired, xrReady: answer.xrReady }).toEqual({ desired: {}, xrReady: false });
    expect(answer.conditions).toEqual([
      `RoutingReady=False Forbidden: ${why}.`,
      `SpecAccepted=False NotAllowed: Cannot send requests there: ${why}. What was there is withdrawn.`,
    ]);
  });

  test('is the last resort of every service, so that nobody goes on sending requests or waits for it', () => {
    expect(composed(spec).status).toMatchObject({
      routing: { host: '169.254.169.254', lastResort: true, ready: false },
    });
  });
});

describe('a name that only a pod could resolve', () => {
  const spec = { url: 'http://vllm-service.models:8000' };

  test('is forbidden as the longer one is', () => {
    const answer = composed(spec);
    expect(answer.desired).toEqual({});
    expect(answer.conditions[0]).toBe(
      'RoutingReady=False Forbidden: spec.url names vllm-service.models, which only a pod of its own cluster could resolve: ' +
        "there is no domain .models; name the provider's own public address, or deploy the model by a ModelDeployment.",
    );
  });

  test('takes nothing away, because it can do no harm', () => {
    const before = settled(GOOD);
    const { desired, xrReady, refused } = composed(spec, before);
    expect({ desired, xrReady }).toEqual({ desired: before.answer.desired, xrReady: true });
    expect(refused).toContain('cannot send requests there: spec.url names vllm-service.models');
  });
});

describe('while nobody says which networks are denied', () => {
  const required = { gateway: [] };
  const WAITS = 'Waiting for the InferenceGateway: its endpoints.deniedCIDRs say which networks no endpoint may name.';

  test('an address is made ready to be served, and is not', () => {
    const { answer } = settled(GOOD, { required });
    expect(Object.keys(answer.desired)).toEqual(['service', 'endpointslice-ipv4']);
    expect(answer).toMatchObject({ xrReady: false, status: { routing: { ready: false } } });
    expect(answer.conditions).toEqual([`RoutingReady=False WaitingForGateway: ${WAITS}`]);
  });

  test('nor is one that is refused as well, or whose networks cannot be read', () => {
    const waiting = settled(GOOD, { required });
    expect(composed(BAD, waiting).xrReady).toBe(false);
    expect(settled(GOOD, { required: { gateway: [frontDoor(['ten'])] } }).answer.xrReady).toBe(false);
  });

  test('what serves goes on as it is, and is not led elsewhere', () => {
    const before = settled(GOOD);
    expect(composed(GOOD, { ...before, required })).toMatchObject({ xrReady: true, desired: before.answer.desired });
    const { desired, conditions } = composed({ url: 'http://10.0.0.8' }, { ...before, required });
    expect(desired).toEqual(before.answer.desired);
    expect(conditions).toEqual([`RoutingReady=True BackendConfigured: Requests are sent as before. ${WAITS}`]);
  });

  test('what served goes on when its status is lost, too', () => {
    expect(composed(GOOD, { ...settled(GOOD), status: undefined, required }).xrReady).toBe(true);
  });

  test('nor is it led elsewhere then, by an edit of its url', () => {
    const before = { ...settled(GOOD), status: undefined, required };
    const { answer } = settled({ url: 'http://10.0.0.8:8000' }, before);
    expect(answer).toMatchObject({ xrReady: false, status: { routing: { ready: false } } });
  });

  test('a name is served, as ever', () => {
    expect(settled({ url: 'http://h.example' }, { required }).answer.xrReady).toBe(true);
  });
});
