import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lastValue } from './command-line.ts';
import { vllmLine } from './model-line.ts';
import { modelBeside } from './shorthand.ts';
import type { Container, PodTemplate } from './template.ts';

const SERVED = { model: 'org/m', names: ['qwen', 'org/m'], gpus: undefined, port: 8000 };
const OURS = ['org/m', '--served-model-name', 'qwen', 'org/m', '--port=8000'];
const LAST = ['--shutdown-timeout=600', '--enable-force-include-usage'];

const engine = (fields: Partial<Container>): PodTemplate => ({ spec: { containers: [{ name: 'engine', ...fields }] } });
const beside = (fields: Partial<Container>, served: Partial<typeof SERVED> | { gpus: number } = {}) =>
  modelBeside(engine(fields), { ...SERVED, ...served });
const base = (fields: Partial<Container>, gpus?: number) =>
  beside(fields, gpus === undefined ? {} : { gpus }).base.spec?.containers?.[0];

describe('the arguments of a command that is ours', () => {
  test.each<{ name: string; fields: Partial<Container>; gpus?: number; want: string[] }>([
    {
      name: 'go to the same command, if a template repeats it',
      fields: { command: ['vllm', 'serve'], args: ['--seed=1'] },
      want: [...OURS, ...LAST, '--seed=1'],
    },
    {
      name: 'hold a port once',
      fields: { args: ['--port', '8000', '--seed=1'] },
      want: [...OURS, ...LAST, '--seed=1'],
    },
    {
      name: 'hold all names under which the model is to be served',
      fields: { args: ['--served_model_name', 'mine', 'qwen', '--seed=1'] },
      want: ['org/m', '--served-model-name', 'mine', 'qwen', 'org/m', '--port=8000', ...LAST, '--seed=1'],
    },
    {
      name: 'hold the model once',
      fields: { args: ['--model', 'org/m', '--seed=1'] },
      want: [...OURS, ...LAST, '--seed=1'],
    },
    {
      name: 'hold the model once where its command is repeated among them',
      fields: { args: ['vllm', 'serve', 'org/m', '--seed=1'] },
      want: [...OURS, ...LAST, '--seed=1'],
    },
    {
      name: 'take weights from a folder',
      fields: { args: ['/models/m'] },
      want: ['/models/m', ...OURS.slice(1), ...LAST],
    },
    {
      name: 'leave out what the template says of the end',
      fields: { args: ['--shutdown-timeout', '5', '--no-enable-force-include-usage'] },
      want: [...OURS, '--shutdown-timeout', '5', '--no-enable-force-include-usage'],
    },
    {
      name: 'leave out what an older image does not know',
      fields: { image: 'docker.io/vllm/vllm-openai:v0.8.5' },
      want: OURS,
    },
    { name: 'leave it out of an image by its digest', fields: { image: 'vllm/vllm-openai@sha256:0' }, want: OURS },
    { name: 'leave it out of an image by another tag', fields: { image: 'vllm/vllm-openai:nightly' }, want: OURS },
    {
      name: "leave it out of a company's own version",
      fields: { image: 'registry.example.com/vllm-openai:v25.10.1' },
      want: OURS,
    },
    {
      name: 'have it for a release in a mirror',
      fields: { image: 'registry.example.com/mirror/vllm-openai:v0.18.0' },
      want: [...OURS, '--shutdown-timeout=600'],
    },
    {
      name: 'split the model over the cards of the limits',
      fields: { resources: { limits: { 'nvidia.com/gpu': '4' } } },
      want: [...OURS, '--tensor-parallel-size=4', ...LAST],
    },
    {
      name: 'split it over what another way of splitting leaves',
      fields: { args: ['-pp', '2'] },
      gpus: 8,
      want: [...OURS, '--tensor-parallel-size=4', ...LAST, '-pp', '2'],
    },
    {
      name: 'have the model once where it stands behind its options',
      fields: { args: ['--seed', '1', 'org/m', '--tokenizer', 'org/m', '--enable-lora', 'org/m'] },
      want: [...OURS, ...LAST, '--seed', '1', '--tokenizer', 'org/m', '--enable-lora'],
    },
    {
      name: 'take weights from a folder behind a switch',
      fields: { args: ['--enforce-eager', '/models/m', '--enable-chunked-prefill', 'false', '--seed=1'] },
      want: [
        '/models/m',
        ...OURS.slice(1),
        ...LAST,
        '--enforce-eager',
        '--enable-chunked-prefill',
        'false',
        '--seed=1',
      ],
    },
    {
      name: 'leave the split to the template',
      fields: { args: ['-tp=2'] },
      gpus: 2,
      want: [...OURS, ...LAST, '-tp=2'],
    },
    {
      name: 'split nothing over slices of a card',
      fields: { resources: { limits: { 'nvidia.com/mig-1g.10gb': 2 } } },
      want: [...OURS, ...LAST],
    },
  ])('$name', ({ fields, gpus, want }) => {
    const { args, problem } = beside(fields, gpus === undefined ? {} : { gpus });
    expect(problem).toBeUndefined();
    expect(args).toEqual(want);
  });
});

