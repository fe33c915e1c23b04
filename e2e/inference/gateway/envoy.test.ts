import { describe, expect, test } from 'vitest';
import { envoyConfig } from './envoy.ts';
import type { Listener } from './listeners.ts';
import type { Path } from './routes.ts';

const OPTIONS = { cluster: 'us', address: '10.90.3.1', file: (name: string) => `/envoy/${name}` };

const HTTP: Listener = { name: 'http', port: 80, hostname: undefined, certificate: undefined };
const HTTPS: Listener = {
  name: 'https',
  port: 443,
  hostname: 'us.inference.example',
  certificate: { cert: 'the certificate', key: 'the key' },
};

interface RouteConfiguration {
  readonly virtual_hosts: readonly { readonly domains: readonly string[]; readonly routes: readonly unknown[] }[];
}

const hostOf = (listener: Listener, ...paths: Path[]) =>
  (envoyConfig([listener], paths, [], OPTIONS).routes.get(listener.name) as RouteConfiguration).virtual_hosts[0];

const routesOf = (...paths: Path[]) => hostOf(HTTP, ...paths)?.routes;

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
    expect([...envoyConfig([HTTP], [], pools, OPTIONS).endpoints]).toEqual([
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
      envoyConfig([HTTP], [], [{ key: 'mp-ml/qwen', picker: [] }], OPTIONS).clusters.map(({ name, type }) => [
        name,
        type,
      ]),
    ).toEqual([
      ['picker/mp-ml/qwen', 'EDS'],
      ['engines/mp-ml/qwen', 'ORIGINAL_DST'],
    ]));
});

describe('a listener as Envoy has it', () => {
  test('with a certificate it speaks TLS to who asks for its hostname, and answers for no other', () => {
    const [listener] = envoyConfig([HTTPS], [], [], OPTIONS).listeners;
    expect(listener).toMatchObject({
      name: 'https',
      address: { socket_address: { address: '10.90.3.1', port_value: 443 } },
      filter_chains: [
        {
          filter_chain_match: { server_names: ['us.inference.example'] },
          transport_socket: {
            typed_config: {
              common_tls_context: {
                tls_certificates: [
                  {
                    certificate_chain: { inline_string: 'the certificate' },
                    private_key: { inline_string: 'the key' },
                  },
                ],
              },
            },
          },
        },
      ],
    });
    expect(hostOf(HTTPS)?.domains).toEqual(['us.inference.example', 'us.inference.example:*']);
  });

  test('without one it answers whoever comes', () => {
    expect(JSON.stringify(envoyConfig([HTTP], [], [], OPTIONS).listeners)).not.toContain('transport_socket');
    expect(hostOf(HTTP)?.domains).toEqual(['*']);
  });

  test('without any Envoy listens nowhere', () => expect(envoyConfig([], [], [], OPTIONS).listeners).toEqual([]));
});
