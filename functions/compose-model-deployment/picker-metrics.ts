import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { type Condition, condition } from '#shared/conditions.ts';
import { runOf } from './command-line.ts';
import { trafficClasses } from './criticality.ts';
import { engineIn } from './engine.ts';
import { ENGINE_TYPES } from './engine-types.ts';
import { otherEngine } from './images.ts';
import type { Placement } from './placements.ts';
import { first } from './resources.ts';
import type { Container } from './template.ts';

type Engine = ModelDeployment['spec']['engine'];

/**
 * Whether pickers know how busy engines are. One that finds no metrics of an engine takes it for saturated: requests of
 * negative priority are all answered with 429, and with flow control all are held until their time is over.
 */
export function pickerMetrics({ spec }: ModelDeployment, placements: readonly Placement[]): Condition {
  const blind = first(
    placements.map(({ name, template }) => {
      const why = blindness(engineIn(template), spec.engine);
      return why && `Placement ${name}: ${why}`;
    }),
  );
  if (blind === undefined)
    return condition('PickerMetrics', 'True', 'Readable', 'Pickers can read how busy engines are.');
  const shed = trafficClasses({ spec } as ModelDeployment).filter(({ priority }) => priority < 0);
  if (holdsRequests(spec))
    return condition(
      'PickerMetrics',
      'False',
      'Unreadable',
      `${blind} With flow control every request is held, and then answered with 429.`,
    );
  if (shed.length > 0)
    return condition(
      'PickerMetrics',
      'False',
      'Unreadable',
      `${blind} Every request of class ${shed.map(({ name }) => name).join(', ')} is answered with 429, whether or not engines are busy.`,
    );
  return condition('PickerMetrics', 'True', 'NotNeeded', `${blind} Requests are spread without regard to it.`);
}

const holdsRequests = ({ endpointPicker: picker }: ModelDeployment['spec']): boolean => {
  const gates = (picker?.config as { featureGates?: unknown } | undefined)?.featureGates;
  return picker?.flowControl === true || (Array.isArray(gates) && gates.includes('flowControl'));
};

/** Why no picker can read the metrics of an engine, as a sentence. */
function blindness(container: Container | undefined, { type }: Engine): string | undefined {
  if (container === undefined) return undefined;
  const { metrics } = ENGINE_TYPES[type];
  if (metrics === undefined) return `An engine of type ${type} has no metrics that a picker reads.`;
  const { words } = runOf(container);
  if (metrics.option !== undefined && !words.some((word) => word.split('=')[0] === metrics.option))
    return `An engine of type ${type} has metrics with ${metrics.option} in its args only.`;
  if (type === 'vllm' && words.some((word) => /^--disable[-_]log[-_]stats$/.test(word)))
    return 'vLLM has no metrics with --disable-log-stats in its args; remove it.';
  const other = type === 'vllm' ? otherEngine(container.image ?? '') : undefined;
  return other === undefined
    ? undefined
    : `Its image is ${other}, whose metrics are not where engine.type ${type} has them; set engine.type.`;
}
