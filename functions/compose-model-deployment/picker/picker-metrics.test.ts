import { expect, test } from 'vitest';
import { claim, compose } from '../testing-claims.ts';

const said = (spec: object, status = {}): string | undefined =>
  compose({ ...claim({ model: undefined, ...spec }), status }).conditions.find((one) =>
    one.startsWith('PickerMetrics'),
  );

const engine = (fields: object) => ({ spec: { containers: [{ name: 'engine', image: 'ours', ...fields }] } });
const BATCH = { criticality: 'BestEffort' };
const HOLDS = { endpointPicker: { flowControl: true } };
const SGLANG = { engine: { type: 'sglang', port: 30000 } };
const OLLAMA = { engine: { type: 'ollama', port: 11434 }, template: engine({}) };

test.each([
  { name: 'an engine whose metrics pickers read', spec: { ...BATCH, template: engine({}) }, want: undefined },
  {
    name: 'an engine without metrics, and requests that may wait',
    spec: { ...BATCH, ...OLLAMA },
    want: 'An engine of type ollama has no metrics that a picker reads. Every request of class default is answered with 429',
  },
  { name: 'an engine without metrics, and flow control', spec: { ...HOLDS, ...OLLAMA }, want: 'every request is held' },
  {
    name: 'an engine without metrics, and flow control by a configuration of one’s own',
    spec: { ...OLLAMA, endpointPicker: { config: { plugins: [], featureGates: ['flowControl'] } } },
    want: 'every request is held',
  },
  { name: 'an engine without metrics, and nobody who waits', spec: OLLAMA, want: undefined },
  {
    name: 'an engine whose metrics are off',
    spec: { ...BATCH, ...SGLANG, template: engine({ args: ['--model-path=m'] }) },
    want: 'An engine of type sglang has metrics with --enable-metrics in its args only.',
  },
  {
    name: 'an engine whose metrics are on',
    spec: { ...BATCH, ...SGLANG, template: engine({ args: ['--enable-metrics'] }) },
    want: undefined,
  },
  {
    name: 'an engine whose metrics are on by a variable',
    spec: {
      ...BATCH,
      engine: { type: 'llama-cpp', port: 8080 },
      template: engine({ env: [{ name: 'LLAMA_ARG_ENDPOINT_METRICS', value: '1' }] }),
    },
    want: undefined,
  },
  {
    name: 'vLLM that counts nothing',
    spec: { ...BATCH, template: engine({ args: ['--disable-log-stats'] }) },
    want: 'remove it',
  },
  {
    name: 'a configuration of one’s own that looks elsewhere',
    spec: {
      ...BATCH,
      engine: { type: 'nim', port: 8000 },
      template: engine({}),
      endpointPicker: { config: { plugins: [] } },
    },
    want: 'spec.endpointPicker.config has no metrics-data-source, and an engine of type nim has its metrics elsewhere.',
  },
  {
    name: 'an image of another engine than is said',
    spec: { ...BATCH, template: engine({ image: 'nvcr.io/nim/meta/llama:1' }) },
    want: 'Its image is NIM, whose metrics are not where engine.type vllm has them; set engine.type.',
  },
  {
    name: 'further classes of requests',
    spec: { ...OLLAMA, trafficClasses: [{ name: 'batch', priority: -1 }] },
    want: 'Every request of class batch is answered with 429',
  },
])('$name', ({ spec, want }) =>
  want === undefined ? expect(said(spec)).toBeUndefined() : expect(said(spec)).toContain(want),
);

test('what was said once is taken back', () => {
  const status = { conditions: [{ type: 'PickerMetrics', status: 'False' }] };
  expect(said({ template: engine({}) }, status)).toBe(
    'PickerMetrics=True Readable: Pickers can read how busy engines are.',
  );
  expect(said(OLLAMA, status)).toContain('PickerMetrics=True NotNeeded: ');
});
