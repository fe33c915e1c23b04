import { expect } from 'vitest';
import { INFERENCE_CLUSTERS, type InferenceClusterName } from '../../inference/catalogue.ts';
import { GATEWAY } from '../../inference/manifests.ts';
import { type AnyObject, refOf } from '../../kube.ts';
import { chat, type RequestOptions, request } from '../client.ts';
import { applyReady } from '../objects.ts';
import { eventually } from '../testing.ts';
import { deployment, inside, test } from './testing.ts';

/** The stand-in for a gateway, and the real one. */
const STAND_IN = 'us';
const REAL = 'envoy';

const placements = [STAND_IN, REAL].map((name) => ({ name, clusterSelector: { matchLabels: { region: name } } }));

interface Question extends RequestOptions {
  readonly name: string;
  /** Below the placement's path. */
  readonly path: string;
}

const COMPLETION = JSON.stringify({ model: 'qwen', messages: [{ role: 'user', content: 'hello' }] });
const ASK = { method: 'POST', body: COMPLETION } as const;
const BIG = JSON.stringify({ model: 'qwen', messages: [{ role: 'user', content: 'x'.repeat(2_000_000) }] });

/** Everything that a front door, or whoever reaches a gateway in its place, may send. */
const QUESTIONS: readonly Question[] = [
  { name: 'a question', path: '/v1/chat/completions', ...ASK },
  { name: 'with a query', path: '/v1/chat/completions?a=b&c', ...ASK },
  { name: 'with a big prompt', path: '/v1/chat/completions', method: 'POST', body: BIG },
  { name: 'with a method that the engine does not have', path: '/v1/chat/completions', ...ASK, method: 'PUT' },
  { name: 'for the list of models', path: '/v1/models' },
  { name: 'at a path that the engine does not have', path: '/v1/none', ...ASK },
  { name: 'at the root of the placement', path: '/', ...ASK },
  { name: 'at the root without a slash', path: '', ...ASK },
  { name: 'with two slashes', path: '//v1/chat/completions', ...ASK },
  { name: 'with dot segments', path: '/v1/none/../chat/completions', ...ASK },
  { name: 'with an encoded slash', path: '/v1%2Fchat/completions', ...ASK },
  { name: 'with an encoded backslash', path: '/v1%5Cchat/completions', ...ASK },
  { name: 'beside the placement, whose path is whole elements', path: 'x/v1/chat/completions', ...ASK },
  { name: 'out of the placement', path: '/../none/v1/chat/completions', ...ASK },
  { name: 'without a tenant', path: '/v1/chat/completions', ...ASK, headers: { 'x-llm-d-inference-fairness-id': '' } },
  {
    name: "with another tenant's name",
    path: '/v1/chat/completions',
    ...ASK,
    headers: { 'x-llm-d-inference-fairness-id': 'other' },
  },
  {
    name: 'with an engine of its own choice',
    path: '/v1/chat/completions',
    ...ASK,
    headers: { 'x-gateway-destination-endpoint': '127.0.0.1:1' },
  },
];

/** What comes back, as far as both have it. */
async function answered(cluster: InferenceClusterName, namespace: string, { path, ...question }: Question) {
  const { status, seen } = await request(`/${namespace}/qwen/${cluster}${path}`, {
    ...question,
    to: `http://${INFERENCE_CLUSTERS[cluster].gateway}`,
    headers: {
      'content-type': 'application/json',
      'x-llm-d-inference-fairness-id': namespace,
      ...question.headers,
    },
  });
  return { status, engineSaw: seen && { method: seen.method, path: seen.path } };
}

test('the stand-in for a gateway answers as the real one does', async ({ namespace }) => {
  await applyReady(namespace, deployment('qwen', { model: 'Qwen/Qwen3-8B', placements }));
  const got: Record<string, unknown> = {};
  const want: Record<string, unknown> = {};
  for (const question of QUESTIONS) {
    got[question.name] = await answered(STAND_IN, namespace, question);
    want[question.name] = await answered(REAL, namespace, question);
  }
  expect(got).toEqual(want);
  // A table of 404 alone would be the same, too.
  expect(want).toMatchObject({
    'a question': { status: 200 },
    'with an encoded slash': { status: 400 },
    'without a tenant': { status: 404 },
    'with an engine of its own choice': { status: 200 },
  });
});

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly observedGeneration?: number;
}

interface Parent {
  readonly parentRef: { readonly name: string; readonly namespace?: string };
  readonly conditions?: readonly Condition[];
}

