import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { inferenceGateway } from './compose.ts';
import {
  composed,
  crd,
  GATEWAY_API,
  gateway,
  listenerStatus,
  MIDDLEWARES,
  NO_CERTIFICATE,
  running,
  says,
} from './testing.ts';

const spec = { gatewayRef: { name: 'edge', namespace: 'networking' } };
const OURS = { name: 'modelplane', namespace: 'modelplane-system' };
const told = { gatewayRef: spec.gatewayRef };
const TRAEFIK = 'traefik.io/gateway-controller';

const open = (listener: object) => ({ ...listener, allowedRoutes: { namespaces: { from: 'All' } } });
const HTTP = open({ name: 'http', port: 8000, protocol: 'HTTP' });
const HTTPS = open({ name: 'https', port: 8443, protocol: 'HTTPS', hostname: 'models.example.com' });

const edge = (
  { listeners = [HTTP], className = 'traefik' }: { listeners?: object[]; className?: string } = {},
  fields: object = {},
): KubernetesObject => ({
  ...gateway({ spec: { gatewayClassName: className, listeners }, ...fields }),
  metadata: { ...spec.gatewayRef, generation: 1 },
});

const gatewayClass = (name: string, controllerName: string): KubernetesObject => ({
  ...says('Accepted', 'True'),
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'GatewayClass',
  metadata: { name },
  spec: { controllerName },
});

const required = (found: readonly KubernetesObject[], controller = TRAEFIK) => ({
  gateway: found,
  gatewayClasses: [gatewayClass('another', 'example.com/other'), gatewayClass('traefik', controller)],
  middlewares: MIDDLEWARES,
});

test('nothing is installed, its address is reported, and it is not asked for Middlewares', () => {
  const { desired, status, xrReady, conditions } = composed(spec, { required: required([edge()]), status: told });
  expect(desired.configmap?.data).toEqual({ namespace: 'networking', gateway: 'edge' });
  expect({ composed: Object.keys(desired), status, xrReady }).toEqual({
    composed: ['configmap'],
    status: { address: '192.0.2.1', url: 'http://192.0.2.1', gatewayRef: spec.gatewayRef, middlewares: false },
    xrReady: true,
  });
  expect(conditions).toEqual([
    'ControllerReady=True BroughtByUser: Nothing is installed: spec.gatewayRef brings its own controller.',
    'GatewayReady=True Programmed: The Gateway listens and has an address.',
    'VersionRaised=False AsDeclared: Nothing is installed: spec.gatewayRef brings a Gateway.',
    'AuthenticationReady=True AnybodyIsLetIn: No authentication is in force: whoever can reach the front door may call every model. Set spec.authentication, or have the network keep others away.',
  ]);
});

const NAMED = 'spec.gatewayRef: Gateway networking/edge';

describe('one that cannot be used is named, and what served before stays', () => {
  test.each([
    {
      name: 'it is not there',
      found: [],
      want: `GatewayReady=False GatewayNotFound: ${NAMED} is not there; create it, or name another.`,
    },
    {
      name: 'it is of another controller',
      found: [edge()],
      controller: 'gateway.envoyproxy.io/gatewayclass-controller',
      want: `GatewayReady=False UnsupportedGatewayClass: ${NAMED} is of class traefik, whose controller is gateway.envoyproxy.io/gatewayclass-controller; name one of traefik.io/gateway-controller, the one that rewrites a path per backend.`,
    },
    {
      name: 'its class is not there',
      found: [edge({ className: 'gone' })],
      want: `GatewayReady=False UnsupportedGatewayClass: ${NAMED} is of class gone, whose controller is unknown;`,
    },
    {
      name: 'it is of the class that is installed here, which goes when it is brought',
      found: [edge({ className: 'modelplane' })],
      want: `GatewayReady=False UnsupportedGatewayClass: ${NAMED} is of class modelplane, which is installed for the front door and goes with gatewayRef; name one of your own Traefik.`,
    },
    {
      name: 'it takes no route of another namespace',
      found: [edge({ listeners: [{ ...HTTP, allowedRoutes: { namespaces: { from: 'Same' } } }] })],
      want: `GatewayReady=False ListenersNotValid: ${NAMED} has no HTTP or HTTPS listener that takes routes of other namespaces; set allowedRoutes.namespaces.from to All or Selector on one.`,
    },
    {
      name: 'its one listener has no certificate',
      found: [edge({ listeners: [HTTPS] }, { listeners: [listenerStatus('https', NO_CERTIFICATE)] })],
      want: 'GatewayReady=False ListenersNotValid: Listener https is not served: InvalidCertificateRef',
    },
    {
      name: 'it has no address',
      found: [edge({}, { addresses: [] })],
      want: 'GatewayReady=False WaitingForAddress: The Gateway has no address yet. The Traefik behind it owes one: set providers.kubernetesGateway.statusAddress there.',
    },
  ])('$name', ({ found, controller, want }) => {
    const before = { address: '192.0.2.1', url: 'http://192.0.2.1', gatewayRef: OURS, middlewares: true };
    const answer = composed(spec, { observed: running, required: required(found, controller), status: before });
    expect(answer.conditions[1]).toContain(want);
    expect({ status: answer.status, xrReady: answer.xrReady }).toEqual({ status: before, xrReady: false });
    expect(Object.keys(answer.desired).sort()).toEqual(Object.keys(running).sort());
  });
});

