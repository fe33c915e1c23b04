import { expect, test } from 'vitest';
import { claim, compose } from '../testing-claims.ts';

const SCALING = { min: 1, max: 4, queue: 2, window: '5m' };

const refusedFor = (spec: object): string | undefined => compose(claim(spec)).refused;

const engine = (fields: object) => ({
  model: undefined,
  template: { spec: { containers: [{ name: 'engine', image: 'ours', ...fields }] } },
});

test.each([
  { name: 'min above max', spec: { scaling: { ...SCALING, min: 5 } }, want: 'spec.scaling has min 5 above max 4' },
  {
    name: 'none at all',
    spec: { scaling: { ...SCALING, min: 0 } },
    want: 'spec.scaling.min is 0, but no request can wait for an engine that has yet to start; make it 1, or remove scaling and set replicas to 0',
  },
  { name: 'no measure', spec: { scaling: { ...SCALING, queue: undefined } }, want: 'either queue or running' },
  { name: 'two measures', spec: { scaling: { ...SCALING, running: 8 } }, want: 'either queue or running' },
  {
    name: 'a window that is none',
    spec: { scaling: { ...SCALING, window: '2h' } },
    want: 'spec.scaling.window is "2h", and must be a duration of at most an hour, such as 5m',
  },
  {
    name: 'replicas beside it',
    spec: { replicas: 3, scaling: SCALING },
    want: 'spec has scaling and replicas 3; scaling decides how many there are, so remove replicas, or remove scaling',
  },
  {
    name: 'a placement’s replicas beside its own',
    spec: { placements: [{ name: 'us', weight: 1, replicas: 3, scaling: SCALING }] },
    want: 'placement us has scaling and replicas 3',
  },
  {
    name: 'a placement’s own that is wrong',
    spec: { placements: [{ name: 'us', weight: 1, scaling: { ...SCALING, max: 0 } }] },
    want: 'placement us.scaling has min 1 above max 0; make max at least min',
  },
  {
    name: 'an engine without metrics',
    spec: { ...engine({}), engine: { type: 'ollama', port: 11434 }, scaling: SCALING },
    want: 'placement default cannot be scaled by queue: An engine of type ollama has no metrics that a picker reads; or remove its scaling',
  },
  {
    name: 'an engine whose metrics are off',
    spec: { ...engine({}), engine: { type: 'sglang', port: 30000 }, scaling: SCALING },
    want: 'has metrics with --enable-metrics in its args only',
  },
])('scaling is refused in one sentence for $name', ({ spec, want }) => {
  expect(refusedFor(spec)).toContain(want);
  expect(refusedFor(spec)).toMatch(/^cannot deploy: [^\n]*[^.]$/);
});

test.each([
  { name: 'of the deployment', spec: { scaling: SCALING } },
  {
    name: 'of a placement, beside replicas for the others',
    spec: { replicas: 3, placements: [{ name: 'us', weight: 1, scaling: SCALING }] },
  },
  {
    name: 'of the others, beside a placement’s own number',
    spec: { scaling: SCALING, placements: [{ name: 'us', weight: 1, replicas: 0 }] },
  },
])('scaling $name is taken', ({ spec }) => expect(refusedFor(spec)).toBeUndefined());
