import { describe, expect, test } from 'vitest';
import { ENGINE_TYPES, type EngineTypeName } from '../engine/engine-types.ts';
import type { FamilyName } from './family.ts';
import { metricsFlags, pickerConfig, pickerConfigProblem, pickerRightsProblem } from './picker-config.ts';

/** One late look at an engine is no reason to turn anybody away. */
const DETECTOR = { type: 'utilization-detector', parameters: { metricsStalenessThreshold: '2s' } };

describe('the configuration of a picker', () => {
  test('of the llm-d family', () => {
    expect(JSON.parse(pickerConfig(undefined, 'llm-d'))).toEqual({
      apiVersion: 'llm-d.ai/v1alpha1',
      kind: 'EndpointPickerConfig',
      plugins: [
        { type: 'queue-scorer' },
        { type: 'kv-cache-utilization-scorer' },
        { type: 'prefix-cache-scorer' },
        { type: 'max-score-picker' },
        DETECTOR,
        { type: 'openai-parser' },
        { type: 'anthropic-parser' },
        { type: 'vllmhttp-parser' },
        { type: 'passthrough-parser' },
      ],
      schedulingProfiles: [
        {
          name: 'default',
          plugins: [
            { pluginRef: 'queue-scorer', weight: 2 },
            { pluginRef: 'kv-cache-utilization-scorer', weight: 2 },
            { pluginRef: 'prefix-cache-scorer', weight: 3 },
            { pluginRef: 'max-score-picker' },
          ],
        },
      ],
      requestHandler: {
        parsers: [
          { pluginRef: 'openai-parser' },
          { pluginRef: 'anthropic-parser' },
          { pluginRef: 'vllmhttp-parser' },
          { pluginRef: 'passthrough-parser' },
        ],
      },
    });
  });

  test('of the gie family, with flow control', () => {
    expect(JSON.parse(pickerConfig({ flowControl: true }, 'gie'))).toMatchObject({
      apiVersion: 'inference.networking.x-k8s.io/v1alpha1',
      featureGates: ['flowControl'],
      flowControl: {
        defaultRequestTTL: '60s',
        defaultPriorityBand: { priority: 0, fairnessPolicyRef: 'round-robin-fairness-policy' },
      },
      plugins: [
        { type: 'queue-scorer' },
        { type: 'kv-cache-utilization-scorer' },
        { type: 'prefix-cache-scorer' },
        { type: 'max-score-picker' },
        { type: 'round-robin-fairness-policy' },
        DETECTOR,
      ],
    });
  });

  test.each<{ name: string; engine: EngineTypeName; family: FamilyName; want: object[] }>([
    { name: 'vLLM, as pickers take for granted', engine: 'vllm', family: 'gie', want: [] },
    {
      name: 'trtllm-serve, at a path of its own',
      engine: 'trtllm-serve',
      family: 'gie',
      want: [{ type: 'metrics-data-source', parameters: { path: '/prometheus/metrics' } }],
    },
    {
      name: 'Triton, at a port of its own, where the configuration can say so',
      engine: 'triton-tensorrt-llm',
      family: 'llm-d',
      want: [{ type: 'metrics-data-source', parameters: { port: 8002 } }],
    },
    { name: 'Triton, where a flag says so', engine: 'triton-tensorrt-llm', family: 'gie', want: [] },
    {
      name: 'NIM, at a path and under names of its own',
      engine: 'nim',
      family: 'llm-d',
      want: [
        { type: 'metrics-data-source', parameters: { path: '/v1/metrics' } },
        {
          type: 'core-metrics-extractor',
          parameters: {
            engineConfigs: [
              {
                name: 'nim',
                queuedRequestsSpec: 'num_requests_waiting',
                runningRequestsSpec: 'num_requests_running',
                kvUsageSpec: 'gpu_cache_usage_perc',
              },
            ],
          },
        },
      ],
    },
    { name: 'Ollama, which has none', engine: 'ollama', family: 'gie', want: [] },
  ])('finds the metrics of $name', ({ engine, family, want }) => {
    const { plugins } = JSON.parse(pickerConfig(undefined, family, engine)) as { plugins: { type: string }[] };
    expect(plugins.filter(({ type }) => /^metrics-|-extractor$/.test(type))).toEqual(want);
  });

  test('is the one that the user gives, under the head that the family has', () => {
    const config = { plugins: [{ type: 'random-picker' }] };
    expect(JSON.parse(pickerConfig({ flowControl: false, config }, 'gie'))).toEqual({
      apiVersion: 'inference.networking.x-k8s.io/v1alpha1',
      kind: 'EndpointPickerConfig',
      plugins: [{ type: 'random-picker' }],
    });
  });

  test('of ours has no problem in either family', () => {
    for (const family of ['llm-d', 'gie'] as const)
      for (const engine of Object.keys(ENGINE_TYPES) as EngineTypeName[]) {
        const ours = pickerConfig({ flowControl: true }, family, engine);
        const { apiVersion: _apiVersion, kind: _kind, ...config } = JSON.parse(ours);
        expect(pickerConfigProblem({ flowControl: true, config }, family)).toBeUndefined();
      }
  });
});

