import { OBJECTIVES, POOLS } from '#shared/inference-apis.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { example } from '#shared/testing.ts';
import type { ClusterObject } from '../preview/objects.ts';
import { admitted } from './admission.ts';
import { PLATFORM } from './provider.ts';
import { putRemote } from './remote.ts';
import { put } from './store.ts';
import { newWorld, type World } from './world.ts';

const MODELPLANE = 'modelplane.ai/v1alpha1';
const GATEWAY_API = 'gateway.networking.k8s.io/v1';

/** A certificate of an authority, as PEM. */
/** The Gateway that every inference cluster has, whatever is said of it. */
export const GATEWAY = { name: 'inference-gateway', namespace: 'inference' };

export const AUTHORITY = ((): string => {
  const [configMap] = example('failover-tiers').filter(({ kind }) => kind === 'ConfigMap');
  return (configMap?.data as Record<string, string> | undefined)?.['ca.crt'] ?? '';
})();

export const CLUSTERS = ['us', 'eu', 'ap'] as const;

/** The addresses of a cluster's gateway: what its status says, and another that leads there as well. */
export const addressesOf = (cluster: string, moved = 0): string[] => {
  const index = CLUSTERS.indexOf(cluster as (typeof CLUSTERS)[number]);
  return [`198.18.${index}.${moved + 1}`, `198.18.${index}.100`];
};

/** Whether an address is, or was, of a cluster's gateway. */
export const isAddressOf = (cluster: string, host: string): boolean =>
  host.startsWith(`198.18.${CLUSTERS.indexOf(cluster as (typeof CLUSTERS)[number])}.`);

/** Hosts of outside providers, which always answer. */
export const OUTSIDE = ['api.groq.example', 'llm.internal.example', '10.0.0.7', 'fd00::7'] as const;

const kind = (
  apiVersion: string,
  name: string,
  metadata: ClusterObject['metadata'],
  rest: object = {},
): ClusterObject => ({ apiVersion, kind: name, metadata, ...rest });

export const configMap = (value: string): ClusterObject =>
  kind('v1', 'ConfigMap', { name: 'ca', namespace: 'ml' }, { data: { 'ca.crt': value } });

export const certificate = (): ClusterObject => kind('v1', 'Secret', { name: 'cert', namespace: PLATFORM });

export function definition(plural: string): ClusterObject {
  const metadata = { name: plural, annotations: { 'gateway.networking.k8s.io/bundle-version': 'v1.5.1' } };
  const versions = [{ name: 'v1', served: true, storage: true }];
  const conditions = [{ type: 'Established', status: 'True', reason: 'InitialNamesAccepted' }];
  return kind('apiextensions.k8s.io/v1', 'CustomResourceDefinition', metadata, {
    spec: { versions },
    status: { conditions },
  });
}

const namespace = (name: string): ClusterObject =>
  kind('v1', 'Namespace', { name, labels: { 'kubernetes.io/metadata.name': name, team: name } });

export const inferenceCluster = (name: string): ClusterObject =>
  kind(
    MODELPLANE,
    'InferenceCluster',
    { name, labels: { region: name, gpu: name === 'ap' ? 'l4' : 'h100' } },
    {
      spec: {
        kubeconfigSecretRef: { namespace: PLATFORM, name, key: 'kubeconfig' },
        gateway: GATEWAY,
      },
    },
  );

export const inferenceGateway = (): ClusterObject =>
  kind(MODELPLANE, 'InferenceGateway', { name: 'default' }, { spec: { backend: 'Traefik' } });

const deployment = (ns: string, name: string, spec: object): ClusterObject =>
  kind(MODELPLANE, 'ModelDeployment', { name, namespace: ns }, { spec: { model: 'Qwen/Qwen3-8B', ...spec } });

export const endpoint = (ns: string, name: string, url: string): ClusterObject =>
  kind(MODELPLANE, 'ModelEndpoint', { name, namespace: ns, labels: { provider: name } }, { spec: { url } });

/** One more than a rule of a route may have backends (Gateway API, HTTPRouteRule.backendRefs). */
const FLEET = 17;