test.each<{ name: string; fields: Partial<Container> }>([
  { name: 'a shell', fields: { command: ['bash', '-c', 'vllm serve org/m'] } },
  { name: 'more words', fields: { command: ['vllm', 'serve', 'org/m'], args: ['--seed=1'] } },
  { name: 'a model behind options', fields: { command: ['vllm', 'serve', '--seed', '1', 'org/m'] } },
  { name: 'a module', fields: { command: ['python3', '-m', 'vllm.entrypoints.openai.api_server', '--model=org/m'] } },
])('nothing is added to a command line of one’s own: $name', ({ fields }) => {
  const { args, problem, base: added } = beside(fields);
  expect([args, problem, added.spec?.containers?.[0]?.command]).toEqual([undefined, undefined, undefined]);
});

describe('the cards of an engine', () => {
  test.each<{ name: string; fields: Partial<Container>; gpus?: number; want: object | undefined }>([
    { name: 'are one of NVIDIA’s', fields: {}, want: { 'nvidia.com/gpu': 1 } },
    { name: 'are as many as its arguments ask for', fields: { args: ['-tp', '4'] }, want: { 'nvidia.com/gpu': 4 } },
    {
      name: 'are as many as its own command asks for',
      fields: { command: ['sh', '-c', 'vllm serve org/m --tensor-parallel-size 2'] },
      want: { 'nvidia.com/gpu': 2 },
    },
    { name: 'are AMD’s', fields: { resources: { limits: { 'amd.com/gpu': 1 } } }, want: undefined },
    { name: 'are a slice', fields: { resources: { limits: { 'nvidia.com/mig-3g.40gb': 1 } } }, want: undefined },
    { name: 'come by a claim', fields: { resources: { claims: [{ name: 'gpu' }] } }, want: undefined },
    { name: 'are Intel’s', fields: { image: 'v', resources: { limits: { 'gpu.intel.com/xe': 1 } } }, want: undefined },
    {
      name: 'come as a share of one that is not NVIDIA’s to count',
      fields: { resources: { limits: { 'aliyun.com/gpu-mem': 12 } } },
      want: undefined,
    },
    {
      name: 'are Hygon’s, with a part of their memory',
      fields: { image: 'v', resources: { limits: { 'hygon.com/dcunum': 1, 'hygon.com/dcumem': 2000 } } },
      want: undefined,
    },
    {
      name: 'are none for an image whose tag says so',
      fields: { image: 'substratusai/vllm:v0.6.3.post1-cpu' },
      want: undefined,
    },
    { name: 'are none for an image without', fields: { image: 'vllm/vllm-openai-cpu:v0.20.0' }, want: undefined },
    {
      name: 'are as many as somebody says for it',
      fields: { image: 'vllm/vllm-openai-cpu:v0.20.0' },
      gpus: 1,
      want: { 'nvidia.com/gpu': 1 },
    },
    {
      name: 'are not devices of the network',
      fields: { resources: { limits: { 'rdma/hca': 1, 'nvidia.com/hostdev': 1 } } },
      want: { 'nvidia.com/gpu': 1 },
    },
    {
      name: 'are one of which a part of the memory is asked for',
      fields: { resources: { limits: { 'nvidia.com/gpumem': 3000 } } },
      want: { 'nvidia.com/gpu': 1 },
    },
  ])('$name', ({ fields, gpus, want }) => expect(base(fields, gpus)?.resources?.limits).toEqual(want));

  test('decide for whose cards the image is', () => {
    expect(base({ resources: { limits: { 'amd.com/gpu': 1 } } })?.image).toContain('vllm-openai-rocm');
    expect(base({ resources: { limits: { 'nvidia.com/mig-1g.5gb': 1 } } })?.image).toContain('/vllm-openai:');
  });
});

