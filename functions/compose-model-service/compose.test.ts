import { describe, expect, test } from 'vitest';
import { FORBIDDEN_HEADERS } from '#shared/headers.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { composeWith, schemaProblem } from '#shared/testing.ts';
import { modelService } from './compose.ts';
import { API, endpoint, given, RETRYING, routeOf, service, taken, weights } from './testing.ts';

describe('the route', () => {
  test('a canary is one rule with weighted backends, each with its own rewrite, Host, objective and fairness headers', async () => {
    const us = endpoint('us', {
      url: 'http://203.0.113.10',
      rewritePath: '/ml/qwen/us',
      objectives: { default: 'us-default' },
    });
    const groq = endpoint('groq', { url: 'https://h.example:8443/openai/v1' });
    const answer = composeWith(modelService, given([[us], [groq]], [90, 10]));
    expect(routeOf(answer)).toEqual({
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: {
        name: expect.stringMatching(/^qwen-[0-9a-f]{10}$/),
        labels: { 'modelplane.ai/service': 'qwen' },
        annotations: { 'modelplane.ai/serving': 'groq,us' },
      },
      spec: {
        parentRefs: [
          { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'modelplane', namespace: 'modelplane-system' },
        ],
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/ml/qwen/v1' } }],
            filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { remove: [...FORBIDDEN_HEADERS] } }],
            backendRefs: [
              {
                group: '',
                kind: 'Service',
                name: expect.stringMatching(/^us-/),
                port: 80,
                weight: 9,
                filters: [
                  {
                    type: 'URLRewrite',
                    urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/ml/qwen/us/v1' } },
                  },
                  {
                    type: 'RequestHeaderModifier',
                    requestHeaderModifier: {
                      set: [
                        { name: 'Host', value: '203.0.113.10' },
                        { name: 'x-llm-d-inference-objective', value: 'us-default' },
                        { name: 'x-gateway-inference-objective', value: 'us-default' },
                        { name: 'x-llm-d-inference-fairness-id', value: 'ml' },
                        { name: 'x-gateway-inference-fairness-id', value: 'ml' },
                      ],
                    },
                  },
                ],
              },
              {
                group: '',
                kind: 'Service',
                name: expect.stringMatching(/^groq-/),
                port: 443,
                weight: 1,
                filters: [
                  {
                    type: 'URLRewrite',
                    urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/openai/v1' } },
                  },
                  {
                    type: 'RequestHeaderModifier',
                    requestHeaderModifier: {
                      set: [
                        { name: 'Host', value: 'h.example:8443' },
                        { name: 'x-llm-d-inference-fairness-id', value: 'ml' },
                        { name: 'x-gateway-inference-fairness-id', value: 'ml' },
                      ],
                      remove: ['x-llm-d-inference-objective', 'x-gateway-inference-objective'],
                    },
                  },
                ],
              },
            ],
          },
          {
            matches: ['load_lora_adapter', 'unload_lora_adapter', 'metrics'].map((path) => ({
              path: { type: 'PathPrefix', value: `/ml/qwen/v1/${path}` },
            })),
            filters: [{ type: 'RequestHeaderModifier', requestHeaderModifier: { remove: [...FORBIDDEN_HEADERS] } }],
            backendRefs: [],
          },
        ],
      },
    });
    expect(await schemaProblem(routeOf(answer))).toBeUndefined();
  });

  test("a caller's key is kept from an endpoint that does not want it, beside the headers that no client may send", () => {
    const answer = composeWith(modelService, given([[endpoint('a', { authorization: 'Remove' })]]));
    expect(routeOf(answer).spec.rules[0]?.backendRefs[0]?.filters[1]?.requestHeaderModifier).toMatchObject({
      remove: ['x-llm-d-inference-objective', 'x-gateway-inference-objective', 'Authorization'],
    });
  });

  test('a request is given the objective of the traffic class, never that of another', () => {
    const both = endpoint('a', { objectives: { default: 'a-default', batch: 'a-batch' } });
    const answer = composeWith(modelService, given([[both]], [], { trafficClass: 'batch' }));
    expect(JSON.stringify(routeOf(answer))).toContain('a-batch');
    expect(JSON.stringify(routeOf(answer))).not.toContain('a-default');
  });

  test('a class that has the name of what every object has is a class like others', async () => {
    const answer = composeWith(modelService, given([[endpoint('a')]], [], { trafficClass: 'constructor' }));
    expect(await schemaProblem(routeOf(answer))).toBeUndefined();
  });

  test('no header filter removes or sets more than the 16 that the API takes', () => {
    expect(FORBIDDEN_HEADERS.length).toBeLessThanOrEqual(16);
  });

  test('is refused or unready for nothing: before any endpoint is usable it answers 503 and says what is missing', () => {
    const answer = composeWith(modelService, given([[endpoint('a', {}, false)]]));
    expect(routeOf(answer).spec.rules).toMatchObject([
      { matches: [{ path: { value: '/ml/qwen/v1' } }], backendRefs: [] },
    ]);
    expect(answer).toMatchObject({ xrReady: false, refused: undefined, ready: [] });
    expect(answer.conditions).toEqual([
      'EndpointsResolved=False NoneUsable: No endpoint is usable (not ready: a).',
      'RoutingReady=False WaitingForEndpoints: Requests get 503. No endpoint is usable (not ready: a).',
    ]);
  });
});

