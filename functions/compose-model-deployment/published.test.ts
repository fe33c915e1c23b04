import { describe, expect, test } from 'vitest';
import { all, cluster, conditions, controlPlane, deployment, edit, FRONT_DOOR, one, put, settle } from './testing.ts';

const pathsOf = (state: ReturnType<typeof controlPlane>): string[] =>
  all(state, 'HTTPRoute')
    .filter(({ metadata }) => metadata.namespace === 'ml-team')
    .flatMap(({ spec }) =>
      (spec as unknown as { rules: { matches: { path: { value: string } }[]; backendRefs: object[] }[] }).rules
        .filter(({ backendRefs }) => backendRefs.length > 0)
        .flatMap(({ matches }) => matches.map(({ path }) => path.value)),
    );

describe('a deployment publishes', () => {
  test.each([
    { name: 'OpenAI’s API and nothing else', spec: {}, want: ['/ml-team/qwen/v1'] },
    {
      name: 'what it names, for every class of requests',
      spec: { paths: ['/tokenize'], trafficClasses: [{ name: 'batch' }] },
      want: ['/ml-team/qwen/v1', '/ml-team/qwen/tokenize', '/ml-team/qwen-batch/v1', '/ml-team/qwen-batch/tokenize'],
    },
    {
      name: 'everything, once it has said so twice',
      spec: { paths: ['/'], allowAllPaths: true },
      want: ['/ml-team/qwen/v1', '/ml-team/qwen'],
    },
  ])('$name', ({ spec, want }) => {
    const state = settle(controlPlane(FRONT_DOOR, cluster('us'), deployment(spec)));
    expect(pathsOf(state).sort()).toEqual(want.toSorted());
    expect(conditions(state)).toMatchObject({ Ready: 'True Available' });
  });

  test('no more than /v1 after an upgrade from a release that published everything, and says what to do', () => {
    const state = settle(controlPlane(FRONT_DOOR, cluster('us'), deployment({ paths: ['/'], allowAllPaths: true })));
    const now = one(state, 'ModelDeployment', 'qwen');
    const { paths: _paths, allowAllPaths: _all, ...before } = now.spec as Record<string, unknown>;
    put(state, { ...now, spec: before as never });
    const message = () =>
      (
        one(state, 'ModelDeployment', 'qwen').status as { conditions: { type: string; message: string }[] }
      ).conditions.find(({ type }) => type === 'RoutingReady')?.message;
    settle(state);
    expect(pathsOf(state)).toEqual(['/ml-team/qwen/v1']);
    expect(message()).toContain('name others in spec.paths, or set it to []');
    edit(state, 'ModelDeployment', 'qwen', { paths: [] });
    settle(state);
    expect(message()).toBe('Requests are served.');
  });
});
