import { childrenOf, composites, isComposite } from '../family.ts';
import {
  type ClusterObject,
  compareText,
  conditionOf,
  conditionsOf,
  controllerOf,
  describe,
  isPaused,
  uidOf,
} from '../objects.ts';
import { remoteOf, siteOf } from '../remote.ts';
import type { State } from '../world.ts';
import { detailOf } from './details.ts';

/** good: ready. wait: not yet, or not any more. bad: something was refused. paused: nobody looks at it. unseen: nobody may. */
export type Mark = 'good' | 'wait' | 'bad' | 'paused' | 'unseen';

/** A mark as one character, and as a word. */
export const MARKS = { good: '✓', wait: '…', bad: '✗', paused: '‖', unseen: '?' } as const;
export const MEANINGS = {
  good: 'ready',
  wait: 'not ready',
  bad: 'refused',
  paused: 'paused',
  unseen: 'not seen',
} as const;

/** Why a composite is not ready, or what else is to be known of it. */
export type Note =
  | { readonly kind: 'failure'; readonly message: string }
  | {
      readonly kind: 'condition';
      readonly type: string;
      readonly reason: string;
      readonly message: string;
      readonly mark: Mark;
    }
  | { readonly kind: 'change'; readonly what: string; readonly before: string; readonly after: string };

/** An object as it is shown, with what it composes. */
export interface Node {
  readonly uid: string;
  readonly mark: Mark;
  readonly name: string;
  /** Nobody composed it: a person wrote it. */
  readonly isRoot: boolean;
  /** The one thing to be known of it beside its name, or ''. */
  readonly detail: string;
  /** The inference cluster that it is in, or ''. */
  readonly site: string;
  readonly notes: readonly Note[];
  readonly children: readonly Node[];
}

/** Every composite that somebody wrote. */
export const nodesOf = (state: State): Node[] => composites(state).map((object) => nodeOf(state, object));

/** An Object of provider-kubernetes goes by the name of what it is on the other cluster. */
function nodeOf(state: State, object: ClusterObject): Node {
  const remote = remoteOf(object);
  const children = childrenOf(state, object).sort((a, b) =>
    compareText(siteOf(state.cluster, a), siteOf(state.cluster, b)),
  );
  return {
    uid: uidOf(object),
    mark: markOf(state, object),
    name: describe(remote ?? object),
    isRoot: controllerOf(object) === undefined,
    detail: withMark(state, detailOf(object)),
    site: siteOf(state.cluster, object),
    notes: isComposite(state, object) ? notesOf(state, object) : [],
    children: children.map((child) => nodeOf(state, child)),
  };
}

/** Says so of an address that a stand-in gave, because the real one will be another. */
const withMark = ({ madeUp }: State, detail: string): string =>
  detail.match(/\d+(?:\.\d+){3}/g)?.some((address) => madeUp.has(address)) ? `${detail} (made up)` : detail;

/** A composite speaks for itself; of anything else its function says whether it is ready. */
function markOf(state: State, object: ClusterObject): Mark {
  if (!isComposite(state, object)) return state.readiness.get(uidOf(object)) ? 'good' : 'wait';
  if (isPaused(object)) return 'paused';
  if ((state.failures.get(uidOf(object)) ?? []).length > 0) return 'bad';
  return conditionOf(object, 'Ready')?.status === 'True' ? 'good' : 'wait';
}

/** Conditions that report something when they are True; of all others anything else is the news. */
const NOTICES = new Set(['VersionRaised']);
/** True, and yet not quite what was asked for. */
const IN_PART = new Set(['SomeEntriesEmpty']);
/** Crossplane's own conditions, which say no more than the mark and the failures do. */
const SYSTEM = new Set(['Ready', 'Synced', 'Responsive']);

function notesOf(state: State, object: ClusterObject): Note[] {
  const news = conditionsOf(object).filter(({ type, status, reason = '' }) =>
    SYSTEM.has(type) ? reason === 'ReconcilePaused' : (status === 'True') === NOTICES.has(type) || IN_PART.has(reason),
  );
  // A function that gives up says the same in a condition, which is the better place to read it.
  const isSaid = (failure: string) =>
    news.some(({ message = '' }) => message.toLowerCase().includes(failure.toLowerCase()));
  const failures = (state.failures.get(uidOf(object)) ?? []).filter((failure) => !isSaid(failure));
  const conditions = news.map(({ type, reason = '', message = '' }): Note => {
    const mark = type === 'SpecAccepted' || reason === 'Forbidden' ? 'bad' : 'wait';
    return { kind: 'condition', type, reason, message, mark };
  });
  return [
    ...failures.map((message): Note => ({ kind: 'failure', message })),
    // What is to be put right comes before what follows of it.
    ...conditions.filter((note) => 'mark' in note && note.mark === 'bad'),
    ...conditions.filter((note) => 'mark' in note && note.mark !== 'bad'),
  ];
}
