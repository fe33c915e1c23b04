import fc from 'fast-check';
import { expect, test } from 'vitest';
import { targetOf } from './target.ts';

const secret = { kind: 'service', namespace: 'ml-team', name: 'secret' };
const elsewhere = { kind: 'elsewhere' };

test.each([
  { name: 'a path below a service', uri: '/ml-team/secret/v1/chat/completions', want: secret },
  { name: 'a service itself', uri: '/ml-team/secret', want: secret },
  { name: 'a query, which says nothing', uri: '/ml-team/secret?x=/ml-team/qwen', want: secret },
  { name: 'a query that climbs', uri: '/ml-team/secret?/../qwen', want: secret },
  { name: 'a path after a second question mark', uri: '/ml-team/secret??/../../a/b', want: secret },
  { name: 'what Traefik leaves as it is below a service', uri: '/ml-team/secret/..;/qwen/v1', want: secret },
  {
    name: 'a name with a dot',
    uri: '/ml-team/qwen2.5/v1',
    want: { kind: 'service', namespace: 'ml-team', name: 'qwen2.5' },
  },
  { name: 'the list of models', uri: '/v1/models', want: { kind: 'models' } },
  { name: 'the list of models with a query', uri: '/v1/models?limit=1', want: { kind: 'models' } },
  {
    name: 'the list of models with a slash, which no route takes',
    uri: '/v1/models/',
    want: { kind: 'service', namespace: 'v1', name: 'models' },
  },
  { name: 'a namespace alone', uri: '/ml-team', want: elsewhere },
  { name: 'a namespace with a slash', uri: '/ml-team/', want: elsewhere },
  { name: 'the root', uri: '/', want: elsewhere },
  { name: 'nothing', uri: '', want: elsewhere },
  { name: 'an empty first segment', uri: '//ml-team/secret', want: elsewhere },
  { name: 'an empty second segment', uri: '/ml-team//secret', want: elsewhere },
  { name: 'dots for a namespace', uri: '/../secret', want: elsewhere },
  { name: 'dots for a name', uri: '/ml-team/../secret', want: elsewhere },
  { name: 'a dot for a name', uri: '/ml-team/./secret', want: elsewhere },
  { name: 'a name that ends in a dot', uri: '/ml-team/secret./v1', want: elsewhere },
  { name: 'an escape, which is not decoded', uri: '/ml-team/%73ecret/v1', want: elsewhere },
  { name: 'an escaped slash', uri: '/ml-team%2fsecret', want: elsewhere },
  { name: 'another case', uri: '/ML-Team/secret', want: elsewhere },
  { name: 'a parameter after a semicolon', uri: '/ml-team/secret;x=1/v1', want: elsewhere },
  { name: 'a backslash', uri: '/ml-team\\secret', want: elsewhere },
  { name: 'an absolute form', uri: 'http://evil/ml-team/secret', want: elsewhere },
  { name: 'no leading slash', uri: 'ml-team/secret', want: elsewhere },
  { name: 'a space behind', uri: '/ml-team/secret /v1', want: elsewhere },
  { name: 'a line break', uri: '/ml-team/secret\n', want: elsewhere },
  { name: 'a name of 254 characters', uri: `/ml-team/${'a'.repeat(254)}`, want: elsewhere },
])('$name', ({ uri, want }) => {
  expect(targetOf(uri)).toEqual(want);
});

test('whatever is a service is found by its first two segments as they stand, and by nothing behind them', () => {
  const label = fc.stringMatching(/^[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
  fc.assert(
    fc.property(label, label, fc.string(), (namespace, name, rest) => {
      fc.pre(namespace !== 'v1' || name !== 'models');
      expect(targetOf(`/${namespace}/${name}/${rest}`)).toEqual({ kind: 'service', namespace, name });
    }),
  );
});

test('any text is read without an exception, and what it names is what stands between its slashes', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('/', '.', '%', 'a', '-', '?', ';', '\\', '2', 'f') }), (uri) => {
      const target = targetOf(uri);
      if (target.kind === 'service') expect(uri.startsWith(`/${target.namespace}/${target.name}`)).toBe(true);
    }),
  );
});
