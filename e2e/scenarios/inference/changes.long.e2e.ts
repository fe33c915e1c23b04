import { afterEach, describe, expect } from 'vitest';
import { conditionsOf } from '../../front-door.ts';
import { INFERENCE_CLUSTER_NAMES, type InferenceClusterName } from '../../inference/catalogue.ts';
import type { AnyObject } from '../../kube.ts';
import { eventually, waitFor } from '../testing.ts';
import { admin } from '../world.ts';
import {
  ALIKE,
  BOTH,
  claim,
  clientOf,
  clusterRef,
  EU,
  edit,
  enginePods,
  pathOf,
  placed,
  RATE,
  settled,
  test,
  US,
} from './placements.ts';
import { ask, inside } from './testing.ts';
import { answered } from './watched.ts';

const [A, B] = BOTH.placements;

const setCluster = (name: InferenceClusterName, spec: { cordoned?: boolean; draining?: boolean }) =>
  admin.merge(clusterRef(name), { spec });

afterEach(async () => {
  for (const name of INFERENCE_CLUSTER_NAMES) await setCluster(name, { cordoned: false, draining: false });
});

const allEngines = async (namespace: string): Promise<AnyObject[]> =>
  (await Promise.all(INFERENCE_CLUSTER_NAMES.map((name) => enginePods(name, namespace)))).flat();

/** Waits until every engine is such a one and ready, and those before them are gone. */
const engines = (namespace: string, what: string, isSo: (engine: Engine) => boolean): Promise<void> =>
  eventually(
    async () => {
      const pods = await allEngines(namespace);
      return pods.length === BOTH.placements.length && pods.every((pod) => isPodReady(pod) && isSo(engineIn(pod)));
    },
    () => `every engine should be one of ${what}`,
  );

interface Engine {
  readonly image: string;
  readonly args: readonly string[];
}

const engineIn = ({ spec }: AnyObject): Engine =>
  spec.containers.find(({ name }: { name: string }) => name === 'engine');

const isPodReady = (pod: AnyObject): boolean =>
  conditionsOf(pod).some(({ type, status }) => type === 'Ready' && status === 'True');

/** Waits until the objectives in all clusters have a priority. */
const objectives = (namespace: string, priority: number): Promise<void> =>
  eventually(
    async () => {
      const apiVersion = 'inference.networking.x-k8s.io/v1alpha2';
      const lists = INFERENCE_CLUSTER_NAMES.map((name) =>
        inside(name).list(apiVersion, 'InferenceObjective', { namespace: `mp-${namespace}` }),
      );
      return (await Promise.all(lists)).flat().every(({ spec }) => spec.priority === priority);
    },
    () => `every objective should have priority ${priority}`,
  );

interface Change {
  readonly name: string;
  /** Makes it, and waits until it is done. */
  readonly change: (namespace: string) => Promise<unknown>;
}

const CHANGES: readonly Change[] = [
  {
    name: 'the image of the engines',
    change: async (namespace) => {
      const image = 'docker.io/vllm/vllm-openai:v0.27.0';
      await edit(namespace, { ...BOTH, template: { spec: { containers: [{ name: 'engine', image }] } } });
      await engines(namespace, image, (engine) => engine.image === image);
    },
  },
  {
    name: 'the model, which then answers to its own name',
    change: async (namespace) => {
      const model = 'Qwen/Qwen3-14B';
      await edit(namespace, { ...BOTH, model });
      await engines(namespace, model, (engine) => engine.args[0] === model);
      expect((await ask(pathOf(namespace), { model })).status).toBe(200);
    },
  },
  {
    name: 'the criticality',
    change: async (namespace) => {
      await edit(namespace, { ...BOTH, criticality: 'Critical' });
      await objectives(namespace, 100);
    },
  },
  {
    name: 'the weights',
    change: async (namespace) => {
      const placements = [
        { ...A, weight: 90 },
        { ...B, weight: 10 },
      ];
      await edit(namespace, { ...BOTH, placements });
      await placed(namespace, 'a@us 90%', 'b@eu 10%');
    },
  },
  {
    name: 'the placements: one more, and then one less',
    change: async (namespace) => {
      await edit(namespace, { ...BOTH, placements: [A, B, { name: 'c', weight: 2, ...EU }] });
      await placed(namespace, 'a@us 25%', 'b@eu 25%', 'c@eu 50%');
    },
  },
  {
    name: 'the cluster that a placement names',
    change: async (namespace) => {
      await edit(namespace, { ...BOTH, placements: [{ name: 'a', clusterName: 'eu' }, B] });
      await placed(namespace, 'a@eu 50%', 'b@eu 50%');
    },
  },
  {
    name: 'the labels of the cluster that the only placement asks for',
    change: async (namespace) => {
      await edit(namespace, { ...BOTH, placements: [A] });
      await placed(namespace, 'a@us 100%');
      await edit(namespace, { ...BOTH, placements: [{ name: 'a', ...EU }] });
      await placed(namespace, 'a@eu 100%');
    },
  },
  {
    name: 'a cluster that drains: a placement that may be anywhere leaves it',
    change: async (namespace) => {
      await setCluster('envoy', { cordoned: true });
      await edit(namespace, { ...BOTH, placements: [{ name: 'a' }, B] });
      await setCluster('us', { draining: true });
      await placed(namespace, 'a@eu 50%', 'b@eu 50%');
      await setCluster('us', { draining: false });
    },
  },
  {
    name: 'a cluster that drains: a placement that names it gives its share away, and gets it back',
    change: async (namespace) => {
      await edit(namespace, { ...BOTH, placements: [{ name: 'a', clusterName: 'us' }, B] });
      await setCluster('us', { draining: true });
      await placed(namespace, 'a@us 0%', 'b@eu 100%');
      await settled();
      await setCluster('us', { draining: false });
      await placed(namespace, ...ALIKE);
    },
  },
  {
    name: 'a cluster that is cordoned: what is there stays, and nothing is added until it no longer is',
    change: async (namespace) => {
      await setCluster('us', { cordoned: true });
      await edit(namespace, { ...BOTH, placements: [A, B, { name: 'c', weight: 2, ...US }] });
      await waitFor(claim(namespace), says('PlacementsScheduled', 'SomeUnscheduled', /us: cordoned/), 'has to wait');
      await setCluster('us', { cordoned: false });
      await placed(namespace, 'a@us 25%', 'b@eu 25%', 'c@us 50%');
    },
  },
];

