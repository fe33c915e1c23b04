import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { composeWith } from '#shared/testing.ts';
import { modelService } from './compose.ts';
import { endpoint, GATEWAY, given, RETRYING, routeOf, taken } from './testing.ts';

type Observed = Record<string, KubernetesObject>;

const statusOf = (more: object): KubernetesObject => ({
  ...RETRYING,
  status: { ...(RETRYING.status as object), ...more },
});

const ENFORCED = statusOf({ authentication: 'Enforced' });
const OFF = statusOf({ authentication: 'Off' });

const compose = (
  gateway: KubernetesObject | undefined,
  observed: Observed = {},
  limits: object = { concurrent: 3 },
) => {
  const { xr, required } = given([[endpoint('a'), endpoint('b')]], [], { limits });
  return composeWith(modelService, { xr, observed, required: { ...required, gateway: gateway ? [gateway] : [] } });
};

/** As everything is seen once it has been composed and the front door has read it. */
function settled(gateway: KubernetesObject): Observed {
  let observed: Observed = {};
  for (let pass = 0; pass < 4; pass++) {
    const { desired } = compose(gateway, observed);
    observed = { ...(desired as Observed), httproute: taken(desired.httproute as KubernetesObject) };
  }
  return observed;
}

const named = (answer: ReturnType<typeof compose>): string[] =>
  ((routeOf(answer).spec.rules[0]?.filters ?? []) as { extensionRef?: { name: string } }[]).flatMap(
    ({ extensionRef }) => (extensionRef ? extensionRef.name.replace(/-[0-9a-f]{10}$/, '') : []),
  );

test.each([
  { name: 'is gone where nobody asks who calls', gateway: OFF, removed: true },
  { name: 'is gone where nobody ever asked', gateway: statusOf({}), removed: true },
  { name: 'is the front door’s own where it asks, and stays', gateway: ENFORCED, removed: false },
])('what a client says of who calls $name', ({ gateway, removed }) => {
  const filters = routeOf(compose(gateway)).spec.rules[0]?.filters as {
    requestHeaderModifier?: { remove: string[] };
  }[];
  expect(filters[0]?.requestHeaderModifier?.remove.includes('x-modelplane-caller')).toBe(removed);
});

test('a front door whose status is lost takes the name from nobody whom a limit counts by it', () => {
  const { status: _, ...silent } = ENFORCED;
  const answer = compose(silent, settled(ENFORCED));
  expect(named(answer)).toContain('qwen-concurrency');
  expect(JSON.stringify(routeOf(answer).spec.rules[0]?.filters)).not.toContain('"x-modelplane-caller"');
});

describe('requests at a time', () => {
  test('are held to the limit by the name that the front door gives a caller, before any retry', () => {
    const answer = compose(ENFORCED, settled(ENFORCED));
    expect(answer.desired.concurrency).toMatchObject({
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'Middleware',
      metadata: { labels: { 'modelplane.ai/service': 'qwen' } },
      spec: { inFlightReq: { amount: 3, sourceCriterion: { requestHeaderName: 'x-modelplane-caller' } } },
    });
    expect(named(answer)).toEqual(['qwen-concurrency', 'qwen-retry']);
    expect(answer.xrReady).toBe(true);
  });

  test('are not referred to before the front door has read the route, which would be 404 else', () => {
    const first = compose(ENFORCED);
    expect(Object.keys(first.desired)).toContain('concurrency');
    expect(named(first)).toEqual([]);
  });

  test.each([
    { name: 'where nobody knows who calls: all callers would be one', gateway: OFF },
    { name: 'where it was never said who calls', gateway: RETRYING },
    { name: 'where there are no Middlewares', gateway: GATEWAY },
  ])('hold nobody $name', ({ gateway }) => {
    const answer = compose(gateway, settled(gateway));
    expect(Object.keys(answer.desired)).not.toContain('concurrency');
    expect(named(answer)).not.toContain('qwen-concurrency');
  });

  test('hold nobody where there is no limit, and what is composed is what it was', () => {
    const with_ = composeWith(modelService, {
      ...given([[endpoint('a')]], [], { limits: { requestsPerMinute: 5 } }),
    }).desired;
    const without = composeWith(modelService, given([[endpoint('a')]])).desired;
    expect(with_).toEqual(without);
  });

  test('a front door that cannot be seen for a moment changes nothing', () => {
    const observed = settled(ENFORCED);
    const answer = compose(undefined, observed);
    expect(named(answer)).toEqual(['qwen-concurrency', 'qwen-retry']);
    expect(Object.keys(answer.desired)).toContain('concurrency');
  });

  test.each([
    { name: 'the front door asks nobody any more', gateway: OFF, limits: { concurrent: 3 } },
    { name: 'the limit is gone', gateway: ENFORCED, limits: {} },
  ])('when $name the route lets go of the Middleware first', ({ gateway, limits }) => {
    const observed = settled(ENFORCED);
    const letting = compose(gateway, observed, limits);
    expect(named(letting)).toEqual(['qwen-retry']);
    expect(Object.keys(letting.desired)).toContain('concurrency');
    const after = compose(gateway, { ...(letting.desired as Observed), httproute: taken(routeOf(letting)) }, limits);
    expect(Object.keys(after.desired)).not.toContain('concurrency');
  });
});
