import type { ModelDeployment } from '#schemas/modeldeployment.ts';

type Given = NonNullable<ModelDeployment['spec']['scaling']>;

/** By what engines are counted: requests that wait for each of them, or that each answers. */
type Measure = 'queue' | 'running';

/** Between which numbers of engines a placement is to be, and what decides. */
export interface Scaling {
  readonly min: number;
  readonly max: number;
  readonly measure: Measure;
  /** Requests for each engine, as a mean over them. */
  readonly target: number;
  /** How long fewer engines must have been enough. */
  readonly windowSeconds: number;
}

interface Scalable {
  readonly replicas?: number | undefined;
  readonly scaling?: Given | undefined;
}

/** A placement's own scaling; else, unless it has a number of its own, that of its deployment. */
export const scalingGiven = ({ spec }: ModelDeployment, placement: Scalable): Given | undefined =>
  placement.scaling ?? (placement.replicas === undefined ? spec.scaling : undefined);

export const scalingOf = (given: Given): Scaling => ({
  min: given.min,
  max: given.max,
  measure: given.queue === undefined ? 'running' : 'queue',
  target: given.queue ?? given.running ?? 1,
  windowSeconds: secondsOf(given.window) ?? 0,
});

const UNITS = [3600, 60, 1] as const;

/** The longest that a HorizontalPodAutoscaler takes (autoscaling/v2, stabilizationWindowSeconds). */
export const MAX_WINDOW_SECONDS = 3600;

/** Seconds of a duration such as 1h, 5m or 90s; undefined for anything else. */
export function secondsOf(duration: string): number | undefined {
  const parts = /^(?:(\d{1,4})h)?(?:(\d{1,4})m)?(?:(\d{1,4})s)?$/.exec(duration)?.slice(1);
  if (parts === undefined || duration === '') return undefined;
  return UNITS.reduce<number>((total, unit, index) => total + unit * Number(parts[index] ?? 0), 0);
}
