import type { KubernetesObject } from '#shared/kubernetes.ts';
import { type AdmissionCase, BROUGHT, FRONT_DOOR } from './users.ts';

interface Route {
  readonly namespace?: string;
  readonly parent?: object;
  readonly matches?: readonly object[];
  readonly backend?: object;
  readonly filters?: readonly object[];
  readonly labels?: Readonly<Record<string, string>>;
}

const path = (value: string, type = 'PathPrefix') => [{ path: { type, value } }];

/** A route that is as it should be, but for what is given. */
const route = ({ namespace = 'admission-a', parent = FRONT_DOOR, labels = {}, ...rule }: Route): KubernetesObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { namespace, name: 'x', labels },
  spec: {
    parentRefs: [parent],
    rules: [
      {
        matches: rule.matches ?? path('/admission-a/x'),
        backendRefs: [{ name: 'backend', port: 80, ...rule.backend }],
        ...(rule.filters && { filters: rule.filters }),
      },
    ],
  },
});

const rewrite = (to: string) => [
  { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: to } } },
];

const setHeader = (name: string) => [
  { type: 'RequestHeaderModifier', requestHeaderModifier: { set: [{ name, value: 'x' }] } },
];

const extension = (group: string, kind: string) => [
  { type: 'ExtensionRef', extensionRef: { group, kind, name: 'x-retry' } },
];

const foreignPath = (what: string): string =>
  `HTTPRoute admission-a/x: spec.rules matches ${what}, and the front door serves this namespace at and below /admission-a only. ` +
  'Match PathPrefix or Exact there, without escapes.';

const foreignBackend = (what: string): string =>
  `HTTPRoute admission-a/x: spec.rules names ${what} in backendRefs, and on the front door a backend is a Service of the ` +
  "route's own namespace. Name one.";

const foreignRewrite = (to: string): string =>
  `HTTPRoute admission-a/x: spec.rules rewrites a path to ${to}, which may be another tenant's on an inference cluster. ` +
  'Rewrite to a path at or below /admission-a, or make it a ModelEndpoint and let a ModelService route to it.';

/** Each of these is refused on the front door. */
const FOREIGN: readonly (readonly [name: string, route: Route, refused: string])[] = [
  ["another namespace's path", { matches: path('/admission-b/qwen') }, foreignPath('PathPrefix /admission-b/qwen')],
  [
    "another namespace's path, exactly",
    { matches: path('/admission-b/qwen', 'Exact') },
    foreignPath('Exact /admission-b/qwen'),
  ],
  [
    'a namespace whose name begins with its own',
    { matches: path('/admission-ab/x') },
    foreignPath('PathPrefix /admission-ab/x'),
  ],
  ['every path', { matches: path('/') }, foreignPath('PathPrefix /')],
  [
    'a header alone, which is every path',
    { matches: [{ headers: [{ name: 'x', value: 'y' }] }] },
    foreignPath('PathPrefix /'),
  ],
  ['no match at all, which is every path', { matches: [] }, foreignPath('PathPrefix /')],
  [
    'a regular expression',
    { matches: path('/admission-a/.*|/admission-b/.*', 'RegularExpression') },
    foreignPath('RegularExpression /admission-a/.*|/admission-b/.*'),
  ],
  [
    'a percent-escape',
    { matches: path('/admission-a/%2e%2e/admission-b') },
    foreignPath('PathPrefix /admission-a/%2e%2e/admission-b'),
  ],
  [
    'a foreign path beside its own',
    { matches: [...path('/admission-a/x'), ...path('/admission-b/x')] },
    foreignPath('PathPrefix /admission-b/x'),
  ],
  [
    "another namespace's Service",
    { backend: { namespace: 'admission-b', name: 'llama' } },
    foreignBackend('Service admission-b/llama'),
  ],
  [
    "Traefik's own dashboard",
    { backend: { group: 'traefik.io', kind: 'TraefikService', name: 'api@internal' } },
    foreignBackend('TraefikService admission-a/api@internal'),
  ],
  [
    'a mirror of all requests',
    {
      filters: [
        { type: 'RequestMirror', requestMirror: { backendRef: { name: 'spy', namespace: 'admission-b', port: 80 } } },
      ],
    },
    'HTTPRoute admission-a/x: spec.rules has a filter of type RequestMirror, which the front door does not take. Remove it.',
  ],
  [
    "an extension of somebody else's",
    { filters: extension('example.com', 'Middleware') },
    'HTTPRoute admission-a/x: spec.rules has a filter of type ExtensionRef, which the front door does not take. Remove it.',
  ],
  [
    'an extension that is no Middleware',
    { filters: extension('traefik.io', 'TraefikService') },
    'HTTPRoute admission-a/x: spec.rules has a filter of type ExtensionRef, which the front door does not take. Remove it.',
  ],
];

