import type { AcceptedCase, KindCases, RefusedCase } from '../case.ts';
import { TEMPLATE_ACCEPTED, TEMPLATE_REFUSED } from './template-cases.ts';

const MODEL = { model: 'Qwen/Qwen3-8B' };

const engine = (fields: object = {}) => ({
  spec: { containers: [{ name: 'engine', image: 'example.com/engine:1', ...fields }] },
});

/** Of no cluster, so that nothing is composed of it where it is more than tried. */
const NOWHERE = { ...MODEL, clusterSelector: { matchLabels: { region: 'nowhere' } } };

const listensOn = (containerPort: number) => engine({ ports: [{ containerPort }] });

const ACCEPTED: readonly AcceptedCase[] = [
  { name: 'a model and nothing else', spec: MODEL },
  { name: 'a model with its quantisation', spec: { model: 'unsloth/Qwen3-8B-GGUF:Q4_K_M' } },
  { name: 'a template with an engine', spec: { template: engine() } },
  {
    name: 'a template that only adds to what the model stands for',
    spec: { ...MODEL, template: { spec: { nodeSelector: { gpu: 'h100' } } } },
  },
  {
    name: 'an engine that listens where it says',
    spec: { template: engine({ ports: [{ containerPort: 8000 }, { containerPort: 9000 }] }) },
  },
  {
    name: 'placements that each have a model',
    spec: {
      placements: [
        { name: 'a', model: 'a' },
        { name: 'b', template: engine() },
      ],
    },
  },
  { name: 'another engine by a template', spec: { engine: { type: 'sglang', port: 30000 }, template: engine() } },
  { name: 'paths beside /v1', spec: { ...MODEL, paths: ['/tokenize', '/v1/load_lora_adapter'] } },
  { name: 'every path, said twice', spec: { ...MODEL, paths: ['/'], allowAllPaths: true } },
  { name: 'no replicas', spec: { ...MODEL, replicas: 0 } },
  { name: 'scaling, and a window of an hour', spec: { ...MODEL, scaling: { max: 4, running: 8, window: '1h0m0s' } } },
  {
    name: 'scaling of all placements but those with a number of their own',
    spec: {
      ...MODEL,
      scaling: { min: 1, max: 4, queue: 2 },
      weightBy: 'Replicas',
      placements: [{ name: 'a' }, { name: 'b', replicas: 0 }, { name: 'c', scaling: { max: 2, running: 1 } }],
    },
  },
  {
    name: 'a volume for weights',
    spec: { ...NOWHERE, cache: { size: '100Gi', storageClassName: 'shared', keep: true } },
  },
  {
    name: 'a placement’s own volume, of one node',
    spec: {
      ...NOWHERE,
      clusterSelector: undefined,
      placements: [
        {
          name: 'a',
          clusterSelector: { matchLabels: { region: 'nowhere' } },
          cache: { size: 1_000_000_000, accessModes: ['ReadWriteOnce'] },
        },
      ],
    },
  },
  {
    name: 'Secrets of its namespace',
    spec: { ...NOWHERE, secrets: ['hf', 'store.v1'], huggingFaceToken: { secretRef: { name: 'hf' } } },
  },
  {
    name: 'a rollout for a cluster without a spare GPU',
    spec: { ...MODEL, rollout: { maxSurge: 0, maxUnavailable: 1 } },
  },
  { name: 'a rollout in percent', spec: { ...MODEL, rollout: { maxSurge: '25%', maxUnavailable: '10%' } } },
  {
    name: 'a picker configuration of any content, which the function reads',
    spec: { ...MODEL, endpointPicker: { config: { plugins: [], anything: 1 } } },
  },
  {
    name: 'the lowest and the highest priority',
    spec: { ...MODEL, priority: -2147483648, trafficClasses: [{ name: 'top', priority: 2147483647 }] },
  },
  {
    name: 'volumes that are the tenant’s own',
    spec: {
      ...MODEL,
      template: { spec: { volumes: [{ name: 'm', persistentVolumeClaim: { claimName: 'models' } }] } },
    },
  },
];

