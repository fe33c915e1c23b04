import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isReady, whyNot } from '../../front-door.ts';
import {
  INFERENCE_CLUSTER_NAMES,
  type InferenceClusterName,
  LIGHT_ENGINE_LABEL,
  NO_PICKER_IMAGE,
  PICKER_LABEL,
  POOL_LABEL,
} from '../../inference/catalogue.ts';
import { addNodes, GPUS_PER_NODE } from '../../inference/nodes.ts';
import type { AnyObject, Ref } from '../../kube.ts';
import { behave } from '../inference/engines.ts';
import { objectsIn } from '../inference/namespaces.ts';
import { deployment, deploymentRef, inside } from '../inference/testing.ts';
import { apply, eventually, waitFor } from '../testing.ts';
import { admin } from '../world.ts';
import { showActivity } from './figures.ts';
import { type Measured, measure } from './measure.ts';
import { type Counts, tally, total } from './metrics.ts';
import { census, expectClosedCircuits, expectQuiet, forEach, range, say, size, untilNoMoreThan } from './testing.ts';

const NAMESPACES = size('NAMESPACES', 10);
const DEPLOYMENTS = size('DEPLOYMENTS', 10);

const SELECTOR = 'e2e.modelplane.ai/scale=deployments';

const PLACEMENTS = [
  { name: 'us', weight: 45, clusterSelector: { matchLabels: { region: 'us' } } },
  { name: 'eu', weight: 45, clusterSelector: { matchLabels: { region: 'eu' } } },
  { name: 'any', weight: 10, model: 'Qwen/Qwen3-8B-FP8' },
];

const namespaces = range(NAMESPACES).map((index) => `scale-deployments-${index + 1}`);
const deployments = namespaces.flatMap((namespace) =>
  range(DEPLOYMENTS).map((index) => ({ namespace, name: `model-${index + 1}` })),
);

/** Their namespaces in the clusters. */
const tenants = namespaces.map((name) => `mp-${name}`);

/** Its pickers and engines are said to run, and are no processes: 300 of each are more than a machine for tests holds. */
const manifest = (name: string): AnyObject => {
  const spec = {
    model: 'Qwen/Qwen3-8B',
    placements: PLACEMENTS,
    endpointPicker: { image: NO_PICKER_IMAGE },
    template: { metadata: { labels: { [LIGHT_ENGINE_LABEL]: '' } } },
  };
  const object = deployment(name, spec);
  return { ...object, metadata: { ...object.metadata, labels: { 'e2e.modelplane.ai/scale': 'deployments' } } };
};

/** Two of three placements may be in one cluster, with a GPU each. */
const nodes = range(Math.ceil((2 * deployments.length) / GPUS_PER_NODE)).map((index) => `scale-${index + 1}`);

const eachCluster = async (act: (name: InferenceClusterName) => Promise<unknown>): Promise<void> => {
  await Promise.all(INFERENCE_CLUSTER_NAMES.map(act));
};

const deleteDeployments = (): Promise<void> =>
  forEach(deployments, ({ namespace, name }) => admin.remove(deploymentRef(namespace, name)));

const removeAll = (cluster: InferenceClusterName, kind: string, names: readonly string[]): Promise<void> =>
  forEach(names, (name) => inside(cluster).remove({ apiVersion: 'v1', kind, name }));

/** What every Namespace has from its start. */
const EMPTY_NAMESPACES: Counts = {
  'namespaces /api/v1': NAMESPACES,
  'serviceaccounts /api/v1': NAMESPACES,
  'configmaps /api/v1': NAMESPACES,
};

/** What the pods of these tenants are, and whether they are ready. */
async function podsIn(cluster: InferenceClusterName): Promise<string[]> {
  const pods = await inside(cluster).list('v1', 'Pod', { labels: 'modelplane.ai/tenant' });
  return pods
    .filter(({ metadata }) => tenants.includes(metadata?.namespace ?? ''))
    .map((pod) => `${isPicker(pod) ? 'picker' : 'engine'}, ${isReady(pod) ? 'ready' : 'not ready'}`);
}

const isPicker = ({ metadata }: AnyObject): boolean => metadata?.labels?.[PICKER_LABEL] !== undefined;

/** What a deployment says of its placements, in the order of its spec. */
const placementsOf = ({ status }: AnyObject): object[] =>
  status?.placements?.map(({ phase, percent, replicas }: AnyObject) => ({ phase, percent, ready: replicas.ready }));

const READY = { phase: 'Ready', ready: 1 };

const SERVING = [
  { ...READY, percent: 45 },
  { ...READY, percent: 45 },
  { ...READY, percent: 10 },
];

const WITHOUT_FIRST = [
  { phase: 'NotReady', percent: 0, ready: 0 },
  { ...READY, percent: 81.82 },
  { ...READY, percent: 18.18 },
];

const INOTIFY_INSTANCES = '/proc/sys/fs/inotify/max_user_instances';

