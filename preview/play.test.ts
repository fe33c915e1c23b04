import { describe, expect, test } from 'vitest';
import { condition } from '#shared/conditions.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { getObject, type Reference } from './cluster.ts';
import { describe as nameOf } from './objects.ts';
import { type Played, play, problemsOf } from './play.ts';
import { begunWith, testApi, testFunction, testWorld } from './testing.ts';

const SHOP = 'shop.example.org/v1';
const MESSAGE = { type: 'object', properties: { message: { type: 'string' }, rounds: { type: 'integer' } } } as const;
const APIS = [
  testApi('Shop', { 'x-kubernetes-preserve-unknown-fields': true }, { status: MESSAGE }),
  testApi('Shelf', {
    required: ['size'],
    properties: { size: { type: 'integer' }, paint: { type: 'string', default: 'white' } },
  }),
  testApi('Mall', { 'x-kubernetes-preserve-unknown-fields': true }, { namespaced: false }),
];

type Compose = Parameters<typeof testFunction>[0];

/** Plays one Shop, or Mall, whose function composes as told. */
function playShop(compose: Compose, { spec = '{}', more = '', kind = 'Shop', until = 10 } = {}): Played {
  const shelf = testFunction(() => ({}));
  const world = testWorld(APIS, {
    'compose-shop': testFunction(compose),
    'compose-mall': testFunction(compose),
    'compose-shelf': shelf,
  });
  const manifest = `{apiVersion: ${SHOP}, kind: ${kind}, metadata: {name: a, namespace: ns}, spec: ${spec}}`;
  return play(begunWith(world, `${manifest}\n---\n${more}`), { until });
}

const find = ({ state }: Played, reference: Reference): KubernetesObject | undefined =>
  getObject(state.cluster, reference);
const secret = (name: string, data: object = {}) => ({
  resource: { apiVersion: 'v1', kind: 'Secret', metadata: { name }, data },
  ready: true,
});
const shelf = (name: string, size: unknown = 3) => ({
  resource: { apiVersion: SHOP, kind: 'Shelf', metadata: { name }, spec: { size } },
  ready: true,
});
const SHOP_A = { apiVersion: SHOP, kind: 'Shop', namespace: 'ns', name: 'a' };
const secretAt = (name: string) => ({ apiVersion: 'v1', kind: 'Secret', namespace: 'ns', name });
const shelfAt = (name: string) => ({ apiVersion: SHOP, kind: 'Shelf', namespace: 'ns', name });
const conditions = (object: KubernetesObject | undefined) =>
  (
    (object?.status as { conditions?: { type: string; status: string; reason: string; message?: string }[] })
      ?.conditions ?? []
  ).map(({ type, status, reason, message }) => [type, status, reason, message].filter(Boolean).join(' '));

describe('playing forward', () => {
  test('ends when nothing changes any more', () => {
    const played = playShop(({ observed }) => ({
      desired: { one: secret('one'), ...(observed.one && { two: secret('two') }) },
    }));
    expect(played).toMatchObject({ rounds: 3, restless: [] });
    expect(find(played, secretAt('two'))).toBeDefined();
  });

  test('stops after as many rounds as were asked for', () => {
    const played = playShop(
      ({ observed }) => ({ desired: { ...(observed.one ? { two: secret('two') } : {}), one: secret('one') } }),
      { until: 1 },
    );
    expect(played).toMatchObject({ rounds: 1, restless: expect.arrayContaining(['Secret ns/one', 'Shop ns/a']) });
    expect(problemsOf(played, false)).toEqual([]);
  });

  test('a cluster that never settles is a problem, and says what keeps changing', () => {
    const played = playShop(({ xr }) => ({
      status: { rounds: ((xr.status as { rounds?: number })?.rounds ?? 0) + 1 },
    }));
    expect(problemsOf(played, true)).toEqual([{ message: 'still changing after 10 rounds of reconciles: Shop ns/a' }]);
  });

  test('composites that are composed are reconciled too, in the same round', () => {
    const played = playShop(() => ({ desired: { shelf: shelf('s') } }));
    expect(conditions(find(played, shelfAt('s')))).toContain('Ready True Available');
    expect(played.rounds).toBe(2);
  });
});