const SCALING = { min: 1, max: 4, queue: 2 };

const refusedScaling = (name: string, scaling: object, says: string, at = ''): readonly RefusedCase[] => [
  { name, spec: { ...MODEL, scaling }, at: `spec.scaling${at}`, says, instead: { ...MODEL, scaling: SCALING } },
  {
    name: `${name}, of a placement`,
    spec: { ...MODEL, placements: [{ name: 'a', scaling }] },
    at: `spec.placements[0].scaling${at}`,
    says,
    instead: { ...MODEL, placements: [{ name: 'a', scaling: SCALING }] },
  },
];

const WHAT_IS_SCALED: readonly RefusedCase[] = [
  ...refusedScaling('scaling with min above max', { ...SCALING, min: 5 }, 'min is above max'),
  ...refusedScaling('scaling to zero', { ...SCALING, min: 0 }, 'no request can wait for an engine'),
  ...refusedScaling('scaling by nothing', { max: 4 }, 'say by what engines are counted, queue or running'),
  ...refusedScaling('scaling by two measures', { ...SCALING, running: 8 }, 'and not by both'),
  ...refusedScaling('scaling by a measure that there is not', { ...SCALING, kvCache: 2 }, '', '.kvCache'),
  ...refusedScaling('a window that is no duration', { ...SCALING, window: 'soon' }, 'such as 5m', '.window'),
  ...refusedScaling('a window of a day', { ...SCALING, window: '24h' }, 'of at most an hour', '.window'),
  {
    name: 'scaling beside replicas',
    spec: { ...MODEL, replicas: 3, scaling: { max: 4, queue: 2 } },
    at: 'spec',
    says: 'scaling decides how many replicas there are, so kubectl scale and replicas do not',
    instead: { ...MODEL, scaling: { min: 3, max: 4, queue: 2 } },
  },
  {
    name: 'scaling of a placement beside its replicas',
    spec: { ...MODEL, placements: [{ name: 'a', replicas: 3, scaling: { max: 4, queue: 2 } }] },
    at: 'spec.placements[0]',
    says: 'remove its replicas, or its scaling',
    instead: { ...MODEL, replicas: 3, placements: [{ name: 'a', scaling: { max: 4, queue: 2 } }] },
  },
];

const refusedSecret = (name: string, spec: object, at: string, says: string): RefusedCase => ({
  name,
  spec: { ...NOWHERE, ...spec },
  at,
  says,
  instead: { ...NOWHERE, secrets: ['hf'] },
});

const FILES: readonly RefusedCase[] = [
  refusedSecret(
    'a Secret of another namespace',
    { secrets: ['team-b/hf'] },
    'spec.secrets[0]',
    'one of another namespace',
  ),
  refusedSecret(
    'a token of another namespace',
    { huggingFaceToken: { secretRef: { name: 'team-b/hf' } } },
    'spec.huggingFaceToken.secretRef.name',
    'one of another namespace',
  ),
  refusedSecret(
    'a key that is a path',
    { huggingFaceToken: { secretRef: { name: 'hf', key: 'a]b' } } },
    'spec.huggingFaceToken.secretRef.key',
    'a key of a Secret has letters, digits and ._- only',
  ),
];

const refusedPath = (name: string, path: string, says: string, more: object = {}): RefusedCase => ({
  name,
  spec: { ...MODEL, paths: [path], ...more },
  at: path === '/' ? 'spec' : 'spec.paths[0]',
  says,
  instead: path === '/' ? { ...MODEL, paths: [path], allowAllPaths: true } : { ...MODEL, paths: ['/tokenize'] },
});

const WHAT_IS_PUBLISHED: readonly RefusedCase[] = [
  refusedPath('a path without a slash', 'tokenize', 'begins with /'),
  refusedPath('a path that climbs', '/a/..', 'must not hold /. or /..'),
  refusedPath('every path', '/', 'set allowAllPaths to true'),
  refusedPath('every path, and a second word that takes it back', '/', 'name the paths that clients call', {
    allowAllPaths: false,
  }),
];

