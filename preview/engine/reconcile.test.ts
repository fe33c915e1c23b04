import { Ready } from '@crossplane-org/function-sdk-typescript';
import { describe, expect, test } from 'vitest';
import type { FunctionHandler } from '#shared/function.ts';
import type { ClusterObject } from '../objects.ts';
import { type PartialResponse, response } from '../testing.ts';
import { conditionsAfter, type Reconciled, reconcile } from './reconcile.ts';

const XR: ClusterObject = {
  apiVersion: 'shop.example.org/v1',
  kind: 'Shop',
  metadata: { name: 'a', namespace: 'n', uid: 'u' },
};

const owned = (name: string, uid = 'u'): ClusterObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name,
    namespace: 'n',
    ownerReferences: [{ apiVersion: 'shop.example.org/v1', kind: 'Shop', name: 'a', uid, controller: true }],
  },
});

type State = NonNullable<PartialResponse['desired']>;

const reconciled = (desired: State, observed: Record<string, ClusterObject> = {}, xr = XR) => {
  const handler: FunctionHandler = () => response({ desired });
  return reconcile({ xr, observed, steps: [{ step: 'compose', handler }], fetch: () => ({ objects: [] }) });
};

const resource = (metadata: object = {}) => ({ resource: { apiVersion: 'v1', kind: 'Secret', metadata } });

describe('what is composed', () => {
  const first = (desired: State, observed: Record<string, ClusterObject> = {}, xr = XR) => {
    const outcome = reconciled(desired, observed, xr);
    return outcome.ok ? outcome.composed[0]?.object.metadata : outcome.error;
  };

  test.each([
    {
      name: 'is put into the namespace of the composite, whatever the function says',
      desired: resource({ name: 'x', namespace: 'other' }),
      want: { name: 'x', namespace: 'n' },
    },
    {
      name: 'is named after its own generateName',
      desired: resource({ generateName: 'mine-' }),
      want: { name: expect.stringMatching(/^mine-[0-9a-f]{12}$/) },
    },
    {
      name: 'keeps owners that it has',
      desired: resource({ name: 'x', ownerReferences: [{ uid: 'theirs' }] }),
      want: { ownerReferences: [{ uid: 'theirs' }, { uid: 'u', controller: true }] },
    },
  ])('$name', ({ desired, want }) => expect(first({ resources: { key: desired } })).toMatchObject(want));

  test('keeps the name under which it exists', () => {
    expect(first({ resources: { key: resource({ name: 'new' }) } }, { key: owned('old') })).toMatchObject({
      name: 'old',
    });
  });

  test('goes by the name prefix that the composite was labelled with', () => {
    const xr = { ...XR, metadata: { ...XR.metadata, labels: { 'crossplane.io/composite': 'root' } } };
    expect(first({ resources: { key: resource() } }, {}, xr)).toMatchObject({
      name: expect.stringMatching(/^root-/),
      labels: { 'crossplane.io/composite': 'root' },
    });
  });

  test('by a composite of the cluster goes where the function says', () => {
    const xr = { ...XR, metadata: { name: 'a', uid: 'u' } };
    expect(first({ resources: { key: resource({ name: 'x', namespace: 'there' }) } }, {}, xr)).toMatchObject({
      namespace: 'there',
    });
  });

  test('must have a name that Kubernetes takes', () => {
    expect(first({ resources: { key: resource({ name: 'Not_One' }) } })).toBe(
      'cannot compose resources: cannot apply composed resource "key" because it has an invalid name "Not_One". Must be a valid RFC 1123 subdomain name.',
    );
  });
});

describe('what is dropped', () => {
  test.each([
    { name: 'what is desired no more', observed: { gone: owned('x') }, want: ['x'] },
    { name: 'nothing that is desired', observed: { key: owned('x') }, want: [] },
    { name: 'nothing that somebody else controls', observed: { gone: owned('x', 'theirs') }, want: [] },
    { name: 'nothing that nobody controls', observed: { gone: { ...owned('x'), metadata: { name: 'x' } } }, want: [] },
  ])('$name', ({ observed, want }) => {
    const outcome = reconciled(
      { resources: { key: resource() } },
      observed as unknown as Record<string, ClusterObject>,
    );
    expect(outcome.ok && outcome.dropped.map(({ metadata }) => metadata.name)).toEqual(want);
  });
});

describe('the conditions of the composite', () => {
  const words = (outcome: Reconciled, xr = XR, unsynced: string[] = []) =>
    conditionsAfter(xr, outcome, { before: 2, after: 3 }, unsynced).map(
      ({ type, status, reason, message, observedGeneration }) =>
        [type, status, reason, message, observedGeneration].filter(Boolean).join(' '),
    );
  const says = (ready: Ready, ...children: boolean[]) =>
    reconciled({
      composite: { ready },
      resources: Object.fromEntries(
        children.map((child, index) => [
          `${index}`,
          { ...resource(), ready: child ? Ready.READY_TRUE : Ready.READY_FALSE },
        ]),
      ),
    });

  test.each([
    {
      name: 'the function says that it is ready',
      outcome: says(Ready.READY_TRUE, false),
      want: 'Ready True Available 3',
    },
    {
      name: 'the function says that it is not',
      outcome: says(Ready.READY_FALSE, true),
      want: 'Ready False Creating 3',
    },
    {
      name: 'the function says nothing, and all is ready',
      outcome: says(Ready.READY_UNSPECIFIED, true),
      want: 'Ready True Available 3',
    },
    {
      name: 'the function says nothing, and one is not',
      outcome: says(Ready.READY_UNSPECIFIED, true, false),
      want: 'Ready False Creating Unready resources: 1 3',
    },
    {
      name: 'three are not',
      outcome: says(Ready.READY_UNSPECIFIED, false, false, false),
      want: 'Ready False Creating Unready resources: 0, 1, and 2 3',
    },
    {
      name: 'more are not',
      outcome: says(Ready.READY_UNSPECIFIED, false, false, false, false, false),
      want: 'Ready False Creating Unready resources: 0, 1, 2, and 2 more 3',
    },
  ])('when $name', ({ outcome, want }) => {
    expect(words(outcome)).toEqual(['Responsive True WatchCircuitClosed 2', 'Synced True ReconcileSuccess 3', want]);
  });

  test('when an object is not taken', () => {
    expect(words(says(Ready.READY_TRUE, true), XR, ['0'])).toContain(
      'Synced False ReconcileError Unsynced resources: 0 3',
    );
  });

  test('after a failure, what the function did not get to say is unknown, and what it said counts', () => {
    const said = { type: 'Said', status: 'False', reason: 'Bad' } as const;
    const failed: Reconciled = {
      ok: false,
      error: 'no',
      conditions: [said, { type: 'Ready', status: 'True', reason: 'Forged' }],
    };
    const earlier = {
      conditions: [
        { type: 'Ready', status: 'True', reason: 'Available' },
        { type: 'Unsaid', status: 'True', reason: 'Good' },
      ],
    };
    expect(words(failed, { ...XR, status: earlier })).toEqual([
      'Ready True Available',
      'Unsaid Unknown FatalError A fatal error occurred before the status of this condition could be determined. 2',
      'Responsive True WatchCircuitClosed 2',
      'Synced False ReconcileError no 2',
      'Said False Bad',
    ]);
  });
});