describe('retries', () => {
  const entry = given([[endpoint('a'), endpoint('b')]]);
  const withGateway = { ...entry, required: { ...entry.required, gateway: [RETRYING] } };

  const observing = (httproute: KubernetesObject, middleware: KubernetesObject) =>
    composeWith(modelService, { ...withGateway, observed: { httproute, middleware } });

  test('the Middleware is composed with the route, and referred to only once the front door has read the route', () => {
    const first = composeWith(modelService, withGateway);
    const middleware = first.desired.middleware as KubernetesObject;
    expect(middleware).toEqual({
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'Middleware',
      metadata: { name: expect.stringMatching(/^qwen-retry-/), labels: { 'modelplane.ai/service': 'qwen' } },
      spec: { retry: { attempts: 20, initialInterval: '5ms' } },
    });
    expect(routeOf(first).spec.rules[0]?.filters).toHaveLength(1);
    expect(routeOf(observing(routeOf(first), middleware)).spec.rules[0]?.filters).toHaveLength(1);
    const empty = routeOf(composeWith(modelService, given([[endpoint('a', {}, false)]])));
    expect(routeOf(observing(taken(empty), middleware)).spec.rules[0]?.filters).toHaveLength(1);
    const second = observing(taken(routeOf(first)), middleware);
    expect(routeOf(second).spec.rules[0]?.filters[1]).toEqual({
      type: 'ExtensionRef',
      extensionRef: { group: 'traefik.io', kind: 'Middleware', name: middleware.metadata?.name },
    });
    expect(second.conditions[1]).toContain('RoutingReady=False WaitingForRoute');
  });

  test('it is Ready when the route is taken with its retries, and keeps them while an edit is read', () => {
    const first = composeWith(modelService, withGateway);
    const middleware = first.desired.middleware as KubernetesObject;
    const whole = routeOf(observing(taken(routeOf(first)), middleware));
    expect(observing(taken(whole, { generation: 2, observedGeneration: 2 }), middleware).xrReady).toBe(true);
    const edited = observing(taken(whole, { generation: 3, observedGeneration: 2 }), middleware);
    expect(routeOf(edited).spec.rules[0]?.filters).toHaveLength(2);
  });

  test('without the kind there is none', () => {
    const answer = composeWith(modelService, entry);
    expect(Object.keys(answer.desired)).toEqual(['httproute']);
  });
});

