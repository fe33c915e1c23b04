import { describe, expect, test } from 'vitest';
import type { ModelDeployment } from '#schemas/modeldeployment.ts';
import { placementsOf, templateProblem } from './placements.ts';

type Spec = ModelDeployment['spec'];

const claim = (spec: Partial<Spec>): ModelDeployment => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind: 'ModelDeployment',
  metadata: { name: 'qwen', namespace: 'ml-team' },
  spec: {
    replicas: 1,
    engine: { type: 'vllm', port: 8000 },
    rollout: { maxSurge: 1, maxUnavailable: 0 },
    service: 'Enabled',
    ...spec,
  },
});

const engine = (spec: Partial<Spec>, index = 0) =>
  placementsOf(claim(spec))[index]?.template.spec?.containers?.find(({ name }) => name === 'engine');

describe('the placements of a claim', () => {
  test('a claim without any has one, called default, with its selector and replicas', () => {
    const [only, ...more] = placementsOf(
      claim({ model: 'm', replicas: 3, clusterSelector: { matchLabels: { region: 'eu' } } }),
    );
    expect(more).toEqual([]);
    expect(only).toMatchObject({
      name: 'default',
      weight: 1,
      replicas: 3,
      clusterName: undefined,
      matchLabels: { region: 'eu' },
    });
  });

  test('a placement has its own replicas, 0 among them, before the deployment’s', () => {
    const placements = [
      { name: 'a', weight: 1, replicas: 0 },
      { name: 'b', weight: 1 },
    ];
    expect(placementsOf(claim({ model: 'm', replicas: 2, placements })).map(({ replicas }) => replicas)).toEqual([
      0, 2,
    ]);
  });
});

const LAST = ['--shutdown-timeout=600', '--enable-force-include-usage'];

describe('what a model stands for', () => {
  test('an engine with its arguments, probes, GPU and room for what it downloads', () => {
    expect(placementsOf(claim({ model: 'Qwen/Qwen3-8B' }))[0]?.template).toEqual({
      spec: {
        terminationGracePeriodSeconds: 630,
        volumes: [
          { name: 'cache', emptyDir: {} },
          { name: 'shm', emptyDir: { medium: 'Memory' } },
        ],
        containers: [
          {
            name: 'engine',
            image: 'docker.io/vllm/vllm-openai:v0.27.1',
            command: ['vllm', 'serve'],
            args: [
              'Qwen/Qwen3-8B',
              '--served-model-name',
              'qwen',
              'Qwen/Qwen3-8B',
              '--port=8000',
              '--shutdown-timeout=600',
              '--enable-force-include-usage',
            ],
            ports: [{ name: 'http', containerPort: 8000, protocol: 'TCP' }],
            resources: { limits: { 'nvidia.com/gpu': 1 } },
            startupProbe: { httpGet: { path: '/health', port: 8000 }, periodSeconds: 10, failureThreshold: 360 },
            readinessProbe: {
              httpGet: { path: '/health', port: 8000 },
              periodSeconds: 5,
              timeoutSeconds: 5,
              failureThreshold: 3,
            },
            livenessProbe: {
              httpGet: { path: '/health', port: 8000 },
              periodSeconds: 10,
              timeoutSeconds: 10,
              failureThreshold: 6,
            },
            lifecycle: { preStop: { sleep: { seconds: 15 } } },
            volumeMounts: [
              { name: 'cache', mountPath: '/root/.cache' },
              { name: 'shm', mountPath: '/dev/shm' },
            ],
          },
        ],
      },
    });
  });

  test.each<{ name: string; spec: Partial<Spec>; want: string[] }>([
    {
      name: 'a canary answers to the deployment’s name, the stable model’s and its own',
      spec: { model: 'stable', placements: [{ name: 'canary', weight: 1, model: 'new' }] },
      want: ['new', '--served-model-name', 'qwen', 'stable', 'new', '--port=8000', ...LAST],
    },
    {
      name: 'more GPUs than one split the model',
      spec: { model: 'm', gpus: 4 },
      want: ['m', '--served-model-name', 'qwen', 'm', '--port=8000', '--tensor-parallel-size=4', ...LAST],
    },
    {
      name: 'a longer grace period is time for longer generations',
      spec: { model: 'm', template: { spec: { terminationGracePeriodSeconds: 1830 } } },
      want: [
        'm',
        '--served-model-name',
        'qwen',
        'm',
        '--port=8000',
        '--shutdown-timeout=1800',
        '--enable-force-include-usage',
      ],
    },
    {
      name: 'a template that repeats the model adds to it all the same',
      spec: {
        model: 'm',
        template: { spec: { containers: [{ name: 'engine', args: ['m', '--max-model-len=8192'] }] } },
      },
      want: ['m', '--served-model-name', 'qwen', 'm', '--port=8000', ...LAST, '--max-model-len=8192'],
    },
    {
      name: 'options of a template are added to ours',
      spec: {
        model: 'm',
        template: { spec: { containers: [{ name: 'engine', args: ['--max-model-len', '8192'] }] } },
      },
      want: ['m', '--served-model-name', 'qwen', 'm', '--port=8000', ...LAST, '--max-model-len', '8192'],
    },
    {
      name: 'options of a placement’s template take the place of the deployment’s, and are added to ours',
      spec: {
        model: 'm',
        template: { spec: { containers: [{ name: 'engine', args: ['--max-model-len=8192'] }] } },
        placements: [
          { name: 'a', weight: 1, template: { spec: { containers: [{ name: 'engine', args: ['--seed=1'] }] } } },
        ],
      },
      want: ['m', '--served-model-name', 'qwen', 'm', '--port=8000', ...LAST, '--seed=1'],
    },
    {
      name: 'options for a command of a template’s own stand alone',
      spec: {
        model: 'm',
        template: { spec: { containers: [{ name: 'engine', command: ['serve'], args: ['--fast'] }] } },
      },
      want: ['--fast'],
    },
  ])('$name', ({ spec, want }) => expect(engine(spec)?.args).toEqual(want));

  test('a placement’s GPUs come before the deployment’s', () => {
    const spec = { model: 'm', gpus: 2, placements: [{ name: 'big', weight: 1, gpus: 8 }] };
    expect(engine(spec)?.resources?.limits).toEqual({ 'nvidia.com/gpu': 8 });
  });
});

