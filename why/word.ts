import type { StatusCondition } from '#shared/kubernetes.ts';
import { referencesOf } from '../preview/engine/composed.ts';
import { converted, fetchFrom, observedOf } from '../preview/engine/lookup.ts';
import type { Fetch } from '../preview/engine/pipeline.ts';
import { reconcile, withResponsive } from '../preview/engine/reconcile.ts';
import { type ClusterObject, conditionOf, isPaused, type Json, statusOf } from '../preview/objects.ts';
import { stepsOf } from '../preview/world.ts';
import { describeCommand, kubectl, type Problem } from './node.ts';
import { thingOf } from './thing.ts';
import { gapAt, type View } from './view.ts';

/** What a function makes of what is there now. */
interface Told {
  readonly conditions: readonly StatusCondition[];
  readonly status: Json;
}

/**
 * What an XR's function says when it is asked here and now, with what the view has; undefined where it would need what
 * the view could not see. It is the same code that Crossplane runs, so nobody has a second opinion of what Ready means.
 */
function askedNow(view: View, xr: ClusterObject): Told | undefined {
  const api = view.world.apis.find(xr.apiVersion, xr.kind);
  const { observed, isSeen } = composedBy(view, xr);
  // What has yet to be read will be, and then it is asked.
  if (api === undefined || !isSeen || !referencesOf(xr).every((one) => view.want(one))) return undefined;
  const gaps: object[] = [];
  const fetch: Fetch = (selector) => {
    const { apiVersion, kind, namespace, matchName: name } = selector;
    const gap = gapAt(view, { apiVersion, kind, namespace, name });
    if (gap) gaps.push(gap);
    return converted(fetchFrom(view.cluster)(selector), apiVersion);
  };
  const told = reconcile({ xr: withResponsive(xr), observed, steps: stepsOf(view.world, api), fetch });
  return told.ok && gaps.length === 0 ? { conditions: told.conditions, status: told.status } : undefined;
}

/** What an XR composed, by its key, and whether all of that could be seen. */
export const composedBy = (view: View, xr: ClusterObject) => {
  const gaps = referencesOf(xr).flatMap((one) => gapAt(view, one) ?? []);
  return { observed: observedOf(xr, view.cluster), isSeen: gaps.length === 0 };
};

/** Whether all that an XR's function would look at could be seen. */
export const isWhole = (view: View, xr: ClusterObject): boolean => askedNow(view, xr) !== undefined;

/** An XR's conditions: as its status has them, and as its function would write them now. */
export interface Word {
  /**
   * A condition as it is to be believed. What is True in the status and no longer so counts as it is now; what the
   * status does not say yet has not happened.
   */
  of(type: string): StatusCondition | undefined;
  readonly status: Json;
  /** What Crossplane itself could not do, or has not done yet. */
  readonly trouble: Problem | undefined;
}

export function wordOf(view: View, xr: ClusterObject): Word {
  const words = WORDS.get(view) ?? new Map<ClusterObject, Word>();
  WORDS.set(view, words);
  const word = words.get(xr) ?? newWord(view, xr);
  words.set(xr, word);
  return word;
}

/** Several look at the same cluster, or the same front door. */
const WORDS = new WeakMap<View, Map<ClusterObject, Word>>();

function newWord(view: View, xr: ClusterObject): Word {
  const told = askedNow(view, xr);
  return {
    of: (type) => {
      const said = conditionOf(xr, type);
      const now = told?.conditions.find((condition) => condition.type === type);
      return said?.status === 'True' && now !== undefined ? now : said;
    },
    status: { ...told?.status, ...statusOf(xr) },
    trouble: troubleOf(xr, told),
  };
}

function troubleOf(xr: ClusterObject, told: Told | undefined): Problem | undefined {
  const synced = conditionOf(xr, 'Synced');
  const command = describeCommand(thingOf(xr));
  if (isPaused(xr))
    return {
      reason: 'ReconcilePaused',
      message: 'Crossplane is told to leave it alone, by the annotation crossplane.io/paused.',
      command,
    };
  if (synced?.status === 'False')
    return {
      reason: synced.reason ?? 'ReconcileError',
      message: `Crossplane cannot carry it out: ${synced.message ?? 'it does not say why'}`,
      command: /pipeline step/.test(synced.message ?? '') ? kubectl('get functions.pkg.crossplane.io') : command,
    };
  if (synced === undefined)
    return {
      reason: 'NotReconciled',
      message: 'Crossplane has not looked at it yet.',
      command: kubectl('get pods --namespace=crossplane-system'),
    };
  const late = told?.conditions.find(
    ({ type, status }) => status === 'True' && ['False', 'Unknown'].includes(conditionOf(xr, type)?.status ?? ''),
  );
  return late === undefined
    ? undefined
    : {
        reason: 'StatusOutOfDate',
        message: `Its status says ${late.type} ${conditionOf(xr, late.type)?.status}, and by what is there it is True: Crossplane has not looked at it since.`,
        command: kubectl('get pods --namespace=crossplane-system'),
      };
}