const GOOD = { plugins: [{ type: 'queue-scorer' }] };

describe('a configuration that its picker would not start with', () => {
  test.each([
    {
      name: 'has a field that is not known',
      config: { ...GOOD, schedulingProfile: [] },
      want:
        'spec.endpointPicker.config.schedulingProfile is not a known field; there are: featureGates, plugins, ' +
        'schedulingProfiles, flowControl, parser, saturationDetector, dataLayer',
    },
    {
      name: 'has its own head, which the family decides',
      config: { apiVersion: 'v1', ...GOOD },
      want:
        'spec.endpointPicker.config.apiVersion is not a known field; there are: featureGates, plugins, ' +
        'schedulingProfiles, flowControl, parser, saturationDetector, dataLayer',
    },
    { name: 'has no plugins', config: {}, want: 'spec.endpointPicker.config needs plugins' },
    {
      name: 'has a plugin with an unknown field',
      config: { plugins: [{ typ: 'queue-scorer', type: 'queue-scorer' }] },
      want: 'spec.endpointPicker.config.plugins[0].typ is not a known field; there are: name, type, parameters',
    },
    {
      name: 'has a plugin without a type',
      config: { plugins: [{ name: 'q' }] },
      want: 'spec.endpointPicker.config.plugins[0] needs type',
    },
    {
      name: 'has a plugin that the image does not have',
      config: { plugins: [{ type: 'queue-scorrer' }] },
      want:
        'spec.endpointPicker.config.plugins has type queue-scorrer, which ' +
        'registry.k8s.io/gateway-api-inference-extension/epp:v1.5.0 does not have; correct it, or set spec.endpointPicker.image to one that has it',
    },
    {
      name: 'has a gate that the image does not have',
      config: { ...GOOD, featureGates: ['flowcontrol'] },
      want:
        'spec.endpointPicker.config.featureGates has flowcontrol, which ' +
        'registry.k8s.io/gateway-api-inference-extension/epp:v1.5.0 does not have; correct it, or set spec.endpointPicker.image to one that has it',
    },
    {
      name: 'has two plugins of one name',
      config: { plugins: [{ type: 'queue-scorer' }, { name: 'queue-scorer', type: 'random-picker' }] },
      want: 'spec.endpointPicker.config.plugins has two plugins named queue-scorer; give one another name',
    },
    {
      name: 'has two profiles of one name',
      config: {
        ...GOOD,
        schedulingProfiles: [
          { name: 'a', plugins: [] },
          { name: 'a', plugins: [] },
        ],
      },
      want: 'spec.endpointPicker.config.schedulingProfiles has two profiles named a; give one another name',
    },
    {
      name: 'refers to a plugin that is not there',
      config: { ...GOOD, schedulingProfiles: [{ name: 'a', plugins: [{ pluginRef: 'prefix' }] }] },
      want: 'spec.endpointPicker.config refers to plugin prefix, which its plugins do not list; list it there, or correct the name',
    },
    {
      name: 'has a weight that is no number',
      config: { ...GOOD, schedulingProfiles: [{ name: 'a', plugins: [{ pluginRef: 'queue-scorer', weight: '2' }] }] },
      want: 'spec.endpointPicker.config.schedulingProfiles[0].plugins[0].weight is "2", and must be a number',
    },
    {
      name: 'has a list that is none',
      config: { plugins: { type: 'queue-scorer' } },
      want: 'spec.endpointPicker.config.plugins must be a list',
    },
    {
      name: 'has an object that is none',
      config: { ...GOOD, flowControl: true },
      want: 'spec.endpointPicker.config.flowControl must be an object',
    },
    {
      name: 'has a band without a priority',
      config: { ...GOOD, flowControl: { priorityBands: [{ maxBytes: '1Gi' }] } },
      want: 'spec.endpointPicker.config.flowControl.priorityBands[0] needs priority',
    },
    {
      name: 'names a field after what every object has',
      config: { ...GOOD, constructor: {} },
      want:
        'spec.endpointPicker.config.constructor is not a known field; there are: featureGates, plugins, ' +
        'schedulingProfiles, flowControl, parser, saturationDetector, dataLayer',
    },
  ])('$name', ({ config, want }) => expect(pickerConfigProblem({ flowControl: false, config }, 'gie')).toBe(want));
});