/** Envoy watches a file for each picker by an instance of its own, and aborts when it gets none. */
async function expectEnoughInotify(): Promise<void> {
  const wanted = deployments.length * PLACEMENTS.length + 64;
  const allowed = Number(await readFile(INOTIFY_INSTANCES, 'utf8'));
  if (allowed >= wanted) return;
  throw new Error(
    `this machine allows ${allowed} inotify instances to a user, and the gateways of so many pools want ${wanted}: ` +
      `sysctl -w fs.inotify.max_user_instances=${wanted}, or ask for fewer by E2E_SCALE_DEPLOYMENTS.`,
  );
}

const LOOK_MS = 2_000;

/** Some are made at a time, as teams would: all at once make two cores go through thousands of conflicts. */
async function untilReady(ref: Ref): Promise<void> {
  const deadline = Date.now() + CHANGE_MS;
  for (let object = await admin.get(ref); !isReady(object); object = await admin.get(ref)) {
    if (Date.now() > deadline) throw new Error(`${ref.namespace}/${ref.name} is not ready: ${whyNot(object)}`);
    await delay(LOOK_MS);
  }
}

/** A machine on which all of this was just made has more to do. */
const CHANGE_MS = 5 * 60_000;
const LEAVE_MS = 15 * 60_000;

describe(`${NAMESPACES} namespaces with ${DEPLOYMENTS} deployments of ${PLACEMENTS.length} placements each`, () => {
  const before: Record<InferenceClusterName | 'control plane', Counts> = {
    'control plane': {},
    us: {},
    eu: {},
    envoy: {},
  };
  let making: Measured;

  beforeAll(async () => {
    await expectEnoughInotify();
    await apply(namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })));
    await eachCluster(async (name) => addNodes(inside(name), nodes));
    before['control plane'] = await census(admin);
    await eachCluster(async (name) => {
      before[name] = await census(inside(name));
    });
    making = await measure(async () => {
      let ready = 0;
      await forEach(deployments, async ({ namespace, name }) => {
        await apply([manifest(name)], namespace);
        await untilReady(deploymentRef(namespace, name));
        ready++;
        if (ready % 10 === 0) say(`${ready} of ${deployments.length} ModelDeployments are ready`);
      });
    });
    say(`all are ready after ${Math.round(making.seconds)} s`);
    showActivity('until all were ready', making);
  });

  afterAll(async () => {
    await deleteDeployments();
    await eventually(
      async () => (await Promise.all(namespaces.map(objectsIn))).flat().length === 0,
      () => 'no Object should be left: in a namespace that is being deleted provider-kubernetes lets go of none',
      LEAVE_MS,
    );
    await eachCluster((name) => removeAll(name, 'Namespace', tenants));
    await eachCluster((name) => removeAll(name, 'Node', nodes));
    await forEach(namespaces, (name) => admin.remove({ apiVersion: 'v1', kind: 'Namespace', name }));
  });

  test("Crossplane's circuit breaker never opens", () => expectClosedCircuits(making));

  test('every deployment says of its placements what is so in the clusters', async () => {
    const all = await admin.list('modelplane.ai/v1alpha1', 'ModelDeployment', { labels: SELECTOR });
    expect(all.map(placementsOf)).toEqual(deployments.map(() => SERVING));
    const pods = (await Promise.all(INFERENCE_CLUSTER_NAMES.map(podsIn))).flat();
    const placements = deployments.length * PLACEMENTS.length;
    expect(tally(pods)).toEqual({ 'engine, ready': placements, 'picker, ready': placements });
  });

  test('one of many placements loses its share with its engine, and gets it back', async ({ onTestFinished }) => {
    const [{ namespace, name } = { namespace: '', name: '' }] = deployments;
    const labels = `modelplane.ai/deployment=${name},modelplane.ai/placement=us,${POOL_LABEL}`;
    const [engine] = await inside('us').list('v1', 'Pod', { namespace: `mp-${namespace}`, labels });
    const pool = engine?.metadata?.labels?.[POOL_LABEL] ?? '';
    onTestFinished(() => behave('us', pool, {}).then(() => {}));
    const ref = deploymentRef(namespace, name);
    const says = (wanted: unknown) => (object: AnyObject) => isDeepStrictEqual(placementsOf(object), wanted);
    await behave('us', pool, { absent: true });
    await waitFor(ref, says(WITHOUT_FIRST), 'should have lost an engine', CHANGE_MS);
    await behave('us', pool, {});
    await waitFor(ref, says(SERVING), 'should have it back', CHANGE_MS);
  });

  test('when nothing changes no function is called before its last answer has run out', () => expectQuiet(making));

  test("deleting them leaves nothing but the tenants' empty Namespaces in the clusters", async () => {
    const began = Date.now();
    await deleteDeployments();
    await untilNoMoreThan(before['control plane'], admin);
    await eachCluster((name) => untilNoMoreThan(total([before[name], EMPTY_NAMESPACES]), inside(name)));
    say(`all is gone after ${Math.round((Date.now() - began) / 1000)} s`);
  });
});
