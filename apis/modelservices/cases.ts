import type { KindCases, RefusedCase } from '../case.ts';

const selector = { matchLabels: { model: 'qwen' } };
const spec = { endpoints: [{ selector }] };

const refusedPath = (name: string, path: string, says: string): RefusedCase => ({
  name,
  spec: { ...spec, paths: [path] },
  at: 'spec.paths[0]',
  says,
  instead: { ...spec, paths: ['/tokenize'] },
});

export const MODEL_SERVICE: KindCases = {
  kind: 'ModelService',
  namespaced: true,
  name: 'judged',
  accepted: [
    { name: 'one entry', spec },
    { name: 'limits of each caller', spec: { ...spec, limits: { requestsPerMinute: 60, concurrent: 4 } } },
    { name: 'the largest weight', spec: { endpoints: [{ weight: 1_000_000, selector }] } },
    { name: 'paths', spec: { ...spec, paths: ['/tokenize', '/inference/v1/generate', '/'] } },
    { name: 'no other paths', spec: { ...spec, paths: [], allowAllPaths: false } },
    { name: '32 entries', spec: { endpoints: Array.from({ length: 32 }, () => ({ selector })) } },
    { name: 'tiers', spec: { endpoints: [{ selector }, { tier: 9, selector }], whenEmpty: 'Hold' } },
  ],
  refused: [
    {
      name: 'a limit of nothing',
      spec: { ...spec, limits: { requestsPerMinute: 0 } },
      at: 'spec.limits.requestsPerMinute',
      instead: { ...spec, limits: { requestsPerMinute: 1 } },
    },
    {
      name: 'nothing at a time',
      spec: { ...spec, limits: { concurrent: 0 } },
      at: 'spec.limits.concurrent',
      instead: { ...spec, limits: { concurrent: 1 } },
    },
    {
      name: 'a selector that is empty',
      spec: { endpoints: [{ selector: { matchLabels: {} } }] },
      at: 'spec.endpoints[0].selector.matchLabels',
      instead: spec,
    },
    {
      name: 'a weight of 0',
      spec: { endpoints: [{ weight: 0, selector }] },
      at: 'spec.endpoints[0].weight',
      instead: { endpoints: [{ weight: 1, selector }] },
    },
    {
      name: 'a weight over the maximum',
      spec: { endpoints: [{ weight: 1_000_001, selector }] },
      at: 'spec.endpoints[0].weight',
      instead: { endpoints: [{ weight: 1_000_000, selector }] },
    },
    {
      name: 'a tier over the last',
      spec: { endpoints: [{ tier: 10, selector }] },
      at: 'spec.endpoints[0].tier',
      instead: { endpoints: [{ tier: 9, selector }] },
    },
    refusedPath('a path without a slash', 'tokenize', 'begins with /'),
    refusedPath('a path with a slash at the end', '/tokenize/', 'without a slash at the end'),
    refusedPath('a path with an escape', '/a%2fb', 'letters, digits and ._~-'),
    refusedPath('a path that climbs', '/a/../b', 'must not hold /. or /..'),
    {
      name: 'a ninth path',
      spec: { ...spec, paths: Array.from({ length: 9 }, (_, index) => `/${index}`) },
      at: 'spec.paths',
      instead: { ...spec, paths: ['/0'] },
    },
    { name: 'no entry', spec: { endpoints: [] }, at: 'spec.endpoints', instead: spec },
  ],
};
