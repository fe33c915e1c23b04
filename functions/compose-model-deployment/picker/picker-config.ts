import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { ENGINE_TYPES, type EngineTypeName } from '../engine/engine-types.ts';
import { FAMILIES, type FamilyName } from './family.ts';
import { misfit } from './shape.ts';

type EndpointPicker = NonNullable<ModelDeployment['spec']['endpointPicker']>;

/** How long a request is held for saturated engines. Envoy AI Gateway gives the picker 300 seconds to answer. */
const REQUEST_TTL = '60s';

/** Weights that both families have as defaults; written out, so that what runs can be read. */
const SCORERS = { 'queue-scorer': 2, 'kv-cache-utilization-scorer': 2, 'prefix-cache-scorer': 3 } as const;
const PICKER = 'max-score-picker';

/** Whoever waits has his turn beside a caller that sends a thousand; the pickers' own policy is first come, first served. */
const FAIRNESS = 'round-robin-fairness-policy';

/**
 * How old an engine's metrics may be before it counts as saturated. The pickers' own 200 ms are four of their looks, and
 * a single late one would turn requests of negative priority away (llm-d/llm-d-router#2408).
 */
const STALENESS = '2s';

/** What a picker has without being told: these may be referred to although no plugin of the name is listed. */
const BUILT_IN: ReadonlySet<string> = new Set([
  'fcfs-ordering-policy',
  'global-strict-fairness-policy',
  'max-score-picker',
  'openai-parser',
  'static-usage-limit-policy',
  'utilization-detector',
]);

/** The fields that hold a plugin's name, wherever they stand. */
const REFERENCES: ReadonlySet<string> = new Set([
  'pluginRef',
  'usageLimitPolicyPluginRef',
  'fairnessPolicyRef',
  'orderingPolicyRef',
]);

const CONFIG_PATH = 'spec.endpointPicker.config';

const ANOTHER_IMAGE = 'correct it, or set spec.endpointPicker.image to one that has it';

/** The picker's configuration as text: the user's, or ours. JSON, which a reader of YAML reads. */
export function pickerConfig(
  picker: EndpointPicker | undefined,
  familyName: FamilyName,
  engine: EngineTypeName = 'vllm',
): string {
  const family = FAMILIES[familyName];
  const head = { apiVersion: family.configApiVersion, kind: 'EndpointPickerConfig' };
  const body = picker?.config ?? defaultConfig(picker?.flowControl === true, familyName, engine);
  return `${JSON.stringify({ ...head, ...body }, undefined, 2)}\n`;
}

function defaultConfig(flowControl: boolean, familyName: FamilyName, engine: EngineTypeName) {
  const { plugins, fields } = FAMILIES[familyName].defaults;
  const scorers = Object.entries(SCORERS).map(([pluginRef, weight]) => ({ pluginRef, weight }));
  return {
    ...(flowControl && {
      featureGates: ['flowControl'],
      flowControl: {
        defaultRequestTTL: REQUEST_TTL,
        defaultPriorityBand: { priority: 0, fairnessPolicyRef: FAIRNESS },
      },
    }),
    plugins: [
      ...[...Object.keys(SCORERS), PICKER, ...(flowControl ? [FAIRNESS] : [])].map((type) => ({ type })),
      { type: 'utilization-detector', parameters: { metricsStalenessThreshold: STALENESS } },
      ...metricsPlugins(familyName, engine),
      ...plugins.map((type) => ({ type })),
    ],
    schedulingProfiles: [{ name: 'default', plugins: [...scorers, { pluginRef: PICKER }] }],
    ...fields,
  };
}

/** Where an engine's metrics are, and what they are called, where that is not what a picker takes for granted. */
function metricsPlugins(familyName: FamilyName, engine: EngineTypeName) {
  const { metrics } = ENGINE_TYPES[engine];
  if (metrics === undefined) return [];
  const { path, port, names } = metrics;
  const otherPort = FAMILIES[familyName].metricsPort === 'parameter' && port !== undefined ? { port } : {};
  const source = { ...(path !== '/metrics' && { path }), ...otherPort };
  return [
    ...(Object.keys(source).length > 0 ? [{ type: 'metrics-data-source', parameters: source }] : []),
    ...(names === undefined
      ? []
      : [{ type: 'core-metrics-extractor', parameters: { engineConfigs: [{ name: engine, ...names }] } }]),
  ];
}

