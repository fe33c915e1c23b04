import { describe, expect, test } from 'vitest';
import { pickerConfig, pickerConfigProblem } from './picker-config.ts';

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
      flowControl: { defaultRequestTTL: '60s' },
      plugins: [
        { type: 'queue-scorer' },
        { type: 'kv-cache-utilization-scorer' },
        { type: 'prefix-cache-scorer' },
        { type: 'max-score-picker' },
      ],
    });
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
      for (const flowControl of [false, true]) {
        const { apiVersion: _apiVersion, kind: _kind, ...config } = JSON.parse(pickerConfig({ flowControl }, family));
        expect(pickerConfigProblem({ flowControl, config }, family)).toBeUndefined();
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
