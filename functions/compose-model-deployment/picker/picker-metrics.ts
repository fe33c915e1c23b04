import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { type Condition, condition } from '#shared/conditions.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { ownCondition } from '#shared/platform.ts';
import { trafficClasses } from '../criticality.ts';
import { mayHave, runOf } from '../engine/command-line.ts';
import { engineIn } from '../engine/engine.ts';
import { ENGINE_TYPES } from '../engine/engine-types.ts';
import { first } from '../engine/resources.ts';
import { serverIn, typeOf } from '../engine/servers.ts';
import type { Container, PodTemplate } from '../engine/template.ts';
import type { Placement } from '../placements.ts';

type Engine = ModelDeployment['spec']['engine'];

/**
 * Whether pickers know how busy engines are. One that finds no metrics of an engine takes it for saturated: requests of
 * negative priority are all answered with 429, and with flow control all are held until their time is over. Nothing is
 * said where all is well and nothing else was said before.
 */
export function pickerMetrics(xr: KubernetesObject & ModelDeployment, placements: readonly Placement[]): Condition[] {
  const { spec } = xr;
  const blind = first(
    placements.map(({ name, template }) => {
      const why = metricsProblem(spec, template);
      return why && `Placement ${name}: ${why}`;
    }),
  );
  const shed = trafficClasses(xr).filter(({ priority }) => priority < 0);
  if (blind !== undefined && holdsRequests(spec))
    return [unreadable(`${blind} With flow control every request is held, and then answered with 429.`)];
  if (blind !== undefined && shed.length > 0)
    return [
      unreadable(
        `${blind} Every request of class ${shed.map(({ name }) => name).join(', ')} is answered with 429, whether or not engines are busy.`,
      ),
    ];
  if (ownCondition(xr, 'PickerMetrics') === undefined) return [];
  return [
    blind === undefined
      ? condition('PickerMetrics', 'True', 'Readable', 'Pickers can read how busy engines are.')
      : condition('PickerMetrics', 'True', 'NotNeeded', `${blind} Requests are spread without regard to it.`),
  ];
}

/** Why pickers cannot read how busy a placement's engines are, as a sentence. */
export const metricsProblem = (spec: ModelDeployment['spec'], template: PodTemplate): string | undefined =>
  blindness(engineIn(template), spec.engine) ?? ownConfigProblem(spec);

/** A configuration of one's own takes the place of ours, which says where such an engine has its metrics. */
function ownConfigProblem({ engine, endpointPicker }: ModelDeployment['spec']): string | undefined {
  const plugins = (endpointPicker?.config as { plugins?: unknown } | undefined)?.plugins;
  const metrics = ENGINE_TYPES[engine.type].metrics;
  const isUsual = metrics?.path === '/metrics' && metrics.port === undefined && metrics.names === undefined;
  const says = (plugin: { type?: unknown } | null) => plugin?.type === 'metrics-data-source';
  return !Array.isArray(plugins) || isUsual || plugins.some(says)
    ? undefined
    : `spec.endpointPicker.config has no metrics-data-source, and an engine of type ${engine.type} has its metrics elsewhere.`;
}

const unreadable = (message: string): Condition => condition('PickerMetrics', 'False', 'Unreadable', message);

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
  const isOn = (option: string): boolean =>
    words.some((word) => word.split('=')[0] === option) ||
    (metrics.variable !== undefined && mayHave(container, metrics.variable));
  if (metrics.option !== undefined && !isOn(metrics.option))
    return `An engine of type ${type} has metrics with ${metrics.option} in its args only.`;
  if (type === 'vllm' && words.some((word) => /^--disable[-_]log[-_]stats$/.test(word)))
    return 'vLLM has no metrics with --disable-log-stats in its args; remove it.';
  const other = type === 'vllm' ? serverIn(container.image ?? '') : undefined;
  if (other === undefined) return undefined;
  return typeOf(other) === undefined
    ? `Its image is ${other.label}, which has no metrics that a picker reads.`
    : `Its image is ${other.label}, whose metrics are not where engine.type ${type} has them; set engine.type.`;
}
