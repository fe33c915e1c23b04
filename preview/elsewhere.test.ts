import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readApis } from './apis.ts';
import { hintsFor } from './elsewhere.ts';

const ROOT = join(import.meta.dirname, '..');
const APIS = readApis(join(ROOT, 'apis'));

describe('of what nobody here reads', () => {
  test.each([
    {
      name: 'a kind of ours is known in any other group',
      apiVersion: 'modelplane.dev/v1alpha1',
      kind: 'ModelDeployment',
      want: ['did you mean modelplane.ai/v1alpha1?'],
    },
    {
      name: 'a kind of ours is known without a group',
      apiVersion: 'v1alpha1',
      kind: 'ModelService',
      want: ['did you mean modelplane.ai/v1alpha1?'],
    },
    {
      name: "KServe's kinds have a page",
      apiVersion: 'serving.kserve.io/v1alpha1',
      kind: 'LLMInferenceService',
      want: ['docs/from-kserve.md says what becomes of it'],
    },
    {
      name: 'InferenceModel has a page',
      apiVersion: 'inference.networking.x-k8s.io/v1alpha2',
      kind: 'InferenceModel',
      want: ['docs/from-inferencemodel.md says what becomes of it'],
    },
    {
      name: "what modelplane's clusters are made of has a page",
      apiVersion: 'infrastructure.modelplane.ai/v1alpha1',
      kind: 'GKECluster',
      want: ['docs/from-modelplane.md says what becomes of it'],
    },
    { name: 'nothing is known of the rest', apiVersion: 'example.org/v1', kind: 'Widget', want: [] },
  ])('$name', ({ apiVersion, kind, want }) => expect(hintsFor({ apiVersion, kind }, APIS)).toEqual(want));
});
