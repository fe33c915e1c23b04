import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { FAMILIES, type FamilyName } from './family.ts';
import { misfit } from './shape.ts';

type EndpointPicker = NonNullable<ModelDeployment['spec']['endpointPicker']>;

/** How long a request is held for saturated engines. Envoy AI Gateway gives the picker 300 seconds to answer. */
const REQUEST_TTL = '60s';

/** Weights that both families have as defaults; written out, so that what runs can be read. */
const SCORERS = { 'queue-scorer': 2, 'kv-cache-utilization-scorer': 2, 'prefix-cache-scorer': 3 } as const;
const PICKER = 'max-score-picker';

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
export function pickerConfig(picker: EndpointPicker | undefined, familyName: FamilyName): string {
  const family = FAMILIES[familyName];
  const head = { apiVersion: family.configApiVersion, kind: 'EndpointPickerConfig' };
  const body = picker?.config ?? defaultConfig(picker?.flowControl === true, familyName);
  return `${JSON.stringify({ ...head, ...body }, undefined, 2)}\n`;
}

function defaultConfig(flowControl: boolean, familyName: FamilyName) {
  const { plugins, fields } = FAMILIES[familyName].defaults;
  const scorers = Object.entries(SCORERS).map(([pluginRef, weight]) => ({ pluginRef, weight }));
  return {
    ...(flowControl && { featureGates: ['flowControl'], flowControl: { defaultRequestTTL: REQUEST_TTL } }),
    plugins: [...Object.keys(SCORERS), PICKER, ...plugins].map((type) => ({ type })),
    schedulingProfiles: [{ name: 'default', plugins: [...scorers, { pluginRef: PICKER }] }],
    ...fields,
  };
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