describe('what a template says against the model is refused with the way out', () => {
  test.each<{ name: string; fields: Partial<Container>; gpus?: number; want: string }>([
    {
      name: 'another port',
      fields: { args: ['--port', '8000', '--port=8080'] },
      want: 'container engine: args has --port 8080, and engine.port is 8000, where pool, picker and probes ask; set engine.port, or remove --port',
    },
    {
      name: 'another model',
      fields: { args: ['--model=other/n'] },
      want: 'container engine: args name the model other/n beside model org/m; keep one of them',
    },
    {
      name: 'another model in a command of its own',
      fields: { command: ['vllm', 'serve', 'other/n'] },
      want: 'container engine: args name the model other/n beside model org/m; keep one of them',
    },
    {
      name: 'a command without a model',
      fields: { command: ['vllm', 'serve', '--port=8000'] },
      want: 'container engine: command names no model, so vLLM would serve its default one; add org/m to its words, or remove command',
    },
    {
      name: 'more cards than it gets',
      fields: { args: ['--tensor_parallel_size=2', '-dp', '2'] },
      gpus: 2,
      want: 'container engine: args ask for 4 GPUs (--tensor-parallel-size 2 --data-parallel-size 2) and the pod gets 2; set gpus to 4, or ask for fewer',
    },
    {
      name: 'more cards than its limits say',
      fields: { args: ['-tp', '2'], resources: { limits: { 'nvidia.com/mig-3g.40gb': 1 } } },
      want: 'container engine: args ask for 2 GPUs (--tensor-parallel-size 2) and limits are nvidia.com/mig-3g.40gb: 1; raise the limit to as many whole cards, or ask for fewer',
    },
    {
      name: 'no card, for an image that needs one',
      fields: { resources: { limits: { 'nvidia.com/gpu': 0 } } },
      want: 'container engine: limits are nvidia.com/gpu: 0, and model stands for an image that needs a card; name an image of vLLM for processors, such as vllm-openai-cpu',
    },
    {
      name: 'several nodes, whatever else it says',
      fields: { command: ['sh', '-c', 'bash multi-node-serving.sh leader; vllm serve org/m -tp 8 -pp 2'] },
      gpus: 8,
      want: 'container engine joins a cluster of several nodes, and a replica is one pod, which serves by itself; use GPUs that one node has, and remove what joins',
    },
    {
      name: 'another model behind a switch',
      fields: { args: ['--trust-remote-code', 'org/other'] },
      want: 'container engine: args name the model org/other beside model org/m; keep one of them',
    },
    {
      name: 'cards that cannot be divided',
      fields: { args: ['-pp', '3'] },
      gpus: 4,
      want: 'container engine: args divide 4 GPUs by 3 (--pipeline-parallel-size 3), which leaves a rest; give --tensor-parallel-size too, or other gpus',
    },
    {
      name: 'two counts of cards',
      fields: { resources: { limits: { 'nvidia.com/gpu': 4 } } },
      gpus: 2,
      want: 'gpus is 2, and resources of container engine in template say nvidia.com/gpu: 4; make them the same, or leave gpus out',
    },
    {
      name: 'more cards than a node has',
      fields: {},
      gpus: 16,
      want: 'a replica asks for 16 GPUs, and it is one pod on one node, of which few have more than 8; choose nodes that have them by template.spec.nodeSelector, or set gpus to 8',
    },
    {
      name: 'several nodes',
      fields: { args: ['--nnodes', '2'] },
      want: 'container engine: args has --nnodes, for an engine on several nodes, and a replica is one pod; choose GPUs that one node has, and remove it',
    },
    {
      name: 'two words in one',
      fields: { args: ['--max-model-len 8192'] },
      want: 'container engine: args has "--max-model-len 8192" in one word; write it as two, --max-model-len and 8192',
    },
    {
      name: 'an image of another engine',
      fields: { image: 'lmsysorg/sglang:v0.5' },
      want: "container engine: image lmsysorg/sglang:v0.5 is SGLang, and model stands for vLLM; remove model, and set engine.type and the container's args",
    },
    {
      name: 'cards for which there is no image',
      fields: { resources: { limits: { 'habana.ai/gaudi': 1 } } },
      want: "container engine: limits ask for habana.ai/gaudi: 1, and model stands for an image for NVIDIA's and AMD's cards; name an image of vLLM for them",
    },
  ])('$name', ({ fields, gpus, want }) =>
    expect(beside(fields, gpus === undefined ? {} : { gpus }).problem).toBe(want),
  );

  test.each<{ name: string; container: Container }>([
    { name: 'by its image', container: { name: 'vllm', image: 'vllm/vllm-openai:v0.20.0' } },
    {
      name: 'by its port',
      container: { name: 'vllm', image: 'ours', ports: [{ containerPort: 8000, protocol: 'TCP' }] },
    },
    { name: 'by its command', container: { name: 'vllm', image: 'ours', command: ['vllm', 'serve', 'org/m'] } },
  ])('a second server, seen $name', ({ container }) =>
    expect(modelBeside({ spec: { containers: [container] } }, SERVED).problem).toBe(
      'container vllm would be a second server beside container engine, which model stands for; name it engine, or remove model',
    ),
  );

  test('but not what stands beside it', () =>
    expect(modelBeside({ spec: { containers: [{ name: 'exporter', image: 'dcgm' }] } }, SERVED).problem).toBe(
      undefined,
    ));

  test('nor as many cards as the nodes that are named have', () =>
    expect(modelBeside({ spec: { nodeSelector: { gpus: '16' } } }, { ...SERVED, gpus: 16 }).problem).toBeUndefined());
});

