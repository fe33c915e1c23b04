import { describe, expect, test } from 'vitest';
import { FORBIDDEN_HEADERS } from '#shared/headers.ts';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { composeWith, schemaProblem } from '#shared/testing.ts';
import { modelEndpoint } from '../compose-model-endpoint/compose.ts';
import { modelService } from './compose.ts';

const API = 'modelplane.ai/v1alpha1';

const GATEWAY: KubernetesObject = {
  apiVersion: API,
  kind: 'InferenceGateway',
  metadata: { name: 'default' },
  spec: {},
  status: {
    url: 'http://models.example.com',
    gatewayRef: { name: 'modelplane', namespace: 'modelplane-system' },
    conditions: [{ type: 'GatewayReady', status: 'True' }],
  },
};

const RETRYING = { ...GATEWAY, status: { ...(GATEWAY.status as object), middlewares: true } };

/** An endpoint with the status that its own function gives it. */
function endpoint(name: string, spec: object = {}, ready = true): KubernetesObject {
  const there = { apiVersion: 'v1', kind: 'Service', metadata: {}, spec: { ports: [{ port: 80 }] } };
  const xr = {
    apiVersion: API,
    kind: 'ModelEndpoint',
    metadata: { name, namespace: 'ml' },
    spec: { url: 'http://10.0.0.7:8000', authorization: 'Forward', draining: false, ...spec },
  };
  const observed = {
    service: there,
    'endpointslice-ipv4': there,
    'endpointslice-fqdn': there,
    backendtlspolicy: there,
  };
  return { ...xr, status: composeWith(modelEndpoint, { xr, observed: ready ? observed : {} }).status };
}

const service = (spec: object = {}, status: object = {}): KubernetesObject => ({
  apiVersion: API,
  kind: 'ModelService',
  metadata: { name: 'qwen', namespace: 'ml', uid: 'uid-of-qwen' },
  spec: {
    endpoints: [{ weight: 1, tier: 0, selector: { matchLabels: { model: 'qwen' } } }],
    trafficClass: 'default',
    whenEmpty: 'Redistribute',
    ...spec,
  },
  status,
});

/** A service with an entry for each list of endpoints. */
function given(entries: readonly (readonly KubernetesObject[])[], weights: readonly number[] = [], more: object = {}) {
  const endpoints = entries.map((_, index) => ({
    weight: weights[index] ?? 1,
    tier: 0,
    selector: { matchLabels: { entry: `${index}` } },
  }));
  const required = Object.fromEntries(entries.map((found, index) => [`endpoints-${index}`, found]));
  return { xr: service({ endpoints, ...more }), required: { gateway: [GATEWAY], ...required } };
}

interface Route extends KubernetesObject {
  readonly spec: {
    rules: {
      matches: [{ path: { value: string } }];
      filters: unknown[];
      backendRefs: {
        name: string;
        weight: number;
        filters: { requestHeaderModifier?: object; urlRewrite?: object }[];
      }[];
    }[];
  };
}
const routeOf = ({ desired }: ReturnType<typeof composeWith>): Route => desired.httproute as Route;
const weights = (answer: ReturnType<typeof composeWith>) =>
  Object.fromEntries(
    (routeOf(answer).spec.rules[0]?.backendRefs ?? []).map(({ name, weight }) => [
      name.replace(/-[0-9a-f]{10}$/, ''),
      weight,
    ]),
  );

