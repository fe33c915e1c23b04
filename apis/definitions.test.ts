import { describe, expect, test } from 'vitest';
import { readApis } from '../preview/apis.ts';
import { begin } from '../preview/begin.ts';
import { parseManifests } from '../preview/manifests.ts';

const WORLD = { apis: readApis(import.meta.dirname), functions: {} };

/** What the API server would say of an object, by the definitions beside this file. */
function problems(kind: string, spec: object, name = 'default'): string[] {
  const namespaced = kind.startsWith('Model') && { namespace: 'ml' };
  const manifest = { apiVersion: 'modelplane.ai/v1alpha1', kind, metadata: { name, ...namespaced }, spec };
  const begun = begin(WORLD, parseManifests(JSON.stringify(manifest), 'x.yaml').manifests);
  return begun.ok ? [] : begun.problems.map(({ message }) => message);
}

const selector = { matchLabels: { model: 'qwen' } };
const tls = { certificateRef: { name: 'cert' } };
const gatewayRef = { name: 'edge', namespace: 'networking' };
const metallb = { loadBalancer: 'MetalLB', metallb: { addressPool: '172.18.255.200-172.18.255.250' } };
const kubeconfigSecretRef = { namespace: 'modelplane-system', name: 'us' };
const gateway = { name: 'inference', namespace: 'envoy' };

describe('the API server takes', () => {
  test.each([
    { name: 'a front door that is all defaults', kind: 'InferenceGateway', spec: {} },
    {
      name: "the original's front door",
      kind: 'InferenceGateway',
      spec: { backend: 'Traefik', traefik: { version: '37.1.0', ...metallb } },
    },
    {
      name: 'HTTPS under a name, HTTP off',
      kind: 'InferenceGateway',
      spec: { hostname: 'models.example.com', tls, http: 'Disabled' },
    },
    { name: 'a Gateway of your own', kind: 'InferenceGateway', spec: { gatewayRef } },
    {
      name: 'networks that are denied',
      kind: 'InferenceGateway',
      spec: { endpoints: { deniedCIDRs: ['10.0.0.0/8', 'fd00::/8'] } },
    },
    { name: 'a cluster', kind: 'InferenceCluster', spec: { kubeconfigSecretRef, gateway } },
    { name: 'an https endpoint with a path', kind: 'ModelEndpoint', spec: { url: 'https://api.groq.com/openai/v1' } },
    {
      name: "the original's endpoint",
      kind: 'ModelEndpoint',
      spec: { url: 'http://10.0.0.7', rewritePath: '/default/qwen-demo/' },
    },
    {
      name: 'an endpoint with an authority',
      kind: 'ModelEndpoint',
      spec: { url: 'https://h.example', tls: { caCertificateRef: { kind: 'Secret', name: 'ca' } } },
    },
    { name: 'a service', kind: 'ModelService', spec: { endpoints: [{ selector }] } },
    { name: 'the largest weight', kind: 'ModelService', spec: { endpoints: [{ weight: 1_000_000, selector }] } },
  ])('$name', ({ kind, spec }) => expect(problems(kind, spec)).toEqual([]));
});

describe('the API server refuses, with the field and the way out,', () => {
  test.each([
    {
      name: 'G4: a second front door',
      kind: 'InferenceGateway',
      spec: {},
      as: 'second',
      says: 'metadata.name must be default',
    },
    {
      name: 'a wildcard as hostname',
      kind: 'InferenceGateway',
      spec: { hostname: '*.example.com' },
      says: 'one name without a wildcard',
    },
    {
      name: 'no listener at all',
      kind: 'InferenceGateway',
      spec: { http: 'Disabled' },
      says: 'leaves no listener at all',
    },
    {
      name: 'a hostname on a Gateway of your own',
      kind: 'InferenceGateway',
      spec: { gatewayRef, hostname: 'a.example.com' },
      says: 'belong on that Gateway',
    },
    {
      name: 'MetalLB without addresses',
      kind: 'InferenceGateway',
      spec: { traefik: { loadBalancer: 'MetalLB' } },
      says: 'needs traefik.metallb.addressPool',
    },
    {
      name: 'a network that is none',
      kind: 'InferenceGateway',
      spec: { endpoints: { deniedCIDRs: ['10.0.0.0/99'] } },
      says: 'takes networks such as',
    },
    {
      name: 'E5: user info in a url',
      kind: 'ModelEndpoint',
      spec: { url: 'https://me:sk@h.example' },
      says: 'must not carry user info',
    },
    {
      name: 'E5: another scheme',
      kind: 'ModelEndpoint',
      spec: { url: 'ftp://h.example' },
      says: 'must begin with http:// or https://',
    },
    {
      name: 'a query',
      kind: 'ModelEndpoint',
      spec: { url: 'https://h.example?x=1' },
      says: 'without a query or a fragment',
    },
    {
      name: 'an escape in a url',
      kind: 'ModelEndpoint',
      spec: { url: 'https://h.example/a%2fb' },
      says: 'must not carry percent-escapes',
    },
    { name: 'no host', kind: 'ModelEndpoint', spec: { url: 'https:///v1' }, says: 'needs a host' },
    {
      name: 'TLS settings of an http url',
      kind: 'ModelEndpoint',
      spec: { url: 'http://h.example', tls: { hostname: 'x.example' } },
      says: 'tls applies to an https url',
    },
    {
      name: 'TLS settings that say nothing',
      kind: 'ModelEndpoint',
      spec: { url: 'https://h.example', tls: {} },
      says: 'needs hostname, an authority (caBundle or caCertificateRef) or both',
    },
    {
      name: 'a rewritePath without a slash',
      kind: 'ModelEndpoint',
      spec: { url: 'http://h.example', rewritePath: 'v1' },
      says: 'must begin with /',
    },
    {
      name: 'a rewritePath with an escape',
      kind: 'ModelEndpoint',
      spec: { url: 'http://h.example', rewritePath: '/a%2f' },
      says: 'no percent-escapes',
    },
    {
      name: 'a rewritePath that climbs',
      kind: 'ModelEndpoint',
      spec: { url: 'http://h.example', rewritePath: '/ml/../x' },
      says: 'must not hold //, /./ or /../',
    },
    {
      name: 'S2: a selector that is empty',
      kind: 'ModelService',
      spec: { endpoints: [{ selector: { matchLabels: {} } }] },
      says: 'must hold at least 1 field',
    },
    {
      name: 'a weight of 0',
      kind: 'ModelService',
      spec: { endpoints: [{ weight: 0, selector }] },
      says: 'must be at least 1, not 0',
    },
    {
      name: 'a negative weight',
      kind: 'ModelService',
      spec: { endpoints: [{ weight: -1, selector }] },
      says: 'must be at least 1, not -1',
    },
    {
      name: 'a weight over the maximum',
      kind: 'ModelService',
      spec: { endpoints: [{ weight: 1_000_001, selector }] },
      says: 'must be at most 1000000',
    },
    { name: 'no entry', kind: 'ModelService', spec: { endpoints: [] }, says: 'at least 1' },
    { name: 'a cluster without a gateway', kind: 'InferenceCluster', spec: { kubeconfigSecretRef }, says: 'gateway' },
  ])('$name', ({ kind, spec, says, as }) => expect(problems(kind, spec, as).join('; ')).toContain(says));
});