test('a listener that serves another purpose may be broken', () => {
  const listeners = [{ name: 'db', port: 5432, protocol: 'TCP' }, HTTPS, HTTP];
  const found = edge({ listeners }, { listeners: [listenerStatus('https', NO_CERTIFICATE), listenerStatus('http')] });
  const { xrReady, status } = composed(spec, { required: required([found]) });
  expect({ xrReady, url: status.url }).toEqual({ xrReady: true, url: 'http://192.0.2.1' });
});

test('every name that its listeners answer for is told, so that no endpoint leads back to it', () => {
  const named = (name: string, hostname: string) => ({ ...HTTP, name, hostname });
  const listeners = [named('a', 'a.example.com'), named('b', 'b.example.com'), named('all', '*.example.org')];
  const found = edge({ listeners }, { listeners: listeners.map(({ name }) => listenerStatus(name)) });
  const { status } = composed(spec, { required: required([found]) });
  expect(status).toMatchObject({ url: 'http://a.example.com', hostnames: ['*.example.org', 'b.example.com'] });
});

describe('the move', () => {
  const given = { observed: running, required: required([edge()]) };
  const left = { ...told, formerGatewayRefs: [OURS] };

  test('to it: what was installed goes only after routes have been told, and have moved', () => {
    expect(Object.keys(composed(spec, { ...given, status: { gatewayRef: OURS } }).desired)).toHaveLength(5);
    expect(Object.keys(composed(spec, { ...given, status: told }).desired)).toHaveLength(5);
    const labels = { 'modelplane.ai/service': 'qwen' };
    const route = { metadata: { labels }, spec: { parentRefs: [OURS] } } as never;
    const attached = { ...given.required, routes: [route] };
    expect(Object.keys(composed(spec, { ...given, required: attached, status: left }).desired)).toHaveLength(5);
    expect(Object.keys(composed(spec, { ...given, status: left }).desired)).toEqual(['configmap']);
  });

  test('to it: MetalLB goes after its pool, and what Helm needs for that stays so long', () => {
    const observed = { ...running, 'release-metallb': says('Ready', 'True'), ipaddresspool: says('Ready', 'True') };
    expect(Object.keys(composed(spec, { ...given, observed, status: left }).desired)).toEqual([
      'release-metallb',
      'providerconfig',
      'configmap',
    ]);
  });

  test('from it: it stays the front door, address and all, until the one that is installed can take its place', () => {
    const before = {
      address: '192.0.2.9',
      url: 'https://models.example.com',
      gatewayRef: spec.gatewayRef,
      middlewares: false,
    };
    const waiting = { ...running, gateway: gateway({ addresses: [] }) };
    expect(composed({}, { observed: waiting, status: before }).status).toEqual(before);
    expect(composed({}, { observed: running, status: before }).status).toEqual({
      address: '192.0.2.1',
      url: 'http://192.0.2.1',
      gatewayRef: OURS,
      middlewares: false,
    });
  });
});

test.each([
  { name: 'not before they are known', found: [], want: ['gatewayAPI', 'middlewares'] },
  {
    name: 'not before they are served',
    found: [crd('tlsroutes', 'v1.5.1', true, 'False')],
    want: ['gatewayAPI', 'middlewares'],
  },
  { name: 'then', found: GATEWAY_API, want: ['gatewayAPI', 'middlewares', 'gateway', 'gatewayClasses'] },
])('objects of the Gateway API are asked for $name', ({ found, want }) => {
  const asked = inferenceGateway.requires({ spec } as never, () => found as never);
  expect(Object.keys(asked)).toEqual(want);
});
