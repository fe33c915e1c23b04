import type { V1EndpointSlice, V1Secret, V1Service } from '@kubernetes/client-node';
import type { IGateway, IHTTPRoute } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import type { AnyObject } from '../../kube.ts';

/** Everything that the controller of a gateway looks at. */
export interface World {
  readonly gateway: IGateway | undefined;
  /** Of the Gateway's namespace. */
  readonly secrets: readonly V1Secret[];
  readonly routes: readonly IHTTPRoute[];
  readonly pools: readonly AnyObject[];
  readonly services: readonly V1Service[];
  readonly slices: readonly V1EndpointSlice[];
}

/** A path of the gateway, and the pool that is behind it. */
export interface Path {
  readonly prefix: string;
  /** Headers that a request has to have, each with this value. */
  readonly headers: readonly { readonly name: string; readonly value: string }[];
  /** What takes the prefix's place; undefined leaves it. */
  readonly replacement: string | undefined;
  /** Undefined where the pool does not exist: such a path is answered, with an error. */
  readonly pool: string | undefined;
  /** Of a whole request, as Envoy writes it; 0s is none. */
  readonly timeout: string;
}

/** A pool that some route leads to. */
export interface Pool {
  readonly key: string;
  /** Where its picker answers; undefined where its Service does not exist. */
  readonly picker: readonly { readonly address: string; readonly port: number }[] | undefined;
}

/** What became of a route: the paths that it stands for, or why it stands for none. */
export type Translated =
  | { readonly ok: true; readonly paths: readonly Path[]; readonly missingPool: string | undefined }
  | { readonly ok: false; readonly message: string };

/** Envoy Gateway's own, where a route says nothing. */
const DEFAULT_TIMEOUT = '15s';

const POOL_GROUP = 'inference.networking.k8s.io';

export const keyOf = ({ metadata }: { metadata?: { namespace?: string; name?: string } }): string =>
  `${metadata?.namespace}/${metadata?.name}`;

/** Which routes want to be at the gateway. Namespaces are not asked: the Gateway here lets all of them in. */
export const attached = ({ gateway, routes }: World): IHTTPRoute[] =>
  gateway === undefined ? [] : routes.filter((route) => parentOf(route, gateway) !== undefined);

type ParentRef = NonNullable<NonNullable<IHTTPRoute['spec']>['parentRefs']>[number];

export const parentOf = (route: IHTTPRoute, gateway: IGateway): ParentRef | undefined =>
  route.spec?.parentRefs?.find(
    ({ kind = 'Gateway', name, namespace = route.metadata?.namespace }) =>
      kind === 'Gateway' && name === gateway.metadata?.name && namespace === gateway.metadata?.namespace,
  );

/** What a route asks for; whatever is not understood here refuses it whole, as an answer that is half right would not. */
export function translate(route: IHTTPRoute, pools: readonly AnyObject[]): Translated {
  const known = new Set(pools.map(keyOf));
  const paths: Path[] = [];
  for (const rule of route.spec?.rules ?? []) {
    const message = problemOf(rule, route.spec?.hostnames);
    if (message !== undefined) return { ok: false, message };
    const pool = `${route.metadata?.namespace}/${rule.backendRefs?.[0]?.name}`;
    paths.push({
      prefix: rule.matches?.[0]?.path?.value ?? '/',
      headers: (rule.matches?.[0]?.headers ?? []).map(({ name, value }) => ({ name, value })),
      replacement: rule.filters?.[0]?.urlRewrite?.path?.replacePrefixMatch,
      pool: known.has(pool) ? pool : undefined,
      timeout: rule.timeouts?.request ?? DEFAULT_TIMEOUT,
    });
  }
  const missingPool = route.spec?.rules?.[paths.findIndex(({ pool }) => pool === undefined)]?.backendRefs?.[0]?.name;
  return { ok: true, paths, missingPool };
}

type Rule = NonNullable<NonNullable<IHTTPRoute['spec']>['rules']>[number];

/** Envoy AI Gateway takes one pool per rule; the rest is what this stand-in was not taught. */
const PROBLEMS: readonly (readonly [(rule: Rule) => boolean, string])[] = [
  [({ matches }) => matches?.length !== 1, 'a rule has exactly one match here'],
  [
    ({ matches }) =>
      (matches ?? []).some(({ path, headers: _headers, ...rest }) => path?.type !== 'PathPrefix' || hasAny(rest)),
    'a match is by PathPrefix and by headers alone here',
  ],
  [
    ({ matches }) => (matches ?? []).some(({ headers }) => headers?.some(({ type = 'Exact' }) => type !== 'Exact')),
    'a header is matched by its exact value here',
  ],
  [
    ({ filters }) =>
      (filters ?? []).length > 1 ||
      (filters ?? []).some(({ urlRewrite }) => urlRewrite?.path?.type !== 'ReplacePrefixMatch' || urlRewrite.hostname),
    'the only filter is one URLRewrite with ReplacePrefixMatch here',
  ],
  [({ backendRefs }) => backendRefs?.length !== 1, 'at most one InferencePool per rule'],
  [
    ({ backendRefs }) =>
      (backendRefs ?? []).some(({ group, kind }) => group !== POOL_GROUP || kind !== 'InferencePool'),
    'a backend is an InferencePool here',
  ],
  [
    ({ backendRefs }) => (backendRefs ?? []).some(({ namespace, filters }) => namespace || filters),
    'a backend is in the namespace of its route and has no filters of its own here',
  ],
];

const hasAny = (fields: object): boolean => Object.values(fields).some((value) => value !== undefined);

function problemOf(rule: Rule, hostnames: readonly string[] | undefined): string | undefined {
  if (hostnames?.length) return 'a route is for every hostname here';
  return PROBLEMS.find(([isBroken]) => isBroken(rule))?.[1];
}

/** Every path of the gateway, the longest first: the first one that matches is the one that is taken. */
export const pathsOf = (world: World): Path[] =>
  attached(world)
    .flatMap((route) => {
      const translated = translate(route, world.pools);
      return translated.ok ? translated.paths : [];
    })
    .sort((a, b) => b.prefix.length - a.prefix.length || (a.prefix < b.prefix ? -1 : 1));

export function poolsOf(world: World): Pool[] {
  const wanted = new Set(pathsOf(world).map(({ pool }) => pool));
  return world.pools
    .filter((pool) => wanted.has(keyOf(pool)))
    .map((pool) => ({ key: keyOf(pool), picker: pickerOf(pool, world) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The ready endpoints of the Service that a pool names as its picker. */
export function pickerOf(pool: AnyObject, { services, slices }: World): Pool['picker'] {
  const namespace = pool.metadata?.namespace;
  const { name, port } = pool.spec.endpointPickerRef ?? {};
  const service = services.find(({ metadata }) => metadata?.namespace === namespace && metadata?.name === name);
  const servicePort = service?.spec?.ports?.find((candidate) => candidate.port === port?.number);
  if (servicePort === undefined) return undefined;
  return slices
    .filter(({ metadata }) => metadata?.namespace === namespace)
    .filter(({ metadata }) => metadata?.labels?.['kubernetes.io/service-name'] === name)
    .flatMap(({ endpoints, ports }) => {
      const target = ports?.find((candidate) => (candidate.name ?? '') === (servicePort.name ?? ''))?.port;
      const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false);
      return target === undefined ? [] : ready.map(({ addresses }) => ({ address: addresses[0] ?? '', port: target }));
    })
    .sort((a, b) => (a.address < b.address ? -1 : 1));
}