const WHAT_IS_SERVED: readonly RefusedCase[] = [
  {
    name: 'a claim for nothing',
    spec: { replicas: 2 },
    at: 'spec',
    says: 'name a model, such as Qwen/Qwen3-8B, or give a template',
    instead: { ...MODEL, replicas: 2 },
  },
  {
    name: 'a model that is an address',
    spec: { model: 'hf://Qwen/Qwen3-8B' },
    at: 'spec.model',
    says: 'name a model at Hugging Face, such as Qwen/Qwen3-8B; for one from a folder or another store give a template',
    instead: { model: 'Qwen/Qwen3-8B' },
  },
  {
    name: 'a model of a placement that is a folder',
    spec: { ...MODEL, placements: [{ name: 'a', model: '/models/qwen' }] },
    at: 'spec.placements[0].model',
    says: 'for one from a folder or another store give a template',
    instead: { ...MODEL, placements: [{ name: 'a', model: 'qwen' }] },
  },
  {
    name: 'a template without an engine',
    spec: { template: { spec: { containers: [{ name: 'a', image: 'i' }] } } },
    at: 'spec',
    says: 'template needs a container named engine',
    instead: { template: engine() },
  },
  {
    name: 'an engine that listens elsewhere',
    spec: { template: listensOn(8080) },
    at: 'spec',
    says: 'the ports of container engine in template do not hold engine.port',
    instead: { template: listensOn(8080), engine: { port: 8080 } },
  },
  {
    name: 'a placement’s engine that listens elsewhere',
    spec: { ...MODEL, placements: [{ name: 'a', template: listensOn(8080) }] },
    at: 'spec',
    says: "in a placement's template do not hold engine.port",
    instead: { ...MODEL, placements: [{ name: 'a', template: listensOn(8000) }] },
  },
  {
    name: 'another port for engines that run',
    spec: { ...NOWHERE, engine: { port: 9000 } },
    before: NOWHERE,
    at: 'spec.engine.port',
    says: 'cannot change in place, because engines of both ports would stand in one pool; make a second ModelDeployment',
    instead: { ...NOWHERE, engine: { port: 8000 } },
  },
  {
    name: 'gpus without a model',
    spec: { gpus: 2, template: engine() },
    at: 'spec',
    says: 'gpus goes with model',
    instead: { gpus: 2, ...MODEL },
  },
  {
    name: 'a model for an engine that is not vLLM',
    spec: { ...MODEL, engine: { type: 'sglang' } },
    at: 'spec',
    says: 'model stands for a vLLM engine; for another engine.type give a template instead',
    instead: { template: engine(), engine: { type: 'sglang' } },
  },
  {
    name: 'flow control beside a configuration of one’s own',
    spec: { ...MODEL, endpointPicker: { flowControl: true, config: {} } },
    at: 'spec.endpointPicker',
    says: 'name flowControl in its featureGates instead',
    instead: { ...MODEL, endpointPicker: { config: { featureGates: ['flowControl'] } } },
  },
  {
    name: 'a rollout that can replace nothing',
    spec: { ...MODEL, rollout: { maxSurge: 0 } },
    at: 'spec.rollout',
    says: 'cannot both be 0',
    instead: { ...MODEL, rollout: { maxSurge: 0, maxUnavailable: 1 } },
  },
  {
    name: 'a rollout that can replace nothing in other words',
    spec: { ...MODEL, rollout: { maxSurge: '00%', maxUnavailable: '0%' } },
    at: 'spec.rollout',
    says: 'cannot both be 0',
    instead: { ...MODEL, rollout: { maxSurge: '0%', maxUnavailable: '10%' } },
  },
];