describe('a template without a model', () => {
  const template = { spec: { containers: [{ name: 'engine', image: 'sglang' }] } };

  test('still gets probes and time to finish, by what its engine is', () => {
    const got = engine({ template, engine: { type: 'triton-tensorrt-llm', port: 9000 } });
    expect(got).toEqual({
      name: 'engine',
      image: 'sglang',
      ports: [{ name: 'http', containerPort: 9000, protocol: 'TCP' }],
      startupProbe: { httpGet: { path: '/v2/health/ready', port: 9000 }, periodSeconds: 10, failureThreshold: 360 },
      readinessProbe: {
        httpGet: { path: '/v2/health/ready', port: 9000 },
        periodSeconds: 5,
        timeoutSeconds: 5,
        failureThreshold: 3,
      },
      lifecycle: { preStop: { sleep: { seconds: 15 } } },
    });
  });

  test.each<{ name: string; spec: Partial<Spec>; want: string | undefined }>([
    { name: 'is as good as a model', spec: { template }, want: undefined },
    {
      name: 'needs an image for its engine',
      spec: { template: { spec: { nodeSelector: { gpu: 'h100' } } } },
      want: 'placement default: container engine has no image; set model, or name an image in template',
    },
    {
      name: 'of one placement does not serve another',
      spec: {
        placements: [
          { name: 'a', weight: 1, template },
          { name: 'b', weight: 1, template: { spec: { containers: [{ name: 'sidecar', image: 'x' }] } } },
        ],
      },
      want: 'placement b: container engine has no image; set model, or name an image in template',
    },
    {
      name: 'needs an image for every container',
      spec: { model: 'm', template: { spec: { initContainers: [{ name: 'fetch' }] } } },
      want: 'placement default: container fetch has no image; name one in template',
    },
    {
      name: 'needs the volumes that it mounts',
      spec: {
        model: 'm',
        template: { spec: { containers: [{ name: 'engine', volumeMounts: [{ name: 'data', mountPath: '/d' }] }] } },
      },
      want:
        'placement default: volume data is mounted at /d, and template.spec.volumes does not have it; add it there, or remove ' +
        'the mount',
    },
    {
      name: 'leaves its engine the time to sleep before it stops',
      spec: { model: 'm', template: { spec: { terminationGracePeriodSeconds: 10 } } },
      want:
        'placement default: terminationGracePeriodSeconds 10 ends before the 15 s that container engine sleeps in ' +
        'lifecycle.preStop; give more, or a shorter sleep',
    },
  ])('$name', ({ spec, want }) => expect(templateProblem(placementsOf(claim(spec)))).toBe(want));
});
