import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { conditionsOf, isReady } from '../../front-door.ts';
import type { AnyObject } from '../../kube.ts';
import { waitFor } from '../testing.ts';
import { admin } from '../world.ts';
import { behave } from './engines.ts';
import { BOTH, claim, clusterRef, edit, settled, test } from './placements.ts';
import { calm } from './testing.ts';
import { answered, watched } from './watched.ts';

/** What no picker reads: the deployment is refused for as long as it is there. */
const NONSENSE = { ...BOTH, endpointPicker: { config: { plugins: [{ type: 'queue-scorer' }], nonsense: true } } };

const EVEN = 'a 50%, b 50%';

const isRefused = (object: AnyObject): boolean =>
  conditionsOf(object).some(({ type, reason }) => type === 'SpecAccepted' && reason === 'InvalidPicker');

const says = (type: string, reason: string) => (object: AnyObject) =>
  conditionsOf(object).some((one) => one.type === type && one.reason === reason);

test('while a claim is refused its dead engines lose their share, and have it back when they live', async ({
  tenant,
  onTestFinished,
}) => {
  const { failures, routed, told } = await watched(tenant, async (gauges) => {
    onTestFinished(() => calm([['us', gauges.pool]]));
    await edit(tenant, NONSENSE);
    const refused = await waitFor(claim(tenant), isRefused, 'is refused');
    const gone = Date.now();
    await behave('us', gauges.pool, { absent: true });
    await gauges.routed.reaches('b 100%');
    const moved = await answered(tenant, 'eu');
    const lacking = await waitFor(claim(tenant), says('PlacementsReady', 'SomeNotReady'), 'says who is not ready');
    await settled();
    await behave('us', gauges.pool, {});
    await gauges.routed.reaches(EVEN);
    await answered(tenant, 'us', 'eu');
    await waitFor(claim(tenant), isReady, 'is Ready, although it is refused');
    return { gone, moved, ready: [isReady(refused), isReady(lacking)] };
  });
  expect(routed).toEqual([EVEN, 'b 100%', EVEN]);
  // What meets the engines' end is lost, and so is what is sent there until the share has moved.
  expect(failures.filter(({ sentAt, failedAt }) => failedAt < told.gone || sentAt > told.moved)).toEqual([]);
  expect(told.ready).toEqual([true, false]);
});

test('a cluster whose spec names a Gateway that is not there moves no route, and what is placed there serves on', async ({
  tenant,
  onTestFinished,
}) => {
  const us = clusterRef('us');
  const { name } = (await admin.get(us)).spec.gateway;
  const call = (gateway: string) => admin.merge(us, { spec: { gateway: { name: gateway } } });
  const { failures, routed } = await watched(tenant, async () => {
    onTestFinished(async () => {
      await call(name);
      await waitFor(us, isReady, 'is Ready again');
    });
    await call('nowhere');
    await waitFor(us, says('GatewayReady', 'GatewayNotFound'), 'says that the Gateway is not there');
    // Longer than a route that had moved would take to be seen.
    await delay(15_000);
    await answered(tenant, 'us', 'eu');
  });
  expect(routed).toEqual([EVEN]);
  expect(failures).toEqual([]);
});
