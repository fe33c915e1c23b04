import { describe, expect, test } from 'vitest';
import { openAIPaths, rewrittenPaths } from '#shared/paths.ts';
import { parseEndpointUrl } from '#shared/urls.ts';
import { forbiddenReason, type Platform } from './forbidden.ts';

const cluster = (name: string, gateway: object, seen?: { address: string; port: number }) => ({
  apiVersion: 'modelplane.ai/v1alpha1' as const,
  kind: 'InferenceCluster' as const,
  metadata: { name },
  spec: {
    kubeconfigSecretRef: { namespace: 'modelplane-system', name, key: 'kubeconfig' },
    gateway: { name: 'inference', namespace: 'envoy', ...gateway },
    pickerFamily: 'llm-d' as const,
    cordoned: false,
    draining: false,
  },
  ...(seen && { status: { gateway: seen } }),
});

const PLATFORM = {
  gateway: {
    apiVersion: 'modelplane.ai/v1alpha1',
    kind: 'InferenceGateway',
    metadata: { name: 'default' },
    spec: {
      backend: 'Traefik',
      traefik: { version: '41.4.0', replicas: 2 },
      hostname: 'models.example.com',
      endpoints: { deniedCIDRs: ['10.96.0.0/12', 'fd00:10:96::/112'] },
    },
    status: {
      address: '192.0.2.1',
      addresses: ['192.0.2.1', '192.0.2.2', '2001:db8::2'],
      url: 'https://llm.example.org',
      hostnames: ['*.llm.example.org', 'second.example.com'],
    },
  },
  clusters: [
    {
      apiVersion: 'modelplane.ai/v1alpha1',
      kind: 'InferenceCluster',
      metadata: { name: 'us' },
      spec: {
        kubeconfigSecretRef: { namespace: 'modelplane-system', name: 'us', key: 'kubeconfig' },
        gateway: { name: 'inference', namespace: 'envoy', port: 80, address: 'gateway.us.example.com' },
        pickerFamily: 'llm-d',
        cordoned: false,
        draining: false,
      },
      status: { addresses: ['203.0.113.110'], gateway: { address: '203.0.113.10', port: 80 } },
    },
    cluster('declared', { address: '10.96.7.7', port: 8080 }),
    cluster('behind', { address: '192.0.2.1', port: 8080 }),
    cluster('looped', { address: '192.0.2.1', port: 80 }),
    cluster('named', { address: 'gateway.site-b' }),
    cluster('seen', {}, { address: '10.96.8.8', port: 80 }),
  ],
} satisfies Platform;

function reasonFor(text: string, rewritePath?: string): string | undefined {
  const url = parseEndpointUrl(text);
  if (!url.ok) throw new Error(`${text}: ${url.problem}`);
  const paths = rewritePath === undefined ? openAIPaths(url.path) : rewrittenPaths(rewritePath);
  return forbiddenReason({ ...url, ...paths, namespace: 'ml' }, PLATFORM);
}

describe('an endpoint may be', () => {
  test.each([
    { name: 'an outside provider', url: 'https://api.groq.com/openai/v1' },
    { name: 'a private address that nobody denies', url: 'http://10.0.0.7:8000' },
    { name: 'a name that only looks like a Service', url: 'https://svc-models.example.com' },
    { name: 'a name that only ends like localhost', url: 'https://notlocalhost.example' },
    { name: "its own path at a cluster's gateway", url: 'http://203.0.113.10', rewritePath: '/ml/qwen/us' },
    {
      name: "its own path at a cluster's gateway by name, on another port",
      url: 'http://gateway.us.example.com:8080',
      rewritePath: '/ml/qwen',
    },
    { name: 'its own path in the url itself', url: 'http://203.0.113.10/ml/qwen/v1' },
    {
      name: "its own path at a cluster's gateway in a denied network, declared by the platform team",
      url: 'http://10.96.7.7:8080/ml/qwen',
    },
    {
      name: "its own path at a cluster's gateway behind the front door's address",
      url: 'http://192.0.2.1:8080/ml/qwen',
    },
    { name: 'a name of two labels in a domain', url: 'https://h.example' },
    { name: 'a name of two labels in a domain that is no ASCII', url: 'https://xn--e1afmkfd.xn--p1ai' },
    { name: 'a name of two labels in a company', url: 'http://gpu.corp' },
    { name: 'a declared gateway by a name that nobody else could find', url: 'http://gateway.site-b:80/ml/qwen' },
    { name: 'an IPv6 address beside a metadata service', url: 'http://[fd00:42:0:1::42]' },
  ])('$name: $url', ({ url, rewritePath }) => expect(reasonFor(url, rewritePath)).toBeUndefined());
});

