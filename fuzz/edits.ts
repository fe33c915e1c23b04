import type { Event } from './events.ts';
import {
  AUTHORITY,
  addressesOf,
  CLUSTERS,
  certificate,
  configMap,
  endpoint,
  entry,
  GATEWAY,
  inferenceCluster,
  inferenceGateway,
  service,
} from './genesis.ts';
import { narrowed, type Random } from './random.ts';
import { keyOf, keyOfObject } from './store.ts';

const BUNDLE = Buffer.from(AUTHORITY).toString('base64');
const NO_BUNDLE = 'eHg=';

const REF = { kind: 'ConfigMap', name: 'ca' };

const edit = (kind: string, namespace: string | undefined, name: string, spec: Record<string, unknown>): Event => ({
  do: 'edit',
  key: keyOf(kind, namespace, name),
  spec,
});

type Edit = (random: Random) => Event;

/** Whatever a user may do to a spec: what is right, what is refused, and what only later is seen to be wrong. */
export function randomEdits(random: Random): () => Event {
  const few = narrowed(random);
  const edits = Array.from({ length: 1 + random.int(4) }, () => random.pick(random.pick(EDITS)));
  return () => random.pick(edits)(few);
}

const editsOf =
  (kind: string, namespace: string | undefined, name: string, specs: readonly Record<string, unknown>[]): Edit =>
  (random) =>
    edit(kind, namespace, name, random.pick(specs));

const BROUGHT = { gatewayRef: { name: 'edge', namespace: 'networking' } };

/** Whose front door it is, how it listens, and whom it lets in. */
const GATEWAY_EDITS: readonly Edit[] = [
  [BROUGHT, { gatewayRef: null }, { gatewayRef: { name: 'no-such-gateway', namespace: 'networking' } }],
  [
    { hostname: 'models.example.com' },
    { hostname: null },
    { tls: { certificateRef: { name: 'cert' } } },
    { tls: { certificateRef: { name: 'no-such-cert' } } },
    { tls: null, http: null },
    { http: 'Enabled' },
  ],
  [
    { endpoints: { deniedCIDRs: ['198.18.0.0/15'] } },
    { endpoints: { deniedCIDRs: ['10.0.0.0/8'] } },
    { endpoints: null },
    { routes: { namespaceSelector: { matchLabels: { 'no key': 'x' } } } },
    { routes: { namespaceSelector: { matchLabels: { team: 'ml' } } } },
    { routes: null },
  ],
].map((specs) => editsOf('InferenceGateway', undefined, 'default', specs));

/** Who may be placed there, and how its gateway is reached. */
const CLUSTER_EDITS: readonly Edit[] = CLUSTERS.flatMap((name) => {
  const hostname = `${name}.example.com`;
  const edits = [
    [{ cordoned: true }, { cordoned: false }, { draining: true }, { draining: false }],
    [
      { gateway: GATEWAY },
      { gateway: { ...GATEWAY, tls: { hostname } } },
      { gateway: { ...GATEWAY, tls: { hostname, caBundle: BUNDLE } } },
      { gateway: { ...GATEWAY, tls: { hostname, caBundle: NO_BUNDLE } } },
      { gateway: { ...GATEWAY, tls: { hostname, caCertificateRef: REF } } },
    ],
    [
      { gateway: GATEWAY },
      { gateway: { ...GATEWAY, address: addressesOf(name)[1] } },
      { gateway: { ...GATEWAY, port: 8080 } },
      { gateway: { ...GATEWAY, name: 'no-such-gateway' } },
      { pickerFamily: 'gie' },
      { pickerFamily: 'llm-d' },
    ],
  ];
  return edits.map((specs) => editsOf('InferenceCluster', undefined, name, specs));
});

