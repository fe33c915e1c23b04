import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import {
  at,
  cluster,
  deployment,
  edit,
  enginesOf,
  FRONT_DOOR,
  one,
  put,
  settle,
  withAvailable,
} from '../functions/compose-model-deployment/testing.ts';
import { nameOf } from './answer.ts';
import { settled, textOf, why } from './testing.ts';
import { HEALTHY, PLANTED } from './testing-causes.ts';

const SCHEMA = JSON.parse(readFileSync(join(import.meta.dirname, 'answer.schema.json'), 'utf8'));
const isAnswer = new Ajv2020({ allowUnionTypes: true }).compile(SCHEMA);

describe('the first cause is', () => {
  test.each(PLANTED)('$cause', ({ plant, ask, blames, reason, says, look }) => {
    const answer = why(plant(), ask);
    expect(answer).toMatchObject({ serves: false, answer: expect.stringMatching(/ does not serve because /) });
    expect({ ...answer.cause, thing: answer.cause && nameOf(answer.cause.thing) }).toEqual({
      thing: blames,
      reason,
      message: expect.stringContaining(says),
      command: look,
    });
    expect(isAnswer(JSON.parse(JSON.stringify(answer))) ? [] : isAnswer.errors).toEqual([]);
    for (const line of textOf(answer)
      .split('\n')
      .filter((one) => !/[A-Za-z/]+ \S{50,}$/.test(one)))
      expect(line.length, line).toBeLessThanOrEqual(80);
  });
});

describe('what serves', () => {
  test.each([
    { name: 'a deployment', state: HEALTHY.claim, ask: 'md/qwen', says: 'ModelDeployment ml-team/qwen serves.' },
    { name: 'a service', state: HEALTHY.service, ask: 'ms/llama', says: 'ModelService ml-team/llama serves.' },
    { name: 'an endpoint', state: HEALTHY.service, ask: 'me/groq', says: 'ModelEndpoint ml-team/groq serves.' },
    { name: 'a front door', state: HEALTHY.service, ask: 'ig/default', says: 'InferenceGateway default serves.' },
    { name: 'a cluster', state: HEALTHY.claim, ask: 'ic/us', says: 'InferenceCluster us serves.' },
    {
      name: 'a path',
      state: HEALTHY.service,
      ask: '/ml-team/llama/v1/models',
      says: 'URL /ml-team/llama/v1/models serves.',
    },
    { name: 'a service with keys', state: HEALTHY.asked, ask: 'ms/llama', says: 'ModelService ml-team/llama serves.' },
  ])('of $name is said in the first line', ({ state, ask, says }) => {
    const answer = why(state(), ask);
    expect(answer).toMatchObject({ serves: true, state: 'Serves', answer: says, unseen: [] });
    expect(answer).not.toHaveProperty('cause');
    expect(isAnswer(JSON.parse(JSON.stringify(answer))) ? [] : isAnswer.errors).toEqual([]);
  });

  const two = () => settled(FRONT_DOOR, cluster('us'), cluster('eu'), deployment({ placements: [at('us'), at('eu')] }));

  test('although a placement of two does not is told with that one', () => {
    const state = two();
    withAvailable(state, enginesOf(state, 'eu'), 0);
    const answer = why(settle(state), 'md/qwen');
    expect(answer).toMatchObject({ serves: true, state: 'Impaired', cause: { reason: 'EnginesNotAvailable' } });
    expect(answer.answer).toMatch(/^ModelDeployment ml-team\/qwen serves, but Deployment .* on eu: 0 of 1/);
  });

  test('is told as it is before anybody has written it down: the functions are asked about what is there', () => {
    const state = HEALTHY.claim();
    withAvailable(state, enginesOf(state, 'default'), 0);
    expect(why(state, 'ms/qwen')).toMatchObject({ serves: false, cause: { reason: 'EnginesNotAvailable' } });
  });

  test('beside a placement that is scaled to zero serves, and no more is said', () => {
    const state = two();
    edit(state, 'ModelDeployment', 'qwen', { placements: [at('us'), at('eu', { replicas: 0 })] });
    expect(why(settle(state), 'md/qwen')).toMatchObject({ serves: true, state: 'Serves' });
  });

  test('although an edit is refused is told with what to correct', () => {
    const state = HEALTHY.claim();
    edit(state, 'ModelDeployment', 'qwen', { endpointPicker: { config: { plugins: [], nonsense: 1 } } });
    expect(why(settle(state), 'md/qwen')).toMatchObject({
      serves: true,
      state: 'Impaired',
      cause: { thing: { kind: 'ModelDeployment' }, reason: 'InvalidPicker' },
    });
  });

  test('although Crossplane is told to leave it alone is told so', () => {
    const state = HEALTHY.service();
    const xr = one(state, 'ModelService', 'llama');
    put(state, { ...xr, metadata: { ...xr.metadata, annotations: { 'crossplane.io/paused': 'true' } } });
    expect(why(settle(state), 'ms/llama').cause).toMatchObject({ reason: 'ReconcilePaused' });
  });
});

describe('one caller', () => {
  test.each([
    { caller: 'alice', serves: true },
    { caller: 'ml-team/alice', serves: true },
    { caller: 'bob', serves: false, reason: 'NobodyIsLetIn' },
  ])('$caller is let in: $serves', ({ caller, serves, reason }) => {
    const answer = why(HEALTHY.asked(), 'ms/llama', { caller });
    expect({ serves: answer.serves, reason: answer.cause?.reason }).toEqual({ serves, reason });
  });
});

test('nothing that others wrote commands a terminal', () => {
  const state = HEALTHY.claim();
  const api = one(state, 'InferenceCluster', 'us');
  const message = 'gone\u001b[2J\u0007\n';
  const conditions = [{ type: 'Connected', status: 'False', reason: 'CannotConnect', message }];
  put(state, { ...api, status: { ...(api.status as object), conditions } });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
  expect(textOf(why(state, 'ic/us')).replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});
