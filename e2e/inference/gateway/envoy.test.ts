import { describe, expect, test } from 'vitest';
import { envoyConfig } from './envoy.ts';
import type { Path } from './routes.ts';
import { gateway } from './testing.ts';

const OPTIONS = { cluster: 'us', address: '10.90.3.1', file: (name: string) => `/envoy/${name}` };

const routesOf = (...paths: Path[]) => {
  const { routes } = envoyConfig(gateway, paths, [], OPTIONS);
  return (routes as { virtual_hosts: { routes: unknown[] }[] }).virtual_hosts[0]?.routes;
};

const path = (over: Partial<Path>): Path => ({
  prefix: '/ml/qwen/us',
  headers: [{ name: 'x-tenant', value: 'ml' }],
  replacement: '/',
  pool: 'mp-ml/qwen',
  timeout: '0s',
  ...over,
});

describe('a path as Envoy has it', () => {
  test('the picker of its pool is asked, and the engine that it chose gets the request', () =>
    expect(routesOf(path({}))).toEqual([
      {
        match: {
          path_separated_prefix: '/ml/qwen/us',
          headers: [{ name: 'x-tenant', string_match: { exact: 'ml' } }],
        },
        route: {
          cluster: 'engines/mp-ml/qwen',
          timeout: '0s',
          regex_rewrite: { pattern: { regex: '^/ml/qwen/us/*' }, substitution: '/' },
        },
        typed_per_filter_config: {
          picker: {
            '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExtProcPerRoute',
            overrides: {
              grpc_service: { envoy_grpc: { cluster_name: 'picker/mp-ml/qwen' } },
              processing_mode: {
                request_header_mode: 'SEND',
                request_body_mode: 'FULL_DUPLEX_STREAMED',
                request_trailer_mode: 'SEND',
                response_header_mode: 'SEND',
                response_body_mode: 'FULL_DUPLEX_STREAMED',
                response_trailer_mode: 'SEND',
              },
            },
          },
        },
      },
    ]));

  test('without its pool it is answered with an error', () =>
    expect(routesOf(path({ pool: undefined }))).toEqual([
      {
        match: {
          path_separated_prefix: '/ml/qwen/us',
          headers: [{ name: 'x-tenant', string_match: { exact: 'ml' } }],
        },
        direct_response: { status: 500 },
      },
    ]));

  // As Envoy does it: the pattern's match is replaced in the path, the rest stays.
  test.each([
    {
      name: 'a root in its place leaves one slash',
      replacement: '/',
      from: '/ml/qwen.1/us/v1/models',
      to: '/v1/models',
    },
    { name: 'the path itself becomes the root', replacement: '/', from: '/ml/qwen.1/us', to: '/' },
    { name: 'another prefix takes its place', replacement: '/x', from: '/ml/qwen.1/us/v1', to: '/x/v1' },
    { name: 'a dot stands for itself', replacement: '/', from: '/ml/qwenA1/us/v1', to: '/ml/qwenA1/us/v1' },
  ])('$name', ({ replacement, from, to }) => {
    const [made] = routesOf(path({ prefix: '/ml/qwen.1/us', replacement })) as {
      route: { regex_rewrite: { pattern: { regex: string }; substitution: string } };
    }[];
    const { pattern, substitution } = made?.route.regex_rewrite ?? { pattern: { regex: '' }, substitution: '' };
    expect(from.replace(new RegExp(pattern.regex), substitution)).toBe(to);
  });
});

describe('a pool as Envoy has it', () => {
  test('its picker is found by a file of its own', () => {
    const pools = [{ key: 'mp-ml/qwen', picker: [{ address: '10.91.64.1', port: 9002 }] }];
    expect([...envoyConfig(gateway, [], pools, OPTIONS).endpoints]).toEqual([
      [
        'picker/mp-ml/qwen',
        {
          '@type': 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
          cluster_name: 'picker/mp-ml/qwen',
          endpoints: [
            {
              lb_endpoints: [
                { endpoint: { address: { socket_address: { address: '10.91.64.1', port_value: 9002 } } } },
              ],
            },
          ],
        },
      ],
    ]);
  });

  test('it has a cluster to ask the picker and one to reach the engines', () =>
    expect(
      envoyConfig(gateway, [], [{ key: 'mp-ml/qwen', picker: [] }], OPTIONS).clusters.map(({ name, type }) => [
        name,
        type,
      ]),
    ).toEqual([
      ['picker/mp-ml/qwen', 'EDS'],
      ['engines/mp-ml/qwen', 'ORIGINAL_DST'],
    ]));
});

test('without the Gateway Envoy listens nowhere', () =>
  expect(envoyConfig(undefined, [], [], OPTIONS).listeners).toEqual([]));
