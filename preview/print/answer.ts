import packageJson from '../../package.json' with { type: 'json' };
import { type CallerAnswer, closedToAll } from '../callers.ts';
import { type Changes, changesOf } from '../changes.ts';
import type { Reference } from '../cluster.ts';
import type { Priority } from '../priority.ts';
import type { Problem } from '../problem.ts';
import type { Standby } from '../standby.ts';
import { standingOf } from '../standing.ts';
import { type Share, type Split, siteOfShare, trafficOf } from '../traffic.ts';
import type { State } from '../world.ts';
import { playedDocuments } from './documents.ts';
import type { Moments } from './moments.ts';

/** The answer for a program, as preview/answer.schema.json describes it: a List, and what is to be known of it. */
export interface PreviewAnswer {
  readonly apiVersion: 'v1';
  readonly kind: 'List';
  readonly version: string;
  readonly settled: boolean;
  readonly rounds: number;
  readonly problems: readonly Problem[];
  readonly paths: readonly AnsweredPath[];
  /** With --fail and --then: the paths before. */
  readonly before?: readonly AnsweredPath[];
  /** With --as. */
  readonly caller?: CallerAnswer;
  /** Services that the front door opens to nobody. */
  readonly closed?: readonly string[];
  /** With --then. */
  readonly changes?: Changes;
  /** Every composite, each followed by what it composes. */
  readonly items: readonly object[];
}

interface AnsweredPath extends Pick<Split, 'request' | 'refused'> {
  /** "ml-team/qwen" */
  readonly service: string;
  readonly madeUp: boolean;
  readonly shares: readonly AnsweredShare[];
  readonly standby: readonly AnsweredStandby[];
}

interface AnsweredShare extends Pick<Share, 'weight' | 'percent' | 'host' | 'objective'> {
  readonly name: string | null;
  readonly endpoint?: string;
  readonly cluster?: string;
  readonly upstream: string | null;
  readonly madeUp: boolean;
  readonly priority: Priority | null;
  readonly ready: boolean;
  readonly standing: string;
}

interface AnsweredStandby extends Pick<Standby, 'tier' | 'name' | 'url' | 'usable'> {
  readonly endpoint: string;
}

const LIST = { apiVersion: 'v1', kind: 'List', version: packageJson.version } as const;

/** Of manifests that cannot be played. */
export const unansweredFor = (problems: readonly Problem[]): PreviewAnswer => ({
  ...LIST,
  settled: false,
  rounds: 0,
  problems,
  paths: [],
  items: [],
});

export function answerOf(
  { before, after, why }: Moments,
  problems: readonly Problem[],
  caller?: CallerAnswer,
): PreviewAnswer {
  const last = after ?? before;
  const closed = closedToAll(last.state, Date.now());
  return {
    ...LIST,
    settled: last.restless.length === 0,
    rounds: last.rounds,
    problems,
    paths: pathsOf(last.state),
    ...(after && { before: pathsOf(before.state) }),
    ...(caller && { caller }),
    ...(closed.length > 0 && { closed }),
    ...(after && why === 'edit' && { changes: changesOf(before.state, after.state) }),
    items: playedDocuments(last.state),
  };
}

export const printAnswer = (answer: PreviewAnswer): string => `${JSON.stringify(answer, null, 2)}\n`;

const pathsOf = (state: State): AnsweredPath[] =>
  trafficOf(state).map(({ request, service, refused, shares, standby, madeUp = false }) => ({
    request,
    service: nameOf(service),
    madeUp,
    ...(refused !== undefined && { refused }),
    shares: shares.map((share) => answeredShare(state, share)),
    standby: standby.map(({ tier, name, url, usable, endpoint }) => ({
      tier,
      name,
      url,
      usable,
      endpoint: nameOf(endpoint),
    })),
  }));

function answeredShare(state: State, share: Share): AnsweredShare {
  const { name = null, weight, percent, endpoint, upstream = null, host, objective, priority = null } = share;
  const { mark, word } = standingOf(state, share);
  const cluster = siteOfShare(state, share);
  return {
    name,
    weight,
    percent,
    ...(endpoint && { endpoint: nameOf(endpoint) }),
    ...(cluster !== undefined && { cluster }),
    upstream,
    madeUp: share.madeUp ?? false,
    ...(host !== undefined && { host }),
    ...(objective !== undefined && { objective }),
    priority,
    ready: mark === 'good',
    standing: word,
  };
}

const nameOf = ({ namespace, name }: Reference): string => (namespace === undefined ? name : `${namespace}/${name}`);
