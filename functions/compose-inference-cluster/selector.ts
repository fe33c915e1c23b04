/** Of labels (Kubernetes, LabelSelector). */
export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly Requirement[];
}

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** What a tenant's namespace has in an inference cluster: a value, or which ones it may be. */
const LABELS: Readonly<Record<string, (value: string) => boolean>> = {
  'app.kubernetes.io/managed-by': (value) => value === 'modelplane',
  'pod-security.kubernetes.io/enforce': (value) => value === 'baseline',
  'kubernetes.io/metadata.name': (value) => value.startsWith('mp-'),
  'modelplane.ai/tenant': () => true,
};

/** Those that every tenant's namespace has alike. */
const FIXED: readonly string[] = ['app.kubernetes.io/managed-by', 'pod-security.kubernetes.io/enforce'];

/** Whether a selector may take the namespace of some tenant by the labels that it is given here. */
export const selectsTenants = ({ matchLabels = {}, matchExpressions = [] }: Selector): boolean =>
  Object.entries(matchLabels).every(([key, value]) => mayBe(key, value)) && matchExpressions.every(mayHold);

const mayBe = (key: string, value: string): boolean => Object.hasOwn(LABELS, key) && LABELS[key]?.(value) === true;

function mayHold({ key, operator, values = [] }: Requirement): boolean {
  const isThere = Object.hasOwn(LABELS, key);
  if (operator === 'Exists') return isThere;
  if (operator === 'DoesNotExist') return !isThere;
  if (operator === 'In') return values.some((value) => mayBe(key, value));
  return !FIXED.includes(key) || !values.some((value) => mayBe(key, value));
}
