import type { IBackendTLSPolicy, IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { OUR_GATEWAY } from './gateway.ts';
import { HOOK_KEYS, hookObjects } from './hook.ts';

/** The name of all that makes a verifier, in install/verifier.yaml too: its account, its rights and its Secret. */
export const VERIFIER = 'verifier';

/** Held to packages/repositories.ts by a test. */
export const VERIFIER_IMAGE = 'xpkg.crossplane.io/modelplane/verifier:v0.1.0';

/** The verifier writes its certificate there, and Traefik reads what to trust. */
const CERTIFICATE_SECRET = 'verifier-tls';

const PORT = 9443;
const HEALTH_PORT = 8080;
const HOST = `${VERIFIER}.${PLATFORM_NAMESPACE}.svc`;
const LABELS = { 'app.kubernetes.io/name': VERIFIER, 'app.kubernetes.io/part-of': 'modelplane' } as const;

/** Everything that lets a front door ask who calls, but for what install/verifier.yaml has, which no function may grant. */
export function verifierObjects(xr: InferenceGateway, hasMiddlewares: boolean): Record<string, object> {
  return {
    verifier: deployment(xr),
    verifierservice: service(),
    verifierpolicy: backendTLSPolicy(),
    catalogue: catalogue(),
    // Traefik's chart brings the kinds.
    ...(hasMiddlewares && hookObjects({ secret: CERTIFICATE_SECRET, host: HOST, port: PORT, labels: LABELS })),
  };
}

export const VERIFIER_KEYS = ['verifier', 'verifierservice', 'verifierpolicy', 'catalogue', ...HOOK_KEYS] as const;

function deployment({ spec }: InferenceGateway) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: VERIFIER, namespace: PLATFORM_NAMESPACE, labels: LABELS },
    spec: {
      replicas: 2,
      selector: { matchLabels: { 'app.kubernetes.io/name': VERIFIER } },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: VERIFIER,
          // It goes on answering for 5 s, until nobody is sent to it any more, and then ends its connections in order.
          terminationGracePeriodSeconds: 30,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 2000,
            runAsGroup: 2000,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
            maxSkew: 1,
            topologyKey,
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: { 'app.kubernetes.io/name': VERIFIER } },
            matchLabelKeys: ['pod-template-hash'],
          })),
          containers: [
            {
              name: VERIFIER,
              image: spec.authentication?.image ?? VERIFIER_IMAGE,
              args: ['--config', JSON.stringify(verifierConfig(spec))],
              ports: [
                { name: 'https', containerPort: PORT },
                { name: 'metrics', containerPort: HEALTH_PORT },
              ],
              env: redisEnvironment(spec.redis),
              // Without a CPU limit, which would hold up whoever calls. Measured in bench/: 10,000 entries are a few MB.
              resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '512Mi' } },
              readinessProbe: {
                httpGet: { path: '/readyz', port: HEALTH_PORT },
                periodSeconds: 2,
                failureThreshold: 1,
              },
              livenessProbe: { httpGet: { path: '/healthz', port: HEALTH_PORT }, periodSeconds: 10, timeoutSeconds: 5 },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ['ALL'] },
              },
            },
          ],
        },
      },
    },
  };
}

/** All that a verifier is told, as its --config reads it (verifier/config.ts). A change of it is a rollout. */
function verifierConfig({ authentication, redis }: InferenceGateway['spec']) {
  return {
    platformNamespace: PLATFORM_NAMESPACE,
    certificateSecret: CERTIFICATE_SECRET,
    serverNames: [HOST],
    keys: authentication?.keys !== undefined,
    jwt: authentication?.jwt ?? [],
    ...(redis && { redis: `${redis.tls ? 'rediss' : 'redis'}://${redis.address}` }),
  };
}

/** From a Secret, so that nobody who reads a Deployment reads a password. */
function redisEnvironment(redis: InferenceGateway['spec']['redis']) {
  const name = redis?.secretRef?.name;
  if (name === undefined) return [];
  const from = (variable: string, key: string) => ({
    name: variable,
    valueFrom: { secretKeyRef: { name, key, optional: true } },
  });
  return [from('REDIS_USERNAME', 'username'), from('REDIS_PASSWORD', 'password'), from('REDIS_CA', 'ca.crt')];
}

const service = () => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: VERIFIER, namespace: PLATFORM_NAMESPACE, labels: LABELS },
  spec: {
    selector: { 'app.kubernetes.io/name': VERIFIER },
    ports: [{ name: 'https', port: PORT, targetPort: PORT, appProtocol: 'https' }],
  },
});

/** For the list of models, which is a route as any other; what is asked for each request has its own trust. */
const backendTLSPolicy = (): IBackendTLSPolicy => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'BackendTLSPolicy',
  metadata: { name: VERIFIER, namespace: PLATFORM_NAMESPACE, labels: LABELS },
  spec: {
    targetRefs: [{ group: '', kind: 'Service', name: VERIFIER }],
    validation: { hostname: HOST, caCertificateRefs: [{ group: '', kind: 'Secret', name: CERTIFICATE_SECRET }] },
  },
});

const catalogue = (): IHTTPRoute => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'catalogue', namespace: PLATFORM_NAMESPACE, labels: LABELS },
  spec: {
    parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', ...OUR_GATEWAY }],
    rules: [
      {
        matches: [{ path: { type: 'Exact', value: '/v1/models' } }],
        backendRefs: [{ group: '', kind: 'Service', name: VERIFIER, port: PORT }],
      },
    ],
  },
});