export const fleet = (): ClusterObject[] =>
  Array.from({ length: FLEET }, (_, index) => {
    const tls = { hostname: 'llm.internal.example', caCertificateRef: { kind: 'ConfigMap', name: 'ca' } };
    const spec = index % 2 === 0 ? { url: 'http://10.0.0.7:8000' } : { url: 'https://10.0.0.7:8443', tls };
    const metadata = { name: `fleet-${index}`, namespace: 'ml', labels: { provider: 'fleet' } };
    return kind(MODELPLANE, 'ModelEndpoint', metadata, { spec });
  });

export const service = (ns: string, name: string, endpoints: readonly object[]): ClusterObject =>
  kind(MODELPLANE, 'ModelService', { name, namespace: ns }, { spec: { endpoints } });

export const entry = (matchLabels: Readonly<Record<string, string>>, more: object = {}) => ({
  selector: { matchLabels },
  ...more,
});

const OBJECTS: readonly ClusterObject[] = [
  definition('tlsroutes.gateway.networking.k8s.io'),
  definition('middlewares.traefik.io'),
  ...['ml', 'team-b', PLATFORM, 'networking'].map(namespace),
  configMap(AUTHORITY),
  certificate(),
  // By which a control plane knows itself.
  kind('v1', 'Service', { name: 'kubernetes', namespace: 'default' }),
  kind(GATEWAY_API, 'GatewayClass', { name: 'traefik' }, { spec: { controllerName: 'traefik.io/gateway-controller' } }),
  kind(
    GATEWAY_API,
    'Gateway',
    { name: 'edge', namespace: 'networking' },
    {
      spec: {
        gatewayClassName: 'traefik',
        listeners: [{ name: 'web', port: 8000, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } }],
      },
    },
  ),
];

const OURS: readonly ClusterObject[] = [
  inferenceGateway(),
  ...CLUSTERS.map(inferenceCluster),
  deployment('ml', 'qwen', {
    placements: [
      { name: 'us', clusterName: 'us', weight: 9 },
      { name: 'eu', clusterSelector: { matchLabels: { region: 'eu' } } },
    ],
  }),
  deployment('team-b', 'qwen', { clusterSelector: { matchLabels: { gpu: 'l4' } } }),
  endpoint('ml', 'groq', 'https://api.groq.example/openai/v1'),
  endpoint('ml', 'own', 'http://10.0.0.7:8000'),
  endpoint('team-b', 'groq', 'https://api.groq.example/openai/v1'),
  service('ml', 'mix', [
    entry({ 'modelplane.ai/deployment': 'qwen' }, { weight: 8 }),
    entry({ provider: 'own' }),
    entry({ provider: 'groq' }, { tier: 1 }),
  ]),
  service('team-b', 'chat', [entry({ provider: 'groq' })]),
];

/** A control plane on which everything was applied and nothing has been reconciled. */
export function genesis(): World {
  const world = newWorld();
  for (const object of OBJECTS) put(world.store, object);
  for (const object of OURS) create(world, object);
  for (const name of CLUSTERS) {
    world.sites.set(name, {
      api: true,
      addresses: addressesOf(name),
      programmed: true,
      refuses: [],
      down: [],
      objects: new Map(),
    });
    for (const object of REMOTE) putRemote(world, name, object);
  }
  return world;
}

const LISTENERS = [
  { name: 'http', port: 80, protocol: 'HTTP' },
  { name: 'https', port: 443, protocol: 'HTTPS' },
];

const REMOTE: readonly ClusterObject[] = [
  kind('v1', 'Namespace', { name: 'kube-system' }),
  ...[POOLS, ...Object.values(OBJECTIVES)].map(({ group, version }) =>
    kind('apiregistration.k8s.io/v1', 'APIService', { name: `${version}.${group}` }),
  ),
  kind(GATEWAY_API, 'Gateway', GATEWAY, { spec: { gatewayClassName: 'envoy', listeners: LISTENERS } }),
];

/** Applies an object of ours as a user does; the API server refuses what breaks a schema or a rule. */
export function create(world: World, object: KubernetesObject & ClusterObject): boolean {
  const taken = admitted(object);
  if (typeof taken === 'string') return false;
  put(world.store, taken);
  return true;
}
