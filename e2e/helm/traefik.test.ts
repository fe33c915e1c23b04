import { describe, expect, test } from 'vitest';
import { render } from './traefik.ts';

const RULES = `
kind: ClusterRole
rules:
  - { apiGroups: [""], resources: [services], verbs: [list] }
  - { apiGroups: [networking.k8s.io], resources: [ingresses, ingressclasses], verbs: [list] }
  - { apiGroups: [networking.k8s.io], resources: [ingresses/status], verbs: [update] }
`;

const CHART = { name: 'traefik', repository: 'https://traefik.github.io/charts', version: '41.4.0' };

/** What the chart makes by default and nobody needs here. */
const NOT_MADE = {
  gateway: { enabled: false },
  gatewayClass: { enabled: false },
  ingressClass: { enabled: false, isDefaultClass: false },
  providers: { kubernetesIngress: { enabled: false } },
};

const rendered = (values: object, chart: object = CHART) =>
  render({ crds: '', rules: RULES }, 'front', { chart, namespace: 'edge', values: { ...NOT_MADE, ...values } }).objects;

const argumentsFor = (values: object): string[] =>
  rendered(values).find(({ kind }) => kind === 'Deployment')?.spec.template.spec.containers[0].args;

test('a release is an account with its role, a Deployment and a Service, all called after it', () => {
  expect(rendered({}).map(({ kind, metadata }) => `${kind} ${metadata?.name}`)).toEqual([
    'ServiceAccount front-traefik',
    'ClusterRole front-traefik-edge',
    'ClusterRoleBinding front-traefik-edge',
    'Deployment front-traefik',
    'Service front-traefik',
  ]);
});

test('the role leaves out Ingresses, which nobody reads', () => {
  expect(rendered({}).find(({ kind }) => kind === 'ClusterRole')?.rules).toEqual([
    { apiGroups: [''], resources: ['services'], verbs: ['list'] },
    { apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'], verbs: ['list'] },
  ]);
});

describe('arguments', () => {
  test.each([
    {
      name: 'an entry point listens at its port, and websecure speaks TLS by itself',
      values: { ports: { websecure: { port: 9443 } } },
      args: [
        '--entryPoints.web.address=:8000/tcp',
        '--entryPoints.websecure.http.tls=true',
        '--entryPoints.websecure.address=:9443/tcp',
      ],
    },
    {
      name: "what is Traefik's own goes to Traefik as it is",
      values: {
        ports: {
          web: { transport: { lifeCycle: { graceTimeOut: '300s' } }, forwardedHeaders: { trustedIPs: ['::1', '::2'] } },
        },
      },
      args: [
        '--entryPoints.web.transport.lifeCycle.graceTimeOut=300s',
        '--entryPoints.web.forwardedHeaders.trustedIPs=::1,::2',
      ],
    },
    {
      name: 'the address of a Gateway is that of the Service, called after the release',
      values: { providers: { ...NOT_MADE.providers, kubernetesGateway: { enabled: true } } },
      args: [
        '--providers.kubernetesgateway',
        '--providers.kubernetesgateway.statusaddress.service.name=front-traefik',
        '--providers.kubernetesgateway.statusaddress.service.namespace=edge',
      ],
    },
  ])('$name', ({ values, args }) => expect(argumentsFor(values)).toEqual(expect.arrayContaining(args)));
});

describe('refused', () => {
  test.each([
    { name: 'a value that nobody here knows', values: { hub: { token: 'x' } }, why: 'values.hub.token: "x"' },
    {
      name: 'a part that would have to be made',
      values: { gateway: { enabled: true } },
      why: 'values.gateway.enabled: true',
    },
    { name: 'another version, whose Traefik is not here', chart: { ...CHART, version: '38.0.0' }, why: 'not 38.0.0' },
    { name: 'another chart', chart: { ...CHART, name: 'metallb' }, why: 'the chart traefik' },
  ])('$name', ({ values = {}, chart, why }) => expect(() => rendered(values, chart)).toThrow(why));
});