const PLACEMENTS = [
  { name: 'us', clusterName: 'us', weight: 9 },
  { name: 'us', clusterName: 'eu', weight: 9 },
  { name: 'eu', clusterSelector: { matchLabels: { region: 'eu' } } },
  { name: 'eu', clusterSelector: { matchLabels: { gpu: 'h100' } } },
  { name: 'ap', clusterName: 'ap', weight: 2 },
  { name: 'canary', clusterName: 'us', model: 'Qwen/Qwen3-14B' },
  { name: 'anywhere', clusterSelector: { matchLabels: { gpu: 'h100' } } },
  { name: 'nowhere', clusterSelector: { matchLabels: { gpu: 'none' } } },
] as const;

function placements(random: Random): object[] {
  const some = random
    .some(PLACEMENTS)
    .map((one) => ({ ...one, ...(random.chance(0.25) && { replicas: random.int(3) }) }));
  const byName = new Map(some.map((one) => [one.name, one]));
  return byName.size === 0 ? [PLACEMENTS[0]] : [...byName.values()];
}

const DEPLOYMENTS = [
  ['ml', 'qwen'],
  ['team-b', 'qwen'],
] as const;

/** Where it runs, what runs, and how it is reached. */
const DEPLOYMENT_EDITS: readonly Edit[] = DEPLOYMENTS.flatMap(([namespace, name]) => {
  const edits: readonly ((random: Random) => Record<string, unknown>)[] = [
    (random) => (namespace === 'ml' ? { placements: placements(random) } : { clusterSelector: selector(random) }),
    (random) => (namespace === 'ml' ? { placements: placements(random) } : { replicas: random.int(3) }),
    (random) => ({ endpointPicker: pickerOf(random) }),
    (random) => (random.chance(0.5) ? { endpointPicker: pickerOf(random) } : { template: templateOf(random) }),
    (random) => random.pick([{ replicas: 0 }, { replicas: 1 }, { model: 'Qwen/Qwen3-8B' }, { model: 'Qwen/Qwen3-4B' }]),
    (random) =>
      random.pick<Record<string, unknown>>([
        { service: 'Enabled' },
        { service: 'Disabled' },
        { trafficClasses: null },
        { trafficClasses: [{ name: 'batch', criticality: 'Sheddable' }] },
        { criticality: 'Critical' },
        { weightBy: 'Replicas' },
        { weightBy: null },
      ]),
  ];
  return edits.map(
    (one): Edit =>
      (random) =>
        edit('ModelDeployment', namespace, name, one(random)),
  );
});

const selector = (random: Random) =>
  random.pick([null, ...['l4', 'h100', 'none'].map((gpu) => ({ matchLabels: { gpu } }))]);

const pickerOf = (random: Random) =>
  random.pick([
    null,
    { flowControl: true },
    { flowControl: false, config: { plugins: [{ type: 'queue-scorer' }], nonsense: true } },
    { flowControl: false, config: { plugins: [{ type: 'queue-scorer' }, { type: 'max-score-picker' }] } },
  ]);

const mount = { volumeMounts: [{ name: 'nowhere', mountPath: '/nowhere' }] };

const templateOf = (random: Random) =>
  random.pick([
    null,
    { spec: { containers: [{ name: 'engine', ...mount }] } },
    { metadata: { labels: { env: 'prod' } } },
    { spec: { terminationGracePeriodSeconds: 60 } },
  ]);

/** The endpoints that users made, each in its namespace. */
const ENDPOINTS = [
  ['ml', 'groq'],
  ['ml', 'own'],
  ['team-b', 'groq'],
] as const;

const hostname = 'llm.internal.example';

