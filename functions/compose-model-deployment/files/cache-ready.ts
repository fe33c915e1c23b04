import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { type Condition, condition, type Reason } from '#shared/conditions.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { ownCondition } from '#shared/platform.ts';
import { type ObservedObject, type ObservedSite, objectOf } from '../observed.ts';
import type { Place } from '../place.ts';
import { commandOf } from '../pods.ts';
import { isRefusal } from '../refusals.ts';
import { poolName } from '../site.ts';
import { CLAIM, claimIn, STORAGE_CLASS } from './cache.ts';
import { failuresOf, fillLabels, JOB } from './fill.ts';
import { names } from './hold.ts';
import { downloadOf } from './model.ts';

type Failure = Exclude<Reason<'CacheReady'>, 'Filled' | 'FilledByEngines'>;

interface Problem {
  readonly reason: Failure;
  /** A sentence. */
  readonly message: string;
}

const KINDS: readonly string[] = [CLAIM, STORAGE_CLASS, JOB];

/** What there is of a volume: what is wrong with it is no matter to engines that serve. */
export const isOfCache = ({ kind }: ObservedObject): boolean => KINDS.includes(kind);

const ofKind = ({ objects }: ObservedSite, kind: string) => objects.filter((object) => object.kind === kind);

const refusalOf = ({ error }: ObservedObject): string | undefined =>
  error !== undefined && isRefusal(error) ? error : undefined;

const GRAVITY: readonly Failure[] = ['StorageClassNotFound', 'NotTaken', 'Failing', 'Filling'];

/**
 * Whether the volumes of a deployment hold what its engines load. Nothing is said by one that has none and never had.
 */
export function cacheReady(
  xr: KubernetesObject & ModelDeployment,
  isAccepted: boolean,
  places: readonly Place[],
): Condition[] {
  const withCache = places.filter(({ placement, observed }) =>
    isAccepted ? placement.cache !== undefined : ofKind(observed, CLAIM).length > 0,
  );
  if (withCache.length === 0) return noCache(xr);
  const problems = withCache.flatMap((place) =>
    problemsOf(xr, place).map(({ reason, message }) => ({ reason, message: `${place.placement.name}: ${message}` })),
  );
  const [worst] = [...problems].sort((a, b) => GRAVITY.indexOf(a.reason) - GRAVITY.indexOf(b.reason));
  if (worst !== undefined)
    return [condition('CacheReady', 'False', worst.reason, problems.map(({ message }) => message).join(' '))];
  const alone = withCache.filter(({ observed }) => ofKind(observed, JOB).length === 0);
  return [
    alone.length === 0
      ? condition('CacheReady', 'True', 'Filled', 'Every volume holds what its engines load.')
      : condition(
          'CacheReady',
          'True',
          'FilledByEngines',
          `${alone.map(({ placement }) => placement.name).join(', ')}: engines download what they load when they first start, because their command does not say which model of Hugging Face it is.`,
        ),
  ];
}

const noCache = (xr: KubernetesObject): Condition[] =>
  ownCondition(xr, 'CacheReady') === undefined
    ? []
    : [condition('CacheReady', 'True', 'Filled', 'No placement that has a cluster has a volume.')];

function problemsOf({ spec }: ModelDeployment, { placement, observed }: Place): Problem[] {
  const waits = placement.cache !== undefined && downloadOf(spec.engine, placement.template) !== undefined;
  const problems = cacheProblems(observed);
  return problems.length === 0 && waits && ofKind(observed, JOB).length === 0
    ? [{ reason: 'Filling', message: 'Its volume is being made.' }]
    : problems;
}

/** What is wrong with a site's volume, or goes on in it. */
function cacheProblems(observed: ObservedSite): Problem[] {
  return [
    ...ofKind(observed, STORAGE_CLASS).flatMap((one) => classProblem(observed, one)),
    ...ofKind(observed, CLAIM).flatMap((one) => claimProblem(observed, one)),
    ...ofKind(observed, JOB).flatMap((one) => fillProblem(observed, one)),
  ];
}

