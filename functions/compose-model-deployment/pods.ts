import type { StatusCondition } from '#shared/kubernetes.ts';
import { conditionOf } from '#shared/readiness.ts';
import { runsAsRoot } from './engine/servers.ts';
import { poolLabels } from './engine/workload.ts';
import type { Seen } from './observed.ts';
import { pickerLabels } from './picker/picker.ts';
import { namespaceAt, type Site } from './site.ts';

/** What a Deployment says of its pods, each a sentence. Why one of them waits or crashes it does not say; a command does. */
export function engineProblems(site: Site, seen: Seen | undefined, wanted: number): string[] {
  const available = countOf(seen, 'availableReplicas');
  const failure = refusedPods(seen);
  if (available >= wanted && !isStuck(seen))
    return failure === undefined ? [] : [`The cluster makes no more engines: ${failure}.`];
  return [
    ...(failure === undefined
      ? [`${commandOf(site, 'describe pods', poolLabels(site))} says what engines wait for, or why they end.`]
      : [`The cluster makes no more engines: ${failure}.`]),
    ...(isStuck(seen) ? [stuckProblem(seen)] : []),
    ...(available < wanted ? rootProblems(seen) : []),
    ...(available < wanted ? [`${available} of ${wanted} engines are available.`] : []),
  ];
}

interface Pod {
  readonly securityContext?: User;
  readonly containers?: readonly { readonly name: string; readonly image?: string; readonly securityContext?: User }[];
}

interface User {
  readonly runAsNonRoot?: boolean;
  readonly runAsUser?: number;
}

/** A kubelet starts nobody as root who must not be root; some clusters give every pod a user, so that it is no reason there. */
function rootProblems(seen: Seen | undefined): string[] {
  const { spec: pod = {} } = (seen?.spec?.template ?? {}) as { spec?: Pod };
  return (pod.containers ?? []).flatMap(({ name, image = '', securityContext }) => {
    const { runAsNonRoot, runAsUser } = { ...pod.securityContext, ...securityContext };
    return runAsNonRoot === true && runAsUser === undefined && runsAsRoot(image)
      ? [
          `Container ${name} must not be root, and image ${image} is: set securityContext.runAsUser in template, such as 1000, with env HOME on a volume, unless the cluster gives its pods a user.`,
        ]
      : [];
  });
}

/** Only where engines before it hold the GPUs that it waits for can it be helped by going without one of them. */
function stuckProblem(seen: Seen | undefined): string {
  const holds = countOf(seen, 'replicas') > countOf(seen, 'updatedReplicas');
  const strategy = seen?.spec?.strategy as { rollingUpdate?: { maxSurge?: unknown } } | undefined;
  const surges = !/^0+%?$/.test(String(strategy?.rollingUpdate?.maxSurge ?? 1));
  return holds && surges
    ? 'A new engine does not start; without a spare GPU, set rollout maxSurge 0 and maxUnavailable 1.'
    : 'A new engine has not started within an hour.';
}

/** Nobody but the new picker's own log says what it does not like of its configuration; without a pod there is none. */
export function pickerProblems(site: Site, seen: Seen | undefined): string[] {
  const serves = countOf(seen, 'availableReplicas') > 0;
  const goesOn = serves ? ', so the one before goes on' : '';
  const failure = refusedPods(seen);
  if (failure !== undefined) return [`The cluster makes no endpoint picker${goesOn}: ${failure}.`];
  if (isStuck(seen))
    return [
      `The endpoint picker does not start with this spec.endpointPicker${goesOn}: the log of its newest pod in namespace ${namespaceAt(site)} says why, by ${commandOf(site, 'logs', pickerLabels(site))}.`,
    ];
  if (!serves) return ['The endpoint picker is not available yet.'];
  return countOf(seen, 'updatedReplicas') < countOf(seen, 'replicas')
    ? ['A new endpoint picker is starting; the one before goes on until it is ready.']
    : [];
}

/** What somebody who may look into the cluster can ask it. */
export function commandOf(site: Site, verb: string, labels: Readonly<Record<string, string>>): string {
  const selector = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return `kubectl ${verb} --namespace=${namespaceAt(site)} --selector=${selector.join(',')} in cluster ${site.cluster}`;
}

const countOf = (seen: Seen | undefined, field: string): number => Number(seen?.status?.[field] ?? 0);

const conditionsAt = (seen: Seen | undefined) => seen?.status?.conditions as StatusCondition[] | undefined;

/** Why the cluster makes no more pods: a quota, or a policy of its own. */
export function refusedPods(seen: Seen | undefined): string | undefined {
  const failure = conditionOf(conditionsAt(seen), 'ReplicaFailure');
  return failure?.status === 'True' ? said(failure) : undefined;
}

/** Whether a Deployment has given up hope of its rollout. */
export const isStuck = (seen: Seen | undefined): boolean =>
  conditionOf(conditionsAt(seen), 'Progressing')?.reason === 'ProgressDeadlineExceeded';

/** A condition in its own words, without a full stop. */
export const said = ({ reason, message }: StatusCondition): string =>
  [reason, message]
    .filter((part) => part !== undefined && part !== '')
    .join(': ')
    .replace(/\.$/, '');
