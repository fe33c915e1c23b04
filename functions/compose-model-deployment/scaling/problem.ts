import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { first } from '../engine/resources.ts';
import { metricsProblem } from '../picker/picker-metrics.ts';
import type { Placement } from '../placements.ts';
import { MAX_WINDOW_SECONDS, secondsOf } from './scaling.ts';

type Given = NonNullable<ModelDeployment['spec']['scaling']>;

/** Why a deployment cannot be scaled as it says, as a sentence without a full stop. Admission says most of it before. */
export function scalingProblem({ spec }: ModelDeployment, placements: readonly Placement[]): string | undefined {
  const own = (spec.placements ?? []).map(({ name, scaling, replicas }) =>
    fieldsProblem(`placement ${name}`, scaling, replicas),
  );
  return (
    fieldsProblem('spec', spec.scaling, fixed(spec.replicas)) ??
    first(own) ??
    first(placements.map((placement) => unseenProblem(spec, placement)))
  );
}

/** Every deployment has one replica where nobody says a number, so that it is nothing that somebody asks for. */
const fixed = (replicas: number): number | undefined => (replicas === 1 ? undefined : replicas);

function fieldsProblem(field: string, scaling: Given | undefined, replicas: number | undefined): string | undefined {
  if (scaling === undefined) return undefined;
  const { min, max, queue, running, window } = scaling;
  if (replicas !== undefined)
    return `${field} has scaling and replicas ${replicas}; scaling decides how many there are, so remove replicas, or remove scaling`;
  if ((queue === undefined) === (running === undefined))
    return `${field}.scaling must say by what engines are counted, either queue or running`;
  if (min < 1)
    return `${field}.scaling.min is ${min}, but no request can wait for an engine that has yet to start; make it 1, or remove scaling and set replicas to 0`;
  if (min > max) return `${field}.scaling has min ${min} above max ${max}; make max at least min`;
  const seconds = secondsOf(window);
  return seconds === undefined || seconds > MAX_WINDOW_SECONDS
    ? `${field}.scaling.window is ${JSON.stringify(window)}, and must be a duration of at most an hour, such as 5m`
    : undefined;
}

/** A picker that cannot see how busy engines are would say that nobody waits, whatever is so. */
function unseenProblem(spec: ModelDeployment['spec'], { name, scaling, template }: Placement): string | undefined {
  const why = scaling && metricsProblem(spec, template);
  return (
    why && `placement ${name} cannot be scaled by ${scaling.measure}: ${why.replace(/\.$/, '')}; or remove its scaling`
  );
}
