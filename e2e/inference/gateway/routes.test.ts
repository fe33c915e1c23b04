import { describe, expect, test } from 'vitest';
import { pathsOf, poolsOf, translate } from './routes.ts';
import { picker, pool, type Rule, route, rule, world } from './testing.ts';

describe('what a route asks for', () => {
  const pools = [pool('qwen')];

  test('a path leads to its pool, with what takes its place and no limit of time', () =>
    expect(translate(route('qwen', rule('/ml/qwen/us', 'qwen')), pools)).toEqual({
      ok: true,
      paths: [{ prefix: '/ml/qwen/us', headers: [], replacement: '/', pool: 'mp-ml/qwen', timeout: '0s' }],
      missingPool: undefined,
    }));

  test('a pool that is not there is named', () =>
    expect(translate(route('qwen', rule('/ml/qwen/us', 'other')), pools)).toEqual({
      ok: true,
      paths: [{ prefix: '/ml/qwen/us', headers: [], replacement: '/', pool: undefined, timeout: '0s' }],
      missingPool: 'other',
    }));

  const backend = { group: 'inference.networking.k8s.io', kind: 'InferencePool', name: 'qwen' };
  const path = { type: 'PathPrefix', value: '/a' } as const;
  test.each<{ name: string; over: Partial<Rule>; message: string }>([
    {
      name: 'two pools in one rule are refused, as Envoy AI Gateway does',
      over: { backendRefs: [backend, { ...backend, name: 'other' }] },
      message: 'at most one InferencePool per rule',
    },
    {
      name: 'a Service is refused',
      over: { backendRefs: [{ name: 'web', port: 80 }] },
      message: 'a backend is an InferencePool here',
    },
    {
      name: "another namespace's pool is refused",
      over: { backendRefs: [{ ...backend, namespace: 'mp-other' }] },
      message: 'a backend is in the namespace of its route and has no filters of its own here',
    },
    {
      name: 'a header filter is refused, because the picker would not see it',
      over: { filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { remove: ['x'] } }] },
      message: 'the only filter is one URLRewrite with ReplacePrefixMatch here',
    },
    {
      name: 'a match on a header by a regular expression is refused',
      over: { matches: [{ path, headers: [{ type: 'RegularExpression', name: 'x', value: 'y' }] }] },
      message: 'a header is matched by its exact value here',
    },
    {
      name: 'two matches are refused',
      over: { matches: [{ path }, { path }] },
      message: 'a rule has exactly one match here',
    },
  ])('$name', ({ over, message }) =>
    expect(translate(route('qwen', rule('/a', 'qwen', over)), pools)).toEqual({ ok: false, message }),
  );
});

describe('what a gateway serves', () => {
  test('the longer of two paths comes first, whichever route has it', () => {
    const routes = [route('a', rule('/ml/a', 'a')), route('b', rule('/ml/a/b', 'b'))];
    expect(pathsOf(world({ routes, pools: [pool('a'), pool('b')] })).map(({ prefix }) => prefix)).toEqual([
      '/ml/a/b',
      '/ml/a',
    ]);
  });

  test('a route of another gateway is none of its business', () => {
    const elsewhere = { ...route('a', rule('/ml/a', 'a')), spec: { parentRefs: [{ name: 'other' }] } };
    expect(pathsOf(world({ routes: [elsewhere], pools: [pool('a')] }))).toEqual([]);
  });

  test('without the Gateway there are no paths', () =>
    expect(pathsOf(world({ gateway: undefined, routes: [route('a', rule('/ml/a', 'a'))] }))).toEqual([]));

  test('a pool is asked about at those endpoints of its picker that are ready', () => {
    const routes = [route('qwen', rule('/ml/qwen/us', 'qwen'))];
    expect(poolsOf(world({ routes, pools: [pool('qwen'), pool('unused')], ...picker('qwen') }))).toEqual([
      { key: 'mp-ml/qwen', picker: [{ address: '10.91.64.1', port: 9002 }] },
    ]);
  });

  test('a pool whose picker has no Service has nobody to ask', () => {
    const routes = [route('qwen', rule('/ml/qwen/us', 'qwen'))];
    expect(poolsOf(world({ routes, pools: [pool('qwen')] }))).toEqual([{ key: 'mp-ml/qwen', picker: undefined }]);
  });
});
