import type { KubernetesObject } from '#shared/kubernetes.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { verifierObjects } from '../../functions/compose-inference-gateway/verifier.ts';
import type { AdmissionCase } from './users.ts';

const COMPOSED = verifierObjects({ spec: { authentication: { keys: {} } } } as never, true) as Record<
  HookKey,
  KubernetesObject
>;
const { forwardAuth } = COMPOSED.authorize.spec as { forwardAuth: Readonly<Record<string, unknown>> };
const [leads] = (COMPOSED.authorizeroute.spec as { routes: readonly RouteRule[] }).routes;

type HookKey = 'authorize' | 'authorizeroute' | 'authorizeretry' | 'authorizetransport';

interface RouteRule {
  readonly services: readonly object[];
}

const hook = (spec: object): KubernetesObject => ({ ...COMPOSED.authorize, spec });
const asking = (more: object): KubernetesObject => hook({ forwardAuth: { ...forwardAuth, ...more } });
const leading = (...rules: readonly object[]): KubernetesObject => ({
  ...COMPOSED.authorizeroute,
  spec: { entryPoints: ['authorize'], routes: rules.map((rule) => ({ ...leads, ...rule })) },
});
const to = (more: object) => leading({ services: leads?.services.map((service) => ({ ...service, ...more })) });
const verifying = (more: object): KubernetesObject => ({
  ...COMPOSED.authorizetransport,
  spec: { ...(COMPOSED.authorizetransport.spec as object), ...more },
});

const PINNED = {
  authorize:
    'Middleware modelplane-system/authorize is how the front door knows who calls: it is of kind forwardAuth, asks ' +
    'where the verifiers are asked, and takes x-modelplane-caller from nobody else. Leave it to Crossplane; to let ' +
    'anybody in remove spec.authentication of the InferenceGateway.',
  authorizeretry:
    'Middleware modelplane-system/authorize-retry asks a verifier once more, and is of kind retry. Leave it to Crossplane.',
  authorizeroute:
    'IngressRoute modelplane-system/authorize leads from the front door to the verifiers, by TLS, and to nobody else. ' +
    'Leave it to Crossplane.',
  authorizetransport:
    'ServersTransport modelplane-system/verifier is how the front door knows that a verifier is one: by the certificate ' +
    'in Secret verifier-tls, which it verifies. Leave it to Crossplane.',
} as const satisfies Record<HookKey, string>;

const opened: readonly (readonly [name: string, of: HookKey, object: KubernetesObject])[] = [
  ['a hook that sets headers and asks nobody', 'authorize', hook({ headers: { customRequestHeaders: {} } })],
  ['a chain of nothing', 'authorize', hook({ chain: { middlewares: [] } })],
  ['one of two kinds', 'authorize', hook({ forwardAuth, headers: {} })],
  ["somebody else's address", 'authorize', asking({ address: 'https://evil.example.com/authorize' })],
  ['another port of the pod', 'authorize', asking({ address: 'http://127.0.0.1:8080/authorize' })],
  ['headers of clients that are believed', 'authorize', asking({ trustForwardHeader: true })],
  ['a caller of the client', 'authorize', asking({ authResponseHeaders: ['X-Api-Key'] })],
  [
    'a retry that makes another status of a refusal',
    'authorizeretry',
    {
      ...COMPOSED.authorizeretry,
      spec: { errors: { status: ['401'], statusRewrites: { '401': 200 }, service: { name: 'verifier', port: 9443 } } },
    },
  ],
  ['a route to another Service', 'authorizeroute', to({ name: 'traefik' })],
  ['to another namespace', 'authorizeroute', to({ namespace: 'admission-a' })],
  ['to a TraefikService', 'authorizeroute', to({ kind: 'TraefikService' })],
  ['to a verifier in plain HTTP', 'authorizeroute', to({ scheme: 'http' })],
  ['to a verifier by another trust', 'authorizeroute', to({ serversTransport: 'mine' })],
  ['to another one as well', 'authorizeroute', leading({}, { services: [{ name: 'traefik', port: 80 }] })],
  ['to two', 'authorizeroute', leading({ services: [...(leads?.services ?? []), { name: 'traefik', port: 80 }] })],
  ['to nobody', 'authorizeroute', leading({ services: [] })],
  ['with a Middleware more', 'authorizeroute', leading({ middlewares: [{ name: 'authorize-retry' }, { name: 'x' }] })],
  [
    'for everybody to call',
    'authorizeroute',
    { ...COMPOSED.authorizeroute, spec: { ...(COMPOSED.authorizeroute.spec as object), entryPoints: ['web'] } },
  ],
  ['TLS that verifies nothing', 'authorizetransport', verifying({ insecureSkipVerify: true })],
  ['another authority', 'authorizetransport', verifying({ rootCAs: [{ secret: 'mine' }] })],
  ['an authority more', 'authorizetransport', verifying({ rootCAs: [{ secret: 'verifier-tls' }, { secret: 'mine' }] })],
  ['an authority by its former name', 'authorizetransport', verifying({ rootCAsSecrets: ['mine'] })],
  ['another name', 'authorizetransport', verifying({ serverName: 'evil.example.com' })],
];

