import { controlPlane, settle } from '../functions/compose-model-deployment/testing.ts';
import { ownApiFiles } from '../preview/own-apis.ts';
import { PLAIN } from '../preview/print/styles.ts';
import type { State } from '../preview/world.ts';
import { type Answer, answerOf } from './answer.ts';
import { explain } from './explain.ts';
import { printText } from './print.ts';
import type { Read } from './read.ts';
import { kindsOf, parseTarget, type Target } from './target.ts';
import { type Scope, type Unseen, viewOf } from './view.ts';

/** When all of it is looked at. */
export const NOW = Date.parse('2027-01-01T00:00:00Z');

/** A control plane on which everything has settled. */
export const settled = (...yaml: readonly string[]): State => settle(controlPlane(...yaml));

export interface Asked {
  readonly caller?: string;
  /** What may not be read: it is not in the view either. */
  readonly unseen?: readonly Unseen[];
}

export function asTarget(text: string): Target {
  const parsed = parseTarget(text, 'ml-team', kindsOf(ownApiFiles()));
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.target;
}

/** What is answered about something on a control plane that is as it is. */
export function why(state: State, text: string, { caller, unseen = [] }: Asked = {}): Answer {
  const target = asTarget(text);
  const seen = [...state.cluster.values()].filter(
    ({ kind, metadata }) =>
      !unseen.some((one) => one.kind === kind && (one.namespace === undefined || one.namespace === metadata.namespace)),
  );
  const view = viewOf(seen, { unseen, world: state.world, now: NOW });
  return answerOf(view, target, explain(view, target, caller), { version: '0.0.0' });
}

export const textOf = (answer: Answer, width = 80): string => printText(answer, { width, styles: PLAIN });

/** An API server with what a state has, for somebody who may not read some of it. */
export function readerOf(
  state: State,
  isForbidden: (scope: Scope) => boolean = () => false,
): Read & { readonly read: Scope[] } {
  const read: Scope[] = [];
  const reader: Read = async (scope) => {
    read.push(scope);
    if (isForbidden(scope)) return { ok: false, why: 'Forbidden', message: 'forbidden' };
    const { kind, namespace, name, having } = scope;
    const objects = [...state.cluster.values()].filter(
      ({ kind: of, metadata }) =>
        of === kind &&
        (namespace === undefined || metadata.namespace === namespace) &&
        (name === undefined || metadata.name === name) &&
        (having === undefined || metadata.labels?.[having] !== undefined),
    );
    return { ok: true, objects };
  };
  return Object.assign(reader, { read });
}
