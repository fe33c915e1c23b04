import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { composeWith } from '#shared/testing.ts';
import { partialObjects } from '#shared/testing-partial.ts';
import { modelService } from './compose.ts';
import { MAX_BACKENDS } from './split.ts';
import { endpoint, given, RETRYING, type Route, routeOf, taken, weights } from './testing.ts';

const GATEWAY_REF = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'modelplane' };

const STATES = [
  { spec: {}, ready: true, answers: true },
  { spec: {}, ready: false, answers: false },
  { spec: { draining: true }, ready: true, answers: true },
  { spec: { draining: true, lastResort: true }, ready: true, answers: false },
  { spec: { rewritePath: '/openai/v1' }, ready: true, answers: true },
] as const;

/** Every name in every state; each is made once, because its own function makes its status. */
const WORLD = STATES.map(({ spec, ready, answers }) =>
  Array.from({ length: 20 }, (_, index) => ({ object: endpoint(`e${index}`, spec, ready), answers })),
);

/** At every moment a state for each of 20 endpoints, which three entries share. */
const moment = fc.array(fc.nat(STATES.length - 1), { minLength: 20, maxLength: 20 });

const whoIsThere = (states: readonly number[]) =>
  states.flatMap((state, index) => WORLD[state]?.[index] ?? []).map((one, index) => ({ ...one, entry: index % 3 }));

function asked(states: readonly number[], whenEmpty: string) {
  const all = whoIsThere(states);
  const entries = [0, 1, 2].map((entry) => all.filter((one) => one.entry === entry).map(({ object }) => object));
  const { xr, required } = given(entries, [90, 9, 1], { whenEmpty, paths: ['/tokenize'] });
  return { xr, required: { ...required, gateway: [RETRYING] } };
}

/** What was composed as it is observed once everybody has read it. */
const observed = (desired: Readonly<Record<string, KubernetesObject>>) => ({
  ...desired,
  httproute: taken(desired.httproute as KubernetesObject),
});

type Answer = ReturnType<typeof composeWith>;

/** Somebody who answers is sent requests where there is somebody, and nobody else is, unless entries keep their shares. */
function expectTheLiving(answer: Answer, states: readonly number[], keepsShares: boolean): void {
  const answering = new Set(whoIsThere(states).flatMap((one) => (one.answers ? [one.object.metadata?.name] : [])));
  const sent = Object.keys(weights(answer)).filter((name) => name !== 'qwen-hold');
  const dead = sent.filter((name) => !answering.has(name));
  expect(dead.length < sent.length || answering.size === 0).toBe(true);
  if (answering.size > 0 && !keepsShares) expect(dead).toEqual([]);
}

/** All rules that lead anywhere lead to the same, and have places for it. */
function expectOneSplit({ spec }: Route): void {
  const names = (rule: Route['spec']['rules'][number]) => rule.backendRefs.map(({ name }) => name);
  const open = spec.rules.filter(({ matches }) => matches.length === 1).map(names);
  expect(open).toEqual(open.map(() => open[0]));
  expect(Math.max(...open.map(({ length }) => length))).toBeLessThanOrEqual(MAX_BACKENDS);
}

describe('whatever happens to the endpoints of a service', () => {
  test('who can answer is served alone, in every rule, by the front door of today', () => {
    fc.assert(
      fc.property(fc.array(moment, { minLength: 1, maxLength: 4 }), fc.boolean(), (moments, keepsShares) => {
        let there = {};
        for (const states of moments) {
          const question = asked(states, keepsShares ? 'Hold' : 'Redistribute');
          const answer = composeWith(modelService, { ...question, observed: there });
          expectTheLiving(answer, states, keepsShares);
          expectOneSplit(routeOf(answer));
          expect(routeOf(answer).spec).toMatchObject({ parentRefs: [GATEWAY_REF] });
          there = observed(answer.desired);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('the same is said of the same, again and again', () => {
    fc.assert(
      fc.property(moment, moment, fc.constantFrom('Hold', 'Redistribute'), (before, now, whenEmpty) => {
        const first = composeWith(modelService, asked(before, whenEmpty));
        const second = composeWith(modelService, { ...asked(now, whenEmpty), observed: observed(first.desired) });
        const third = composeWith(modelService, { ...asked(now, whenEmpty), observed: observed(second.desired) });
        const fourth = composeWith(modelService, { ...asked(now, whenEmpty), observed: observed(third.desired) });
        expect(backends(third)).toEqual(backends(second));
        expect(fourth).toEqual(third);
      }),
      { numRuns: 60 },
    );
  });

  test('no part that is missing of what is observed or found is an exception', () => {
    const { xr, required } = asked(
      Array.from({ length: 20 }, (_, index) => index % STATES.length),
      'Hold',
    );
    const { desired } = composeWith(modelService, { xr, required });
    const found = Object.fromEntries(
      Object.entries(required).flatMap(([requirement, objects]) =>
        objects.map((object, index) => [`${requirement}/${index}`, object]),
      ),
    );
    fc.assert(
      fc.property(partialObjects(observed(desired)), partialObjects(found), (there, partly) => {
        const left = Object.fromEntries(
          Object.entries(required).map(([requirement, objects]) => [
            requirement,
            objects.flatMap((_, index) => partly[`${requirement}/${index}`] ?? []),
          ]),
        );
        const answer = composeWith(modelService, { xr, required: left, observed: there });
        for (const { backendRefs = [] } of (answer.desired.httproute as Route | undefined)?.spec.rules ?? [])
          for (const { name, weight } of backendRefs)
            expect({ name, weight }).toEqual({ name: expect.stringMatching(/./), weight: expect.any(Number) });
      }),
      { numRuns: 200 },
    );
  });
});

const backends = (answer: Answer) => routeOf(answer).spec.rules.map((rule) => rule.backendRefs);
