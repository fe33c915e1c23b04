import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { DEFAULT_CLASS } from './site.ts';

export type Criticality = NonNullable<ModelDeployment['spec']['criticality']>;

/** With flow control off only the sign counts; with it on, each number is a band of its own. */
const PRIORITIES: Readonly<Record<Criticality, number>> = {
  Critical: 100,
  High: 50,
  Standard: 0,
  Sheddable: -100,
  BestEffort: -100,
};

export interface TrafficClass {
  readonly name: string;
  readonly priority: number;
}

interface Importance {
  readonly criticality?: Criticality;
  readonly priority?: number;
}

/** The classes of requests that a deployment serves, its own first. */
export const trafficClasses = ({ spec }: ModelDeployment): TrafficClass[] => [
  { name: DEFAULT_CLASS, priority: priorityOf(spec) },
  ...(spec.trafficClasses ?? []).map((one) => ({ name: one.name, priority: priorityOf(one) })),
];

const priorityOf = ({ criticality, priority }: Importance): number => priority ?? PRIORITIES[criticality ?? 'Standard'];

/** The word that a cluster's PriorityClass for engines goes by; a bare number has none. */
export const criticalityOf = ({ criticality, priority }: Importance): Criticality | undefined =>
  criticality ?? (priority === undefined ? 'Standard' : undefined);
