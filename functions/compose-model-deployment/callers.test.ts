import { expect, test } from 'vitest';
import type { State } from '../../preview/world.ts';
import { HOOK } from '../compose-inference-gateway/hook.ts';
import {
  all,
  cluster,
  conditions,
  controlPlane,
  deployment,
  edit,
  FRONT_DOOR,
  manifestOf,
  one,
  put,
  settle,
} from './testing.ts';

interface Header {
  readonly name: string;
  readonly value: string;
}

/** What a request of a caller arrives with at the cluster's gateway: what the front door's route sets, over the caller's. */
function headersBehindTheDoor(state: State): Record<string, string> {
  interface Route {
    readonly rules: readonly {
      readonly backendRefs: readonly {
        readonly filters: readonly { readonly requestHeaderModifier?: { readonly set?: readonly Header[] } }[];
      }[];
    }[];
  }
  const route = all(state, 'HTTPRoute').find(({ metadata }) => metadata.name.startsWith('qwen-'));
  const spec = route?.spec as unknown as Route | undefined;
  const filters = spec?.rules[0]?.backendRefs[0]?.filters ?? [];
  const set = filters.flatMap(({ requestHeaderModifier }) => requestHeaderModifier?.set ?? []);
  const own = { 'x-llm-d-inference-fairness-id': 'ml-team/alice', 'x-gateway-inference-fairness-id': 'ml-team/alice' };
  return { ...own, ...Object.fromEntries(set.map(({ name, value }) => [name, value])) };
}

/** Whether the cluster's gateway lets such a request in, by the route that it has. */
function isLetIn(state: State): boolean {
  const headers = headersBehindTheDoor(state);
  const route = all(state, 'Object').find((object) => manifestOf(object).kind === 'HTTPRoute');
  interface Seen {
    readonly atProvider?: {
      readonly manifest?: {
        readonly spec?: {
          readonly rules: readonly { readonly matches: readonly { readonly headers: readonly Header[] }[] }[];
        };
      };
    };
  }
  const status = route?.status as unknown as Seen | undefined;
  const rules = status?.atProvider?.manifest?.spec?.rules ?? [];
  // No API server takes another match in a rule that replaces a prefix.
  expect(rules.filter(({ matches }) => matches.length !== 1)).toEqual([]);
  const there = rules.flatMap(({ matches }) => matches);
  return there.some((match) => match.headers.every(({ name, value }) => headers[name] === value));
}

const everybodyIsLetIn = (state: State): void => {
  if (all(state, 'HTTPRoute').some(({ metadata }) => metadata.name.startsWith('qwen-')))
    expect(isLetIn(state)).toBe(true);
};

/** Traefik's pods are all new: with the hook, or without. */
const rolledOut = (state: State, hooked: boolean): void => {
  const traefik = one(state, 'Deployment', 'traefik');
  const args = hooked ? [`--entryPoints.web.http.middlewares=${HOOK}`] : [];
  put(state, {
    ...traefik,
    spec: { ...(traefik.spec as object), template: { spec: { containers: [{ name: 'traefik', args }] } } },
    status: { ...(traefik.status as object), observedGeneration: 99 },
  });
};

test('callers come to have fairness ids of their own, and go back, and no request is shut out on the way', () => {
  const state = settle(controlPlane(FRONT_DOOR, cluster('us'), deployment({})));
  const before = headersBehindTheDoor(state);
  expect(before).toMatchObject({
    'x-llm-d-inference-fairness-id': 'ml-team',
    'x-gateway-inference-fairness-id': 'ml-team',
  });
  expect(before).not.toHaveProperty('x-modelplane-tenant');

  edit(state, 'InferenceGateway', 'default', { authentication: { keys: {} } });
  settle(state, everybodyIsLetIn);
  rolledOut(state, true);
  settle(state, everybodyIsLetIn);
  expect(headersBehindTheDoor(state)).toMatchObject({
    'x-modelplane-tenant': 'ml-team',
    'x-llm-d-inference-fairness-id': 'ml-team/alice',
    'x-gateway-inference-fairness-id': 'ml-team/alice',
  });

  edit(state, 'InferenceGateway', 'default', { authentication: undefined as never });
  settle(state, everybodyIsLetIn);
  rolledOut(state, false);
  settle(state, everybodyIsLetIn);
  expect(headersBehindTheDoor(state)).toEqual(before);
});

test("an endpoint that somebody made by hand goes on with his namespace's fairness id", () => {
  const byHand = `
apiVersion: modelplane.ai/v1alpha1
kind: ModelEndpoint
metadata: {name: own, namespace: ml-team, labels: {m: own}}
spec: {url: "http://10.0.0.7:8000"}
---
apiVersion: modelplane.ai/v1alpha1
kind: ModelService
metadata: {name: qwen, namespace: ml-team}
spec: {endpoints: [{selector: {matchLabels: {m: own}}}]}`;
  const state = settle(controlPlane(FRONT_DOOR, byHand));
  edit(state, 'InferenceGateway', 'default', { authentication: { keys: {} } });
  settle(state);
  rolledOut(state, true);
  settle(state);
  expect(headersBehindTheDoor(state)).toMatchObject({
    'x-modelplane-tenant': 'ml-team',
    'x-llm-d-inference-fairness-id': 'ml-team',
  });
});

test('engines that ask for a key of their own answer nobody once the front door takes the callers’', () => {
  const template = { spec: { containers: [{ name: 'engine', args: ['--api-key=own'] }] } };
  const state = settle(controlPlane(FRONT_DOOR, cluster('us'), deployment({ template })));
  expect(conditions(state)).toMatchObject({ Ready: 'True Available' });

  edit(state, 'InferenceGateway', 'default', { authentication: { keys: {} } });
  settle(state);
  rolledOut(state, true);
  settle(state);
  expect(conditions(state)).toMatchObject({
    SpecAccepted: 'False InvalidTemplate',
    RoutingReady: 'False EnginesAskKeys',
    Ready: 'False Creating',
  });

  edit(state, 'ModelDeployment', 'qwen', { template: {} });
  settle(state);
  expect(conditions(state)).toMatchObject({ RoutingReady: 'True RouteConfigured', Ready: 'True Available' });
});