function classProblem({ site: { cluster } }: ObservedSite, object: ObservedObject): Problem[] {
  const error = refusalOf(object);
  if (error === undefined) return [];
  if (/forbidden/.test(error))
    return [{ reason: 'NotTaken', message: `StorageClass ${object.name}: ${words(error)}.` }];
  return [
    {
      reason: 'StorageClassNotFound',
      message: `Cluster ${cluster} has no StorageClass ${object.name} (${words(error)}); name one that it has in cache.storageClassName.`,
    },
  ];
}

function claimProblem({ site: { cluster } }: ObservedSite, object: ObservedObject): Problem[] {
  const error = refusalOf(object);
  if (error !== undefined)
    return [
      {
        reason: 'NotTaken',
        message: `Cluster ${cluster} does not take the volume as it is wanted: ${words(error)}. What is there stays.`,
      },
    ];
  const { spec, status } = claimIn(object);
  return status?.phase === 'Pending' && spec?.storageClassName === undefined
    ? [
        {
          reason: 'StorageClassNotFound',
          message: `Cluster ${cluster} has no default StorageClass; name one in cache.storageClassName.`,
        },
      ]
    : [];
}

/** The API server's own, without those of who asked it, and of several lines the first. */
const words = (error: string): string =>
  (error.split('\n')[0] ?? '').replace(/^.*cannot dry run SSA: /, '').replace(/[.:]\s*$/, '');

function fillProblem({ site }: ObservedSite, object: ObservedObject): Problem[] {
  if (object.ready) return [];
  const error = refusalOf(object);
  if (error !== undefined)
    return [{ reason: 'NotTaken', message: `Cluster ${site.cluster} does not take the job: ${words(error)}.` }];
  const failures = failuresOf(object);
  const look = (verb: string) => commandOf(site, verb, fillLabels(object.name));
  return [
    failures === 0
      ? { reason: 'Filling', message: `Its volume is being filled; ${look('describe pods')} says how far that is.` }
      : {
          reason: 'Failing',
          message: `Its volume could not be filled in ${failures} of its attempts, and it is tried again; ${look('logs')} says why.`,
        },
  ];
}

/** What engines wait for: those that are to start, or those that are to come after some that serve. */
export function fillProblems(observed: ObservedSite, serves: boolean): string[] {
  const engines = objectOf(observed, 'Deployment', poolName(observed.site))?.resource;
  const isWaitedFor = ofKind(observed, JOB).some(({ name }) => !names(engines, name));
  return serves && !isWaitedFor ? [] : cacheProblems(observed).map(({ message }) => message);
}

/** A volume in the status: what it is, and what it costs. */
export function cacheStatus(observed: ObservedSite): { readonly cache?: object } {
  const engines = objectOf(observed, 'Deployment', poolName(observed.site))?.resource;
  const claims = ofKind(observed, CLAIM);
  // Of two the one that is to come.
  const claim = claims.find(({ name }) => !names(engines, name)) ?? claims[0];
  if (claim === undefined) return {};
  const { spec, status } = claimIn(claim);
  const size = status?.capacity?.storage ?? spec?.resources?.requests?.storage;
  const jobs = ofKind(observed, JOB);
  const job = jobs.find(({ ready }) => !ready) ?? jobs[0];
  const at = (job?.seen?.status as { completionTime?: string } | undefined)?.completionTime;
  return {
    cache: {
      claimName: claim.name,
      ...(size !== undefined && { size: String(size) }),
      ...(spec?.storageClassName !== undefined && { storageClassName: spec.storageClassName }),
      ...(status?.phase !== undefined && { phase: status.phase }),
      ...fillingOf(job, names(engines, claim.name)),
      ...(job?.ready === true && at !== undefined && { filledAt: at }),
    },
  };
}

function fillingOf(job: ObservedObject | undefined, isMounted: boolean): { readonly filling?: string } {
  if (job === undefined) return isMounted ? { filling: 'ByEngines' } : {};
  if (job.ready) return { filling: 'Filled' };
  return { filling: failuresOf(job) > 0 ? 'Failing' : 'Filling' };
}