const WHERE: readonly RefusedCase[] = [
  {
    name: 'two placements of one name',
    spec: { ...MODEL, placements: [{ name: 'us' }, { name: 'us' }] },
    at: 'spec.placements',
    instead: { ...MODEL, placements: [{ name: 'us' }, { name: 'eu' }] },
  },
  {
    name: 'a selector beside placements',
    spec: { ...MODEL, clusterSelector: { matchLabels: { a: 'b' } }, placements: [{ name: 'a' }] },
    at: 'spec',
    says: 'put it into each placement',
    instead: { ...MODEL, placements: [{ name: 'a', clusterSelector: { matchLabels: { a: 'b' } } }] },
  },
  {
    name: 'a selector without a label',
    spec: { ...MODEL, clusterSelector: { matchLabels: {} } },
    at: 'spec.clusterSelector.matchLabels',
    instead: MODEL,
  },
  {
    name: 'a cluster by name and by label',
    spec: { ...MODEL, placements: [{ name: 'a', clusterName: 'x', clusterSelector: { matchLabels: { a: 'b' } } }] },
    at: 'spec.placements[0]',
    says: 'choose a cluster in two ways; keep one of them',
    instead: { ...MODEL, placements: [{ name: 'a', clusterName: 'x' }] },
  },
  { name: 'no placements', spec: { ...MODEL, placements: [] }, at: 'spec.placements', instead: MODEL },
  {
    name: 'more placements than a route has backends',
    spec: { ...MODEL, placements: Array.from({ length: 17 }, (_, index) => ({ name: `p${index}` })) },
    at: 'spec.placements',
    instead: { ...MODEL, placements: Array.from({ length: 16 }, (_, index) => ({ name: `p${index}` })) },
  },
];

const HOW_IMPORTANT: readonly RefusedCase[] = [
  {
    name: 'criticality and priority together',
    spec: { ...MODEL, criticality: 'High', priority: 1 },
    at: 'spec',
    says: 'keep one of them',
    instead: { ...MODEL, criticality: 'High' },
  },
  {
    name: 'criticality and priority of a class together',
    spec: { ...MODEL, trafficClasses: [{ name: 'a', criticality: 'High', priority: 1 }] },
    at: 'spec.trafficClasses[0]',
    says: 'keep one of them',
    instead: { ...MODEL, trafficClasses: [{ name: 'a', priority: 1 }] },
  },
  {
    name: 'a priority beyond 32 bits',
    spec: { ...MODEL, priority: 2147483648 },
    at: 'spec.priority',
    instead: { ...MODEL, priority: 2147483647 },
  },
  {
    name: 'a priority of a class beyond 32 bits',
    spec: { ...MODEL, trafficClasses: [{ name: 'a', priority: -2147483649 }] },
    at: 'spec.trafficClasses[0].priority',
    instead: { ...MODEL, trafficClasses: [{ name: 'a', priority: -2147483648 }] },
  },
  {
    name: 'a class called default',
    spec: { ...MODEL, trafficClasses: [{ name: 'default' }] },
    at: 'spec.trafficClasses[0].name',
    says: "default is the class of the deployment's own URL",
    instead: { ...MODEL, trafficClasses: [{ name: 'batch' }] },
  },
  {
    name: 'a class whose service would have too long a name',
    as: 'q'.repeat(58),
    spec: { ...MODEL, trafficClasses: [{ name: 'batch' }] },
    at: '',
    says: "shorten the class's name or the deployment's",
    instead: { ...MODEL, trafficClasses: [{ name: 'batch' }] },
  },
  {
    name: 'a name that no label can hold',
    as: 'q'.repeat(64),
    spec: MODEL,
    at: 'metadata.name',
    instead: MODEL,
  },
];

export const MODEL_DEPLOYMENT: KindCases = {
  kind: 'ModelDeployment',
  namespaced: true,
  name: 'judged',
  accepted: [...ACCEPTED, ...TEMPLATE_ACCEPTED],
  refused: [
    ...WHAT_IS_SERVED,
    ...WHAT_IS_SCALED,
    ...WHAT_IS_PUBLISHED,
    ...FILES,
    ...WHERE,
    ...HOW_IMPORTANT,
    ...TEMPLATE_REFUSED,
  ],
};
