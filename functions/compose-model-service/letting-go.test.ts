import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { composeWith } from '#shared/testing.ts';
import { modelService } from './compose.ts';
import { endpoint, GATEWAY, given, RETRYING, routeOf, taken, weights } from './testing.ts';

type Observed = Readonly<Record<string, KubernetesObject>>;

const HOLD = ['endpointslice-hold', 'service-hold'];
const keysOf = ({ desired }: { readonly desired: Observed }) =>
  Object.keys(desired).filter((key) => key !== 'httproute');

describe('what a share was held by stays', () => {
  const entries = [[], [endpoint('canary')]];
  const holding = given(entries, [95, 5], { whenEmpty: 'Hold' });
  const first = composeWith(modelService, holding).desired;
  const held = composeWith(modelService, { ...holding, observed: first });
  const observed = { ...held.desired, httproute: taken(routeOf(held)) };
  const given2 = given(entries, [95, 5]);
  const let2 = composeWith(modelService, { ...given2, observed });
  const unread = taken(routeOf(let2), { generation: 2 });
  const read = taken(routeOf(let2), { generation: 2, observedGeneration: 2 });

  test.each([
    { name: 'while it is wanted', spec: holding, route: observed.httproute, want: HOLD },
    {
      name: 'while the route names it, though it is not wanted any more',
      spec: given2,
      route: observed.httproute,
      want: HOLD,
    },
    { name: 'while the front door may go by the route that named it', spec: given2, route: unread, want: HOLD },
    { name: 'and no longer', spec: given2, route: read, want: [] },
  ])('$name', ({ spec, route, want }) => {
    const answer = composeWith(modelService, { ...spec, observed: { ...observed, httproute: route } });
    expect(keysOf(answer).sort()).toEqual(want);
  });

  test('and the route stops naming it at once', () => {
    expect(weights(held)).toEqual({ canary: 1, 'qwen-hold': 19 });
    expect(weights(let2)).toEqual({ canary: 1 });
  });
});

describe('the Middleware stays', () => {
  const entry = given([[endpoint('a'), endpoint('b')]]);
  const withGateway = (gateway: KubernetesObject) => ({
    ...entry,
    required: { ...entry.required, gateway: [gateway] },
  });
  const without = { ...GATEWAY, status: { ...(GATEWAY.status as object), middlewares: false } };
  const first = composeWith(modelService, withGateway(RETRYING)).desired;
  const whole = composeWith(modelService, {
    ...withGateway(RETRYING),
    observed: { ...first, httproute: taken(first.httproute as KubernetesObject) },
  });
  const { middleware } = whole.desired as { middleware: KubernetesObject };
  const naming = taken(routeOf(whole));
  const answerTo = (gateway: KubernetesObject, httproute: KubernetesObject) =>
    composeWith(modelService, { ...withGateway(gateway), observed: { httproute, middleware } });
  const plain = routeOf(answerTo(without, naming));

  test.each([
    {
      name: 'while the front door says nothing about its kind',
      gateway: GATEWAY,
      route: naming,
      want: ['middleware'],
      filters: 2,
    },
    {
      name: 'while the route names it, though its kind is not to be used',
      gateway: without,
      route: naming,
      want: ['middleware'],
      filters: 1,
    },
    {
      name: 'while the front door may go by the route that named it',
      gateway: without,
      route: taken(plain, { generation: 2 }),
      want: ['middleware'],
      filters: 1,
    },
    {
      name: 'and no longer',
      gateway: without,
      route: taken(plain, { generation: 2, observedGeneration: 2 }),
      want: [],
      filters: 1,
    },
  ])('$name', ({ gateway, route, want, filters }) => {
    const answer = answerTo(gateway, route);
    expect(keysOf(answer)).toEqual(want);
    expect(routeOf(answer).spec.rules[0]?.filters).toHaveLength(filters);
  });
});
