import { expect, test } from 'vitest';
import { example, schemaProblem } from '#shared/testing.ts';
import type { ClusterObject } from '../../preview/objects.ts';
import { all, conditions, controlPlane, manifestOf, served, settle } from './testing.ts';

const play = (folder: string) => settle(controlPlane(...example(folder).map((object) => JSON.stringify(object))));

const READY = {
  Ready: 'True Available',
  PlacementsScheduled: 'True Scheduled',
  PlacementsReady: 'True Ready',
};

test.each([
  { folder: 'smallest-claim', service: 'qwen', want: { 'default@gpu': 1 } },
  { folder: 'canary', service: 'qwen', want: { 'stable@us-east': 9, 'canary@eu-west': 1 } },
  { folder: 'scaling', service: 'assistant', want: { 'us@us-east': 2, 'eu@eu-west': 1, 'canary@eu-west': 1 } },
  { folder: 'traffic-classes', service: 'assistant-nightly', want: { 'default@gpu': 1 } },
  { folder: 'files-and-secrets', service: 'llama', want: { 'default@gpu': 1 } },
  { folder: 'failover-to-groq', service: 'assistant', want: { 'default@gpu': 1 } },
])('examples/$folder serves', ({ folder, service, want }) => {
  const state = play(folder);
  expect(served(state, service)).toEqual(want);
  for (const { metadata } of all(state, 'ModelDeployment'))
    expect(conditions(state, metadata.name)).toMatchObject(READY);
});

test.each([
  {
    folder: 'amd',
    want: {
      image: /vllm-openai-rocm:/,
      args: '--tensor-parallel-size=4',
      limits: { 'amd.com/gpu': 4 },
      mount: '/dev/shm',
    },
  },
  {
    folder: 'mig-slice',
    want: { image: /vllm-openai:/, limits: { 'nvidia.com/mig-1g.10gb': 1 }, mount: '/root/.cache' },
  },
  {
    folder: 'restricted-pod',
    want: { image: /vllm-openai:/, args: 'Qwen/Qwen3-8B', limits: { 'nvidia.com/gpu': 1 }, mount: '/cache' },
  },
  {
    folder: 'own-image',
    want: { image: /ranker:/, args: '0.0.0.0:9000', limits: { memory: '48Gi', 'nvidia.com/gpu': 1 } },
  },
  {
    folder: 'air-gap',
    want: { image: /mirror\//, args: '/models/Qwen3-8B', limits: { 'nvidia.com/gpu': 1 }, mount: '/models' },
  },
])('examples/$folder runs what its words say', ({ folder, want }) => {
  const state = play(folder);
  const [deployment] = all(state, 'ModelDeployment');
  expect(conditions(state, deployment?.metadata.name)).toMatchObject(READY);
  const containers = all(state, 'Object')
    .map(manifestOf)
    .flatMap(({ spec }) => (spec as Pods | undefined)?.template?.spec?.containers ?? []);
  const engine = containers.find(({ name }) => name === 'engine');
  expect(engine?.image).toMatch(want.image);
  expect(engine?.resources?.limits).toEqual(want.limits);
  if (want.args !== undefined) expect(engine?.args).toContain(want.args);
  if (want.mount !== undefined) expect(engine?.volumeMounts?.map(({ mountPath }) => mountPath)).toContain(want.mount);
});

interface Pods {
  readonly template?: {
    readonly spec?: {
      readonly containers?: readonly {
        readonly name: string;
        readonly image?: string;
        readonly args?: readonly string[];
        readonly resources?: { readonly limits?: object };
        readonly volumeMounts?: readonly { readonly mountPath: string }[];
      }[];
    };
  };
}

test('examples/two-teams shares a cluster and nothing in it', () => {
  const state = play('two-teams');
  const names = (namespace: string) =>
    all(state, 'Object')
      .filter(({ metadata }) => metadata.namespace === namespace)
      .map(
        (object) =>
          `${manifestOf(object).kind} ${manifestOf(object).metadata.namespace}/${manifestOf(object).metadata.name}`,
      );
  const [search, research] = [names('search'), names('research')];
  expect(search.filter((name) => research.includes(name))).toEqual([]);
  expect(search).toHaveLength(research.length);
});

const OWN = ['amd', 'mig-slice', 'restricted-pod', 'own-image', 'air-gap'];

test.each([
  'smallest-claim',
  'canary',
  'two-teams',
  'traffic-classes',
  'files-and-secrets',
  'failover-to-groq',
  'scaling',
  ...OWN,
])('the API server of a cluster would take every object of examples/%s whose schema is here', async (folder) => {
  const manifests = all(play(folder), 'Object').map(manifestOf).filter(isKnown);
  const problems = await Promise.all(manifests.map((manifest) => schemaProblem(manifest)));
  expect(manifests.length).toBeGreaterThan(0);
  expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
});

/** What is only looked at is no whole object. */
const isKnown = ({ kind }: ClusterObject): boolean =>
  !kind.startsWith('Inference') && kind !== 'Gateway' && kind !== 'StorageClass';
