import type { KeyPair } from '../../pki.ts';
import type { Listener } from './listeners.ts';
import type { Path, Pool } from './routes.ts';

/** What this Envoy is told by files: resources of one kind each. */
export interface EnvoyConfig {
  readonly listeners: readonly object[];
  /** By the name of the listener that has them. */
  readonly routes: ReadonlyMap<string, object>;
  readonly clusters: readonly EnvoyCluster[];
  /** Where each picker is, by the name of its Envoy cluster. */
  readonly endpoints: ReadonlyMap<string, object>;
}

export interface EnvoyCluster {
  readonly name: string;
  readonly [field: string]: unknown;
}

export interface EnvoyOptions {
  /** Which inference cluster answers say they came through. */
  readonly cluster: string;
  readonly address: string;
  /** Of a file for this Envoy, as a process in the same mounts sees it. */
  file(name: string): string;
}

/** The header by which a picker says which engine it chose: its address and port. */
const PICKER_CHOICE = 'x-gateway-destination-endpoint';

export const routesFile = (listenerName: string): string => `rds-${listenerName}.json`;

/** The picker may hold a request for as long as Envoy AI Gateway lets it. */
const PICKER_TIMEOUT = '300s';

const CONNECT_TIMEOUT = '2s';

const TYPES = 'type.googleapis.com/envoy.extensions';

export const envoyConfig = (
  listeners: readonly Listener[],
  paths: readonly Path[],
  pools: readonly Pool[],
  options: EnvoyOptions,
): EnvoyConfig => ({
  listeners: listeners.map((one) => listener(one, options)),
  routes: new Map(listeners.map((one) => [one.name, routeConfiguration(one, paths, options)])),
  clusters: pools.flatMap(({ key }) => [pickerCluster(key, options), engineCluster(key)]),
  endpoints: new Map(pools.map((pool) => [pickerName(pool.key), assignment(pool)])),
});

const pickerName = (pool: string): string => `picker/${pool}`;
const engineName = (pool: string): string => `engines/${pool}`;

export const endpointsFile = (clusterName: string): string => `eds-${clusterName.replaceAll('/', '_')}.json`;

const fromFile = (path: string): object => ({
  resource_api_version: 'V3',
  path_config_source: { path },
});

