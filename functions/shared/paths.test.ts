import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isAtOrBelow,
  isUniform,
  openAIPath,
  openAIPaths,
  placementPath,
  rewrittenPaths,
  servicePath,
  type UpstreamPaths,
} from './paths.ts';

/** What Traefik makes of a client's path by the longer of the two rules (facts/traefik.md §1.4: join, then the rest). */
function upstream({ base, prefix }: UpstreamPaths, path: string): string {
  const tenant = { namespace: 'ns', name: 'svc' };
  const [match, replacement] = isAtOrBelow(path, openAIPath(tenant))
    ? [openAIPath(tenant), base]
    : [servicePath(tenant), prefix];
  return `${replacement === '/' ? '' : replacement}${path.slice(match.length)}` || '/';
}

describe('S8: an endpoint receives', () => {
  test.each([
    {
      endpoint: 'url http://10.0.0.7:8000',
      paths: openAIPaths('/'),
      chat: '/v1/chat/completions',
      tokenize: '/tokenize',
      rules: 1,
    },
    {
      endpoint: 'url https://api.groq.com/openai/v1',
      paths: openAIPaths('/openai/v1'),
      chat: '/openai/v1/chat/completions',
      tokenize: '/openai/tokenize',
      rules: 1,
    },
    {
      endpoint: 'url https://host/v1beta/openai',
      paths: openAIPaths('/v1beta/openai'),
      chat: '/v1beta/openai/chat/completions',
      tokenize: '/v1beta/openai/tokenize',
      rules: 2,
    },
    {
      endpoint: 'rewritePath /',
      paths: rewrittenPaths('/'),
      chat: '/v1/chat/completions',
      tokenize: '/tokenize',
      rules: 1,
    },
    {
      endpoint: 'rewritePath /openai/v1/',
      paths: rewrittenPaths('/openai/v1/'),
      chat: '/openai/v1/chat/completions',
      tokenize: '/openai/v1/tokenize',
      rules: 2,
    },
    {
      endpoint: 'rewritePath /ml-team/qwen/us',
      paths: rewrittenPaths('/ml-team/qwen/us'),
      chat: '/ml-team/qwen/us/v1/chat/completions',
      tokenize: '/ml-team/qwen/us/tokenize',
      rules: 1,
    },
    {
      endpoint: 'rewritePath /foo-v1, whose last element is not v1',
      paths: rewrittenPaths('/foo-v1'),
      chat: '/foo-v1/v1/chat/completions',
      tokenize: '/foo-v1/tokenize',
      rules: 1,
    },
    {
      endpoint: 'url with /v1/',
      paths: openAIPaths('/v1/'),
      chat: '/v1/chat/completions',
      tokenize: '/tokenize',
      rules: 1,
    },
  ])('by $endpoint: $chat and $tokenize', ({ paths, chat, tokenize, rules }) => {
    expect(upstream(paths, '/ns/svc/v1/chat/completions')).toBe(chat);
    expect(upstream(paths, '/ns/svc/tokenize')).toBe(tokenize);
    expect(isUniform(paths) ? 1 : 2).toBe(rules);
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

describe('isAtOrBelow', () => {
  test.each([
    { name: 'a path is at itself', path: '/ml', parent: '/ml', want: true },
    { name: 'an element below it', path: '/ml/chat', parent: '/ml', want: true },
    { name: 'a longer element is another one', path: '/mlx', parent: '/ml', want: false },
    { name: 'everything is below the root', path: '/ml', parent: '/', want: true },
    { name: 'the root is below nothing else', path: '/', parent: '/ml', want: false },
  ])('$name', ({ path, parent, want }) => expect(isAtOrBelow(path, parent)).toBe(want));
});