/** What the picker must be started with beside its configuration. */
export function metricsFlags(familyName: FamilyName, engine: EngineTypeName): string[] {
  const port = ENGINE_TYPES[engine].metrics?.port;
  return port !== undefined && FAMILIES[familyName].metricsPort === 'flag'
    ? [`--model-server-metrics-port=${port}`]
    : [];
}

/**
 * Plugins for tests, and those that find engines by other ways than the pool: with them a request or a configuration
 * names the address that the gateway goes to, whoever's it is.
 */
const NAMES_ENDPOINTS =
  /^(header-based-testing-filter|destination-endpoint-served-verifier|(multicluster-)?file-discovery|multicluster-.*)$/;

/** What a configuration would let the gateway be told that is not its tenant's to tell: a sentence without a full stop. */
export function pickerRightsProblem(picker: EndpointPicker | undefined): string | undefined {
  const { plugins, dataLayer } = (picker?.config ?? {}) as { plugins?: unknown; dataLayer?: { discovery?: unknown } };
  const types = Array.isArray(plugins) ? plugins.map((plugin: { type?: unknown } | null) => String(plugin?.type)) : [];
  const plugin = types.find((type) => NAMES_ENDPOINTS.test(type));
  if (plugin !== undefined)
    return `${CONFIG_PATH}.plugins has type ${plugin}, by which others than the pool name what the gateway goes to; remove it`;
  return dataLayer?.discovery === undefined
    ? undefined
    : `${CONFIG_PATH}.dataLayer has discovery, by which others than the pool name what the gateway goes to; remove it`;
}

/**
 * What the picker would refuse to start with, as a sentence without a full stop. It decodes strictly, and it has no
 * API whose schema could say so before.
 */
export function pickerConfigProblem(picker: EndpointPicker | undefined, familyName: FamilyName): string | undefined {
  if (picker?.config === undefined) return undefined;
  const { config, image } = picker;
  return (
    misfit(config, FAMILIES[familyName].config, CONFIG_PATH) ??
    duplicateProblem(config as Config) ??
    // An image of one's own may know other plugins.
    (image === undefined ? unknownProblem(config as Config, familyName) : undefined) ??
    referenceProblem(config as Config)
  );
}

interface Config {
  readonly featureGates?: readonly string[];
  readonly plugins: readonly { readonly name?: string; readonly type: string }[];
  readonly schedulingProfiles?: readonly { readonly name: string }[];
}

const pluginName = ({ name, type }: Config['plugins'][number]): string => name ?? type;

function duplicateProblem({ plugins, schedulingProfiles = [] }: Config): string | undefined {
  const plugin = repeated(plugins.map(pluginName));
  if (plugin !== undefined) return `${CONFIG_PATH}.plugins has two plugins named ${plugin}; give one another name`;
  const profile = repeated(schedulingProfiles.map(({ name }) => name));
  return profile === undefined
    ? undefined
    : `${CONFIG_PATH}.schedulingProfiles has two profiles named ${profile}; give one another name`;
}

function unknownProblem({ plugins, featureGates = [] }: Config, familyName: FamilyName): string | undefined {
  const family = FAMILIES[familyName];
  const plugin = plugins.find(({ type }) => family.pluginTypes?.has(type) === false);
  if (plugin !== undefined)
    return `${CONFIG_PATH}.plugins has type ${plugin.type}, which ${family.image} does not have; ${ANOTHER_IMAGE}`;
  const gate = featureGates.find((name) => family.featureGates?.has(name) === false);
  return gate === undefined
    ? undefined
    : `${CONFIG_PATH}.featureGates has ${gate}, which ${family.image} does not have; ${ANOTHER_IMAGE}`;
}

function referenceProblem(config: Config): string | undefined {
  const { plugins, ...rest } = config;
  const known = new Set([...plugins.map(pluginName), ...BUILT_IN]);
  const unknown = references(rest).find((name) => !known.has(name));
  return unknown === undefined
    ? undefined
    : `${CONFIG_PATH} refers to plugin ${unknown}, which its plugins do not list; list it there, or correct the name`;
}

function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, field]) =>
    REFERENCES.has(name) && typeof field === 'string' ? [field] : references(field),
  );
}

const repeated = (names: readonly string[]): string | undefined =>
  names.find((name, index) => names.indexOf(name) !== index);
