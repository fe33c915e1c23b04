import { describe, expect, test } from 'vitest';
import { type Cluster, storeObject } from '../cluster.ts';
import { parseManifests } from '../manifests.ts';
import type { ClusterObject } from '../objects.ts';
import { viewOf } from './simulator.ts';
import { backendTLSPolicy, gateway, gatewayClass, httpRoute } from './traefik.ts';

function clusterOf(...yaml: readonly string[]): Cluster {
  const cluster: Cluster = new Map();
  for (const { object } of parseManifests(yaml.join('\n---\n'), 'test').manifests) {
    storeObject(cluster, object as ClusterObject);
  }
  return cluster;
}

/** What is said of the first of these objects, in a cluster of all of them. */
function statusOf(simulator: typeof gateway, ...yaml: readonly string[]) {
  const cluster = clusterOf(...yaml);
  const [first] = cluster.values();
  return first && simulator.simulate(first, viewOf(cluster))?.status;
}

const words = (conditions: unknown): string[] =>
  (conditions as { type: string; status: string; reason: string; message?: string }[]).map(
    ({ type, status, reason, message }) => [type, status, reason, message].filter(Boolean).join(' '),
  );

const CLASS = `{apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: {name: modelplane}, spec: {controllerName: traefik.io/gateway-controller}}`;
const COMPOSED = CLASS.replace(
  'name: modelplane',
  'name: modelplane, annotations: {crossplane.io/composition-resource-name: gatewayclass}',
);
const ACCEPTED = `${CLASS.slice(0, -1)}, status: {conditions: [{type: Accepted, status: "True"}]}}`;
const release = (ready: string) =>
  `{apiVersion: helm.m.crossplane.io/v1beta1, kind: Release, metadata: {name: traefik, namespace: sys}, spec: {forProvider: {chart: {name: traefik}}}, status: {conditions: [{type: Ready, status: "${ready}"}]}}`;

describe('Traefik and its class', () => {
  test.each([
    {
      name: 'takes a composed class once its release is deployed',
      yaml: [COMPOSED, release('True')],
      want: ['Accepted True Handled'],
    },
    { name: 'does not run before', yaml: [COMPOSED, release('False')], want: undefined },
    { name: 'runs beside a class that the user brought', yaml: [CLASS], want: ['Accepted True Handled'] },
    {
      name: 'leaves the class of another controller alone',
      yaml: [CLASS.replace('traefik.io', 'other.io')],
      want: undefined,
    },
  ])('$name', ({ yaml, want }) => {
    const status = statusOf(gatewayClass, ...yaml);
    expect(status && words(status.conditions)).toEqual(want);
  });
});

const gatewayWith = (listeners: string) =>
  `{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: front, namespace: sys, generation: 3}, spec: {gatewayClassName: modelplane, listeners: [${listeners}]}}`;
const HTTP = '{name: http, port: 8000, protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}';
const HTTPS = '{name: https, port: 8443, protocol: HTTPS, tls: {certificateRefs: [{name: cert}]}}';
const CERTIFICATE = '{apiVersion: v1, kind: Secret, metadata: {name: cert, namespace: sys}}';

describe('Traefik and a Gateway', () => {
  test('programs it, with the generation that it has seen', () => {
    expect(statusOf(gateway, gatewayWith(HTTP), ACCEPTED)).toMatchObject({
      addresses: [{ type: 'IPAddress', value: '192.0.2.80' }],
      conditions: [
        { type: 'Accepted', status: 'True', reason: 'Accepted', observedGeneration: 3 },
        { type: 'Programmed', status: 'True', reason: 'Programmed', observedGeneration: 3 },
      ],
      listeners: [{ name: 'http', attachedRoutes: 0 }],
    });
  });

  test.each([
    {
      name: 'finds a certificate',
      yaml: [gatewayWith(HTTPS), ACCEPTED, CERTIFICATE],
      want: [
        'Accepted True Accepted Gateway successfully scheduled',
        'Programmed True Programmed Gateway successfully programmed',
      ],
    },
    {
      name: 'programs the rest of it without one, and says so',
      yaml: [gatewayWith(`${HTTP}, ${HTTPS}`), ACCEPTED],
      want: [
        'Accepted True ListenersNotValid Gateway successfully scheduled, but some Listeners are not valid',
        'Programmed True Programmed Gateway successfully programmed, but some Listeners are not valid',
      ],
    },
    {
      name: 'programs nothing where there is no rest',
      yaml: [gatewayWith(HTTPS), ACCEPTED],
      want: [
        'Accepted False ListenersNotValid At least one Listener must be valid',
        'Programmed False Invalid No Listener is valid',
      ],
    },
    { name: 'waits for its class', yaml: [gatewayWith(HTTP), CLASS], want: undefined },
    {
      name: 'leaves the Gateway of another controller alone',
      yaml: [gatewayWith(HTTP), ACCEPTED.replace('traefik.io', 'other.io')],
      want: undefined,
    },
  ])('$name', ({ yaml, want }) => {
    const status = statusOf(gateway, ...yaml);
    expect(status && words(status.conditions)).toEqual(want);
  });

  test('says of a listener without its certificate what is wrong with it, and nothing else', () => {
    const { listeners } = statusOf(gateway, gatewayWith(`${HTTP}, ${HTTPS}`), ACCEPTED) as {
      listeners: { conditions: unknown }[];
    };
    expect(listeners.map(({ conditions }) => words(conditions))).toEqual([
      [
        'Accepted True Accepted No error found',
        'ResolvedRefs True ResolvedRefs No error found',
        'Programmed True Programmed No error found',
      ],
      [
        'ResolvedRefs False InvalidCertificateRef Cannot load CertificateRef sys/cert: getting secret: secret "cert" not found',
        'Programmed False Invalid Invalid CertificateRefs',
      ],
    ]);
  });

  test('gets the first address of MetalLB', () => {
    const pool =
      '{apiVersion: metallb.io/v1beta1, kind: IPAddressPool, metadata: {name: p, namespace: sys}, spec: {addresses: [172.18.255.200-172.18.255.250]}}';
    expect(statusOf(gateway, gatewayWith(HTTP), ACCEPTED, pool)).toMatchObject({
      addresses: [{ value: '172.18.255.200' }],
    });
  });
});

