import type { KubernetesObject } from '#shared/kubernetes.ts';
import { type AdmissionCase, USERS } from './users.ts';

const object = (apiVersion: string, kind: string, spec: object, namespace: string | undefined = 'admission-a') =>
  ({ apiVersion, kind, metadata: { name: 'x', ...(namespace && { namespace }) }, spec }) as KubernetesObject;

const modelplane = (kind: string, spec: object, namespace?: string) =>
  object('modelplane.ai/v1alpha1', kind, spec, namespace);

const endpoint = modelplane('ModelEndpoint', { url: 'https://api.groq.com/openai/v1' });
const serviceSpec = { endpoints: [{ selector: { matchLabels: { model: 'qwen' } } }] };
const deploymentSpec = { model: 'Qwen/Qwen3-8B' };

/** A write by server-side apply is a patch. */
const forbidden = (resource: string, where = ' in the namespace "admission-a"'): string => {
  const [plural = '', ...group] = resource.split('.');
  return `User "${USERS.tenant}" cannot patch resource "${plural}" in API group "${group.join('.')}"${where}`;
};

/** What the tenant role lets its holder do, and what RBAC alone keeps him from. */
export const TENANT: readonly AdmissionCase[] = [
  { name: 'a tenant writes a ModelEndpoint', as: 'tenant', object: endpoint },
  { name: 'a tenant writes a ModelService', as: 'tenant', object: modelplane('ModelService', serviceSpec) },
  { name: 'a tenant writes a ModelDeployment', as: 'tenant', object: modelplane('ModelDeployment', deploymentSpec) },
  { name: 'a tenant deletes its ModelEndpoint', as: 'tenant', before: endpoint },
  ...[
    ['ModelEndpoint', 'modelendpoints', endpoint.spec],
    ['ModelService', 'modelservices', serviceSpec],
    ['ModelDeployment', 'modeldeployments', deploymentSpec],
  ].map(([kind, plural, spec]) => ({
    name: `a tenant writes no ${kind} in another namespace`,
    as: 'tenant' as const,
    object: modelplane(kind as string, spec as object, 'admission-b'),
    refused: forbidden(`${plural}.modelplane.ai`, ' in the namespace "admission-b"'),
  })),
  {
    name: 'a tenant says nothing of the status of its ModelEndpoint',
    as: 'tenant',
    before: endpoint,
    object: { ...endpoint, status: { routing: { prefix: '/admission-b' } } },
    subresource: 'status',
    refused: forbidden('modelendpoints/status.modelplane.ai'),
  },
  {
    name: 'a tenant writes no InferenceGateway',
    as: 'tenant',
    object: { ...modelplane('InferenceGateway', {}), metadata: { name: 'default' } },
    refused: forbidden('inferencegateways.modelplane.ai', ' at the cluster scope'),
  },
  {
    name: 'a tenant writes no Object',
    as: 'tenant',
    object: object('kubernetes.m.crossplane.io/v1alpha1', 'Object', { forProvider: { manifest: {} } }),
    refused: forbidden('objects.kubernetes.m.crossplane.io'),
  },
  {
    name: 'a tenant writes no route',
    as: 'tenant',
    object: object('gateway.networking.k8s.io/v1', 'HTTPRoute', {}),
    refused: forbidden('httproutes.gateway.networking.k8s.io'),
  },
  {
    name: 'a tenant writes no Middleware',
    as: 'tenant',
    object: object('traefik.io/v1alpha1', 'Middleware', {}),
    refused: forbidden('middlewares.traefik.io'),
  },
  {
    name: 'a tenant writes no Service',
    as: 'tenant',
    object: object('v1', 'Service', { ports: [{ port: 80 }] }),
    refused: forbidden('services'),
  },
  {
    name: 'a tenant writes no EndpointSlice, which would lead the front door to any address',
    as: 'tenant',
    object: { ...object('discovery.k8s.io/v1', 'EndpointSlice', {}), addressType: 'IPv4', endpoints: [] },
    refused: forbidden('endpointslices.discovery.k8s.io'),
  },
];