function listener({ name, port, hostname, certificate }: Listener, { address, file }: EnvoyOptions): object {
  const connectionManager = {
    '@type': `${TYPES}.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: 'gateway',
    rds: { route_config_name: name, config_source: fromFile(file(routesFile(name))) },
    http_filters: [pickerFilter(), filter('router', `${TYPES}.filters.http.router.v3.Router`)],
    access_log: [accessLog()],
    upgrade_configs: [{ upgrade_type: 'websocket' }],
    // A path that another gateway would read otherwise is not passed on.
    normalize_path: true,
    merge_slashes: true,
    path_with_escaped_slashes_action: 'REJECT_REQUEST',
  };
  return {
    '@type': 'type.googleapis.com/envoy.config.listener.v3.Listener',
    name,
    address: { socket_address: { address, port_value: port } },
    ...(certificate && {
      // It reads the name that the client asks for.
      listener_filters: [filter('tls_inspector', `${TYPES}.filters.listener.tls_inspector.v3.TlsInspector`)],
    }),
    filter_chains: [
      {
        filters: [{ name: 'http', typed_config: connectionManager }],
        ...(hostname && certificate && { filter_chain_match: { server_names: [hostname] } }),
        ...(certificate && { transport_socket: serverTls(certificate) }),
      },
    ],
  };
}

/** HTTP/2 is offered too, as gateways do. */
const serverTls = ({ cert, key }: KeyPair): object => ({
  name: 'tls',
  typed_config: {
    '@type': `${TYPES}.transport_sockets.tls.v3.DownstreamTlsContext`,
    common_tls_context: {
      alpn_protocols: ['h2', 'http/1.1'],
      tls_certificates: [{ certificate_chain: { inline_string: cert }, private_key: { inline_string: key } }],
    },
  },
});

const filter = (name: string, type: string): object => ({ name, typed_config: { '@type': type } });

/** One line per request, as JSON. */
const accessLog = (): object => ({
  name: 'stdout',
  typed_config: {
    '@type': `${TYPES}.access_loggers.stream.v3.StdoutAccessLog`,
    log_format: {
      json_format: {
        start: '%START_TIME%',
        method: '%REQ(:METHOD)%',
        path: '%REQ(X-ENVOY-ORIGINAL-PATH?:PATH)%',
        status: '%RESPONSE_CODE%',
        details: '%RESPONSE_CODE_DETAILS%',
        flags: '%RESPONSE_FLAGS%',
        engine: '%UPSTREAM_HOST%',
        objective: '%REQ(x-gateway-inference-objective)%',
        duration: '%DURATION%',
      },
    },
  },
});

/** Off, but on paths that say whom to ask. */
const pickerFilter = (): object => ({
  name: 'picker',
  disabled: true,
  typed_config: {
    '@type': `${TYPES}.filters.http.ext_proc.v3.ExternalProcessor`,
    grpc_service: { envoy_grpc: { cluster_name: NO_PICKER } },
    message_timeout: PICKER_TIMEOUT,
  },
});

/** The filter wants a cluster by itself too. */
const NO_PICKER = 'no-picker';

/** A listener with a hostname answers requests for that name and no other. */
const routeConfiguration = (
  { name, hostname, certificate }: Listener,
  paths: readonly Path[],
  { cluster }: EnvoyOptions,
): object => ({
  '@type': 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
  name,
  virtual_hosts: [{ name: 'all', domains: hostname ? [hostname, `${hostname}:*`] : ['*'], routes: paths.map(route) }],
  response_headers_to_add: [setHeader('x-hop-cluster', cluster), setHeader('x-hop-engine', `%REQ(${PICKER_CHOICE})%`)],
  request_headers_to_add: [
    setHeader('x-hop-gateway', cluster),
    ...(certificate ? [setHeader('x-hop-sni', '%REQUESTED_SERVER_NAME%')] : []),
  ],
});

const setHeader = (key: string, value: string): object => ({
  header: { key, value },
  append_action: 'OVERWRITE_IF_EXISTS_OR_ADD',
});

function route({ prefix, headers, replacement, pool, timeout }: Path): object {
  const match = {
    ...(prefix === '/' ? { prefix } : { path_separated_prefix: prefix }),
    ...(headers.length > 0 && {
      headers: headers.map(({ name, value }) => ({ name, string_match: { exact: value } })),
    }),
  };
  if (pool === undefined) return { match, direct_response: { status: 500 } };
  return {
    match,
    route: {
      cluster: engineName(pool),
      timeout,
      ...(replacement !== undefined && { regex_rewrite: rewrite(prefix, replacement) }),
    },
    typed_per_filter_config: { picker: askPicker(pool) },
  };
}

/** A prefix is whole elements: what takes its place must neither lose nor double the slash before the rest. */
function rewrite(prefix: string, replacement: string): object {
  const isRoot = replacement === '/';
  const pattern = `^${prefix.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}${isRoot ? '/*' : ''}`;
  return { pattern: { regex: pattern }, substitution: replacement.replaceAll('\\', '\\\\') };
}

/** As Envoy AI Gateway asks a picker: everything is streamed to it and back. */
const askPicker = (pool: string): object => ({
  '@type': `${TYPES}.filters.http.ext_proc.v3.ExtProcPerRoute`,
  overrides: {
    grpc_service: { envoy_grpc: { cluster_name: pickerName(pool) } },
    processing_mode: {
      request_header_mode: 'SEND',
      request_body_mode: 'FULL_DUPLEX_STREAMED',
      request_trailer_mode: 'SEND',
      response_header_mode: 'SEND',
      response_body_mode: 'FULL_DUPLEX_STREAMED',
      response_trailer_mode: 'SEND',
    },
  },
});

/** A picker's own certificate is signed by itself, so nobody can verify it. */
const pickerCluster = (pool: string, { file }: EnvoyOptions): EnvoyCluster => ({
  '@type': 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  name: pickerName(pool),
  type: 'EDS',
  eds_cluster_config: { eds_config: fromFile(file(endpointsFile(pickerName(pool)))) },
  connect_timeout: CONNECT_TIMEOUT,
  transport_socket: {
    name: 'tls',
    typed_config: {
      '@type': `${TYPES}.transport_sockets.tls.v3.UpstreamTlsContext`,
      common_tls_context: { alpn_protocols: ['h2'] },
    },
  },
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': `${TYPES}.upstreams.http.v3.HttpProtocolOptions`,
      explicit_http_config: { http2_protocol_options: {} },
    },
  },
});

/** The engine that the picker chose, and no other. */
const engineCluster = (pool: string): EnvoyCluster => ({
  '@type': 'type.googleapis.com/envoy.config.cluster.v3.Cluster',
  name: engineName(pool),
  type: 'ORIGINAL_DST',
  lb_policy: 'CLUSTER_PROVIDED',
  original_dst_lb_config: { use_http_header: true, http_header_name: PICKER_CHOICE },
  connect_timeout: CONNECT_TIMEOUT,
});

const assignment = ({ key, picker = [] }: Pool): object => ({
  '@type': 'type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment',
  cluster_name: pickerName(key),
  endpoints: [
    {
      lb_endpoints: picker.map(({ address, port }) => ({
        endpoint: { address: { socket_address: { address, port_value: port } } },
      })),
    },
  ],
});

/** What Envoy starts with: where the files are, and where it is asked what it has loaded. */
export const bootstrap = ({ cluster, file }: Pick<EnvoyOptions, 'cluster' | 'file'>, adminPort: number): object => ({
  node: { id: cluster, cluster },
  admin: { address: { socket_address: { address: '127.0.0.1', port_value: adminPort } } },
  dynamic_resources: { lds_config: fromFile(file(LISTENERS_FILE)), cds_config: fromFile(file(CLUSTERS_FILE)) },
  static_resources: { clusters: [{ name: NO_PICKER, type: 'STATIC', load_assignment: { cluster_name: NO_PICKER } }] },
});

export const LISTENERS_FILE = 'lds.json';
export const CLUSTERS_FILE = 'cds.json';