describe('what a composite composes', () => {
  test('is taken as an API server takes it: with defaults, and a generation that counts changes', () => {
    const played = playShop(({ observed }) => ({ desired: { shelf: shelf('s', observed.shelf ? 4 : 3) } }));
    expect(find(played, shelfAt('s'))).toMatchObject({
      metadata: { generation: 4 },
      spec: { size: 4, paint: 'white' },
    });
  });

  test('goes when it is desired no more, with what it composed itself', () => {
    const played = playShop(
      ({ observed }) => ({ desired: { [observed.one ? 'two' : 'one']: secret(observed.one ? 'two' : 'one') } }),
      { until: 2 },
    );
    expect([find(played, secretAt('one')), find(played, secretAt('two')) !== undefined]).toEqual([undefined, true]);
  });

  test('loses the fields that are desired no more, and keeps those of others', () => {
    const more = '{apiVersion: v1, kind: Secret, metadata: {name: x, namespace: ns}, data: {theirs: "1"}}';
    const played = playShop(({ observed }) => ({ desired: { x: secret('x', observed.x ? { b: '2' } : { a: '1' }) } }), {
      more,
    });
    expect(find(played, secretAt('x'))).toMatchObject({ data: { theirs: '1', b: '2' } });
    expect(find(played, secretAt('x'))?.data).not.toHaveProperty('a');
  });

  test('is left alone when somebody else controls it', () => {
    const more = `{apiVersion: ${SHOP}, kind: Shop, metadata: {name: b, namespace: ns}, spec: {}}`;
    const played = playShop(() => ({ desired: { x: secret('x') } }), { more });
    const b = find(played, { ...SHOP_A, name: 'b' });
    expect(conditions(b)).toContain('Synced False ReconcileError Unsynced resources: x');
    expect(problemsOf(played, true)).toEqual([
      {
        where: 'test.yaml:3',
        object: 'Shop ns/b',
        message: 'cannot apply composed resource "x": Secret ns/x is already controlled by Shop a',
      },
    ]);
  });

  test('is refused when its own schema refuses it, and the rest is applied', () => {
    const played = playShop(() => ({ desired: { bad: shelf('s', 'wide'), good: secret('x') } }));
    expect(find(played, shelfAt('s'))).toBeUndefined();
    expect(find(played, secretAt('x'))).toBeDefined();
    expect(problemsOf(played, true)).toMatchObject([
      {
        message:
          'cannot apply composed resource "bad": Shelf ns/s is invalid: spec.size must be a whole number, not "wide"',
      },
    ]);
  });

  test.each([
    {
      name: 'a kind that is not there',
      resource: { apiVersion: 'traefik.io/v1alpha1', kind: 'Middleware', metadata: { name: 'x' } },
      kind: 'Shop',
      want: 'cannot apply composed resource "x": no matches for kind "Middleware" in version "traefik.io/v1alpha1"',
    },
    {
      name: 'a kind of the cluster, by a composite of a namespace',
      resource: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } },
      kind: 'Shop',
      want: 'cannot apply composed resource "x": a Namespace is cluster scoped, and this composite resource is namespaced',
    },
    {
      name: 'a kind of a namespace without one, by a composite of the cluster',
      resource: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x' } },
      kind: 'Mall',
      want: 'cannot apply composed resource "x": a Secret needs metadata.namespace, which a cluster scoped composite resource must set',
    },
    {
      name: 'an object in a namespace that is not there',
      resource: { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', namespace: 'nowhere' } },
      kind: 'Mall',
      want: 'cannot apply composed resource "x": namespaces "nowhere" not found',
    },
  ])('fails as a whole for $name', ({ resource, kind, want }) => {
    const played = playShop(() => ({ desired: { x: { resource, ready: true }, y: secret('y') } }), { kind });
    expect(problemsOf(played, true)).toMatchObject([{ message: `cannot compose resources: ${want}` }]);
    expect(find(played, secretAt('y'))).toBeUndefined();
  });
});

