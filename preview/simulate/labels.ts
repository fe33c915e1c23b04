import { isRecord, type Json } from '../objects.ts';

interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** Whether a Kubernetes label selector selects these labels. */
export function selects(selector: Json, labels: Readonly<Record<string, string>>): boolean {
  const { matchLabels, matchExpressions } = selector;
  const equal = Object.entries(isRecord(matchLabels) ? matchLabels : {}).every(([key, value]) => labels[key] === value);
  const requirements = (matchExpressions as Requirement[] | undefined) ?? [];
  return equal && requirements.every((requirement) => meets(requirement, labels[requirement.key]));
}

function meets({ operator, values = [] }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}
