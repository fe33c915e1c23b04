import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { IRole, IRoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1';
import type { IConfigMap, IService, IServiceAccount } from 'kubernetes-models/v1';
import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { hash } from '#shared/names.ts';
import { PICKER_PORT, POOL_GROUP } from '../cluster/pool.ts';
import { GRACE_SECONDS, SETTLE_SECONDS } from '../engine/engine.ts';
import type { EngineTypeName } from '../engine/engine-types.ts';
import { type Cluster, namespaceAt, pickerName, poolName, remoteLabels, type Site } from '../site.ts';
import { FAMILIES, type FamilyName } from './family.ts';
import { metricsFlags, pickerConfig } from './picker-config.ts';

const HEALTH_PORT = 9003;
export const METRICS_PORT = 9090;
const CONFIG_FILE = 'epp-config.yaml';

/** It starts in seconds, where its image has to be fetched in a minute; after this its Deployment says that it does not. */
const PROGRESS_DEADLINE_SECONDS = 180;

/** Enough for some hundred requests a second; long prompts need more (llm-d's operations guide). */
const RESOURCES = { requests: { cpu: '500m', memory: '512Mi' }, limits: { memory: '2Gi' } };

export interface Picker {
  readonly site: Site;
  readonly family: FamilyName;
  readonly spec: ModelDeployment['spec']['endpointPicker'];
  readonly engine: EngineTypeName;
  /** What the cluster's platform team says of all pickers there. */
  readonly cluster: Cluster['spec']['picker'];
}

/** Everything that a pool's endpoint picker consists of, and nothing more. */
export const pickerObjects = (picker: Picker) => [
  serviceAccount(picker),
  role(picker),
  roleBinding(picker),
  configMap(picker),
  deployment(picker),
  service(picker),
];

const metadata = ({ site }: Picker, name = pickerName(site)) => ({
  name,
  namespace: namespaceAt(site),
  labels: remoteLabels(site),
});

/** What its Service and its Deployment select it by. */
export const pickerLabels = (site: Site): Record<string, string> => ({ 'modelplane.ai/picker': poolName(site) });

const serviceAccount = (picker: Picker): IServiceAccount => ({
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: metadata(picker),
});

/** In its own namespace only: the pods, the pool, and the kinds whose absence of rights would keep it from starting. */
function role(picker: Picker): IRole {
  const verbs = ['get', 'list', 'watch'];
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: metadata(picker),
    rules: [
      { apiGroups: [''], resources: ['pods'], verbs },
      { apiGroups: [POOL_GROUP], resources: ['inferencepools'], verbs },
      {
        apiGroups: [...FAMILIES[picker.family].watchedGroups],
        resources: ['inferenceobjectives', 'inferencemodelrewrites'],
        verbs,
      },
    ],
  };
}

function roleBinding(picker: Picker): IRoleBinding {
  const { name, namespace } = metadata(picker);
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: metadata(picker),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  };
}

const configOf = ({ spec, family, engine }: Picker): string => pickerConfig(spec, family, engine);

/**
 * Its name says what it holds, and it never changes: a picker that is restarted while a new configuration is rolled out
 * reads its own again, not one that may be bad.
 */
export const configName = (picker: Picker): string => `${pickerName(picker.site)}-${hash([configOf(picker)])}`;

const configMap = (picker: Picker): IConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: metadata(picker, configName(picker)),
  immutable: true,
  data: { [CONFIG_FILE]: configOf(picker) },
});

/** One replica, replaced only by one that is ready, so that a bad configuration never takes a good picker's place. */
function deployment(picker: Picker): IDeployment {
  const { nodeSelector, tolerations, imagePullSecrets } = picker.cluster ?? {};
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(picker),
    spec: {
      replicas: 1,
      selector: { matchLabels: pickerLabels(picker.site) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      progressDeadlineSeconds: PROGRESS_DEADLINE_SECONDS,
      revisionHistoryLimit: 3,
      template: {
        metadata: { labels: { ...remoteLabels(picker.site), ...pickerLabels(picker.site) } },
        spec: {
          serviceAccountName: pickerName(picker.site),
          ...(nodeSelector && { nodeSelector }),
          ...(tolerations && { tolerations }),
          ...(imagePullSecrets && { imagePullSecrets }),
          enableServiceLinks: false,
          // Every answer that an engine is writing passes through it.
          terminationGracePeriodSeconds: GRACE_SECONDS,
          securityContext: { runAsNonRoot: true, runAsUser: 65532, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [container(picker)],
          volumes: [{ name: 'config', configMap: { name: configName(picker) } }],
        },
      },
    },
  };
}

function container({ site, family, spec, engine, cluster }: Picker) {
  const grpc = { port: HEALTH_PORT, service: 'inference-extension' };
  return {
    name: 'epp',
    image: spec?.image ?? cluster?.image ?? FAMILIES[family].image,
    args: [
      `--pool-name=${poolName(site)}`,
      `--pool-namespace=${namespaceAt(site)}`,
      `--pool-group=${POOL_GROUP}`,
      `--config-file=/config/${CONFIG_FILE}`,
      `--grpc-port=${PICKER_PORT}`,
      `--grpc-health-port=${HEALTH_PORT}`,
      `--metrics-port=${METRICS_PORT}`,
      '--zap-encoder=json',
      '--tracing=false',
      '--enable-pprof=false',
      // Else it would need rights on the whole cluster.
      '--metrics-endpoint-auth=false',
      // TLS with a certificate of its own making, where nothing is said.
      ...(cluster?.secureServing === false ? ['--secure-serving=false'] : []),
      ...metricsFlags(family, engine),
    ],
    env: [
      { name: 'NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
    ports: [
      { name: 'grpc', containerPort: PICKER_PORT },
      { name: 'grpc-health', containerPort: HEALTH_PORT },
      { name: 'metrics', containerPort: METRICS_PORT },
    ],
    resources: spec?.resources ?? cluster?.resources ?? RESOURCES,
    // It says that it serves a moment before it listens for requests: with GIE v1.5.0, up to a second of errors.
    startupProbe: { tcpSocket: { port: PICKER_PORT }, periodSeconds: 1, failureThreshold: 120 },
    // There is one picker, and a slow one serves better than none.
    readinessProbe: { grpc, periodSeconds: 2, timeoutSeconds: 5, failureThreshold: 5 },
    // It is alive only once it has seen its pool, which may be a little later than its pod.
    livenessProbe: { grpc, initialDelaySeconds: 10, periodSeconds: 10, failureThreshold: 6 },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [{ name: 'config', mountPath: '/config', readOnly: true }],
    // Gateways hear a little later that it is going, and every request that they still ask it about would fail.
    lifecycle: { preStop: { sleep: { seconds: SETTLE_SECONDS } } },
  };
}

const service = (picker: Picker): IService => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: metadata(picker),
  spec: {
    selector: pickerLabels(picker.site),
    ports: [
      { name: 'grpc-ext-proc', port: PICKER_PORT, targetPort: PICKER_PORT, protocol: 'TCP', appProtocol: 'http2' },
      { name: 'http-metrics', port: METRICS_PORT, targetPort: METRICS_PORT, protocol: 'TCP' },
    ],
  },
});
