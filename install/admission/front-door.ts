import type { KubernetesObject } from '#shared/kubernetes.ts';
import { type AdmissionCase, FRONT_DOOR, USERS } from './users.ts';

const attachment = (kind: string, spec: object): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind,
  metadata: { namespace: 'admission-a', name: 'x' },
  spec,
});

const grpcRoute = (parent: object): KubernetesObject =>
  attachment('GRPCRoute', {
    parentRefs: [parent],
    rules: [
      { matches: [{ method: { service: 'teamb', method: 'qwen' } }], backendRefs: [{ name: 'backend', port: 80 }] },
    ],
  });

const gateway = (gatewayClassName: string): KubernetesObject =>
  attachment('Gateway', { gatewayClassName, listeners: [{ name: 'http', port: 8000, protocol: 'HTTP' }] });

const listenerSet = attachment('ListenerSet', {
  parentRef: FRONT_DOOR,
  listeners: [{ name: 'mine', port: 8000, protocol: 'HTTP' }],
});

const traefik = (kind: string, spec: object): KubernetesObject => ({
  apiVersion: 'traefik.io/v1alpha1',
  kind,
  metadata: { namespace: 'admission-a', name: 'x' },
  spec,
});

const ingressRoute = traefik('IngressRoute', {
  entryPoints: ['web'],
  routes: [{ kind: 'Rule', match: 'PathPrefix(`/admission-b`)', services: [{ name: 'backend', port: 80 }] }],
});

const retry = traefik('Middleware', { retry: { attempts: 3 } });

const notAttached = (kind: string): string =>
  `${kind} admission-a/x names a Gateway of modelplane-system as its parent, and the front door takes HTTPRoutes only. ` +
  'Use an HTTPRoute or a Gateway of your own.';

const notTraefik = (user: keyof typeof USERS, resource: string): string =>
  `${USERS[user]} may not write ${resource}.traefik.io: the front door takes them from every namespace, for any path. ` +
  'Use a ModelService or an HTTPRoute, or have the platform team do it, who may update inferencegateways.modelplane.ai.';

export const ATTACHMENTS: readonly AdmissionCase[] = [
  {
    name: "a GRPCRoute, whose service and method are another namespace's path, does not attach",
    as: 'editor',
    object: grpcRoute(FRONT_DOOR),
    refused: notAttached('GRPCRoute'),
  },
  { name: 'a GRPCRoute on a Gateway of its own is accepted', as: 'editor', object: grpcRoute({ name: 'own' }) },
  {
    name: 'a ListenerSet does not attach, nor the routes that name it',
    as: 'editor',
    object: listenerSet,
    refused: notAttached('ListenerSet'),
  },
  { name: 'a Gateway of another class is accepted', as: 'editor', object: gateway('other') },
  {
    name: "a second Gateway of the front door's class is refused",
    as: 'editor',
    object: gateway('modelplane'),
    refused:
      "Gateway admission-a/x: spec.gatewayClassName is modelplane, the front door's own class. Name another class, or attach " +
      'an HTTPRoute to the front door.',
  },
  {
    name: "the platform team may make a second Gateway of the front door's class",
    as: 'platform',
    object: gateway('modelplane'),
  },
];

export const TRAEFIK_KINDS: readonly AdmissionCase[] = [
  { name: 'Crossplane composes a retry Middleware', as: 'crossplane', object: retry },
  { name: 'the platform team writes an IngressRoute', as: 'platform', object: ingressRoute },
  {
    name: 'nobody else writes an IngressRoute, which opens any path',
    as: 'editor',
    object: ingressRoute,
    refused: notTraefik('editor', 'ingressroutes'),
  },
  {
    name: 'nobody else writes a TLSStore, which is the certificate of all',
    as: 'editor',
    object: traefik('TLSStore', { defaultCertificate: { secretName: 'mine' } }),
    refused: notTraefik('editor', 'tlsstores'),
  },
  {
    name: 'nobody else writes a Middleware',
    as: 'editor',
    object: retry,
    refused: notTraefik('editor', 'middlewares'),
  },
];
