import type { StatusCondition } from '#shared/kubernetes.ts';
import { lowerFirst } from '../problem.ts';

/** A moment in the past, the one that `crossplane composition render` prints: output must not depend on the clock. */
const TRANSITION_TIME = '2024-01-01T00:00:00Z';

export interface Condition extends StatusCondition {
  readonly lastTransitionTime?: string;
}

/** The types that Crossplane keeps for itself; a function's words about them are dropped. */
const SYSTEM_TYPES = ['Ready', 'Synced', 'Healthy', 'UpToDate', 'Responsive'];
export const isSystemType = (type: string): boolean => SYSTEM_TYPES.includes(type);

/** Sets conditions as Crossplane does: each in its place, and only if it says something new. */
export function setConditions(existing: readonly Condition[], added: readonly StatusCondition[]): Condition[] {
  const conditions = [...existing];
  for (const condition of added.map(stamp)) {
    const at = conditions.findIndex(({ type }) => type === condition.type);
    const former = conditions[at];
    if (!former) conditions.push(condition);
    else if (!isSame(former, condition)) conditions[at] = condition;
  }
  return conditions;
}

/** With the time that every output here has, and without what is empty, as Kubernetes writes it. */
function stamp({ type, status, reason, message, observedGeneration }: StatusCondition): Condition {
  return {
    type,
    status,
    ...(reason && { reason }),
    ...(message && { message }),
    ...(observedGeneration && { observedGeneration }),
    lastTransitionTime: TRANSITION_TIME,
  };
}

function isSame(a: Condition, b: Condition): boolean {
  const words = a.status === b.status && a.reason === b.reason && (a.message ?? '') === (b.message ?? '');
  const generations = [a.observedGeneration, b.observedGeneration];
  return words && (generations.some((generation) => !generation) || generations[0] === generations[1]);
}

/** Crossplane marks its own conditions with the generation that it has seen. */
export const marked = (condition: StatusCondition, generation: number | undefined): StatusCondition =>
  generation ? { ...condition, observedGeneration: generation } : condition;

/** Crossplane takes it for a success that a function refused a spec, but no user would. */
export const refusals = (conditions: readonly StatusCondition[]): string[] =>
  conditions.flatMap(({ type, status, message = '' }) =>
    type === 'SpecAccepted' && status === 'False' ? [lowerFirst(message)] : [],
  );
