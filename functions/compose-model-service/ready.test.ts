import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { composeWith } from '#shared/testing.ts';
import { modelService } from './compose.ts';
import { endpoint, GATEWAY, given, RETRYING, routeOf, taken, weights } from './testing.ts';

describe('it never moves to nothing', () => {
  const serving = routeOf(composeWith(modelService, given([[endpoint('a')]])));
  const observed = { httproute: taken(serving) };
  test.each([
    { name: 'S3: a selector that suddenly matches nothing', entries: [[]] },
    { name: 'the only endpoint drains', entries: [[endpoint('a', { draining: true })]] },
    { name: 'the only endpoint is not ready', entries: [[endpoint('a', {}, false)]] },
    { name: 'the only endpoint is a last resort', entries: [[endpoint('a', { lastResort: true })]] },
    {
      name: 'all that is left is a last resort too, and what served is still there',
      entries: [[endpoint('a', { lastResort: true }), endpoint('b', { lastResort: true })]],
    },
    { name: 'S7: the only endpoint has not reported, or is broken', entries: [[{ ...endpoint('a'), status: {} }]] },
    {
      name: 'all that is left drains too, and what served is still there',
      entries: [[endpoint('a', { draining: true }), endpoint('b', { draining: true })]],
    },
    {
      name: 'the only endpoint is not ready, and the others are last resorts',
      entries: [[endpoint('a', {}, false), endpoint('b', { lastResort: true })]],
    },
  ])('$name: the route stays as it is', ({ entries }) => {
    const answer = composeWith(modelService, { ...given(entries), observed });
    expect(routeOf(answer).spec).toEqual(serving.spec);
    expect(answer.status).toMatchObject({ serving: ['a'] });
    expect(answer.refused).toBeUndefined();
  });

  test('the front door is gone: the route stays, for the next one', () => {
    const entry = given([[endpoint('a')]]);
    const answer = composeWith(modelService, { ...entry, required: { ...entry.required, gateway: [] }, observed });
    expect(routeOf(answer).spec).toEqual(serving.spec);
    expect(answer.conditions[1]).toContain('RoutingReady=False WaitingForGateway: There is no InferenceGateway;');
  });

  test('an endpoint that drains is asked when what served before cannot answer any more', () => {
    const entries = [[endpoint('a', {}, false), endpoint('b', { draining: true })]];
    expect(weights(composeWith(modelService, { ...given(entries), observed }))).toEqual({ b: 1 });
  });

  test('an endpoint that drains is asked before one that served and is a last resort', () => {
    const entries = [[endpoint('a', { draining: true, lastResort: true }), endpoint('b', { draining: true })]];
    expect(weights(composeWith(modelService, { ...given(entries), observed }))).toEqual({ b: 1 });
  });

  test('a route to a last resort, for want of anybody else, is not Ready', () => {
    const last = given([[endpoint('a', { draining: true, lastResort: true })]]);
    const route = routeOf(composeWith(modelService, last));
    const answer = composeWith(modelService, { ...last, observed: { httproute: taken(route) } });
    expect(weights(answer)).toEqual({ a: 1 });
    expect(answer.conditions[1]).toContain('RoutingReady=False HoldingLastRoute');
    const nothing = given([[endpoint('b', { draining: true, lastResort: true })]]);
    const first = composeWith(modelService, nothing);
    expect(first.conditions[1]).toBe(
      'RoutingReady=False HoldingLastRoute: Every endpoint is a last resort, so the route leads there; it may not be served.',
    );
  });

  test('endpoints that drain and serve follow an edit of their weights, and serve', () => {
    const both = [[endpoint('a', { draining: true })], [endpoint('b', { draining: true })]];
    const before = routeOf(composeWith(modelService, given([[endpoint('a')], [endpoint('b')]])));
    const answer = composeWith(modelService, { ...given(both, [9, 1]), observed: { httproute: taken(before) } });
    expect(weights(answer)).toEqual({ a: 9, b: 1 });
    expect(answer.xrReady).toBe(true);
  });

  test('a service that begins to serve is not Ready before those who cannot answer have left its route', () => {
    const before = routeOf(composeWith(modelService, given([[endpoint('a')], [endpoint('b')]])));
    const entries = given([[endpoint('a')], [endpoint('b', {}, false)]]);
    const first = composeWith(modelService, { ...entries, observed: { httproute: taken(before) } });
    expect(weights(first)).toEqual({ a: 1 });
    expect(first.conditions[1]).toContain('RoutingReady=False WaitingForRoute');
    const then = composeWith(modelService, { ...entries, observed: { httproute: taken(routeOf(first)) } });
    expect(then.conditions[1]).toContain('RoutingReady=True');
  });

  test('the front door is another one: the route stays as it is, and attaches to that', () => {
    const entry = given([[]]);
    const gatewayRef = { name: 'edge', namespace: 'networking' };
    const gateway = { ...GATEWAY, status: { ...(GATEWAY.status as object), gatewayRef } };
    const answer = composeWith(modelService, {
      ...entry,
      required: { ...entry.required, gateway: [gateway] },
      observed,
    });
    expect(routeOf(answer).spec).toEqual({
      ...serving.spec,
      parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', ...gatewayRef }],
    });
  });

  test('the front door is another one that does not serve yet: the route stays on the one before', () => {
    const entry = given([[endpoint('a')]]);
    const gatewayRef = { name: 'edge', namespace: 'networking' };
    const conditions = [{ type: 'GatewayReady', status: 'False', reason: 'WaitingForGateway' }];
    const gateway = { ...GATEWAY, status: { ...(GATEWAY.status as object), gatewayRef, conditions } };
    const required = { ...entry.required, gateway: [gateway] };
    expect(routeOf(composeWith(modelService, { ...entry, required, observed })).spec).toEqual(serving.spec);
  });

  test('one that has lost its status is spoken to as before, beside one that is not ready', () => {
    const before = routeOf(composeWith(modelService, given([[endpoint('a')], [endpoint('b')]])));
    const lost = [[{ ...endpoint('a'), status: {} }], [endpoint('b', { url: 'https://elsewhere.example' }, false)]];
    const answer = composeWith(modelService, { ...given(lost, [3, 1]), observed: { httproute: taken(before) } });
    const refs = (route: ReturnType<typeof routeOf>) =>
      route.spec.rules[0]?.backendRefs.map(({ weight: _weight, ...ref }) => ref);
    expect(refs(routeOf(answer))).toEqual(refs(before));
    expect(weights(answer)).toEqual({ a: 3, b: 1 });
    expect(answer.conditions[1]).toBe(
      'RoutingReady=False HoldingLastRoute: Those that served last still get the requests. No endpoint is usable (not ' +
        'ready: a). No endpoint is usable (not ready: b).',
    );
  });

  test('one that is forbidden is nobody, and any other is better', () => {
    const conditions = [{ type: 'RoutingReady', status: 'False', reason: 'Forbidden', message: 'It is loopback.' }];
    const a = { ...endpoint('a', {}, false), status: { conditions } };
    const answer = composeWith(modelService, { ...given([[a, endpoint('b', { lastResort: true })]]), observed });
    expect(weights(answer)).toEqual({ b: 1 });
  });

  test('with more endpoints than a route can hold, those that die lose their share to those that live', () => {
    const named = Array.from({ length: 16 }, (_, index) => endpoint(`e${index}`));
    const before = routeOf(composeWith(modelService, given([named])));
    const half = [...named.map((one, index) => (index < 8 ? endpoint(`e${index}`, {}, false) : one)), endpoint('e16')];
    const answer = composeWith(modelService, { ...given([half]), observed: { httproute: taken(before) } });
    expect(Object.keys(weights(answer)).sort()).toEqual(
      [8, 9, 10, 11, 12, 13, 14, 15, 16].map((index) => `e${index}`).sort(),
    );
  });
});

