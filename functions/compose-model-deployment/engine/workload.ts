import type { IDeployment } from 'kubernetes-models/apps/v1';
import type { IPodTemplateSpec } from 'kubernetes-models/v1';
import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { LABELS, namespaceAt, poolName, remoteLabels, type Site } from '../site.ts';
import type { Container, PodSpec, PodTemplate } from './template.ts';

/** Longer than a big model takes to load; after it the Deployment says that its rollout is stuck. */
const PROGRESS_DEADLINE_SECONDS = 3600;

export interface Workload {
  readonly site: Site;
  readonly template: PodTemplate;
  /** Undefined where somebody else says how many there are. */
  readonly replicas: number | undefined;
  readonly engine: ModelDeployment['spec']['engine'];
  readonly rollout: ModelDeployment['spec']['rollout'];
  /** The label by which the cluster's picker knows an engine's kind. */
  readonly engineTypeLabel: string;
  readonly priorityClassName: string | undefined;
}

/** What the pool selects its engines by. */
export const poolLabels = (site: Site): Record<string, string> => ({ [LABELS.pool]: poolName(site) });

/** The engines of a site. */
export function engines(workload: Workload): IDeployment {
  const { site, replicas, rollout } = workload;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: poolName(site), namespace: namespaceAt(site), labels: remoteLabels(site) },
    spec: {
      ...(replicas !== undefined && { replicas }),
      selector: { matchLabels: poolLabels(site) },
      strategy: { type: 'RollingUpdate', rollingUpdate: { ...rollout } },
      progressDeadlineSeconds: PROGRESS_DEADLINE_SECONDS,
      revisionHistoryLimit: 3,
      template: podTemplate(workload),
    },
  };
}

function podTemplate(workload: Workload): IPodTemplateSpec {
  const { site, template, engine, engineTypeLabel, priorityClassName } = workload;
  const { containers = [], initContainers, securityContext, topologySpreadConstraints, ...spec } = template.spec ?? {};
  const { labels, annotations } = template.metadata ?? {};
  const pod = {
    metadata: {
      ...(annotations && { annotations }),
      labels: {
        ...labels,
        ...remoteLabels(site),
        ...poolLabels(site),
        [engineTypeLabel]: engine.type,
      },
    },
    spec: {
      ...spec,
      ...(priorityClassName !== undefined && { priorityClassName }),
      // An engine runs code that came with a model: it gets no credentials of the cluster.
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { seccompProfile: { type: 'RuntimeDefault' }, ...securityContext },
      // A spread that does not say over which pods is over those beside it.
      ...(topologySpreadConstraints && {
        topologySpreadConstraints: topologySpreadConstraints.map((spread) => ({
          labelSelector: { matchLabels: poolLabels(site) },
          ...spread,
        })),
      }),
      ...(initContainers && { initContainers: initContainers.map((one) => confined(one, securityContext)) }),
      containers: containers.map((one) => confined(one, securityContext)),
    },
  };
  return pod as IPodTemplateSpec;
}

/**
 * No more rights than it starts with, and no packets in others' names: what Pod Security baseline still would allow. Who
 * is not root has no rights to lose, and then a namespace that enforces restricted takes it too.
 */
export function confined(container: Container, pod: PodSpec['securityContext']) {
  const { capabilities, ...own } = container.securityContext ?? {};
  const { runAsUser, runAsNonRoot } = { ...pod, ...own };
  const isRoot = runAsUser === 0 || (runAsUser === undefined && runAsNonRoot !== true);
  const drop = [...new Set([isRoot ? 'NET_RAW' : 'ALL', ...(capabilities?.drop ?? [])])];
  return {
    ...container,
    securityContext: {
      ...own,
      allowPrivilegeEscalation: false,
      capabilities: {
        drop: drop.includes('ALL') ? ['ALL'] : drop,
        ...(capabilities?.add?.length && { add: capabilities.add }),
      },
    },
  };
}
