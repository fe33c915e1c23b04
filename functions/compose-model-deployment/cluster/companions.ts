import type { IGCPBackendPolicy, IHealthCheckPolicy } from '@kubernetes-models/gke/networking.gke.io/v1';
import type { IDestinationRule } from '@kubernetes-models/istio/networking.istio.io/v1';
import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import type { Desired } from '#shared/desired.ts';
import { type Implementation, implementationOfClass } from '#shared/gateways.ts';
import { retain } from '#shared/retain.ts';
import { engineIn } from '../engine/engine.ts';
import type { PodTemplate } from '../engine/template.ts';
import type { ObservedSite } from '../observed.ts';
import { type Cluster, namespaceAt, pickerName, poolName, remoteLabels, type Site } from '../site.ts';
import { POOL_GROUP } from './pool.ts';

/** What a companion is made from. */
export interface Companionship {
  readonly site: Site;
  readonly cluster: Cluster;
  readonly template: PodTemplate;
  readonly engine: ModelDeployment['spec']['engine'];
}

/** Above the longest answer: Google's load balancers would end a request after 30 seconds. */
const GKE_TIMEOUT_SECONDS = 86_400;

/**
 * What a gateway needs beside an InferencePool and its picker, so that the picker is reached and engines are found
 * healthy. Envoy AI Gateway and agentgateway speak TLS to a picker unasked, without verifying its certificate, which it
 * signs itself; which controller is which is said by the InferenceCluster.
 */
const COMPANIONS: Readonly<Record<Implementation, (about: Companionship) => readonly object[]>> = {
  EnvoyAIGateway: () => [],
  Agentgateway: () => [],
  Istio: (about) => (about.cluster.spec.picker?.secureServing === false ? [] : [destinationRule(about)]),
  GKE: (about) => [healthCheckPolicy(about), backendPolicy(about)],
  Other: () => [],
};

/** Kinds of all companions: without them a request would fail. */
const KINDS: readonly string[] = ['DestinationRule', 'HealthCheckPolicy', 'GCPBackendPolicy'];

export const isCompanion = (kind: string): boolean => KINDS.includes(kind);

export const companions = (about: Companionship): readonly object[] => {
  const implementation = implementationOf(about.cluster) ?? '';
  return Object.hasOwn(COMPANIONS, implementation) ? COMPANIONS[implementation as Implementation](about) : [];
};

/** As the InferenceCluster has found out, or by the name of its class while it has not. */
const implementationOf = ({ status }: Cluster): string | undefined =>
  status?.gateway?.implementation ?? implementationOfClass(status?.gateway?.className);

/** Companions stay as they are while nobody says which gateway it is, as after a restore of the control plane. */
export function retainedCompanions(cluster: Cluster, { objects }: ObservedSite): Record<string, Desired> {
  if (implementationOf(cluster) !== undefined) return {};
  const kept = objects.filter(({ kind }) => isCompanion(kind));
  return Object.fromEntries(kept.map(({ key, resource, ready }) => [key, retain(resource, ready)]));
}

const metadata = (site: Site, name = poolName(site)) => ({
  name,
  namespace: namespaceAt(site),
  labels: remoteLabels(site),
});

/** Istio speaks plain text to a picker that serves TLS unless it is told (the inference extension's own guide). */
const destinationRule = ({ site }: Companionship): IDestinationRule => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: metadata(site, pickerName(site)),
  spec: {
    host: `${pickerName(site)}.${namespaceAt(site)}.svc.cluster.local`,
    trafficPolicy: { tls: { mode: 'SIMPLE', insecureSkipVerify: true } },
  },
});

const poolRef = (site: Site) => ({ group: POOL_GROUP, kind: 'InferencePool', name: poolName(site) });

/** Google's load balancers ask engines themselves, by default `GET /`, which vLLM answers with 404. */
const healthCheckPolicy = ({ site, template, engine }: Companionship): IHealthCheckPolicy => ({
  apiVersion: 'networking.gke.io/v1',
  kind: 'HealthCheckPolicy',
  metadata: metadata(site),
  spec: {
    targetRef: poolRef(site),
    default: { config: { type: 'HTTP', httpHealthCheck: { requestPath: healthPath(template), port: engine.port } } },
  },
});

/** What the engine's own readiness asks for. */
const healthPath = (template: PodTemplate): string => engineIn(template)?.readinessProbe?.httpGet?.path ?? '/health';

const backendPolicy = ({ site }: Companionship): IGCPBackendPolicy => ({
  apiVersion: 'networking.gke.io/v1',
  kind: 'GCPBackendPolicy',
  metadata: metadata(site),
  spec: { targetRef: poolRef(site), default: { timeoutSec: GKE_TIMEOUT_SECONDS } },
});
