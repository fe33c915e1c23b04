import { describe, expect, test } from 'vitest';
import { condition } from '#shared/conditions.ts';
import type { ClusterObject } from '../objects.ts';
import { testApi, testFunction, testWorld } from '../testing.ts';
import { stepsOf } from '../world.ts';
import { render } from './render.ts';

const SHOP = testApi('Shop');

/** Everything that the rendered documents can show of what the function was given. */
const FUNCTION = testFunction(
  ({ xr, observed, lookup }) => {
    const { bad, throws } = (xr.spec ?? {}) as { bad?: boolean; throws?: boolean };
    if (throws) throw new TypeError('not a list');
    const conditions = [condition('RoutingReady', 'True', 'RouteConfigured', '')];
    if (bad) return { refused: { reason: 'NotAllowed', problem: 'use spec.bad' }, conditions };
    const data = { settings: `${lookup('settings').length}`, observed: Object.keys(observed).join() };
    return {
      desired: {
        unnamed: { resource: { apiVersion: 'v1', kind: 'ConfigMap', data }, ready: true },
        named: {
          resource: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'svc', labels: { x: 'y' } } },
          ready: false,
        },
      },
      status: { seen: lookup('all').map(({ metadata }) => metadata?.name) },
      conditions,
      ready: observed.named !== undefined,
    };
  },
  {
    settings: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'ns1', match: { name: 'settings' } },
    all: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'ns1', match: { labels: { a: 'b' } } },
  },
);
const STEPS = stepsOf(testWorld([SHOP], { 'compose-shop': FUNCTION }), SHOP);

const XR: ClusterObject = {
  apiVersion: 'shop.example.org/v1',
  kind: 'Shop',
  metadata: { name: 'one', namespace: 'ns1', labels: { team: 't' }, generation: 4 },
  spec: {},
};
const configMap = (name: string, labels: Record<string, string> = {}): ClusterObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'ns1', labels },
});
const REFUSED = { type: 'SpecAccepted', status: 'False', reason: 'NotAllowed' };
const TIME = { lastTransitionTime: '2024-01-01T00:00:00Z' };
const UID = 'c3a6fa62-d6a2-5ac2-a1fd-1e5b3f0a6e3a';

const given = { xr: XR, api: SHOP, steps: STEPS, observed: [], required: [] };

describe('one reconcile of one composite', () => {
  test('prints the composite as it is applied, and then what it composes, sorted by key', () => {
    const rendered = render({
      ...given,
      xr: { ...XR, metadata: { ...XR.metadata, uid: UID } },
      required: [configMap('settings', { a: 'b' }), configMap('all', { a: 'b' })],
    });
    const owner = {
      apiVersion: 'shop.example.org/v1',
      kind: 'Shop',
      name: 'one',
      uid: UID,
      controller: true,
      blockOwnerDeletion: true,
    };
    const name = expect.stringMatching(/^one-[0-9a-f]{12}$/);
    expect(rendered).toEqual({
      ok: true,
      refusals: [],
      documents: [
        {
          apiVersion: 'shop.example.org/v1',
          kind: 'Shop',
          metadata: { name: 'one', namespace: 'ns1' },
          spec: {
            crossplane: {
              resourceRefs: [
                { apiVersion: 'v1', kind: 'ConfigMap', name },
                { apiVersion: 'v1', kind: 'Service', name: 'svc' },
              ],
            },
          },
          status: {
            seen: ['all', 'settings'],
            conditions: [
              { type: 'Responsive', status: 'True', reason: 'WatchCircuitClosed', observedGeneration: 4, ...TIME },
              { type: 'RoutingReady', status: 'True', reason: 'RouteConfigured', ...TIME },
              expect.objectContaining({ type: 'SpecAccepted', status: 'True', reason: 'Accepted', ...TIME }),
              { type: 'Synced', status: 'True', reason: 'ReconcileSuccess', ...TIME },
              { type: 'Ready', status: 'False', reason: 'Creating', ...TIME },
            ],
          },
        },
        {
          apiVersion: 'v1',
          kind: 'Service',
          metadata: {
            name: 'svc',
            namespace: 'ns1',
            labels: { x: 'y', 'crossplane.io/composite': 'one' },
            annotations: { 'crossplane.io/composition-resource-name': 'named' },
            ownerReferences: [owner],
          },
        },
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: {
            name,
            generateName: 'one-',
            namespace: 'ns1',
            labels: { 'crossplane.io/composite': 'one' },
            annotations: { 'crossplane.io/composition-resource-name': 'unnamed' },
            ownerReferences: [owner],
          },
          data: { settings: '1', observed: '' },
        },
      ],
    });
  });

  test('keeps the name of what is observed', () => {
    const observed: ClusterObject = {
      ...configMap('of-old'),
      metadata: {
        ...configMap('of-old').metadata,
        annotations: { 'crossplane.io/composition-resource-name': 'unnamed' },
      },
    };
    const rendered = render({ ...given, observed: [observed] });
    expect(rendered).toMatchObject({
      ok: true,
      documents: [{}, {}, { metadata: { name: 'of-old' }, data: { observed: 'unnamed' } }],
    });
  });

  test('a spec that is refused is printed with the truth about it, and told', () => {
    expect(render({ ...given, xr: { ...XR, spec: { bad: true } } })).toMatchObject({
      ok: true,
      documents: [{ status: { conditions: expect.arrayContaining([expect.objectContaining(REFUSED)]) } }],
      refusals: ['cannot use spec.bad. What was accepted before goes on.'],
    });
  });

  test("an exception is a fatal result, in Crossplane's words", () => {
    expect(render({ ...given, xr: { ...XR, spec: { throws: true } } })).toEqual({
      ok: false,
      error: expect.stringMatching(
        /^cannot compose resources: pipeline step "compose" returned a fatal result: the function failed with TypeError, which is a bug in it: not a list at .*render\.test\.ts:\d+/,
      ),
    });
  });

  test.each([
    {
      name: 'another controls',
      metadata: {
        namespace: 'ns1',
        ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'y', controller: true }],
      },
      want: 'x has a controller ref but is not controlled by the XR',
    },
    {
      name: 'is in another namespace',
      metadata: { namespace: 'ns2' },
      want: 'x is not in the same namespace as the XR',
    },
    {
      name: 'was composed under no key',
      metadata: { namespace: 'ns1', annotations: {} },
      want: 'x has no annotation crossplane.io/composition-resource-name',
    },
  ])('what $name cannot be observed', ({ metadata, want }) => {
    const annotations = { 'crossplane.io/composition-resource-name': 'key' };
    const observed = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'x', annotations, ...metadata },
    } as ClusterObject;
    expect(render({ ...given, observed: [observed] })).toEqual({
      ok: false,
      error: `invalid observed resources: ${want}`,
    });
  });
});
