import type { KindCases } from '../case.ts';

const tls = { certificateRef: { name: 'cert' } };
const gatewayRef = { name: 'edge', namespace: 'networking' };
const metallb = { loadBalancer: 'MetalLB', metallb: { addressPool: '172.18.255.200-172.18.255.250' } };

const issuer = (more: object = {}) => ({
  name: 'corp',
  issuer: 'https://id.example.com',
  audiences: ['models'],
  jwksURL: 'https://id.example.com/jwks',
  ...more,
});
const jwt = (...issuers: readonly object[]) => ({ authentication: { jwt: issuers } });
const { jwksURL: _, ...withoutKeys } = issuer();

const namespaces = (expression: object) => ({ routes: { namespaceSelector: { matchExpressions: [expression] } } });
const teams = (matchLabels: object) => ({ routes: { namespaceSelector: { matchLabels } } });

export const INFERENCE_GATEWAY: KindCases = {
  kind: 'InferenceGateway',
  namespaced: false,
  name: 'default',
  accepted: [
    { name: 'all defaults', spec: {} },
    { name: "the original's own", spec: { backend: 'Traefik', traefik: { version: '37.1.0', ...metallb } } },
    { name: 'HTTPS under a name, HTTP off', spec: { hostname: 'models.example.com', tls, http: 'Disabled' } },
    { name: 'a Gateway of your own', spec: { gatewayRef } },
    {
      name: 'a selector of namespaces',
      spec: {
        routes: {
          namespaceSelector: {
            matchLabels: { 'example.com/models': 'served', tier: '' },
            matchExpressions: [
              { key: 'team', operator: 'In', values: ['a', 'b'] },
              { key: 'suspended', operator: 'DoesNotExist' },
            ],
          },
        },
      },
    },
    { name: 'keys', spec: { authentication: { keys: {} } } },
    {
      name: 'keys, tokens of two providers, and Redis',
      spec: {
        authentication: {
          keys: {},
          jwt: [
            issuer({ algorithms: ['EdDSA'], callerClaim: 'email', groupsClaim: 'groups' }),
            { ...withoutKeys, name: 'cluster', issuer: 'https://kubernetes.default.svc', jwks: '{"keys": []}' },
          ],
        },
        redis: { address: '[fd00::7]:6379', tls: true, secretRef: { name: 'redis' } },
      },
    },
    { name: 'networks that are denied', spec: { endpoints: { deniedCIDRs: ['10.0.0.0/8', 'fd00::/8'] } } },
  ],
  refused: [
    {
      name: 'a second front door',
      spec: {},
      as: 'second',
      at: '',
      says: 'metadata.name must be default, because a control plane has one front door',
      instead: {},
    },
    {
      name: 'a wildcard as hostname',
      spec: { hostname: '*.example.com' },
      at: 'spec.hostname',
      says: 'one name without a wildcard',
      instead: { hostname: 'models.example.com' },
    },
    {
      name: 'an address as hostname',
      spec: { hostname: '198.51.100.7' },
      at: 'spec.hostname',
      says: 'must be a name; leave it out, and the address is published',
      instead: {},
    },
    {
      name: 'a hostname of one label',
      spec: { hostname: 'models' },
      at: 'spec.hostname',
      says: 'at least two labels, such as models.example.com',
      instead: { hostname: 'models.example.com' },
    },
    {
      name: 'no listener at all',
      spec: { http: 'Disabled' },
      at: 'spec',
      says: 'leaves no listener at all; set tls.certificateRef, or remove http',
      instead: { http: 'Disabled', tls },
    },
    {
      name: 'a hostname on a Gateway of your own',
      spec: { gatewayRef, hostname: 'a.example.com' },
      at: 'spec',
      says: 'belong on that Gateway; remove them here, or remove gatewayRef',
      instead: { gatewayRef },
    },
    {
      name: 'MetalLB without addresses',
      spec: { traefik: { loadBalancer: 'MetalLB' } },
      at: 'spec',
      says: 'needs traefik.metallb.addressPool',
      instead: { traefik: metallb },
    },
    {
      name: 'a network that is none among those that are denied',
      spec: { endpoints: { deniedCIDRs: ['10.0.0.0/99'] } },
      at: 'spec.endpoints.deniedCIDRs[0]',
      says: 'takes networks such as 10.0.0.0/8 or fd00::/8',
      instead: { endpoints: { deniedCIDRs: ['10.0.0.0/9'] } },
    },
    {
      name: 'an address among the networks that may come in',
      spec: { traefik: { service: { loadBalancerSourceRanges: ['10.0.0.7'] } } },
      at: 'spec.traefik.service.loadBalancerSourceRanges[0]',
      says: 'takes networks such as 10.0.0.0/8 or fd00::/8',
      instead: { traefik: { service: { loadBalancerSourceRanges: ['10.0.0.7/32'] } } },
    },
    {
      name: 'an expression on namespaces without the values that it needs',
      spec: namespaces({ key: 'team', operator: 'In' }),
      at: 'spec.routes.namespaceSelector.matchExpressions[0]',
      says: 'values belong to operators In and NotIn',
      instead: namespaces({ key: 'team', operator: 'In', values: ['a'] }),
    },
    {
      name: 'an expression on namespaces with values that it has no use for',
      spec: namespaces({ key: 'team', operator: 'Exists', values: ['a'] }),
      at: 'spec.routes.namespaceSelector.matchExpressions[0]',
      says: 'values belong to operators In and NotIn',
      instead: namespaces({ key: 'team', operator: 'Exists' }),
    },
    {
      name: 'a key of namespaces that is no label',
      spec: namespaces({ key: '-team', operator: 'Exists' }),
      at: 'spec.routes.namespaceSelector.matchExpressions[0].key',
      instead: namespaces({ key: 'team', operator: 'Exists' }),
    },
    {
      name: 'a label of namespaces that no namespace can carry',
      spec: teams({ team: 'a b' }),
      at: 'spec.routes.namespaceSelector.matchLabels.team',
      instead: teams({ team: 'a' }),
    },
    {
      name: 'authentication on a Gateway of your own',
      spec: { gatewayRef, authentication: { keys: {} } },
      at: 'spec',
      says: 'on a Gateway of your own authenticate there',
      instead: { gatewayRef },
    },
    {
      name: 'authentication of nobody',
      spec: { authentication: {} },
      at: 'spec.authentication',
      says: 'it would let nobody in',
      instead: { authentication: { keys: {} } },
    },
    {
      name: 'Redis for nobody',
      spec: { redis: { address: 'redis:6379' } },
      at: 'spec',
      says: 'set authentication, or remove redis',
      instead: { authentication: { keys: {} }, redis: { address: 'redis:6379' } },
    },
    {
      name: 'Redis without a port',
      spec: { authentication: { keys: {} }, redis: { address: 'redis' } },
      at: 'spec.redis.address',
      instead: { authentication: { keys: {} }, redis: { address: 'redis:6379' } },
    },
    {
      name: 'a provider without keys',
      spec: jwt(withoutKeys),
      at: 'spec.authentication.jwt[0]',
      says: 'set one of the two',
      instead: jwt(issuer()),
    },
    {
      name: 'a provider twice',
      spec: jwt(issuer(), issuer({ name: 'other' })),
      at: 'spec.authentication.jwt',
      says: 'put their audiences into one',
      instead: jwt(issuer(), issuer({ name: 'other', issuer: 'https://other.example.com' })),
    },
    {
      name: 'keys of a provider by plain HTTP',
      spec: jwt(issuer({ jwksURL: 'http://id.example.com/jwks' })),
      at: 'spec.authentication.jwt[0].jwksURL',
      instead: jwt(issuer()),
    },
    {
      name: 'tokens by a shared secret',
      spec: jwt(issuer({ algorithms: ['HS256'] })),
      at: 'spec.authentication.jwt[0].algorithms[0]',
      instead: jwt(issuer({ algorithms: ['RS256'] })),
    },
    {
      name: 'tokens that are not signed',
      spec: jwt(issuer({ algorithms: ['none'] })),
      at: 'spec.authentication.jwt[0].algorithms[0]',
      instead: jwt(issuer({ algorithms: ['RS256'] })),
    },
    {
      name: 'a provider for every audience',
      spec: jwt(issuer({ audiences: [] })),
      at: 'spec.authentication.jwt[0].audiences',
      instead: jwt(issuer()),
    },
  ],
};