const programmed = (allowed: string) => gatewayWith(HTTP.replace('{from: All}', allowed));
const ROUTE = `{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: r, namespace: team, generation: 2}, spec: {parentRefs: [{name: front, namespace: sys}], rules: [{backendRefs: [{name: svc, port: 80}]}]}}`;
const SERVICE = '{apiVersion: v1, kind: Service, metadata: {name: svc, namespace: team}, spec: {ports: [{port: 80}]}}';
const SLICE =
  '{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: s, namespace: team, labels: {kubernetes.io/service-name: svc}}}';
const NAMESPACE = '{apiVersion: v1, kind: Namespace, metadata: {name: team, labels: {served: "yes"}}}';
const LET_IN = 'Accepted True Accepted';
const NOT_LET_IN = 'Accepted False NotAllowedByListeners No listener of the Gateway allows this namespace';
const RESOLVED = 'ResolvedRefs True ResolvedRefs';
const missing = (message: string) => `ResolvedRefs False BackendNotFound ${message}`;

describe('Traefik and a route', () => {
  test.each([
    {
      name: 'takes it from any namespace',
      yaml: [programmed('{from: All}'), SERVICE, SLICE],
      want: [LET_IN, RESOLVED],
    },
    {
      name: "takes it from the Gateway's namespace alone",
      yaml: [programmed('{from: Same}'), SERVICE, SLICE],
      want: [NOT_LET_IN, RESOLVED],
    },
    {
      name: 'takes it from a labelled namespace',
      yaml: [programmed('{from: Selector, selector: {matchLabels: {served: "yes"}}}'), NAMESPACE, SERVICE, SLICE],
      want: [LET_IN, RESOLVED],
    },
    {
      name: 'refuses it from one with other labels',
      yaml: [programmed('{from: Selector, selector: {matchLabels: {served: "no"}}}'), NAMESPACE, SERVICE, SLICE],
      want: [NOT_LET_IN, RESOLVED],
    },
    {
      name: 'misses a Service',
      yaml: [programmed('{from: All}')],
      want: [LET_IN, missing('Service team/svc not found')],
    },
    {
      name: 'misses a port',
      yaml: [programmed('{from: All}'), SERVICE.replace('port: 80', 'port: 81'), SLICE],
      want: [LET_IN, missing('Service team/svc has no port 80')],
    },
    {
      name: 'misses an EndpointSlice',
      yaml: [programmed('{from: All}'), SERVICE],
      want: [LET_IN, missing('Service team/svc has no EndpointSlice')],
    },
    {
      name: 'takes no backend but Services',
      route: ROUTE.replace('name: svc', 'kind: InferencePool, name: svc'),
      yaml: [programmed('{from: All}')],
      want: [LET_IN, missing('InferencePool svc is no Service')],
    },
  ])('$name', ({ route = ROUTE, yaml, want }) => {
    const status = statusOf(httpRoute, route, ACCEPTED, ...yaml) as { parents: { conditions: unknown }[] };
    expect(status.parents.map(({ conditions }) => words(conditions))).toEqual([want]);
  });

  test('says for which Gateway, and by whom, as our functions look for it', () => {
    expect(statusOf(httpRoute, ROUTE, ACCEPTED, programmed('{from: All}'))).toMatchObject({
      parents: [
        {
          parentRef: { name: 'front', namespace: 'sys' },
          controllerName: 'traefik.io/gateway-controller',
          conditions: [{ observedGeneration: 2 }, {}],
        },
      ],
    });
  });

  test('says nothing of a route whose Gateway is not there', () => {
    expect(statusOf(httpRoute, ROUTE, ACCEPTED)).toBeUndefined();
  });
});

describe('Traefik and a BackendTLSPolicy', () => {
  const POLICY = `{apiVersion: gateway.networking.k8s.io/v1, kind: BackendTLSPolicy, metadata: {name: p, namespace: team}, spec: {targetRefs: [{kind: Service, name: svc}], validation: {hostname: x, caCertificateRefs: [{kind: ConfigMap, name: ca}]}}}`;
  const SEEN = `${ROUTE.slice(0, -1)}, status: {parents: [{conditions: []}]}}`;
  const AUTHORITY = '{apiVersion: v1, kind: ConfigMap, metadata: {name: ca, namespace: team}}';
  test.each([
    {
      name: 'takes it up once a route that it has seen uses the Service',
      yaml: [SEEN, AUTHORITY],
      want: ['Accepted True Accepted', RESOLVED],
    },
    { name: 'says nothing before', yaml: [ROUTE, AUTHORITY], want: undefined },
    {
      name: 'says nothing of a Service that no route uses',
      yaml: [SEEN.replace('name: svc', 'name: other'), AUTHORITY],
      want: undefined,
    },
    {
      name: 'misses the authority',
      yaml: [SEEN],
      want: [
        'Accepted False NoValidCACertificate ConfigMap ca not found',
        'ResolvedRefs False InvalidCACertificateRef',
      ],
    },
  ])('$name', ({ yaml, want }) => {
    const status = statusOf(backendTLSPolicy, POLICY, ...yaml) as { ancestors: { conditions: unknown }[] } | undefined;
    expect(status?.ancestors.flatMap(({ conditions }) => words(conditions))).toEqual(want);
  });
});