describe('Ready', () => {
  const entry = given([[endpoint('a')]]);
  const route = routeOf(composeWith(modelService, entry));
  const answerTo = (httproute: KubernetesObject, status: object = {}, gateway = GATEWAY) =>
    composeWith(modelService, {
      xr: { ...entry.xr, status },
      required: { ...entry.required, gateway: [gateway] },
      observed: { httproute },
    });
  const readyBefore = { conditions: [{ type: 'RoutingReady', status: 'True' }] };
  const notProgrammed = {
    ...GATEWAY,
    status: {
      ...(GATEWAY.status as object),
      conditions: [{ type: 'GatewayReady', status: 'False', message: 'Waiting for an address.' }],
    },
  };
  const empty = { ...route, metadata: { ...route.metadata, annotations: {} } };
  test.each([
    {
      name: 'when the front door has taken the route',
      httproute: taken(route),
      want: 'RoutingReady=True RouteConfigured: Requests are served.',
    },
    {
      name: 'and still while it reads an edit, for it serves the route before',
      httproute: taken(route, { generation: 2 }),
      status: readyBefore,
      want: 'RoutingReady=True RouteConfigured: Requests are served.',
    },
    {
      name: 'S4: not before it has read the first route',
      httproute: taken(route, { generation: 2 }),
      want: 'RoutingReady=False WaitingForRoute: Waiting for the front door to take the route.',
    },
    {
      name: 'not when nobody has said anything about the route',
      httproute: route,
      want: 'RoutingReady=False WaitingForRoute: Waiting for the front door to take the route.',
    },
    {
      name: 'not while the route that was taken has no backend',
      httproute: taken(empty),
      want: 'RoutingReady=False WaitingForRoute: Waiting for the front door to take the route.',
    },
    {
      name: 'not while the route that was taken names nobody who can answer',
      httproute: taken(routeOf(composeWith(modelService, given([[endpoint('b')]])))),
      status: readyBefore,
      want: 'RoutingReady=False WaitingForRoute: Waiting for the front door to take the route.',
    },
    {
      name: 'S4: not when a backend cannot be resolved',
      httproute: taken(route, { resolved: 'False' }),
      status: readyBefore,
      want: 'RoutingReady=False BackendsNotResolved: The front door cannot find a backend: BackendNotFound: m',
    },
    {
      name: 'not when the route is refused',
      httproute: taken(route, { accepted: 'False' }),
      status: readyBefore,
      want: 'RoutingReady=False RouteNotAccepted: The front door refuses the route: NotAllowedByListeners: m',
    },
    {
      name: 'not while the front door has no address',
      httproute: taken(route),
      gateway: notProgrammed,
      want: 'RoutingReady=False WaitingForGateway: The front door is not ready: Waiting for an address.',
    },
  ])('$name', ({ httproute, status, gateway, want }) => {
    const answer = answerTo(httproute, status, gateway);
    expect(answer.conditions[1]).toBe(want);
    expect(answer.xrReady).toBe(want.startsWith('RoutingReady=True'));
  });

  test.each([
    {
      name: 'of those who are to go and answer until it has moved on',
      spec: { draining: true },
      want: 'True RouteConfigured',
    },
    { name: 'of nobody but engines that their deployment calls dead', spec: {}, want: 'False WaitingForRoute' },
  ])('is of the route that is there: $name', ({ spec, want }) => {
    const owner = { ownerReferences: [{ kind: 'ModelDeployment', name: 'd', uid: 'u', controller: true }] };
    const a = endpoint('a', { lastResort: true, ...spec });
    const others = given([[{ ...a, metadata: { ...a.metadata, ...owner } }, endpoint('b')]]);
    const answer = composeWith(modelService, {
      xr: { ...others.xr, status: readyBefore },
      required: others.required,
      observed: { httproute: taken(route) },
    });
    expect(weights(answer)).toEqual({ b: 1 });
    expect(answer.conditions[1]).toContain(`RoutingReady=${want}`);
  });

  test('S9: a URL is published once it serves, and then stays', () => {
    expect(answerTo(route).status).not.toHaveProperty('baseURL');
    const urls = { address: 'http://models.example.com/ml/qwen', baseURL: 'http://models.example.com/ml/qwen/v1' };
    expect(answerTo(taken(route)).status).toMatchObject(urls);
    expect(answerTo(taken(route, { resolved: 'False' }), urls).status).toMatchObject(urls);
  });

  test('an endpoint that the route named before may be served until the front door has read the edit', () => {
    const moved = taken(route, { generation: 2 });
    expect(answerTo(moved, { serving: ['old'] }).status).toMatchObject({ serving: ['a', 'old'] });
    expect(answerTo(taken(route), { serving: ['old'] }).status).toMatchObject({ serving: ['a'] });
  });
});