describe('shares', () => {
  test.each([
    {
      name: 'S6: an empty entry gives its share to the others, and says so',
      more: {},
      want: { canary: 1 },
      percents: [0, 100],
    },
    {
      name: 'S6: a held share goes to nobody',
      more: { whenEmpty: 'Hold' },
      want: { 'qwen-hold': 19, canary: 1 },
      percents: [0, 5],
    },
  ])('$name', ({ more, want, percents }) => {
    const answer = composeWith(modelService, given([[], [endpoint('canary')]], [95, 5], more));
    expect(weights(answer)).toEqual(want);
    expect(answer.status).toMatchObject({
      entries: [
        { matched: 0, ready: 0, percent: percents[0], reason: 'No ModelEndpoint in this namespace has these labels.' },
        { matched: 1, ready: 1, percent: percents[1], reason: 'Serving.' },
      ],
    });
    expect(answer.conditions[0]).toBe(
      'EndpointsResolved=True SomeEntriesEmpty: No ModelEndpoint for entry=0; label one, or change the selector.',
    );
  });

  test('what holds a share is a Service with a slice that is empty: 503, where a missing one would be 500', async () => {
    const { desired } = composeWith(modelService, given([[endpoint('a')]], [], { whenEmpty: 'Hold' }));
    expect(desired['endpointslice-hold']).toMatchObject({
      endpoints: [],
      metadata: { labels: { 'kubernetes.io/service-name': desired['service-hold']?.metadata?.name } },
    });
    for (const key of ['service-hold', 'endpointslice-hold'])
      expect(await schemaProblem(desired[key] as KubernetesObject)).toBeUndefined();
  });

  test('a route that is there names what holds a share once that is there too, and until then the others have the share', () => {
    const held = given([[], [endpoint('canary')]], [95, 5], { whenEmpty: 'Hold' });
    const httproute = routeOf(composeWith(modelService, given([[], [endpoint('canary')]], [95, 5])));
    const first = composeWith(modelService, { ...held, observed: { httproute } });
    expect(Object.keys(first.desired).sort()).toEqual(['endpointslice-hold', 'httproute', 'service-hold']);
    expect(weights(first)).toEqual({ canary: 1 });
    const { 'endpointslice-hold': slice, ...others } = first.desired;
    expect(weights(composeWith(modelService, { ...held, observed: others }))).toEqual({ canary: 1 });
    const there = { ...others, 'endpointslice-hold': slice as KubernetesObject };
    expect(weights(composeWith(modelService, { ...held, observed: there }))).toEqual({ canary: 1, 'qwen-hold': 19 });
  });

  test('an endpoint matched twice belongs to the first entry, and the second says so', () => {
    const answer = composeWith(modelService, given([[endpoint('a')], [endpoint('a'), endpoint('b')]], [3, 1]));
    expect(weights(answer)).toEqual({ a: 3, b: 1 });
    expect(answer.status).toMatchObject({
      entries: [
        { matched: 1 },
        { matched: 1, reason: 'Serving. An earlier entry has a, which these labels match too.' },
      ],
    });
  });

  test('an endpoint that is about to be deleted gives its share away', () => {
    const leaving = {
      ...endpoint('a'),
      metadata: { name: 'a', namespace: 'ml', deletionTimestamp: '2026-01-01T00:00:00Z' },
    };
    expect(weights(composeWith(modelService, given([[leaving, endpoint('b')]])))).toEqual({ b: 1 });
  });

  test.each([
    { name: 'that is to drain gives its share away before its status says so', draining: true, said: false },
    { name: 'that no longer drains gets its share back when its status says so too', draining: false, said: true },
  ])('an endpoint $name', ({ draining, said }) => {
    const { status } = endpoint('a', { draining: said });
    const a = { ...endpoint('a', { draining }), status };
    expect(weights(composeWith(modelService, given([[a], [endpoint('b')]])))).toEqual({ b: 1 });
  });

  test.each([
    { name: 'a last resort before its status says so', is: true, said: false },
    { name: 'a last resort until its status says that it is none any more', is: false, said: true },
  ])('an endpoint is $name, and gives its share even to one that drains', ({ is, said }) => {
    const { status } = endpoint('a', { lastResort: said });
    const a = { ...endpoint('a', { lastResort: is }), status };
    expect(weights(composeWith(modelService, given([[a], [endpoint('b', { draining: true })]])))).toEqual({ b: 1 });
  });

  test.each([
    { name: 'more of those that drain than a route can hold are too many', spec: { draining: true } },
    { name: 'more last resorts than a route can hold are too many', spec: { draining: true, lastResort: true } },
  ])('$name', ({ spec }) => {
    const many = Array.from({ length: 17 }, (_, index) => endpoint(`e${index}`, spec));
    expect(composeWith(modelService, given([many])).conditions[0]).toContain(
      'EndpointsResolved=False TooManyEndpoints',
    );
  });

  const DELETED = { deletionTimestamp: '2026-01-01T00:00:00Z' };
  const BY_A_DEPLOYMENT = { ownerReferences: [{ kind: 'ModelDeployment', name: 'qwen', uid: 'u', controller: true }] };
  test.each([
    { why: 'not ready', spec: {}, metadata: {}, ready: false },
    { why: 'draining', spec: { draining: true }, metadata: {}, ready: true },
    { why: 'being deleted', spec: {}, metadata: DELETED, ready: true },
    { why: 'a last resort', spec: { lastResort: true }, metadata: {}, ready: true },
    {
      why: 'its engines cannot serve, or it is about to leave',
      spec: { lastResort: true },
      metadata: BY_A_DEPLOYMENT,
      ready: true,
    },
  ])('an endpoint that is no use is named with the reason: $why', ({ why, spec, metadata, ready }) => {
    const a = endpoint('a', spec, ready);
    const named = { ...a, metadata: { ...a.metadata, ...metadata } };
    expect(composeWith(modelService, given([[named]])).conditions[0]).toBe(
      `EndpointsResolved=False NoneUsable: No endpoint is usable (${why}: a).`,
    );
  });

  test('an endpoint that is not ready says why in its own words', () => {
    const conditions = [{ type: 'RoutingReady', status: 'False', reason: 'Forbidden', message: 'It is loopback.' }];
    const a = endpoint('a', {}, false);
    const said = { ...a, status: { ...(a.status as object), conditions } };
    expect(composeWith(modelService, given([[said]])).conditions[0]).toBe(
      'EndpointsResolved=False NoneUsable: No endpoint is usable (not ready, It is loopback: a).',
    );
  });

  test('the service of a deployment speaks of placements, and sends nobody elsewhere to read why', () => {
    const answer = (entries: KubernetesObject[][]) => {
      const { xr, required } = given(entries);
      const [first, second] = (xr.spec as { endpoints: object[] }).endpoints;
      const endpoints = [{ ...first, name: 'us' }, ...(second ? [{ ...second, name: 'eu' }] : [])];
      const spec = { ...(xr.spec as object), endpoints };
      const composed = { ...xr, spec, metadata: { ...xr.metadata, ...BY_A_DEPLOYMENT } };
      return composeWith(modelService, { xr: composed, required }).conditions[0];
    };
    expect(answer([[]])).toBe(
      'EndpointsResolved=False NoEndpoints: No placement has an endpoint yet; it gets one once its engines can serve.',
    );
    expect(answer([[endpoint('a')], []])).toBe(
      'EndpointsResolved=True SomeEntriesEmpty: No endpoint yet: eu; a placement gets one once its engines can serve.',
    );
  });

  test('a higher tier stands by, and takes over when no lower one is usable', () => {
    const tiers = (own: KubernetesObject) => {
      const { xr, required } = given([[own], [endpoint('groq')]]);
      const [first, second] = (xr.spec as { endpoints: object[] }).endpoints;
      return { xr: service({ endpoints: [first, { ...second, tier: 1 }] }), required };
    };
    const own = composeWith(modelService, tiers(endpoint('own')));
    expect(weights(own)).toEqual({ own: 1 });
    expect(own.status).toMatchObject({
      entries: [{ percent: 100 }, { percent: 0, reason: 'Stands by: tier 0 takes the traffic.' }],
    });
    expect(weights(composeWith(modelService, tiers(endpoint('own', { draining: true }))))).toEqual({ groq: 1 });
  });
});

