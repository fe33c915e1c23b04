import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readApis } from '../../preview/apis.ts';
import { begin } from '../../preview/begin.ts';
import { parseManifests } from '../../preview/manifests.ts';

const WORLD = { apis: readApis(join(import.meta.dirname, '..')), functions: {} };

/** What the API server would say of a claim, by the definition beside this file. */
function problems(spec: object, name = 'qwen'): string[] {
  const manifest = {
    apiVersion: 'modelplane.ai/v1alpha1',
    kind: 'ModelDeployment',
    metadata: { name, namespace: 'ml' },
    spec,
  };
  const begun = begin(WORLD, parseManifests(JSON.stringify(manifest), 'claim.yaml').manifests);
  return begun.ok ? [] : begun.problems.map(({ message }) => message);
}

const MODEL = { model: 'Qwen/Qwen3-8B' };
const engine = (fields: object = {}) => ({
  spec: { containers: [{ name: 'engine', image: 'example.com/engine:1', ...fields }] },
});

describe('the API server takes', () => {
  test.each([
    { name: 'a model and nothing else', spec: MODEL },
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
    { name: 'no replicas', spec: { ...MODEL, replicas: 0 } },
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
  ])('$name', ({ spec }) => expect(problems(spec)).toEqual([]));
});

describe('the API server refuses', () => {
  test.each([
    {
      name: 'a claim for nothing',
      spec: { replicas: 2 },
      want: /^spec: .*name a model, such as Qwen\/Qwen3-8B, or give a template/,
    },
    {
      name: 'a template without an engine',
      spec: { template: { spec: { containers: [{ name: 'a', image: 'i' }] } } },
      want: /template needs a container named engine/,
    },
    {
      name: 'two placements of one name',
      spec: { ...MODEL, placements: [{ name: 'us' }, { name: 'us' }] },
      want: /^spec\.placements.*two items with the same name/,
    },
    {
      name: 'an engine that listens elsewhere',
      spec: { template: engine({ ports: [{ containerPort: 8080 }] }) },
      want: /the ports of container engine in template do not hold engine\.port/,
    },
    {
      name: 'a placement’s engine that listens elsewhere',
      spec: { ...MODEL, placements: [{ name: 'a', template: engine({ ports: [{ containerPort: 8080 }] }) }] },
      want: /in a placement's template do not hold engine\.port/,
    },
    {
      name: 'criticality and priority together',
      spec: { ...MODEL, criticality: 'High', priority: 1 },
      want: /keep one of them/,
    },
    {
      name: 'criticality and priority of a class together',
      spec: { ...MODEL, trafficClasses: [{ name: 'a', criticality: 'High', priority: 1 }] },
      want: /^spec\.trafficClasses\[0\].*keep one of them/,
    },
    { name: 'a priority beyond 32 bits', spec: { ...MODEL, priority: 2147483648 }, want: /^spec\.priority/ },
    {
      name: 'a class called default',
      spec: { ...MODEL, trafficClasses: [{ name: 'default' }] },
      want: /default is the class of the deployment's own URL/,
    },
    {
      name: 'a selector beside placements',
      spec: { ...MODEL, clusterSelector: { matchLabels: { a: 'b' } }, placements: [{ name: 'a' }] },
      want: /put it into each placement/,
    },
    {
      name: 'a selector without a label',
      spec: { ...MODEL, clusterSelector: { matchLabels: {} } },
      want: /^spec\.clusterSelector\.matchLabels/,
    },
    {
      name: 'a cluster by name and by label',
      spec: { ...MODEL, placements: [{ name: 'a', clusterName: 'x', clusterSelector: { matchLabels: { a: 'b' } } }] },
      want: /choose a cluster in two ways/,
    },
    { name: 'no placements', spec: { ...MODEL, placements: [] }, want: /^spec\.placements/ },
    {
      name: 'more placements than a route has backends',
      spec: { ...MODEL, placements: Array.from({ length: 17 }, (_, index) => ({ name: `p${index}` })) },
      want: /^spec\.placements/,
    },
    {
      name: 'a rollout that can replace nothing',
      spec: { ...MODEL, rollout: { maxSurge: 0 } },
      want: /^spec\.rollout.*cannot both be 0/,
    },
    { name: 'gpus without a model', spec: { gpus: 2, template: engine() }, want: /gpus goes with model/ },
    {
      name: 'a model for an engine that is not vLLM',
      spec: { ...MODEL, engine: { type: 'sglang' } },
      want: /model stands for a vLLM engine/,
    },
    {
      name: 'flow control beside a configuration of one’s own',
      spec: { ...MODEL, endpointPicker: { flowControl: true, config: {} } },
      want: /name flowControl in its featureGates/,
    },
    {
      name: 'the node’s network',
      spec: { ...MODEL, template: { spec: { hostNetwork: true } } },
      want: /^spec\.template\.spec\.hostNetwork.*remove hostNetwork/,
    },
    { name: 'the node’s processes', spec: { ...MODEL, template: { spec: { hostPID: true } } }, want: /remove hostPID/ },
    {
      name: 'the node’s shared memory',
      spec: { ...MODEL, template: { spec: { hostIPC: true } } },
      want: /mount an emptyDir of medium Memory/,
    },
    {
      name: 'the node’s files',
      spec: { ...MODEL, template: { spec: { volumes: [{ name: 'a', hostPath: { path: '/' } }] } } },
      want: /use emptyDir or persistentVolumeClaim instead of hostPath/,
    },
    {
      name: 'a privileged container',
      spec: {
        ...MODEL,
        template: { spec: { containers: [{ name: 'engine', securityContext: { privileged: true } }] } },
      },
      want: /privileged.*remove privileged/,
    },
    {
      name: 'a service account of one’s choosing',
      spec: { ...MODEL, placements: [{ name: 'a', template: { spec: { serviceAccountName: 'default' } } }] },
      want: /remove serviceAccountName/,
    },
    {
      name: 'a volume that is nothing',
      spec: { ...MODEL, template: { spec: { volumes: [{ name: 'a' }] } } },
      want: /a volume is one of emptyDir/,
    },
    {
      name: 'labels that the deployment sets',
      spec: { ...MODEL, template: { metadata: { labels: { 'modelplane.ai/pool': 'x' } } } },
      want: /are set by the deployment; remove them/,
    },
    {
      name: 'a field of a pod that a shared cluster cannot allow',
      spec: { ...MODEL, template: { spec: { nodeName: 'n1' } } },
      want: /nodeName/,
    },
  ])('$name', ({ spec, want }) => expect(problems(spec)).toEqual([expect.stringMatching(want)]));

  test('a class whose service would have too long a name', () => {
    const spec = { ...MODEL, trafficClasses: [{ name: 'batch' }] };
    expect(problems(spec, 'q'.repeat(57))).toEqual([]);
    expect(problems(spec, 'q'.repeat(58))).toEqual([
      expect.stringMatching(/shorten the class's name or the deployment's/),
    ]);
  });
});