/** Conditions by type: status, reason, and whether they are about the object as it is now. */
const said = ({ metadata, status }: AnyObject): Record<string, string> =>
  Object.fromEntries(
    ((status?.parents ?? []) as Parent[]).flatMap(({ parentRef, conditions = [] }) =>
      conditions.map(({ type, status: value, reason, observedGeneration }) => [
        `${parentRef.name} ${type}`,
        `${value} ${reason}${observedGeneration === metadata?.generation ? '' : ' (outdated)'}`,
      ]),
    ),
  );

const KINDS = [
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  ['inference.networking.k8s.io/v1', 'InferencePool'],
] as const;

const statuses = async (cluster: InferenceClusterName, namespace: string) =>
  Object.fromEntries(
    await Promise.all(
      KINDS.map(async ([apiVersion, kind]) => {
        const [object] = await inside(cluster).list(apiVersion, kind, { namespace: `mp-${namespace}` });
        return [kind, object && said(object)] as const;
      }),
    ),
  );

test('the stand-in says of what it takes what the real one says', async ({ namespace }) => {
  await applyReady(namespace, deployment('qwen', { model: 'Qwen/Qwen3-8B', placements }));
  const real = await statuses(REAL, namespace);
  expect(await statuses(STAND_IN, namespace)).toEqual(real);
  expect(real).toEqual({
    HTTPRoute: {
      [`${GATEWAY.name} Accepted`]: 'True Accepted',
      [`${GATEWAY.name} ResolvedRefs`]: 'True ResolvedRefs',
    },
    InferencePool: {
      [`${GATEWAY.name} Accepted`]: 'True Accepted',
      [`${GATEWAY.name} ResolvedRefs`]: 'True ResolvedRefs',
    },
  });
});

const POOL_GROUP = 'inference.networking.k8s.io';

const lonelyPool = (name: string): AnyObject => ({
  apiVersion: `${POOL_GROUP}/v1`,
  kind: 'InferencePool',
  metadata: { namespace: GATEWAY.namespace, name },
  spec: {
    selector: { matchLabels: { nobody: 'has-it' } },
    targetPorts: [{ number: 8000 }],
    endpointPickerRef: { kind: 'Service', name: 'none', port: { number: 9002 } },
  },
});

const routeTo = (name: string, pool: string): AnyObject => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { namespace: GATEWAY.namespace, name },
  spec: {
    parentRefs: [{ ...GATEWAY }],
    rules: [
      {
        matches: [{ path: { type: 'PathPrefix', value: `/${name}` } }],
        backendRefs: [{ group: POOL_GROUP, kind: 'InferencePool', name: pool }],
      },
    ],
  },
});

/** Where the two say otherwise of what they do not take: the stand-in as the API has it, the real one as it does. */
const OTHERWISE = {
  [STAND_IN]: { Accepted: 'True Accepted', ResolvedRefs: 'False InvalidExtensionRef' },
  [REAL]: { Accepted: 'False NotAccepted', ResolvedRefs: 'False ResolvedRefs' },
} as const;

test.each([STAND_IN, REAL] as const)(
  'what cannot be served is said, and answered with an error, in %s',
  async (cluster) => {
    const kube = inside(cluster);
    const [noPool, noPicker, pool] = [routeTo('no-pool', 'none'), routeTo('no-picker', 'lonely'), lonelyPool('lonely')];
    for (const object of [pool, noPool, noPicker]) await kube.apply(object);
    try {
      let last: unknown;
      const wanted = JSON.stringify([
        { [`${GATEWAY.name} Accepted`]: 'True Accepted', [`${GATEWAY.name} ResolvedRefs`]: 'False BackendNotFound' },
        {
          [`${GATEWAY.name} Accepted`]: OTHERWISE[cluster].Accepted,
          [`${GATEWAY.name} ResolvedRefs`]: OTHERWISE[cluster].ResolvedRefs,
        },
      ]);
      await eventually(
        async () => {
          last = [said(await kube.get(refOf(noPool))), said(await kube.get(refOf(pool)))];
          return JSON.stringify(last) === wanted;
        },
        () => `should say ${wanted}, but says ${JSON.stringify(last)}`,
      );
      const to = `http://${INFERENCE_CLUSTERS[cluster].gateway}`;
      for (const path of ['/no-pool', '/no-picker']) expect((await chat(path, { to })).status).toBe(500);
    } finally {
      for (const object of [noPool, noPicker, pool]) await kube.remove(refOf(object));
    }
  },
);
