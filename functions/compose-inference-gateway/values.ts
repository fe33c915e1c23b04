import type { InferenceGateway } from '#schemas/inferencegateway.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { isBelow } from './version.ts';

/** The name of everything that is installed: the chart would else derive several from the release's. */
export const TRAEFIK = 'traefik';

/** The label by which our Traefik takes our GatewayClass and no other: two would fight over a Gateway's status. */
export const CLASS_LABEL = { key: 'modelplane.ai/gateway', value: 'default' } as const;

/** Carried by the Middlewares that a ModelService composes, and by no other object that Traefik's own provider would read. */
export const MIDDLEWARE_LABEL = 'modelplane.ai/service';

/** Ports of the entry points, which a Gateway's listeners must have, and those of the Service in front of them. */
export const PORTS = { http: { listener: 8000, service: 80 }, https: { listener: 8443, service: 443 } } as const;

/** What a client's slow upload and a model's long answer may take, in seconds. */
const READ_TIMEOUT = 600;
const DRAIN = 300;

/** How long a pod that is about to stop goes on accepting, so that load balancers notice first, in seconds. */
export const LEAVING = 15;

/**
 * Values of the Traefik chart, for its versions 41. Each answers something that its defaults would get wrong for this
 * front door, or pins a default that it lives by. The names were read in values.yaml, values.schema.json and the
 * templates of chart 41.4.0: its schema refuses an unknown name at the top, and ignores most others.
 */
export function traefikValues({ spec }: InferenceGateway, chart: string, more: readonly string[] = []) {
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
    podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
    topologySpreadConstraints: [spreadOver('topology.kubernetes.io/zone'), spreadOver('kubernetes.io/hostname')],
    // It holds every Secret, ConfigMap and EndpointSlice of the cluster in memory. Without a CPU limit, which stalls streams.
    resources: { requests: { cpu: '500m', memory: '256Mi' }, limits: { memory: '2Gi' } },
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
      // For the retry of a ModelService. It would else publish every IngressRoute of the cluster, another Traefik's too.
      kubernetesCRD: {
        enabled: true,
        allowCrossNamespace: false,
        allowExternalNameServices: false,
        labelSelector: MIDDLEWARE_LABEL,
      },
      kubernetesGateway: {
        enabled: true,
        experimentalChannel: false,
        labelSelector: `${CLASS_LABEL.key}=${CLASS_LABEL.value}`,
        // An empty list would let every namespace publish Traefik's own API.
        crossProviderNamespaces: [PLATFORM_NAMESPACE],
        statusAddress: { service: { enabled: true, name: TRAEFIK, namespace: PLATFORM_NAMESPACE } },
      },
    },
    ports: {
      web: entryPoint(PORTS.http),
      websecure: entryPoint(PORTS.https),
    },
    service: service(spec.traefik),
    log: { format: 'json' },
    // Headers and query parameters are dropped, so no key gets into a log.
    accessLog: {
      enabled: true,
      format: 'json',
      fields: { headers: { defaultMode: 'drop' }, queryParameters: { defaultMode: 'drop' } },
    },
    metrics: { prometheus: { addRoutersLabels: true, buckets: LATENCY_BUCKETS, service: { enabled: true } } },
    global: { checkNewVersion: false, sendAnonymousUsage: false },
    additionalArguments: [...additionalArguments(chart), ...more],
  };
}

/** In seconds: a model's answer takes longer than Traefik's own last bucket, which is 5. */
const LATENCY_BUCKETS = '0.1,0.5,1,2.5,5,10,30,60,120,300,600';

/** Each rollout is spread by itself, so that the pods which it replaces don't count. */
const spreadOver = (topologyKey: string) => ({
  maxSkew: 1,
  topologyKey,
  whenUnsatisfiable: 'ScheduleAnyway',
  labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'traefik' } },
  matchLabelKeys: ['pod-template-hash'],
});

/** MetalLB gives it an address of our pool, whatever other pools there are. */
function service({ loadBalancer, service }: InferenceGateway['spec']['traefik']) {
  const pool = loadBalancer === 'MetalLB' ? { 'metallb.io/address-pool': 'modelplane' } : {};
  const ranges = service?.loadBalancerSourceRanges;
  return {
    annotations: { ...pool, ...service?.annotations },
    spec: { type: 'LoadBalancer', ...(ranges && { loadBalancerSourceRanges: ranges }) },
  };
}

const entryPoint = ({ listener, service }: { readonly listener: number; readonly service: number }) => ({
  port: listener,
  exposedPort: service,
  http: { encodedCharacters: REFUSED_CHARACTERS },
  // Whatever a client says of where it comes from is dropped.
  forwardedHeaders: { insecure: false },
  transport: {
    respondingTimeouts: { readTimeout: `${READ_TIMEOUT}s`, writeTimeout: '0s' },
    lifeCycle: { requestAcceptGraceTimeout: `${LEAVING}s`, graceTimeOut: `${DRAIN}s` },
  },
});

/**
 * Characters that a gateway and a server may read differently once they are decoded: an encoded slash would let a
 * client out of its own path.
 */
const REFUSED_CHARACTERS = {
  allowEncodedSlash: false,
  allowEncodedBackSlash: false,
  allowEncodedNullCharacter: false,
  allowEncodedSemicolon: false,
  allowEncodedPercent: false,
  allowEncodedQuestionMark: false,
  allowEncodedHash: false,
};

/** Settings for which the chart has no value, or not in each of its versions that we install. */
const additionalArguments = (chart: string): string[] => [
  ...['web', 'websecure'].map((name) => `--entryPoints.${name}.http.${aliasStrategy(chart)}=delete`),
  // Names of Middlewares cannot collide across namespaces.
  '--providers.kubernetesCRD.safeNaming=true',
  // Every event rebuilds all routes; a burst of them rebuilds once. Not longer, because a route is reported as accepted
  // by the first replica that has read it, and must by then be served by the others.
  '--providers.kubernetesGateway.throttleDuration=200ms',
  // What a build has decided is served at once: routes are reported as accepted before they are.
  '--providers.providersThrottleDuration=100ms',
  '--serversTransport.forwardingTimeouts.dialTimeout=3s',
  // A first token may take minutes.
  '--serversTransport.forwardingTimeouts.responseHeaderTimeout=0s',
  // vLLM's server closes an idle connection after 5 s, and a POST must not meet that.
  '--serversTransport.forwardingTimeouts.idleConnTimeout=4s',
];

/**
 * x_llm_d_inference_objective must not be read as x-llm-d-inference-objective by anyone behind us. Traefik 3.7.12,
 * which is chart 41.4.0, knows more such spellings under a new option; 3.7.11 ends at once if it meets that.
 */
const aliasStrategy = (chart: string): string =>
  isBelow(chart, '41.4.0') ? 'underscoreHeadersStrategy' : 'aliasHeadersStrategy';
