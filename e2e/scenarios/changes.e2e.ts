import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { conditionsOf } from '../front-door.ts';
import type { AnyObject } from '../kube.ts';
import { load } from './client.ts';
import { applyReady, endpoint, endpointRef, service, serviceRef, to, URLS } from './objects.ts';
import { apply, test, waitFor } from './testing.ts';
import { admin } from './world.ts';

const says = (type: string, reason: string) => (object: AnyObject) =>
  conditionsOf(object).some((condition) => condition.type === type && condition.reason === reason);

const serves = (namespace: string, ...names: string[]) =>
  waitFor(
    serviceRef(namespace, 'model'),
    ({ status }) => JSON.stringify(status?.serving) === JSON.stringify(names),
    `serves from ${names.join(' and ')}`,
  );

/** What Traefik may still have to read after our status says so: it takes up changes once a second. */
const SETTLED_MS = 2_500;

const a = (more: object = {}) => endpoint('a', { url: URLS.first, ...more });
const b = (more: object = {}) => endpoint('b', { url: URLS.second, ...more });
const c = () => endpoint('c', { url: URLS.nested });
const EQUAL = service('model', [to('a'), to('b')]);

interface Change {
  readonly name: string;
  /** What serves before; a and b alike where nothing is said. */
  readonly before?: readonly object[];
  readonly change: (namespace: string) => Promise<unknown>;
  /** Who must have answered in the end. */
  readonly by: readonly string[];
}

const CHANGES: readonly Change[] = [
  {
    name: 'weights',
    change: (namespace) => apply([service('model', [to('a', { weight: 10 }), to('b', { weight: 90 })])], namespace),
    by: ['first', 'second'],
  },
  {
    name: 'an endpoint that is added',
    change: async (namespace) => {
      await apply([c(), service('model', [to('a'), to('b'), to('c')])], namespace);
      await serves(namespace, 'a', 'b', 'c');
    },
    by: ['first', 'nested', 'second'],
  },
  {
    name: 'an endpoint that is drained and then deleted',
    change: async (namespace) => {
      await apply([b({ draining: true })], namespace);
      await serves(namespace, 'a');
      await delay(SETTLED_MS);
      await admin.remove(endpointRef(namespace, 'b'));
    },
    by: ['first', 'second'],
  },
  {
    name: 'an endpoint that is drained and comes back',
    change: async (namespace) => {
      await apply([b({ draining: true })], namespace);
      await serves(namespace, 'a');
      await apply([b({ draining: false })], namespace);
      await serves(namespace, 'a', 'b');
    },
    by: ['first', 'second'],
  },
  {
    name: 'the tier that serves, there and back',
    before: [a(), b(), service('model', [to('a'), to('b', { tier: 1 })])],
    change: async (namespace) => {
      await apply([a({ draining: true })], namespace);
      await serves(namespace, 'b');
      await delay(SETTLED_MS);
      await apply([a({ draining: false })], namespace);
      await serves(namespace, 'a');
    },
    by: ['first', 'second'],
  },
  {
    name: 'a url that cannot be used',
    change: async (namespace) => {
      await apply([b({ url: 'http://single-label' })], namespace);
      await waitFor(endpointRef(namespace, 'b'), says('SpecAccepted', 'InvalidURL'), 'is refused');
    },
    by: ['first', 'second'],
  },
  {
    name: 'a selector that matches nothing any more',
    change: async (namespace) => {
      await apply([service('model', [to('nobody')])], namespace);
      await waitFor(serviceRef(namespace, 'model'), says('EndpointsResolved', 'NoEndpoints'), 'finds nobody');
    },
    by: ['first', 'second'],
  },
];

describe('at 200 requests a second not one fails while there is a change of', () => {
  test.for(CHANGES)('$name', async ({ before, change, by }, { namespace }) => {
    await applyReady(namespace, ...(before ?? [a(), b(), EQUAL]));
    await delay(SETTLED_MS);
    const client = await load(`/${namespace}/model`);
    await delay(1_500);
    await change(namespace);
    await delay(SETTLED_MS);
    const { sent, failures, answeredBy } = await client.stop();
    expect(failures).toEqual([]);
    expect(sent).toBeGreaterThan(500);
    expect(Object.keys(answeredBy).sort()).toEqual(by);
  });
});