/** Where it is, by which authority, and who is to come first. */
const ENDPOINT_EDITS: readonly Edit[] = ENDPOINTS.flatMap(([namespace, name]) => {
  const edits = [
    [
      { url: 'http://10.0.0.7:8000', tls: null, rewritePath: null },
      { url: 'http://[fd00::7]:8000', tls: null },
      { url: 'https://api.groq.example/openai/v1' },
      { url: 'https://10.0.0.7:8443', tls: { hostname, caBundle: BUNDLE } },
      { url: 'https://10.0.0.7:8443', tls: { caBundle: BUNDLE } },
      { url: 'http://localhost.' },
      { url: 'http://127.0.0.1:8000' },
      { url: 'http://10.0.0.7:8000/v1/chat/completions' },
      { rewritePath: '/openai/v1' },
      // Of team-b it is another tenant's; of ml nobody could tell whether it is there.
      ...(namespace === 'team-b' ? [{ url: `http://${addressesOf('us')[0]}/`, rewritePath: '/ml/qwen/us' }] : []),
    ],
    [
      { tls: null },
      { url: 'https://api.groq.example/openai/v1', tls: { hostname } },
      { url: 'https://api.groq.example/openai/v1', tls: { hostname, caBundle: BUNDLE } },
      { tls: { hostname, caBundle: NO_BUNDLE } },
      { url: 'https://10.0.0.7:8443', tls: { hostname, caCertificateRef: REF } },
      { tls: { hostname, caCertificateRef: { kind: 'ConfigMap', name: 'no-such-map' } } },
    ],
    [{ draining: true }, { draining: false }, { lastResort: true }, { lastResort: false }],
  ];
  return edits.map((specs) => editsOf('ModelEndpoint', namespace, name, specs));
});

const ENTRIES = [
  entry({ 'modelplane.ai/deployment': 'qwen' }, { weight: 8 }),
  entry({ 'modelplane.ai/placement': 'us' }, { weight: 5 }),
  entry({ 'modelplane.ai/placement': 'eu' }, { tier: 1 }),
  entry({ provider: 'own' }, { weight: 2 }),
  entry({ provider: 'groq' }),
  entry({ provider: 'groq' }, { tier: 1 }),
  entry({ provider: 'nobody' }, { weight: 3 }),
  entry({ provider: 'fleet' }, { weight: 4 }),
];

function editService(random: Random): Event {
  const entries = random.some(ENTRIES);
  const [namespace, name] = random.pick([
    ['ml', 'mix'],
    ['ml', 'mix'],
    ['team-b', 'chat'],
  ] as const);
  return edit(
    'ModelService',
    namespace,
    name,
    random.pick([
      { whenEmpty: 'Hold' },
      { whenEmpty: 'Redistribute' },
      { endpoints: entries.length === 0 ? ENTRIES.slice(0, 1) : entries },
      { trafficClass: random.pick(['default', 'batch', 'constructor']) },
      random.pick([{ paths: null }, { paths: ['/tokenize'] }, { paths: ['/'] }, { paths: ['/no such/'] }]),
    ]),
  );
}

/** Objects that come and go, ours and those that ours name. */
function comeAndGo(random: Random): Event {
  const objects = [
    configMap(AUTHORITY),
    configMap('no certificate'),
    certificate(),
    ...CLUSTERS.map(inferenceCluster),
    inferenceGateway(),
    endpoint('ml', 'groq', 'https://api.groq.example/openai/v1'),
    endpoint('ml', 'own', 'http://10.0.0.7:8000'),
    endpoint('ml', 'qwen-us', 'http://10.0.0.7:8000'),
    service('ml', 'mix', ENTRIES.slice(0, 5)),
    // A name that the deployment would give to a traffic class.
    service('ml', 'qwen-batch', [entry({ provider: 'own' })]),
    service('ml', 'qwen', [entry({ provider: 'own' })]),
  ];
  if (random.chance(0.1)) return { do: 'fleet' };
  const object = random.pick(objects);
  return random.chance(0.6) ? { do: 'create', object } : { do: 'delete', key: keyOfObject(object) };
}

/** By what they are about: a story keeps to a few. */
const EDITS: readonly (readonly Edit[])[] = [
  GATEWAY_EDITS,
  CLUSTER_EDITS,
  CLUSTER_EDITS,
  DEPLOYMENT_EDITS.slice(0, DEPLOYMENT_EDITS.length / 2),
  DEPLOYMENT_EDITS,
  ENDPOINT_EDITS,
  ENDPOINT_EDITS,
  [editService],
  [comeAndGo],
];