test.each([
  {
    name: 'parameters of a plugin are its own business',
    family: 'gie' as const,
    picker: { config: { plugins: [{ type: 'core-metrics-extractor', parameters: { pluginRef: 'x', any: [1] } }] } },
  },
  {
    name: 'an image of its own may know other plugins and gates',
    family: 'gie' as const,
    picker: { image: 'example.com/epp:1', config: { plugins: [{ type: 'ours' }], featureGates: ['ours'] } },
  },
  {
    name: 'what a picker has without being told may be referred to',
    family: 'gie' as const,
    picker: { config: { ...GOOD, saturationDetector: { pluginRef: 'utilization-detector' } } },
  },
  {
    name: 'each family has fields that the other does not have',
    family: 'llm-d' as const,
    picker: {
      config: {
        plugins: [{ type: 'queue-scorer' }, { type: 'openai-parser' }],
        requestHandler: { parsers: [{ pluginRef: 'openai-parser' }] },
        flowControl: { maxBytes: '2Gi', defaultNegativePriorityBand: { priority: -1, maxRequests: 10 } },
      },
    },
  },
])('$name', ({ family, picker }) =>
  expect(pickerConfigProblem({ flowControl: false, ...picker }, family)).toBeUndefined(),
);

test('only a family whose configuration has no port of the metrics is told of it by a flag', () => {
  expect(metricsFlags('gie', 'triton-tensorrt-llm')).toEqual(['--model-server-metrics-port=8002']);
  expect(metricsFlags('llm-d', 'triton-tensorrt-llm')).toEqual([]);
  expect(metricsFlags('gie', 'nim')).toEqual([]);
});

describe('a configuration may not name what the gateway goes to', () => {
  test.each([
    { name: 'by a header of the request', config: { plugins: [{ type: 'header-based-testing-filter' }] } },
    { name: 'by its answer', config: { plugins: [{ name: 'x', type: 'destination-endpoint-served-verifier' }] } },
    { name: 'by a file', config: { plugins: [{ type: 'file-discovery', parameters: { path: '/dev/stdin' } }] } },
    { name: 'as peers', config: { plugins: [{ type: 'multicluster-file-discovery' }] } },
  ])('$name', ({ config }) =>
    expect(pickerRightsProblem({ flowControl: false, config })).toContain(
      'by which others than the pool name what the gateway goes to; remove it',
    ),
  );

  test('by another way to discover them', () =>
    expect(
      pickerRightsProblem({ flowControl: false, config: { plugins: [], dataLayer: { discovery: {} } } }),
    ).toContain('dataLayer has discovery'));

  test('and names them by its pool else', () => {
    expect(pickerRightsProblem(undefined)).toBeUndefined();
    expect(pickerRightsProblem({ flowControl: false, config: { plugins: [null, { type: 'queue-scorer' }] } })).toBe(
      undefined,
    );
  });
});