describe('an engine that may not write into its image', () => {
  const room = (spec: PodTemplate['spec']) => {
    const { base: added } = modelBeside({ spec: { ...spec } }, SERVED);
    const container = added.spec?.containers?.[0];
    return {
      env: Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value])),
      mounts: (container?.volumeMounts ?? []).map(({ mountPath }) => mountPath),
      user: container?.securityContext?.runAsUser,
    };
  };
  const HOME = { HOME: '/cache', USER: 'engine', XDG_CACHE_HOME: '/cache', HF_HOME: '/cache/huggingface' };

  test.each<{ name: string; spec: PodTemplate['spec']; want: object }>([
    { name: 'as root it keeps the image’s home', spec: {}, want: { env: {}, mounts: ['/root/.cache', '/dev/shm'] } },
    {
      name: 'as another user it has a home on the same volume',
      spec: { securityContext: { runAsUser: 2000 } },
      want: { env: HOME, mounts: ['/cache', '/dev/shm'] },
    },
    {
      name: 'as anybody but root it is somebody',
      spec: { securityContext: { runAsNonRoot: true } },
      want: { env: HOME, mounts: ['/cache', '/dev/shm'], user: 1000 },
    },
    {
      name: 'as the user of an image of its own it stays that',
      spec: { securityContext: { runAsNonRoot: true }, ...engine({ image: 'ours' }).spec },
      want: { env: HOME, mounts: ['/cache', '/dev/shm'] },
    },
    {
      name: 'with files that can only be read it has room for what is gone tomorrow',
      spec: engine({ securityContext: { readOnlyRootFilesystem: true } }).spec,
      want: { env: HOME, mounts: ['/cache', '/dev/shm', '/tmp'] },
    },
  ])('$name', ({ spec, want }) => expect(room(spec)).toEqual({ user: undefined, ...want }));
});

/** Words that people give to vLLM, in any number and order. */
const option = fc.oneof(
  ...[
    ['--port', '8000'],
    ['--port=8000'],
    ['--port', '8080'],
    ['--model', 'org/m'],
    ['--served-model-name', 'a', 'b'],
    ['--served_model_name=c'],
    ['--trust-remote-code'],
    ['--max-model-len', '8192'],
    ['--shutdown-timeout=1'],
    ['--no-enable-force-include-usage'],
  ].map((words) => fc.constant(words)),
  fc
    .tuple(fc.constantFrom('-tp', '--tensor_parallel_size', '-pp', '-dp'), fc.integer({ min: 1, max: 8 }))
    .map(([name, size]) => [name, String(size)]),
);

test('whatever a template gives, vLLM is told what the deployment says, once and last, or the claim is refused', () => {
  const gpus = fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined });
  const words = fc.tuple(fc.constantFrom([], ['org/m'], ['serve', 'org/m']), fc.array(option, { maxLength: 6 }));
  fc.assert(
    fc.property(words, gpus, ([first, options], count) => {
      const args = [...first, ...options.flat()];
      const { args: told, problem, base: added } = modelBeside(engine({ args }), { ...SERVED, gpus: count });
      if (problem !== undefined) return;
      const line = vllmLine(told ?? []);
      expect(line.positionals).toEqual(['org/m']);
      expect(line.options.filter(({ name }) => name === 'port').map(({ values }) => values)).toEqual([['8000']]);
      const names = line.options.filter(({ name }) => name === 'served-model-name');
      expect(names).toHaveLength(1);
      expect(names[0]?.values).toEqual(expect.arrayContaining(SERVED.names));
      expect(new Set(names[0]?.values).size).toBe(names[0]?.values.length);
      for (const name of ['shutdown-timeout', 'trust-remote-code'])
        expect(line.options.filter((one) => one.name === name).length).toBeGreaterThanOrEqual(
          options.some(([word]) => word?.startsWith(`--${name}`)) ? 1 : 0,
        );
      const sizes = ['tensor', 'pipeline', 'data'].map((name) => Number(lastValue(line, `${name}-parallel-size`) ?? 1));
      const cards = added.spec?.containers?.[0]?.resources?.limits?.['nvidia.com/gpu'];
      expect(sizes.reduce((product, size) => product * size, 1)).toBeLessThanOrEqual(Number(cards));
    }),
  );
});
