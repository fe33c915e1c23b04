import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { conditionsOf } from '../../front-door.ts';
import { type AnyObject, refOf } from '../../kube.ts';
import { waitFor, waitUntilReady } from '../testing.ts';
import { admin, processes } from '../world.ts';
import { behave } from './engines.ts';
import { BOTH, claim, clusterRef, edit, placed, settled, test } from './placements.ts';
import { calm } from './testing.ts';
import { answered, watched } from './watched.ts';

const EVEN = 'a 50%, b 50%';

/** Nobody is given less or more than before, not for a moment. */
const UNMOVED = { splits: [EVEN], routed: [EVEN] };

test('engines that are gone give their share to the sibling, once, and get it back, once', async ({
  tenant,
  onTestFinished,
}) => {
  const { failures, splits, routed, told } = await watched(tenant, async (gauges) => {
    onTestFinished(() => calm([['us', gauges.pool]]));
    const gone = Date.now();
    await behave('us', gauges.pool, { absent: true });
    await gauges.routed.reaches('b 100%');
    await gauges.splits.reaches('a 0%, b 100%');
    const moved = await answered(tenant, 'eu');
    await settled();
    await behave('us', gauges.pool, {});
    await gauges.routed.reaches(EVEN);
    await gauges.splits.reaches(EVEN);
    await answered(tenant, 'us', 'eu');
    return { gone, moved };
  });
  expect({ splits, routed }).toEqual({
    splits: [EVEN, 'a 0%, b 100%', EVEN],
    routed: [EVEN, 'b 100%', EVEN],
  });
  // What meets the engines' end is lost, and so is what is sent there until the share has moved.
  expect(failures.filter(({ sentAt, failedAt }) => failedAt < told.gone || sentAt > told.moved)).toEqual([]);
});

test("a cluster's API server that is gone changes nothing but a condition, and neither does its return", async ({
  tenant,
  onTestFinished,
}) => {
  onTestFinished(() => running('us-apiserver'));
  const { failures, splits, routed } = await watched(tenant, async () => {
    await processes.stop('us-apiserver');
    await waitFor(claim(tenant), says('PlacementsReady', 'Unknown'), 'should be Unknown');
    await settled();
    await processes.start('us-apiserver');
    await waitFor(claim(tenant), says('PlacementsReady', 'True'), 'should be ready again');
  });
  expect({ failures, splits, routed }).toEqual({ failures: [], ...UNMOVED });
});

test("a cluster's gateway that is gone loses what it was answering, and the sibling gets all the rest", async ({
  tenant,
  onTestFinished,
}) => {
  onTestFinished(() => running('us-envoy'));
  const { failures, splits, routed, told } = await watched(tenant, async () => {
    await processes.stop('us-envoy', 'SIGKILL');
    const gone = Date.now();
    await answered(tenant, 'eu');
    await settled();
    await processes.start('us-envoy');
    return gone;
  });
  // No function sees it.
  expect({ splits, routed }).toEqual(UNMOVED);
  expect(failures.filter(({ sentAt }) => sentAt > told)).toEqual([]);
});

const says = (type: string, status: string) => (object: AnyObject) =>
  conditionsOf(object).some((one) => one.type === type && one.status === status);

/** Starts a process again that a scenario has left stopped. */
async function running(name: string): Promise<void> {
  const process = (await processes.list()).find((one) => one.name === name);
  if (process?.running === false) await processes.start(name);
}

/** Long enough for whoever restarts them to have tried. */
const AWAY_MS = 6_000;

/** Kills pods of the control plane, and whatever takes their place. */
async function killPods(...labels: readonly string[]): Promise<void> {
  const until = Date.now() + AWAY_MS;
  while (Date.now() < until) {
    for (const label of labels) {
      const pods = await admin.list('v1', 'Pod', { namespace: 'crossplane-system', labels: label });
      for (const pod of pods) await admin.remove(refOf(pod));
    }
    await delay(500);
  }
}

const functions = (...names: readonly string[]): string[] =>
  names.map((name) => `pkg.crossplane.io/function=modelplane-compose-${name}`);

/** Has every function asked, as an edit would. */
async function poke(namespace: string): Promise<void> {
  for (const kind of ['ModelDeployment', 'ModelService', 'ModelEndpoint']) {
    for (const object of await admin.list('modelplane.ai/v1alpha1', kind, { namespace })) {
      await admin.merge(refOf(object), { metadata: { annotations: { 'e2e/asked-at': String(Date.now()) } } });
    }
  }
}

describe('nothing that serves changes while there is not, and when there is again,', () => {
  test.for([
    {
      name: 'any function that is asked',
      away: async (namespace: string) => {
        const asking = setInterval(() => void poke(namespace), 1_000);
        await killPods(...functions('model-deployment', 'model-endpoint', 'model-service', 'inference-cluster'));
        clearInterval(asking);
      },
    },
    {
      name: 'Crossplane',
      away: async () => {
        await processes.stop('crossplane', 'SIGKILL');
        await delay(AWAY_MS);
        await processes.start('crossplane');
      },
    },
    {
      name: 'provider-kubernetes',
      away: async () => {
        const told = waitFor(
          clusterRef('us'),
          (object) => conditionsOf(object).some(({ reason }) => reason === 'NobodyLooks'),
          'should say that nobody looks',
        );
        await Promise.all([killPods('pkg.crossplane.io/provider=crossplane-contrib-provider-kubernetes'), told]);
        await waitUntilReady(clusterRef('us'));
      },
    },
  ])('$name', async ({ away }, { tenant, onTestFinished }) => {
    onTestFinished(() => running('crossplane'));
    const { failures, splits, routed, answeredBy } = await watched(tenant, () => away(tenant));
    expect({ failures, splits, routed }).toEqual({ failures: [], ...UNMOVED });
    expect(Object.keys(answeredBy).sort()).toEqual(['eu', 'us']);
    // And an edit that is made afterwards is carried out, in the clusters too.
    await edit(tenant, { ...BOTH, placements: [BOTH.placements[1]] });
    await placed(tenant, 'b@eu 100%');
  });
});
