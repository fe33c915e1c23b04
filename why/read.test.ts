import { describe, expect, test } from 'vitest';
import { settle } from '../functions/compose-model-deployment/testing.ts';
import type { State } from '../preview/world.ts';
import { answerOf } from './answer.ts';
import { explain } from './explain.ts';
import { type Read, readFor } from './read.ts';
import { asTarget, NOW, readerOf, textOf, why } from './testing.ts';
import { HEALTHY, PLANTED } from './testing-causes.ts';

async function answered(read: Read, state: State, ask: string) {
  const target = asTarget(ask);
  const { view, result } = await readFor(read, { world: state.world, now: NOW }, (seen) => explain(seen, target));
  return answerOf(view, target, result, { version: '0.0.0' });
}

const FAULTS = PLANTED.map((one) => ({ ...one, state: () => settle(one.plant()) }));

describe('what is read', () => {
  test.each(FAULTS)('is all that is needed to blame $cause', async ({ state, ask }) => {
    const now = state();
    const reader = readerOf(now);
    expect(await answered(reader, now, ask)).toEqual(why(now, ask));
    const twice = reader.read.map((scope) => JSON.stringify(scope));
    expect(new Set(twice).size).toBe(twice.length);
    expect(reader.read.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  test('is few lists, whatever there is of a deployment', async () => {
    const state = HEALTHY.claim();
    const reader = readerOf(state);
    expect((await answered(reader, state, 'md/qwen')).answer).toBe('ModelDeployment ml-team/qwen serves.');
    expect(reader.read.length).toBeLessThan(40);
  });
});

describe('with less than all rights', () => {
  const PARTS = [
    ['InferenceGateway', 'InferenceCluster'],
    ['ModelDeployment', 'ModelService'],
    ['ModelEndpoint', 'Deployment', 'Gateway', 'CustomResourceDefinition'],
    ['HTTPRoute', 'Object', 'Service', 'EndpointSlice', 'ConfigMap'],
  ];
  const FORBIDDEN = [...PARTS, PARTS.flat()];

  test.each(FAULTS)('nobody says that it serves while there is the fault of $cause', async ({ state, ask }) => {
    const now = state();
    const answers = await Promise.all(
      FORBIDDEN.map((kinds) =>
        answered(
          readerOf(now, ({ kind }) => kinds.includes(kind)),
          now,
          ask,
        ),
      ),
    );
    expect(answers.map(({ serves }) => serves)).not.toContain(true);
    for (const answer of answers) expect(textOf(answer)).toMatch(/(does not serve because|cannot be told whether)/);
  });

  test.each([
    { kind: 'InferenceGateway', serves: null, says: 'You may not read InferenceGateway default.' },
    { kind: 'ModelDeployment', serves: null, says: 'You may not read ModelDeployments in ml-team.' },
    { kind: 'ModelEndpoint', serves: true, says: 'You may not read ModelEndpoints in ml-team.' },
    { kind: 'Object', serves: true, says: 'You may not read Objects in ml-team.' },
    { kind: 'HTTPRoute', serves: true, says: 'You may not read HTTPRoute' },
    { kind: 'Deployment', serves: true, says: 'You may not read Deployment traefik in modelplane-system.' },
  ])('a healthy deployment without $kind is told with what could not be seen', async ({ kind, serves, says }) => {
    const state = HEALTHY.claim();
    const answer = await answered(
      readerOf(state, (scope) => scope.kind === kind),
      state,
      'md/qwen',
    );
    expect({ serves: answer.serves, text: textOf(answer) }).toEqual({ serves, text: expect.stringContaining(says) });
  });
});

test('an API server that fails is said as it says it', async () => {
  const state = HEALTHY.service();
  const reader: Read = async (scope) =>
    scope.kind === 'ModelService'
      ? { ok: false, why: 'Failed', message: 'etcdserver: request timed out' }
      : readerOf(state)(scope);
  expect(await answered(reader, state, 'ms/llama')).toMatchObject({
    serves: null,
    answer:
      'It cannot be told whether ModelService ml-team/llama serves, because Cannot read ModelServices in ml-team: etcdserver: request timed out.',
  });
});