export const AUTHORIZE: readonly AdmissionCase[] = [
  ...(Object.keys(PINNED) as HookKey[]).map((key) => ({
    name: `Crossplane composes ${key}`,
    as: 'crossplane' as const,
    object: COMPOSED[key],
  })),
  ...opened.map(([name, of, object]) => ({
    name: `what asks is not turned into ${name}, by whoever may do anything`,
    as: 'crossplane' as const,
    before: COMPOSED[of],
    object,
    refused: PINNED[of],
  })),
  {
    name: 'no other route is put where the front door asks',
    as: 'crossplane',
    object: {
      ...COMPOSED.authorizeroute,
      metadata: { ...COMPOSED.authorizeroute.metadata, name: 'mine' },
    },
    refused:
      'The entry point authorize is where the front door asks who calls, and no other route belongs there: remove it ' +
      'from spec.entryPoints.',
  },
  {
    name: 'a Middleware of that name elsewhere is none of it',
    as: 'crossplane',
    object: {
      ...COMPOSED.authorize,
      metadata: { ...COMPOSED.authorize.metadata, namespace: 'admission-a' },
      spec: { headers: {} },
    },
  },
];

const HASH = `sha256:${'0a'.repeat(32)}`;

const list = (data: Readonly<Record<string, string>>, more: object = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { namespace: 'admission-a', name: 'callers', labels: { 'modelplane.ai/access': '' } },
  data,
  ...more,
});

const KEY = `mpk_${'x'.repeat(43)}`;
const clear =
  'ConfigMap admission-a/callers has a key in clear text, which whoever reads it could use: revoke it. Write its hash: ' +
  'modelplane key new prints both.';
const noHash =
  'ConfigMap admission-a/callers: every keyHash must be sha256: and 64 digits, or a list of them. Never a key itself: ' +
  'modelplane key new prints both.';
const noName =
  'ConfigMap admission-a/callers: the names of its entries are those of callers, in lower-case letters, digits, - and ., and of ' +
  'at most 63 characters.';
const nobody =
  'ConfigMap admission-a/callers: every entry must have keyHash, callers or groups; else it lets nobody in.';

export const ACCESS_LISTS: readonly AdmissionCase[] = [
  {
    name: 'a tenant writes an access list, in JSON and in YAML, with one hash or several',
    as: 'tenant',
    object: list({
      a: `{"keyHash": "${HASH}", "services": ["*"]}`,
      b: `keyHash: ${HASH}\nservices: [qwen]\n`,
      c: `keyHash:\n  - "${HASH}"\n  - '${HASH}'\nservices: [qwen]\n`,
      d: `{"keyHash":["${HASH}"],"services":["qwen"]}`,
      e: 'groups: [corp:ml]\nservices: ["*"]\n',
      f: 'callers: [corp:alice]\nservices: ["*"]\n',
    }),
  },
  { name: 'an empty list is accepted', as: 'tenant', object: list({}) },
  {
    name: 'a key in an entry is refused',
    as: 'tenant',
    object: list({ a: `keyHash: ${KEY}\nservices: ["*"]` }),
    refused: clear,
  },
  {
    name: 'a key beside a hash too',
    as: 'tenant',
    object: list({ a: `keyHash: ${HASH}\nservices: ["*"]\nmetadata: {key: ${KEY}}` }),
    refused: clear,
  },
  {
    name: "a key of somebody else's API too",
    as: 'tenant',
    object: list({ a: `keyHash: ${HASH}\nservices: ["*"]\nmetadata: {key: sk-live}` }),
    refused: clear,
  },
  {
    name: 'a hash of another length',
    as: 'tenant',
    object: list({ a: `keyHash: ${HASH.slice(0, -2)}` }),
    refused: noHash,
  },
  { name: 'a hash of another function', as: 'tenant', object: list({ a: 'keyHash: md5:x' }), refused: noHash },
  { name: 'a word instead of a hash', as: 'tenant', object: list({ a: 'keyHash: secret' }), refused: noHash },
  { name: 'a name in capital letters', as: 'tenant', object: list({ Alice: `keyHash: ${HASH}` }), refused: noName },
  { name: 'an entry for nobody', as: 'tenant', object: list({ a: 'services: ["*"]' }), refused: nobody },
  {
    name: 'data that a verifier does not read',
    as: 'tenant',
    object: list({}, { binaryData: { a: 'eA==' } }),
    refused: 'ConfigMap admission-a/callers: entries belong in data; binaryData is not read.',
  },
  {
    name: "a ConfigMap without the label is nobody's business",
    as: 'tenant',
    object: { ...list({ A: KEY }), metadata: { namespace: 'admission-a', name: 'other' } },
  },
  {
    name: 'a long list is left to the verifier, but for keys in it',
    as: 'tenant',
    object: list(Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`c${index}`, 'mistake']))),
  },
  {
    name: "the platform's own list is accepted",
    as: 'platform',
    object: {
      ...list({ ops: `keyHash: ${HASH}\nservices: ["*"]` }),
      metadata: { namespace: PLATFORM_NAMESPACE, name: 'ops', labels: { 'modelplane.ai/access': '' } },
    },
  },
];