test('a route whose Middleware somebody deleted is not Ready, for Traefik answers 404', () => {
  const { xr, required } = given([[endpoint('a')]]);
  const observed = () => {
    const first = composeWith(modelService, { xr, required: { ...required, gateway: [RETRYING] } });
    const middleware = first.desired.middleware as KubernetesObject;
    const route = taken(first.desired.httproute as KubernetesObject);
    const second = composeWith(modelService, {
      xr,
      required: { ...required, gateway: [RETRYING] },
      observed: { middleware, httproute: route },
    });
    return { middleware, httproute: taken(second.desired.httproute as KubernetesObject) };
  };
  const { middleware, httproute } = observed();
  const answer = (there: Record<string, KubernetesObject>) =>
    composeWith(modelService, { xr, required: { ...required, gateway: [RETRYING] }, observed: there });
  expect(answer({ middleware, httproute }).conditions[1]).toContain('RoutingReady=True');
  expect(answer({ httproute }).conditions[1]).toBe(
    `RoutingReady=False WaitingForRoute: Requests get 404: the route names Middleware ${middleware.metadata?.name}, which is not there.`,
  );
});

test('a service is Ready again when its route leads to the port that its endpoint came back with', () => {
  const route = (url: string) => taken(routeOf(composeWith(modelService, given([[endpoint('a', { url })]]))));
  const back = given([[endpoint('a', { url: 'http://10.0.0.7:8000' })]]);
  const answer = (url: string) => composeWith(modelService, { ...back, observed: { httproute: route(url) } });
  expect(answer('https://api.example.com/v1').conditions[1]).toContain('RoutingReady=False WaitingForRoute');
  expect(answer('http://10.0.0.7:8000').conditions[1]).toContain('RoutingReady=True');
});

test('limits of a service at a front door that asks nobody who calls are said to hold nobody', () => {
  const limits = { requestsPerMinute: 60 };
  const entry = given([[endpoint('a')]], [1], { limits });
  const route = taken(routeOf(composeWith(modelService, entry)));
  const said = composeWith(modelService, { ...entry, observed: { httproute: route } }).conditions[1];
  expect(said).toContain('RoutingReady=True RouteConfigured: Requests are served. spec.limits holds nobody');
});