/** The desired route as it is observed once the front door has taken it. */
function taken(route: KubernetesObject, conditions: object = {}): KubernetesObject {
  const {
    accepted = 'True',
    resolved = 'True',
    observedGeneration = 1,
    generation = 1,
  } = conditions as Record<string, never>;
  return {
    ...route,
    metadata: { ...route.metadata, generation },
    status: {
      parents: [
        {
          controllerName: 'traefik.io/gateway-controller',
          parentRef: { name: 'modelplane', namespace: 'modelplane-system' },
          conditions: [
            {
              type: 'Accepted',
              status: accepted,
              reason: accepted === 'True' ? 'Accepted' : 'NotAllowedByListeners',
              message: 'm',
              observedGeneration,
            },
            {
              type: 'ResolvedRefs',
              status: resolved,
              reason: resolved === 'True' ? 'ResolvedRefs' : 'BackendNotFound',
              message: 'm',
              observedGeneration,
            },
          ],
        },
      ],
    },
  };
}

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
            matches: [{ path: { type: 'PathPrefix', value: '/ml/qwen' } }],
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
                    urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/ml/qwen/us' } },
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
                port: 80,
                weight: 1,
                filters: [
                  {
                    type: 'URLRewrite',
                    urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/openai' } },
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
        ],
      },
    });
    expect(await schemaProblem(routeOf(answer))).toBeUndefined();
  });

  test('/v1 gets a rule of its own where an endpoint keeps it elsewhere than below its prefix', async () => {
    const answer = composeWith(modelService, given([[endpoint('a'), endpoint('b', { rewritePath: '/openai/v1' })]]));
    const rules = routeOf(answer).spec.rules.map(({ matches, backendRefs }) => [
      matches[0].path.value,
      backendRefs.map(({ filters }) => filters[0]?.urlRewrite),
    ]);
    const rewrite = (replacePrefixMatch: string) => ({ path: { type: 'ReplacePrefixMatch', replacePrefixMatch } });
    expect(rules).toEqual([
      ['/ml/qwen/v1', [rewrite('/v1'), rewrite('/openai/v1')]],
      ['/ml/qwen', [rewrite('/'), rewrite('/openai/v1')]],
    ]);
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

  test('no header filter removes or sets more than the 16 that the API takes', () => {
    expect(FORBIDDEN_HEADERS.length).toBeLessThanOrEqual(16);
  });

  test('is refused or unready for nothing: before any endpoint is usable it answers 503 and says what is missing', () => {
    const answer = composeWith(modelService, given([[endpoint('a', {}, false)]]));
    expect(routeOf(answer).spec.rules).toMatchObject([{ matches: [{ path: { value: '/ml/qwen' } }], backendRefs: [] }]);
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

describe('it never moves to nothing', () => {
  const serving = routeOf(composeWith(modelService, given([[endpoint('a')]])));
  const observed = { httproute: taken(serving) };
  test.each([
    { name: 'S3: a selector that suddenly matches nothing', entries: [[]] },
    { name: 'the only endpoint drains', entries: [[endpoint('a', { draining: true })]] },
    { name: 'the only endpoint is not ready', entries: [[endpoint('a', {}, false)]] },
    { name: 'S7: the only endpoint has not reported, or is broken', entries: [[{ ...endpoint('a'), status: {} }]] },
    {
      name: 'all that is left drains too, and what served is still there',
      entries: [[endpoint('a', { draining: true }), endpoint('b', { draining: true })]],
    },
    {
      name: 'more endpoints than a route can hold',
      entries: [Array.from({ length: 17 }, (_, index) => endpoint(`e${index}`))],
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
        { matched: 0, ready: 0, percent: percents[0], reason: 'No endpoint in this namespace has these labels.' },
        { matched: 1, ready: 1, percent: percents[1], reason: 'Serving.' },
      ],
    });
    expect(answer.conditions[0]).toBe(
      'EndpointsResolved=True SomeEntriesEmpty: These match no endpoint of their own: spec.endpoints[0].',
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

test('S1: every endpoint is looked for in the own namespace', () => {
  const requirements = modelService.requires(service() as never, () => []);
  expect(requirements).toEqual({
    gateway: { apiVersion: API, kind: 'InferenceGateway', match: { name: 'default' } },
    'endpoints-0': { apiVersion: API, kind: 'ModelEndpoint', namespace: 'ml', match: { labels: { model: 'qwen' } } },
  });
});

test('S5: 17 endpoints are refused with a way out', () => {
  const answer = composeWith(modelService, given([Array.from({ length: 17 }, (_, index) => endpoint(`e${index}`))]));
  expect(answer.conditions[0]).toBe(
    'EndpointsResolved=False TooManyEndpoints: spec.endpoints match 17 endpoints, and a route has at most 16 backends in a tier; ' +
      'narrow the selectors, or spread the endpoints over tiers or services. What served before still does.',
  );
  expect(answer).toMatchObject({ desired: {}, xrReady: false, refused: undefined });
});
