import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '#shared/kubernetes.ts';
import { isAtOrBelow } from '#shared/paths.ts';
import { composeWith, schemaProblem } from '#shared/testing.ts';
import { modelService } from './compose.ts';
import { endpoint, given, type Route, routeOf, taken } from './testing.ts';

/** What the front door makes of a client's path: the longest match wins, and a rule without backends answers 503. */
function upstreams({ spec }: Route, path: string): string[] | undefined {
  const all = spec.rules.flatMap(({ matches, backendRefs }) =>
    matches.map((match) => ({ prefix: match.path.value, backendRefs })),
  );
  const [rule] = all
    .filter(({ prefix }) => isAtOrBelow(path, prefix))
    .toSorted((a, b) => b.prefix.length - a.prefix.length);
  return rule?.backendRefs.map(({ filters }) => {
    const rewrite = filters[0]?.urlRewrite as { path: { replacePrefixMatch: string } } | undefined;
    const { replacePrefixMatch } = rewrite?.path ?? { replacePrefixMatch: '' };
    return `${replacePrefixMatch === '/' ? '' : replacePrefixMatch}${path.slice(rule.prefix.length)}` || '/';
  });
}

const A = endpoint('a');
const OPENAI = endpoint('b', { rewritePath: '/openai/v1' });
const ROOT = endpoint('c', { basePath: '/' });
const served = (paths: readonly string[] | undefined, more: object = {}, endpoints = [A]) =>
  composeWith(modelService, given([endpoints], [], { ...(paths && { paths }), ...more }));

describe('a service publishes', () => {
  test.each([
    { name: 'OpenAI’s API', path: '/v1/chat/completions', paths: undefined, want: ['/v1/chat/completions'] },
    { name: 'nothing else', path: '/tokenize', paths: undefined, want: undefined },
    { name: 'no metrics', path: '/metrics', paths: ['/tokenize'], want: undefined },
    { name: 'no path that a named one is the beginning of', path: '/tokenizer', paths: ['/tokenize'], want: undefined },
    { name: 'no path above a named one', path: '/inference', paths: ['/inference/v1/generate'], want: undefined },
    { name: 'what is named', path: '/tokenize', paths: ['/tokenize'], want: ['/tokenize'] },
    {
      name: 'what is below it',
      path: '/inference/v1/generate',
      paths: ['/inference/v1'],
      want: ['/inference/v1/generate'],
    },
    { name: 'no LoRA loader, though it is below /v1', path: '/v1/load_lora_adapter', paths: undefined, want: [] },
    { name: 'no metrics below /v1', path: '/v1/metrics/x', paths: ['/v1'], want: [] },
    {
      name: 'the LoRA loader that is named',
      path: '/v1/load_lora_adapter',
      paths: ['/v1/load_lora_adapter'],
      want: ['/v1/load_lora_adapter'],
    },
    { name: 'everything where / is named', path: '/metrics', paths: ['/'], want: ['/metrics'] },
    { name: 'its own path where / is named', path: '', paths: ['/'], want: ['/'] },
    {
      name: 'the LoRA loader where / is named',
      path: '/v1/load_lora_adapter',
      paths: ['/'],
      want: ['/v1/load_lora_adapter'],
    },
  ])('$name', async ({ path, paths, want }) => {
    const route = routeOf(served(paths));
    expect(upstreams(route, `/ml/qwen${path}`)).toEqual(want);
    expect(await schemaProblem(route)).toBeUndefined();
  });

  test('a path as every endpoint has it', () => {
    const route = routeOf(served(['/tokenize'], {}, [A, OPENAI, ROOT]));
    expect(upstreams(route, '/ml/qwen/v1/models')).toEqual(['/v1/models', '/openai/v1/models', '/models']);
    expect(upstreams(route, '/ml/qwen/tokenize')).toEqual(['/tokenize', '/openai/v1/tokenize', '/tokenize']);
  });
});

