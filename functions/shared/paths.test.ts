import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isAtOrBelow,
  isPublishable,
  openAIPath,
  openAIPaths,
  pathBelow,
  placementPath,
  publishedPaths,
  rewrittenPaths,
  servicePath,
  type UpstreamPaths,
  upstreamPath,
  withBase,
} from './paths.ts';

/** What Traefik makes of a client's path by the longest of the rules (facts/traefik.md §1.4: join, then the rest). */
function upstream(paths: UpstreamPaths, called: string, named: readonly string[]): string | undefined {
  const tenant = { namespace: 'ns', name: 'svc' };
  const [rule] = publishedPaths(named)
    .open.filter((path) => isAtOrBelow(called, pathBelow(tenant, path)))
    .toSorted((a, b) => b.length - a.length);
  if (rule === undefined) return undefined;
  const replacement = upstreamPath(paths, rule);
  return `${replacement === '/' ? '' : replacement}${called.slice(pathBelow(tenant, rule).length)}` || '/';
}

describe('S8: an endpoint receives', () => {
  test.each([
    {
      endpoint: 'url http://10.0.0.7:8000',
      paths: openAIPaths('/'),
      chat: '/v1/chat/completions',
      tokenize: '/tokenize',
    },
    {
      endpoint: 'url https://api.groq.com/openai/v1',
      paths: openAIPaths('/openai/v1'),
      chat: '/openai/v1/chat/completions',
      tokenize: '/openai/tokenize',
    },
    {
      endpoint: 'url https://host/v1beta/openai',
      paths: openAIPaths('/v1beta/openai'),
      chat: '/v1beta/openai/chat/completions',
      tokenize: '/v1beta/openai/tokenize',
    },
    {
      endpoint: 'rewritePath /',
      paths: rewrittenPaths('/'),
      chat: '/v1/chat/completions',
      tokenize: '/tokenize',
    },
    {
      endpoint: 'rewritePath /openai/v1/',
      paths: rewrittenPaths('/openai/v1/'),
      chat: '/openai/v1/chat/completions',
      tokenize: '/openai/v1/tokenize',
    },
    {
      endpoint: 'rewritePath /ml-team/qwen/us',
      paths: rewrittenPaths('/ml-team/qwen/us'),
      chat: '/ml-team/qwen/us/v1/chat/completions',
      tokenize: '/ml-team/qwen/us/tokenize',
    },
    {
      endpoint: 'rewritePath /foo-v1, whose last element is not v1',
      paths: rewrittenPaths('/foo-v1'),
      chat: '/foo-v1/v1/chat/completions',
      tokenize: '/foo-v1/tokenize',
    },
    {
      endpoint: 'url with /v1/',
      paths: openAIPaths('/v1/'),
      chat: '/v1/chat/completions',
      tokenize: '/tokenize',
    },
    {
      endpoint: 'url http://10.0.0.7:8000 and basePath /',
      paths: withBase(openAIPaths('/'), '/'),
      chat: '/chat/completions',
      tokenize: '/tokenize',
    },
    {
      endpoint: 'rewritePath /ml-team/qwen/us and basePath /ml-team/qwen/us/',
      paths: withBase(rewrittenPaths('/ml-team/qwen/us'), '/ml-team/qwen/us/'),
      chat: '/ml-team/qwen/us/chat/completions',
      tokenize: '/ml-team/qwen/us/tokenize',
    },
  ])('by $endpoint: $chat, and $tokenize where it is named', ({ paths, chat, tokenize }) => {
    for (const named of [[], ['/tokenize'], ['/']]) {
      expect(upstream(paths, '/ns/svc/v1/chat/completions', named)).toBe(chat);
      expect(upstream(paths, '/ns/svc/tokenize', named)).toBe(named.length === 0 ? undefined : tokenize);
    }
  });

  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
  const path = fc
    .array(fc.stringMatching(/^[a-z0-9._-]{1,8}$/), { maxLength: 4 })
    .map((elements) => `/${elements.join('/')}`);
  const paths = fc.oneof(path.map(openAIPaths), path.map(rewrittenPaths));

  test('never a doubled /v1, an empty element or a trailing slash', () => {
    fc.assert(
      fc.property(paths, ({ base, prefix }) => {
        expect(base).not.toMatch(/\/v1\/v1$|\/\/|.\/$/);
        expect(prefix).not.toMatch(/\/\/|.\/$/);
        expect(isAtOrBelow(base, prefix)).toBe(true);
      }),
    );
  });

  test("a tenant's path is never at, above or below another's", () => {
    fc.assert(
      fc.property(label, label, label, label, (namespace, name, otherNamespace, other) => {
        fc.pre(namespace !== otherNamespace || name !== other);
        const [one, two] = [
          { namespace, name },
          { namespace: otherNamespace, name: other },
        ];
        expect(isAtOrBelow(servicePath(one), servicePath(two))).toBe(false);
        expect(isAtOrBelow(openAIPath(one), servicePath(two))).toBe(false);
        expect(isAtOrBelow(placementPath(one, 'us'), servicePath(two))).toBe(false);
      }),
    );
  });
});

describe('a path to publish', () => {
  test.each([
    { path: '/', want: true },
    { path: '/tokenize', want: true },
    { path: '/inference/v1/generate', want: true },
    { path: '/.well-known/a~b_c.d-e', want: true },
    { path: '', want: false },
    { path: 'tokenize', want: false },
    { path: '/tokenize/', want: false },
    { path: '/a//b', want: false },
    { path: '/..', want: false },
    { path: '/a/./b', want: false },
    { path: '/a%2fb', want: false },
    { path: '/a?b', want: false },
    { path: '/a\n', want: false },
  ])('may be $path: $want', ({ path, want }) => expect(isPublishable(path)).toBe(want));

  test('is never more than the 16 rules that a route may have, and /v1 is always there', () => {
    const named = fc.uniqueArray(fc.stringMatching(/^\/[a-z0-9/]{0,8}$/), { maxLength: 8 });
    fc.assert(
      fc.property(named, (paths) => {
        const { open, closed } = publishedPaths(paths);
        expect(open[0]).toBe('/v1');
        expect(new Set([...open, ...closed]).size).toBe(open.length + closed.length);
        expect(open.length + 1).toBeLessThanOrEqual(16);
      }),
    );
  });
});

describe('isAtOrBelow', () => {
  test.each([
    { name: 'a path is at itself', path: '/ml', parent: '/ml', want: true },
    { name: 'an element below it', path: '/ml/chat', parent: '/ml', want: true },
    { name: 'a longer element is another one', path: '/mlx', parent: '/ml', want: false },
    { name: 'everything is below the root', path: '/ml', parent: '/', want: true },
    { name: 'the root is below nothing else', path: '/', parent: '/ml', want: false },
  ])('$name', ({ path, parent, want }) => expect(isAtOrBelow(path, parent)).toBe(want));
});