test('S1: every endpoint is looked for in the own namespace', () => {
  const requirements = modelService.requires(service() as never, () => []);
  expect(requirements).toEqual({
    gateway: { apiVersion: API, kind: 'InferenceGateway', match: { name: 'default' } },
    'endpoints-0': { apiVersion: API, kind: 'ModelEndpoint', namespace: 'ml', match: { labels: { model: 'qwen' } } },
  });
});

test('17 endpoints of which one drains are no more than a route can hold', () => {
  const some = Array.from({ length: 17 }, (_, index) => endpoint(`e${index}`, { draining: index === 0 }));
  expect(Object.keys(weights(composeWith(modelService, given([some]))))).toHaveLength(16);
});

test('S5: of 17 endpoints 16 are served, and the other one is named with a way out', () => {
  const some = given([Array.from({ length: 17 }, (_, index) => endpoint(`e${index}`))]);
  const first = composeWith(modelService, some);
  expect(Object.keys(weights(first))).toHaveLength(16);
  const answer = composeWith(modelService, { ...some, observed: { httproute: taken(routeOf(first)) } });
  expect(routeOf(answer)).toEqual(routeOf(first));
  expect(answer.conditions).toEqual([
    'EndpointsResolved=False TooManyEndpoints: Sent nothing: e9. A rule of a route has at most 16 backends, and more are ' +
      'in tier 0; narrow the selectors, or spread the endpoints over tiers or services.',
    'RoutingReady=True RouteConfigured: Requests are served.',
  ]);
  expect(answer).toMatchObject({
    xrReady: true,
    refused: undefined,
    status: { endpoints: { matched: 17, ready: 17 } },
  });
});