test('a composite of the cluster may compose a namespace and what is in it at once', () => {
  const inside = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'x', namespace: 'new' } };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new' } };
  const desired = { a: { resource: inside, ready: true }, b: { resource: namespace, ready: true } };
  const played = playShop(() => ({ desired }), { kind: 'Mall' });
  expect(problemsOf(played, true)).toEqual([]);
  expect(find(played, { ...secretAt('x'), namespace: 'new' })).toBeDefined();
});

describe('a composite', () => {
  test('remembers what it composed, and says what its function says', () => {
    const played = playShop(() => ({
      desired: { one: secret('one') },
      status: { message: 'hello' },
      conditions: [condition('RoutingReady', 'False', 'WaitingForGateway', 'wait')],
      ready: false,
    }));
    const shop = find(played, SHOP_A);
    expect(shop).toMatchObject({
      metadata: { labels: { 'crossplane.io/composite': 'a' } },
      spec: {
        crossplane: {
          compositionRef: { name: 'shops.shop.example.org' },
          resourceRefs: [{ apiVersion: 'v1', kind: 'Secret', name: 'one' }],
        },
      },
      status: { message: 'hello' },
    });
    expect(conditions(shop)).toEqual([
      'Responsive True WatchCircuitClosed',
      'RoutingReady False WaitingForGateway wait',
      expect.stringMatching(/^SpecAccepted True Accepted /),
      'Synced True ReconcileSuccess',
      'Ready False Creating',
    ]);
  });

  test('that is refused is a problem, and what its function composes of it goes on', () => {
    const refused = { reason: 'NotAllowed', problem: 'use spec.x: no' } as const;
    const played = playShop(({ observed }) => ({ desired: { one: secret('one') }, ...(observed.one && { refused }) }));
    expect(find(played, secretAt('one'))).toBeDefined();
    expect(problemsOf(played, true)).toEqual([
      {
        where: 'test.yaml:1',
        object: 'Shop ns/a',
        message: 'cannot use spec.x: no. What was accepted before goes on.',
      },
    ]);
  });

  test('whose function throws keeps all that it composed', () => {
    const played = playShop(({ observed }) => {
      if (observed.one) throw new RangeError('too deep');
      return { desired: { one: secret('one') } };
    });
    expect(find(played, secretAt('one'))).toBeDefined();
    expect(problemsOf(played, true)).toEqual([
      {
        where: 'test.yaml:1',
        object: 'Shop ns/a',
        message: expect.stringContaining('the function failed with RangeError, which is a bug in it: too deep at '),
      },
    ]);
  });

  test('whose status has a field that its XRD does not declare cannot be applied', () => {
    const played = playShop(() => ({ status: { mesage: 'x' } }));
    expect(problemsOf(played, true)).toMatchObject([
      {
        message:
          'cannot compose resources: cannot apply composite resource status: status.mesage is not a field; did you mean message?',
      },
    ]);
  });

  test('finds what others composed, and nothing of a kind that is not there', () => {
    const world = testWorld(APIS, {
      'compose-shop': testFunction(
        ({ lookup }) => ({
          status: {
            message: lookup('x')
              .map(nameOf as never)
              .join(),
          },
        }),
        {
          x: { apiVersion: 'traefik.io/v1alpha1', kind: 'Middleware', match: { labels: {} } },
        },
      ),
    });
    const played = play(
      begunWith(world, `{apiVersion: ${SHOP}, kind: Shop, metadata: {name: a, namespace: ns}, spec: {}}`),
    );
    expect(problemsOf(played, true)).toMatchObject([
      {
        message: expect.stringContaining(
          'fetching resources for x: no matches for kind "Middleware" in version "traefik.io/v1alpha1"',
        ),
      },
    ]);
  });
});

test('what was played before changes nothing: the same manifests give the same cluster', () => {
  const compose: Compose = ({ observed }) => ({ desired: { a: shelf('s'), ...(observed.a && { b: secret('x') }) } });
  expect([...playShop(compose).state.cluster]).toEqual([...playShop(compose).state.cluster]);
});