describe('an endpoint may not be', () => {
  test.each([
    { name: 'loopback', url: 'http://127.0.0.1:8000', says: 'a loopback address' },
    { name: 'loopback in another notation', url: 'http://2130706433', says: 'a loopback address' },
    { name: 'loopback over IPv6', url: 'http://[::1]:8000', says: 'a loopback address' },
    { name: 'loopback as an IPv4-mapped address', url: 'http://[::ffff:127.0.0.1]', says: 'a loopback address' },
    { name: 'the unspecified address', url: 'http://0.0.0.0', says: 'an unspecified address' },
    { name: 'a metadata service', url: 'http://169.254.169.254/latest', says: 'a link-local address' },
    {
      name: 'a metadata service as an IPv4-mapped address',
      url: 'http://[::ffff:a9fe:a9fe]',
      says: 'a link-local address',
    },
    { name: 'a metadata service behind NAT64', url: 'http://[64:ff9b::a9fe:a9fe]', says: 'a translated address' },
    { name: 'a metadata service by its own address', url: 'http://100.100.100.200', says: 'a metadata service' },
    { name: 'a metadata service over IPv6', url: 'http://[fd00:ec2::254]', says: 'a metadata service' },
    { name: 'a metadata service by name', url: 'http://metadata.google.internal', says: 'a metadata service' },
    {
      name: 'a metadata service by name with a trailing dot',
      url: 'http://metadata.google.internal.',
      says: 'a metadata service',
    },
    { name: 'link-local over IPv6', url: 'http://[fe80::1]', says: 'a link-local address' },
    { name: 'multicast', url: 'http://224.0.0.1', says: 'a multicast or broadcast address' },
    { name: 'this machine by name', url: 'http://x.localhost', says: 'a name of this machine' },
    { name: 'the API server', url: 'https://kubernetes.default', says: 'a Service of the control plane' },
    {
      name: 'the API server by its long name',
      url: 'https://kubernetes.default.svc',
      says: 'a Service of the control plane',
    },
    {
      name: "another tenant's Service",
      url: 'http://qwen.blue.svc.cluster.local:8000',
      says: 'a Service of the control plane',
    },
    { name: 'a pod by name', url: 'http://10-0-0-7.blue.pod.cluster.local', says: 'a Service of the control plane' },
    { name: 'a denied network', url: 'http://10.96.0.1', says: 'deniedCIDRs' },
    { name: 'a denied network over IPv6', url: 'http://[fd00:10:96::1]', says: 'deniedCIDRs' },
    { name: 'the front door by address', url: 'http://192.0.2.1:8080', says: 'the front door itself' },
    { name: 'the front door by name', url: 'https://MODELS.example.com', says: 'the front door itself' },
    { name: 'the front door by another of its addresses', url: 'http://192.0.2.2', says: 'the front door itself' },
    { name: 'the front door by the IPv6 one of them', url: 'http://[2001:DB8::2]:81', says: 'the front door itself' },
    {
      name: 'the front door by the name that is published',
      url: 'https://llm.example.org',
      says: 'the front door itself',
    },
    {
      name: 'the front door by another listener’s name',
      url: 'http://Second.example.com',
      says: 'the front door itself',
    },
    {
      name: 'the front door by a name below its domain',
      url: 'http://a.llm.example.org',
      says: 'the front door itself',
    },
    { name: 'the front door mapped into IPv6', url: 'http://[::ffff:192.0.2.1]', says: 'the front door itself' },
    {
      name: "the front door's own port, though a cluster is said to be there",
      url: 'http://192.0.2.1:80/ml/qwen',
      says: 'the front door itself',
    },
    {
      name: "another tenant's path at a cluster's gateway behind the front door's address",
      url: 'http://192.0.2.1:8080/blue/qwen',
      says: 'the front door itself',
    },
    {
      name: "a cluster's gateway in a denied network that the cluster itself reports",
      url: 'http://10.96.8.8/ml/qwen',
      says: 'set spec.gateway.address of InferenceCluster seen, or narrow deniedCIDRs',
    },
    {
      name: "another port of a cluster's gateway in a denied network",
      url: 'http://10.96.7.7:22/ml/qwen',
      says: 'set spec.gateway.address of InferenceCluster declared, or narrow deniedCIDRs',
    },
    {
      name: "another tenant's path at a declared gateway in a denied network",
      url: 'http://10.96.7.7:8080/blue/qwen',
      says: 'in a network that the platform team denies',
    },
    { name: 'a denied network mapped into IPv6', url: 'http://[::ffff:10.96.0.1]', says: 'deniedCIDRs' },
    {
      name: 'a pod by name in a domain of its own',
      url: 'http://10-0-0-7.blue.pod.k8s.corp',
      says: 'a pod of the control plane',
    },
    {
      name: 'a pod by its IPv6 name in a domain of its own',
      url: 'http://2001-db8--7.blue.pod.k8s.corp',
      says: 'a pod of the control plane',
    },
    { name: 'loopback behind Teredo', url: 'http://[2001:0:1:2:3:4:80ff:fffe]', says: 'a translated address' },
    { name: 'loopback in octal', url: 'http://0177.0.0.1', says: 'a loopback address' },
    { name: 'loopback in letters that look like digits', url: 'http://１２７.0.0.1', says: 'a loopback address' },
    { name: 'this machine in letters that look like it', url: 'http://x.ⓛocalhost', says: 'a name of this machine' },
    { name: 'a Service in the shortest form', url: 'http://llama.team-b', says: 'there is no domain .team-b' },
    {
      name: 'a Service in a namespace called models',
      url: 'http://vllm-service.models:8000',
      says: 'no domain .models',
    },
    { name: 'a name of the local link', url: 'http://gpu-box.local', says: 'no domain .local' },
    ...[
      ...['fd00:ec2::23', 'fd00:ec2::253', 'fd20:ce::254', 'fd00:c1::a9fe:a9fe', 'fd00:42::42', 'fd00:a9fe:a9fe::1'],
      ...['fd00:100::100:200', '192.0.0.192', '168.63.129.16'],
    ].map((address) => ({
      name: 'a metadata service of one of the clouds',
      url: `http://${address.includes(':') ? `[${address}]` : address}`,
      says: 'a metadata service',
    })),
    { name: 'loopback in the deprecated notation', url: 'http://[::127.0.0.1]', says: 'a translated address' },
    {
      name: "another tenant's path at a cluster's gateway",
      url: 'http://203.0.113.10',
      rewritePath: '/blue/qwen/us',
      says: 'InferenceCluster us',
    },
    {
      name: "another tenant's path at another address of a cluster's gateway",
      url: 'http://203.0.113.110',
      rewritePath: '/blue/qwen/us',
      says: 'InferenceCluster us',
    },
    {
      name: "another tenant's path in the url",
      url: 'http://203.0.113.10/blue/qwen',
      says: 'set spec.rewritePath to a path below /ml/',
    },
    {
      name: "a name that starts like its own at a cluster's gateway",
      url: 'http://203.0.113.10',
      rewritePath: '/mlx/qwen',
      says: 'InferenceCluster us',
    },
    {
      name: "the root of a cluster's gateway, where the client would choose the tenant",
      url: 'http://203.0.113.10',
      rewritePath: '/',
      says: 'InferenceCluster us',
    },
    {
      name: "the root of a cluster's gateway on any port",
      url: 'http://203.0.113.10:9999',
      says: 'InferenceCluster us',
    },
    {
      name: "the root of a cluster's gateway by name",
      url: 'https://gateway.us.example.com',
      says: 'InferenceCluster us',
    },
    {
      name: 'a path that climbs out of its own',
      url: 'http://203.0.113.10/ml/../blue/qwen',
      says: 'InferenceCluster us',
    },
  ])('$name: $url', ({ url, rewritePath, says }) => {
    expect(reasonFor(url, rewritePath)).toEqual(expect.stringContaining(says));
    expect(reasonFor(url, rewritePath)).toMatch(/^spec\.url names /);
  });
});