const says = (type: string, reason: string, message: RegExp) => (object: AnyObject) =>
  conditionsOf(object).some((one) => one.type === type && one.reason === reason && message.test(one.message ?? ''));

interface BadEdit {
  readonly name: string;
  readonly spec: object;
  /** The condition that says so, PlacementsScheduled by itself. */
  readonly type?: string;
  /** Its reason; where there is none the API server does not take the edit. */
  readonly reason?: string;
  readonly message: RegExp;
}

const BAD_EDITS: readonly BadEdit[] = [
  {
    name: 'has two placements of one name',
    spec: { placements: [A, { ...B, name: 'a' }] },
    message: /Duplicate value/,
  },
  {
    name: 'has a template and no engine in it',
    spec: { model: null, template: { spec: { containers: [{ name: 'server', image: 'example.com/server:1' }] } } },
    message: /template needs a container named engine/,
  },
  {
    name: 'has a container without an image',
    spec: { template: { spec: { containers: [{ name: 'sidecar' }] } } },
    type: 'SpecAccepted',
    reason: 'InvalidTemplate',
    message: /container sidecar has no image/,
  },
  {
    name: 'has a picker configuration with a field that no picker knows',
    spec: { endpointPicker: { config: { plugins: [{ type: 'max-score-picker' }], pluginz: [] } } },
    type: 'SpecAccepted',
    reason: 'InvalidPicker',
    message: /pluginz/,
  },
  {
    name: 'asks for labels that no cluster has',
    spec: { placements: [{ name: 'a', clusterSelector: { matchLabels: { region: 'mars' } } }, B] },
    reason: 'SomeUnscheduled',
    message: /^a: It stays on us for now\. .*has no label region=mars/,
  },
];

async function makeBadly(
  namespace: string,
  { spec, type = 'PlacementsScheduled', reason, message }: BadEdit,
): Promise<void> {
  if (reason === undefined) return expect(admin.merge(claim(namespace), { spec })).rejects.toThrow(message);
  await edit(namespace, { ...BOTH, ...spec });
  await waitFor(claim(namespace), says(type, reason, message), 'should say what is wrong');
}

/** Sends requests while there is a change and the way back from it, and holds both to not one that failed. */
async function underLoad(namespace: string, change: () => Promise<unknown>): Promise<void> {
  await edit(namespace, BOTH);
  await placed(namespace, ...ALIKE);
  await answered(namespace, 'us', 'eu');
  const client = await clientOf(namespace);
  await change();
  await settled();
  await edit(namespace, BOTH);
  await placed(namespace, ...ALIKE);
  await settled();
  const { sent, failures, answeredBy } = await client.stop();
  expect(failures).toEqual([]);
  expect(sent).toBeGreaterThan(RATE);
  expect(Object.keys(answeredBy).sort()).toEqual(['eu', 'us']);
}

describe(`at ${RATE} requests a second not one fails while there is a change of`, () => {
  test.for(CHANGES)('$name', ({ change }, { tenant }) => underLoad(tenant, () => change(tenant)));
});

describe(`at ${RATE} requests a second not one fails, and every engine goes on, after an edit that`, () => {
  test.for(BAD_EDITS)('$name', (bad, { tenant }) =>
    underLoad(tenant, async () => {
      const names = async () => (await allEngines(tenant)).map(({ metadata }) => metadata?.name).sort();
      const before = await names();
      await makeBadly(tenant, bad);
      await settled();
      expect(await names()).toEqual(before);
    }),
  );
});
