import { isDeepStrictEqual } from 'node:util';
import type { IJob } from 'kubernetes-models/batch/v1';
import type { IPodTemplateSpec } from 'kubernetes-models/v1';
import type { Desired } from '#shared/desired.ts';
import type { StatusCondition } from '#shared/kubernetes.ts';
import { uniqueName } from '#shared/names.ts';
import { conditionOf } from '#shared/readiness.ts';
import { retain } from '#shared/retain.ts';
import { type Manifest, remoteKey, remoteObject } from '../cluster/object.ts';
import { acceleratorsOf } from '../engine/accelerators.ts';
import { ENGINE, engineIn } from '../engine/engine.ts';
import type { PodTemplate } from '../engine/template.ts';
import { confined, poolLabels } from '../engine/workload.ts';
import { type ObservedObject, type ObservedSite, objectOf, toldOf } from '../observed.ts';
import { type Cluster, namespaceAt, remoteLabels, type Site } from '../site.ts';
import { type Download, downloadCommand } from './model.ts';

export const JOB = 'Job';

/** On the pods of a job, to tell them from engines. */
const FILLS = 'modelplane.ai/fills';

/** Ten minutes of attempts, each later than the one before; then another job begins anew. */
const BACKOFF_LIMIT = 6;

/** What a download takes; the engine's own is for its model. */
const RESOURCES = { requests: { cpu: '1', memory: '2Gi' }, limits: { memory: '8Gi' } };

export const jobName = (site: Site, claimName: string, { repository, revision, quantisation }: Download): string =>
  uniqueName(`${site.deployment.name}-${site.placement}-fill`, [
    'fill',
    claimName,
    repository,
    revision ?? '',
    quantisation ?? '',
  ]);

export const fillLabels = (name: string): Record<string, string> => ({ [FILLS]: name });

const jobConditions = (object: ObservedObject | undefined) =>
  object?.seen?.status?.conditions as StatusCondition[] | undefined;

/** Whether a job has given up. */
const hasFailed = (object: ObservedObject | undefined): boolean =>
  conditionOf(jobConditions(object), 'Failed')?.status === 'True';

/** Attempts that failed, of a job that goes on or has given up. */
export const failuresOf = (object: ObservedObject | undefined): number =>
  hasFailed(object) ? BACKOFF_LIMIT + 1 : Number(object?.seen?.status?.failed ?? 0);

/**
 * The job that fills a site's volume with what its template, which mounts it, will load. What a job runs cannot change. So
 * there is none where one has given up, or where one that is not through yet would be another now, because it may be the
 * mistake that somebody has mended: it goes, and the next begins. One that is through stays as it is.
 */
export function fillDesired(
  { site, ...observed }: ObservedSite,
  name: string,
  template: PodTemplate,
  download: Download,
  cluster: Cluster,
): Record<string, Desired> {
  const before = objectOf({ site, ...observed }, JOB, name);
  const manifest = job(site, name, template, download) as Manifest;
  if (hasFailed(before) || (before !== undefined && !before.ready && !runs(before, manifest))) return {};
  if (before !== undefined) return { [before.key]: retain(before.resource, before.ready) };
  return { [remoteKey(site, manifest)]: { resource: remoteObject(site, manifest, cluster), ready: false } };
}

/** Whether a job is what it would be now: as JSON, which an object is by the time that it is observed. */
const runs = (object: ObservedObject, manifest: Manifest): boolean =>
  isDeepStrictEqual(toldOf(object).manifest, JSON.parse(JSON.stringify(manifest)));

function job(site: Site, name: string, template: PodTemplate, download: Download): IJob {
  const { labels, annotations } = template.metadata ?? {};
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: namespaceAt(site), labels: remoteLabels(site) },
    spec: {
      backoffLimit: BACKOFF_LIMIT,
      template: {
        metadata: {
          ...(annotations && { annotations }),
          labels: { ...labels, ...remoteLabels(site), ...fillLabels(name) },
        },
        spec: podSpec(site, template, download),
      },
    },
  };
}

/**
 * The engine's image, user, variables and volumes, and where it may run: a claim that waits for its first pod is bound
 * where that pod is. No GPU, which the engines before it may all have.
 */
function podSpec(site: Site, template: PodTemplate, download: Download): IPodTemplateSpec['spec'] {
  const { securityContext, affinity, tolerations = [] } = template.spec ?? {};
  const container = engineIn(template);
  const { image, env, envFrom, volumeMounts, securityContext: own } = container ?? {};
  const pod = {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...asEngines(template),
    securityContext: { seccompProfile: { type: 'RuntimeDefault' }, ...securityContext },
    affinity: { ...affinity, podAffinity: besideEngines(site, affinity?.podAffinity) },
    // Nodes with GPUs are tainted by them, which pods that ask for one tolerate unasked.
    tolerations: [
      ...tolerations,
      ...Object.keys(acceleratorsOf(container).counts).map((key) => ({ key, operator: 'Exists' })),
    ],
    containers: [
      confined(
        {
          // A volume may refer to it by this name.
          name: ENGINE,
          ...(image !== undefined && { image }),
          command: downloadCommand(download),
          ...(env && { env }),
          ...(envFrom && { envFrom }),
          ...(volumeMounts && { volumeMounts }),
          ...(own && { securityContext: own }),
          resources: RESOURCES,
        },
        securityContext,
      ),
    ],
  };
  return pod as IPodTemplateSpec['spec'];
}

/** Where engines may run, whom they find by which names, and what they mount. */
const AS_ENGINES = ['nodeSelector', 'hostAliases', 'dnsConfig', 'dnsPolicy', 'imagePullSecrets', 'volumes'] as const;

const asEngines = ({ spec = {} }: PodTemplate): Partial<PodTemplate['spec']> =>
  Object.fromEntries(AS_ENGINES.flatMap((field) => (spec[field] === undefined ? [] : [[field, spec[field]]])));

type PodAffinity = NonNullable<NonNullable<NonNullable<PodTemplate['spec']>['affinity']>['podAffinity']>;

/** A volume of one node is mounted there by engines that serve meanwhile. */
const besideEngines = (site: Site, own: PodAffinity | undefined) => ({
  ...own,
  preferredDuringSchedulingIgnoredDuringExecution: [
    ...(own?.preferredDuringSchedulingIgnoredDuringExecution ?? []),
    {
      weight: 100,
      podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: poolLabels(site) } },
    },
  ],
});
