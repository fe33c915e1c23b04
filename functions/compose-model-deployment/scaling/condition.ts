import { type Condition, condition, type Reason } from '#shared/conditions.ts';
import type { KubernetesObject, StatusCondition } from '#shared/kubernetes.ts';
import { ownCondition } from '#shared/platform.ts';
import { conditionOf } from '#shared/readiness.ts';
import { isConnected } from '../candidates.ts';
import { type ObservedObject, objectOf, type Seen } from '../observed.ts';
import type { Place } from '../place.ts';
import { refusedPods, said } from '../pods.ts';
import { isRefusal } from '../refusals.ts';
import { poolName } from '../site.ts';
import { isKedaMissing, scaledObjectOf, secondWriterOf } from './parts.ts';

/** How the scaling of one placement does. */
interface Verdict {
  readonly status: Condition['status'];
  readonly reason: Reason<'ScalingReady'>;
  readonly message: string;
}

/**
 * Whether engines follow the load. KEDA's own Ready says that it has understood what it is asked for and no more: also
 * where nobody measures, or nobody scales. Nothing is said where nothing is scaled and nothing else was said before.
 */
export function scalingReady(xr: KubernetesObject, places: readonly Place[]): Condition[] {
  const scaled = places.filter(({ placement, observed }) => placement.scaling || scaledObjectOf(observed));
  if (scaled.length === 0)
    return ownCondition(xr, 'ScalingReady') === undefined
      ? []
      : [condition('ScalingReady', 'True', 'NotWanted', 'No placement that has a cluster is scaled.')];
  const verdicts = scaled.map((place) => ({ place, ...verdictOn(place) }));
  const worst = ['False', 'Unknown'].flatMap((status) => verdicts.find((one) => one.status === status) ?? [])[0];
  if (worst === undefined)
    return [
      condition('ScalingReady', 'True', 'Scaling', 'The engines of every placement that has scaling follow its load.'),
    ];
  const messages = verdicts
    .filter(({ status }) => status !== 'True')
    .map(({ place, message }) => `${place.placement.name}: ${message}`);
  return [condition('ScalingReady', worst.status, worst.reason, messages.join(' '))];
}

const not = (reason: Reason<'ScalingReady'>, message: string): Verdict => ({ status: 'False', reason, message });

function verdictOn(place: Place): Verdict {
  const { cluster, observed, assignment } = place;
  if (cluster === undefined || !isConnected(cluster))
    return { status: 'Unknown', reason: 'Unknown', message: `Cluster ${assignment.cluster} does not answer.` };
  const object = scaledObjectOf(observed);
  if (isKedaMissing(object))
    return not(
      'KEDAMissing',
      `Cluster ${assignment.cluster} has no KEDA, so the number of engines stays as it is; docs/scaling.md has what to install.`,
    );
  const error = [object, secondWriterOf(observed)].flatMap((one) => one?.error ?? [])[0];
  if (error !== undefined)
    return isRefusal(error)
      ? not('CannotScale', `The cluster does not take it: ${error}.`)
      : { status: 'Unknown', reason: 'Unknown', message: `${error}.` };
  if (object === undefined) return handingOver(place);
  return byKeda(object) ?? shortOfEngines(place) ?? { status: 'True', reason: 'Scaling', message: '' };
}

const handingOver = ({ observed }: Place): Verdict =>
  objectOf(observed, 'Deployment', poolName(observed.site))?.seen === undefined
    ? not('Starting', 'Its engines are being created.')
    : not('HandingOver', 'The number of engines is being handed over to KEDA, and stays as it is until then.');

/** What KEDA says of itself, the worst first. */
function byKeda({ seen }: ObservedObject): Verdict | undefined {
  const conditions = (seen?.status?.conditions ?? []) as StatusCondition[];
  const named = (type: string) => conditionOf(conditions, type);
  const [ready, paused, fallback, hpa] = ['Ready', 'Paused', 'Fallback', 'HPAActive'].map(named);
  if (paused?.status === 'True')
    return not(
      'Paused',
      'KEDA is paused by an annotation of its ScaledObject, so the number of engines stays as it is.',
    );
  if (ready?.status === 'False') return not('CannotScale', `KEDA cannot scale the engines: ${said(ready)}.`);
  if (fallback?.status === 'True')
    return not(
      'MetricsMissing',
      'KEDA cannot read how busy engines are, so none is taken away; it must reach the placement’s endpoint picker, or Prometheus where the cluster has spec.prometheus.',
    );
  if (hpa?.status === 'False')
    return not('MetricsMissing', `KEDA has no measure of how busy engines are: ${said(hpa)}.`);
  // An older KEDA does not speak of its HorizontalPodAutoscaler; that it has looked is then all that is known.
  const looked = hpa ?? named('Active');
  const isBegun = ready?.status === 'True' && hpaOf(seen) !== undefined && (looked?.status ?? 'Unknown') !== 'Unknown';
  return isBegun ? undefined : not('Starting', 'KEDA has not begun.');
}

const hpaOf = (seen: Seen | undefined): unknown => seen?.status?.hpaName;

/** A quota, or a policy of the cluster's: more engines are asked for than it makes. */
function shortOfEngines({ observed }: Place): Verdict | undefined {
  const failure = refusedPods(objectOf(observed, 'Deployment', poolName(observed.site))?.seen);
  return failure === undefined ? undefined : not('EnginesRefused', `The cluster makes no more engines: ${failure}.`);
}
