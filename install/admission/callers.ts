import type { KubernetesObject } from '#shared/kubernetes.ts';
import { PLATFORM_NAMESPACE } from '#shared/platform.ts';
import { verifierObjects } from '../../functions/compose-inference-gateway/verifier.ts';
import type { AdmissionCase } from './users.ts';

const COMPOSED = verifierObjects({ spec: { authentication: { keys: {} } } } as never, true)
  .authorize as KubernetesObject;
const { forwardAuth } = COMPOSED.spec as { forwardAuth: Readonly<Record<string, unknown>> };

const hook = (spec: object): KubernetesObject => ({ ...COMPOSED, spec });
const asking = (more: object): KubernetesObject => hook({ forwardAuth: { ...forwardAuth, ...more } });

const PINNED =
  'Middleware modelplane-system/authorize is how the front door knows who calls: it is of kind forwardAuth, asks the ' +
  'verifier by TLS that it verifies, and takes x-modelplane-caller from nobody else. Leave it to Crossplane; to let ' +
  'anybody in remove spec.authentication of the InferenceGateway.';

const opened: readonly (readonly [name: string, object: KubernetesObject])[] = [
  ['one that sets headers and asks nobody', hook({ headers: { customRequestHeaders: {} } })],
  ['a chain of nothing', hook({ chain: { middlewares: [] } })],
  ['one of two kinds', hook({ forwardAuth, headers: {} })],
  ['one of no kind', hook({})],
  ["somebody else's address", asking({ address: 'https://evil.example.com/authorize' })],
  ['plain HTTP', asking({ address: 'http://verifier.modelplane-system.svc:9443/authorize' })],
  ['headers of clients that are believed', asking({ trustForwardHeader: true })],
  ['TLS that verifies nothing', asking({ tls: { caSecret: 'verifier-tls', insecureSkipVerify: true } })],
  ['another authority', asking({ tls: { caSecret: 'mine' } })],
  ['a caller of the client', asking({ authResponseHeaders: ['X-Api-Key'] })],
];

export const AUTHORIZE: readonly AdmissionCase[] = [
  { name: 'Crossplane composes the hook', as: 'crossplane', object: COMPOSED },
  ...opened.map(([name, object]) => ({
    name: `the hook is not turned into ${name}, by whoever may do anything`,
    as: 'crossplane' as const,
    before: COMPOSED,
    object,
    refused: PINNED,
  })),
  {
    name: 'a Middleware of that name elsewhere is none of it',
    as: 'crossplane',
    object: { ...COMPOSED, metadata: { ...COMPOSED.metadata, namespace: 'admission-a' }, spec: { headers: {} } },
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
  'npm run key -- new prints both.';
const noHash =
  'ConfigMap admission-a/callers: every keyHash must be sha256: and 64 digits, or a list of them. Never a key itself: ' +
  'npm run key -- new prints both.';
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