/** What a user who may write routes does not do by hand, because Crossplane does it for a ModelService. */
const BY_HAND: readonly (readonly [name: string, route: Route, refused: string])[] = [
  [
    "rewrites to another tenant's path",
    { filters: rewrite('/admission-b/llama/us') },
    foreignRewrite('/admission-b/llama/us'),
  ],
  ['rewrites to the root, where the client appends any path', { filters: rewrite('/') }, foreignRewrite('/')],
  [
    "rewrites for a backend to another tenant's path",
    { backend: { filters: rewrite('/admission-b') } },
    foreignRewrite('/admission-b'),
  ],
  [
    'says what a request is worth',
    { filters: setHeader('X-Gateway-Inference-Objective') },
    'HTTPRoute admission-a/x: spec.rules sets the header X-Gateway-Inference-Objective, which is for the front door to say. ' +
      'Set spec.trafficClass of a ModelService instead.',
  ],
];

export const ROUTES: readonly AdmissionCase[] = [
  { name: 'a route below its namespace is accepted', as: 'editor', object: route({}) },
  { name: 'a route at its namespace is accepted', as: 'editor', object: route({ matches: path('/admission-a') }) },
  {
    name: 'a route for exactly one path is accepted',
    as: 'editor',
    object: route({ matches: path('/admission-a/x', 'Exact') }),
  },
  {
    name: 'a route that rewrites within its namespace is accepted',
    as: 'editor',
    object: route({ filters: rewrite('/admission-a/y') }),
  },
  {
    name: 'a route that sets a header of its own is accepted',
    as: 'editor',
    object: route({ filters: setHeader('x-team') }),
  },
  {
    name: 'what Crossplane composes for a ModelService is accepted',
    as: 'crossplane',
    object: route({
      filters: extension('traefik.io', 'Middleware'),
      backend: { filters: [...rewrite('/openai/v1'), ...setHeader('x-llm-d-inference-objective')] },
    }),
  },
  {
    name: 'a route on a Gateway of its own may do as it likes',
    as: 'editor',
    object: route({ parent: { name: 'own' }, matches: path('/') }),
  },
  {
    name: "a route in the front door's own namespace may do as it likes",
    as: 'platform',
    object: route({ namespace: 'modelplane-system', matches: path('/') }),
  },
  {
    name: 'a route on a Gateway beside the one that was brought may do as it likes',
    as: 'editor',
    object: route({ parent: { ...BROUGHT, name: 'private' }, matches: path('/') }),
  },
  {
    name: "a route on the Gateway that was brought does not match another namespace's path",
    as: 'editor',
    object: route({ parent: BROUGHT, matches: path('/admission-b/qwen') }),
    refused: foreignPath('PathPrefix /admission-b/qwen'),
  },
  ...FOREIGN.map(([name, given, refused]) => ({
    name: `a route does not match or reach ${name}`,
    as: 'editor' as const,
    object: route(given),
    refused,
  })),
  ...FOREIGN.map(([name, given, refused]) => ({
    name: `not even Crossplane writes a route that matches or reaches ${name}`,
    as: 'crossplane' as const,
    object: route(given),
    refused,
  })),
  ...BY_HAND.map(([name, given, refused]) => ({
    name: `nobody by hand ${name}`,
    as: 'editor' as const,
    object: route(given),
    refused,
  })),
  {
    name: 'a route that is accepted is not moved to a foreign path',
    as: 'editor',
    before: route({}),
    object: route({ matches: path('/admission-b/qwen') }),
    refused: foreignPath('PathPrefix /admission-b/qwen'),
  },
  {
    name: 'a route on another Gateway is not moved to the front door with its foreign path',
    as: 'editor',
    before: route({ parent: { name: 'own' }, matches: path('/admission-b') }),
    object: route({ matches: path('/admission-b') }),
    refused: foreignPath('PathPrefix /admission-b'),
  },
  ...(['Exact /v1/models', 'PathPrefix /v1/models', 'PathPrefix /v1', 'PathPrefix /v1/'] as const).map((what) => {
    const [type, value = ''] = what.split(' ');
    return {
      name: `a route of namespace v1 is not given the keys that callers show to the list of models, by ${what}`,
      as: 'crossplane' as const,
      object: route({
        namespace: 'v1',
        matches: [
          { path: { type, value }, headers: [{ name: 'authorization', type: 'RegularExpression', value: '.*' }] },
        ],
      }),
      refused:
        `HTTPRoute v1/x: spec.rules matches ${what}, and /v1/models is the front door's own list of models. Match a path below ` +
        '/v1/models/, or use a namespace of another name.',
    };
  }),
  {
    name: 'a service of namespace v1 that is called models is like any other',
    as: 'crossplane',
    object: route({ namespace: 'v1', matches: path('/v1/models/v1') }),
  },
  {
    name: 'a label on a route that Crossplane composed is accepted',
    as: 'editor',
    before: route({ filters: rewrite('/') }),
    object: route({ filters: rewrite('/'), labels: { team: 'a' } }),
  },
];
