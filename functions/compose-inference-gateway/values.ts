import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';

/** The name of everything that is installed: the chart would else derive several from the release's. */
export const TRAEFIK = 'traefik';

/** The label by which our Traefik takes our GatewayClass and no other: two would fight over a Gateway's status. */
export const CLASS_LABEL = { key: 'modelplane.ai/gateway', value: 'default' } as const;

/** Ports of the entry points, which a Gateway's listeners must have, and those of the Service in front of them. */
export const PORTS = { http: { listener: 8000, service: 80 }, https: { listener: 8443, service: 443 } } as const;

/** What a client's slow upload and a model's long answer may take, in seconds. */
const READ_TIMEOUT = 600;
const DRAIN = 300;

/** How long a pod that is about to stop goes on accepting, so that load balancers notice first, in seconds. */
const LEAVING = 15;

/**
 * Values of the Traefik chart. Each answers something that its defaults would get wrong for this front door; the
 * evidence is in the chart's values.yaml and in Traefik's reference of its static configuration.
 */
export function traefikValues({ spec }: InferenceGateway) {
  return {
    fullnameOverride: TRAEFIK,
    deployment: {
      replicas: spec.traefik.replicas,
      terminationGracePeriodSeconds: LEAVING + DRAIN + 15,
      // A new pod answers 404 until it has read every route, and its ping does not wait for that.
      minReadySeconds: 10,
    },
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    readinessProbe: {
      failureThreshold: 1,
      initialDelaySeconds: 10,
      periodSeconds: 5,
      successThreshold: 1,
      timeoutSeconds: 2,
    },
    // With a single replica a budget would hold up every drain of its node.
    podDisruptionBudget: spec.traefik.replicas > 1 ? { enabled: true, maxUnavailable: 1 } : { enabled: false },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'traefik' } },
      },
    ],
    resources: { requests: { cpu: '500m', memory: '256Mi' }, limits: { memory: '1Gi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
    podSecurityContext: {
      runAsNonRoot: true,
      runAsUser: 65532,
      runAsGroup: 65532,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    // We compose the class and the Gateway; nothing else may open a way in.
    gateway: { enabled: false },
    gatewayClass: { enabled: false },
    ingressClass: { enabled: false, isDefaultClass: false },
    api: { dashboard: false },
    providers: {
      kubernetesIngress: { enabled: false },
      // For Middlewares, such as the retry of a ModelService.
      kubernetesCRD: { enabled: true, allowCrossNamespace: false, allowExternalNameServices: false },
      kubernetesGateway: {
        enabled: true,
        experimentalChannel: false,
        // An empty list would let every namespace publish Traefik's own API.
        crossProviderNamespaces: [PLATFORM_NAMESPACE],
        statusAddress: { service: { enabled: true, name: TRAEFIK, namespace: PLATFORM_NAMESPACE } },
      },
    },
    ports: {
      web: entryPoint(PORTS.http),
      websecure: entryPoint(PORTS.https),
    },
    service: {
      spec: { type: 'LoadBalancer' },
      ...(spec.traefik.loadBalancer === 'MetalLB' && { annotations: { 'metallb.io/address-pool': 'modelplane' } }),
    },
    logs: {
      general: { format: 'json' },
      // Headers are dropped, so no key gets into a log.
      access: { enabled: true, format: 'json', fields: { headers: { defaultmode: 'drop' } } },
    },
    metrics: { prometheus: { addRoutersLabels: true, service: { enabled: true } } },
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    additionalArguments: additionalArguments(),
  };
}

const entryPoint = ({ listener, service }: { readonly listener: number; readonly service: number }) => ({
  port: listener,
  exposedPort: service,
  transport: {
    respondingTimeouts: { readTimeout: `${READ_TIMEOUT}s`, writeTimeout: '0s' },
    lifeCycle: { requestAcceptGraceTimeout: `${LEAVING}s`, graceTimeOut: `${DRAIN}s` },
  },
});

/** Characters that a gateway and a server may read differently once they are decoded. */
const REFUSED_CHARACTERS = [
  'Slash',
  'BackSlash',
  'NullCharacter',
  'Semicolon',
  'Percent',
  'QuestionMark',
  'Hash',
] as const;

/** Settings for which the chart has no value, or had another one in an earlier version. */
function additionalArguments(): string[] {
  const entryPoints = ['web', 'websecure'].flatMap((name) => [
    // An encoded slash would let a client out of its own path once the path is decoded.
    ...REFUSED_CHARACTERS.map(
      (character) => `--entryPoints.${name}.http.encodedCharacters.allowEncoded${character}=false`,
    ),
    // x_llm_d_inference_objective must not be read as x-llm-d-inference-objective by anyone behind us.
    `--entryPoints.${name}.http.aliasHeadersStrategy=delete`,
  ]);
  return [
    ...entryPoints,
    `--providers.kubernetesGateway.labelSelector=${CLASS_LABEL.key}=${CLASS_LABEL.value}`,
    // Names of Middlewares cannot collide across namespaces.
    '--providers.kubernetesCRD.safeNaming=true',
    // Every event rebuilds all routes; a burst of them rebuilds once.
    '--providers.kubernetesGateway.throttleDuration=1s',
    '--providers.providersThrottleDuration=1s',
    '--serversTransport.forwardingTimeouts.dialTimeout=3s',
    // vLLM's server closes an idle connection after 5 s, and a POST must not meet that.
    '--serversTransport.forwardingTimeouts.idleConnTimeout=4s',
    '--serversTransport.maxIdleConnsPerHost=200',
  ];
}