describe('what may not be published is left out, with the truth beside it', () => {
  const BY_A_DEPLOYMENT = { ownerReferences: [{ kind: 'ModelDeployment', name: 'qwen', uid: 'u', controller: true }] };
  const engine = { ...A, metadata: { ...A.metadata, ...BY_A_DEPLOYMENT } } as KubernetesObject;
  test.each([
    {
      name: '/ of a deployment’s engines',
      answer: served(['/', '/tokenize'], {}, [engine]),
      refused:
        'cannot publish spec.paths /: a belong to a ModelDeployment, whose engines serve metrics and commands there; ' +
        'name the paths that clients call, or set spec.allowAllPaths to true',
    },
    {
      name: 'a path that climbs',
      answer: served(['/tokenize', '/a/../b']),
      refused:
        'cannot publish spec.paths /a/../b: it must begin with /, and hold letters, digits and ._~- between slashes',
    },
  ])('$name', ({ answer, refused }) => {
    expect(answer.refused).toBe(refused);
    const open = routeOf(answer).spec.rules.filter(({ backendRefs }) => backendRefs.length > 0);
    expect(open.map(({ matches }) => matches[0].path.value)).toEqual(['/ml/qwen/v1', '/ml/qwen/tokenize']);
    expect(answer.status).toMatchObject({ entries: [{ percent: 100, reason: 'Serving.' }] });
  });

  test('the second word opens them', () => {
    const answer = served(['/'], { allowAllPaths: true }, [engine]);
    expect(answer.refused).toBeUndefined();
    expect(upstreams(routeOf(answer), '/ml/qwen/metrics')).toEqual(['/metrics']);
  });
});

describe('a service that published everything before', () => {
  const { xr, required } = given([[A]]);
  const before = routeOf(served(['/']));
  const paths = (route: Route) => route.spec.rules.map(({ matches }) => matches[0].path.value);

  test('says that it does not any more for as long as nobody has said which paths clients call', () => {
    let route = taken(before);
    for (const generation of [2, 3]) {
      const answer = composeWith(modelService, { xr, required, observed: { httproute: route } });
      expect(paths(routeOf(answer))[0]).toBe('/ml/qwen/v1');
      expect(paths(routeOf(answer))).not.toContain('/ml/qwen');
      expect(answer.conditions[1]).toContain(
        'RoutingReady=True RouteConfigured: Requests are served. Every path below',
      );
      route = taken(routeOf(answer), { generation, observedGeneration: generation });
    }
    const said = composeWith(modelService, { ...given([[A]], [], { paths: [] }), observed: { httproute: route } });
    expect(said.conditions[1]).toBe('RoutingReady=True RouteConfigured: Requests are served.');
    const after = composeWith(modelService, { xr, required, observed: { httproute: taken(routeOf(said)) } });
    expect(after.conditions[1]).toBe('RoutingReady=True RouteConfigured: Requests are served.');
  });

  test('closes its paths though nobody can answer, and nothing else of the route changes', () => {
    const lost = { ...A, status: {} };
    const answer = composeWith(modelService, {
      xr,
      required: { ...required, 'endpoints-0': [lost] },
      observed: { httproute: taken(before) },
    });
    expect(paths(routeOf(answer))).toEqual(['/ml/qwen/v1', '/ml/qwen/v1/load_lora_adapter']);
    expect(upstreams(routeOf(answer), '/ml/qwen/v1/models')).toEqual(['/v1/models']);
  });

  test('which an older release composed as one rule is spoken to below it', () => {
    const [, everything] = before.spec.rules;
    const old = { ...before, spec: { ...before.spec, rules: [everything] } } as Route;
    const answer = composeWith(modelService, {
      ...given([[{ ...A, status: {} }]], [], { paths: ['/tokenize'] }),
      observed: { httproute: taken(old) },
    });
    expect(upstreams(routeOf(answer), '/ml/qwen/v1/models')).toEqual(['/v1/models']);
    expect(upstreams(routeOf(answer), '/ml/qwen/tokenize')).toEqual(['/tokenize']);
  });
});
