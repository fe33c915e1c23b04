import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { conditionsOf } from '../../front-door.ts';
import { logsDir } from '../../instance.ts';
import { type AnyObject, type Kube, type Ref, watch } from '../../kube.ts';
import type { ApiError } from '../../rest.ts';
import { applyReady } from '../objects.ts';
import { apply, eventually, waitFor, waitUntilGone } from '../testing.ts';
import { admin } from '../world.ts';
import { objectsIn } from './namespaces.ts';
import { ask, deployment, deploymentRef, inside, test, userInside } from './testing.ts';

const ON = (region: string) => ({ name: region, clusterSelector: { matchLabels: { region } } });

const TOKEN = { huggingFaceToken: { secretRef: { name: 'hf' } } };

const engineWith = (env: readonly object[]) => ({ spec: { containers: [{ name: 'engine', env }] } });
const fromStore = (key: string) => ({ name: 'STORE_KEY', valueFrom: { secretKeyRef: { name: 'store', key } } });

const qwen = (spec: object = TOKEN, ...regions: readonly string[]): AnyObject =>
  deployment('qwen', {
    model: 'Qwen/Qwen3-8B',
    placements: (regions.length === 0 ? ['us'] : regions).map(ON),
    ...spec,
  });

const secretRef = (namespace: string, name: string): Ref => ({ apiVersion: 'v1', kind: 'Secret', namespace, name });

const secret = (name: string, stringData: Readonly<Record<string, string>>, more: object = {}): AnyObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData,
  ...more,
});

const value = (): string => `hf_${randomBytes(20).toString('hex')}`;

/** Copies in a cluster, with what is in them. */
async function copiesIn(cluster: 'us' | 'eu', namespace: string, of: string): Promise<Record<string, string>[]> {
  const all = await inside(cluster).list('v1', 'Secret', { namespace: `mp-${namespace}` });
  return all
    .filter(({ metadata }) => metadata?.name?.startsWith(`qwen-${cluster}-${of}-`))
    .map(({ data = {} }) =>
      Object.fromEntries(
        Object.entries(data).map(([key, text]) => [key, Buffer.from(String(text), 'base64').toString()]),
      ),
    );
}

const holds = (cluster: 'us' | 'eu', namespace: string, of: string, want: object): Promise<void> =>
  eventually(
    async () => JSON.stringify(await copiesIn(cluster, namespace, of)) === JSON.stringify([want]),
    () => `the copy of ${of} in ${cluster} should hold what is wanted`,
  );

const says = (namespace: string, reason: string): Promise<AnyObject> =>
  waitFor(
    deploymentRef(namespace, 'qwen'),
    (object) => conditionsOf(object).some((one) => one.type === 'SecretsReady' && one.reason === reason),
    `SecretsReady should say ${reason}`,
  );

const messageOf = (object: AnyObject): string =>
  conditionsOf(object).find(({ type }) => type === 'SecretsReady')?.message ?? '';

interface ApiGroupVersion {
  readonly groupVersion: string;
}

/** Every object that a cluster has, of every kind that can be listed, but Secrets. */
async function everything(kube: Kube): Promise<[what: string, text: string][]> {
  const { groups } = await kube.call<{ groups: { versions: ApiGroupVersion[] }[] }>({ method: 'GET', path: '/apis' });
  const roots = ['/api/v1', ...groups.flatMap(({ versions }) => versions.map((one) => `/apis/${one.groupVersion}`))];
  const found: [string, string][] = [];
  for (const root of roots) {
    const { resources } = await kube.call<{ resources: { name: string; verbs: string[] }[] }>({
      method: 'GET',
      path: root,
    });
    for (const { name, verbs } of resources) {
      if (!verbs.includes('list') || (root === '/api/v1' && name === 'secrets')) continue;
      const list = await kube.call({ method: 'GET', path: `${root}/${name}` });
      found.push([`${root}/${name}`, JSON.stringify(list)]);
    }
  }
  return found;
}

/** Where any of some texts is, as it is or in base64. */
const holding = (values: readonly string[], places: readonly (readonly [string, string])[]): string[] => {
  const texts = values.flatMap((one) => [one, Buffer.from(one).toString('base64')]);
  return places.filter(([, text]) => texts.some((one) => text.includes(one))).map(([what]) => what);
};

async function logs(): Promise<[string, string][]> {
  const files = await readdir(logsDir());
  return Promise.all(
    files.map(async (file): Promise<[string, string]> => [file, await readFile(join(logsDir(), file), 'utf8')]),
  );
}

test('a token reaches engines and nobody else: it is in no object, event or log, at no moment', async ({
  namespace,
}) => {
  const [first, second] = [value(), value()];
  // Each version of each Object, for what a function was given of one was in one of them.
  const versions: [string, string][] = [];
  await watch(admin, `/apis/kubernetes.m.crossplane.io/v1alpha1/namespaces/${namespace}/objects`, (object) => {
    versions.push([`Object ${object.metadata?.name}`, JSON.stringify(object)]);
  });
  await apply([secret('hf', { token: first, other: first }), secret('store', { key: first })], namespace);
  const spec = { ...TOKEN, secrets: ['store'], template: engineWith([fromStore('key')]) };
  await applyReady(namespace, qwen(spec, 'us', 'eu'));
  for (const cluster of ['us', 'eu'] as const) {
    await holds(cluster, namespace, 'hf', { HF_TOKEN: first });
    await holds(cluster, namespace, 'store', { key: first });
  }

  await apply([secret('hf', { token: second }), secret('store', { key: second })], namespace);
  for (const cluster of ['us', 'eu'] as const) await holds(cluster, namespace, 'hf', { HF_TOKEN: second });
  const [copy] = await inside('us').list('v1', 'Secret', { namespace: `mp-${namespace}` });
  await inside('us').remove(secretRef(`mp-${namespace}`, copy?.metadata?.name ?? ''));
  await apply([qwen({ ...spec, replicas: 2 }, 'us', 'eu')], namespace);
  await waitFor(
    deploymentRef(namespace, 'qwen'),
    ({ status }) => status?.available === '4/4',
    'should have four engines',
  );

  expect(versions.filter(([what]) => what.includes('-secret-')).length).toBeGreaterThan(8);
  const places = [...versions, ...(await everything(admin)), ...(await logs())];
  for (const cluster of ['us', 'eu'] as const) places.push(...(await everything(inside(cluster))));
  // What is searched can be found: the name of the Secret is in many places.
  expect(holding([`qwen-us-store-`], places).length).toBeGreaterThan(2);
  expect(holding([first, second], places)).toEqual([]);
});

test('a Secret that is missing keeps engines from starting, and one that goes leaves those that run as they are', async ({
  namespace,
}) => {
  await apply([qwen()], namespace);
  expect(messageOf(await says(namespace, 'NotFound'))).toBe(
    `Secret hf is not in namespace ${namespace}; create it there, or take it out of spec.huggingFaceToken. Engines that have it keep it as it was.`,
  );
  const pods = () => inside('us').list('v1', 'Pod', { namespace: `mp-${namespace}`, labels: 'modelplane.ai/pool' });
  expect(await pods()).toEqual([]);
  await apply([secret('hf', { wrong: 'x' })], namespace);
  expect(messageOf(await says(namespace, 'KeyNotFound'))).toContain(
    'Secret hf has no key token, which is to be HF_TOKEN',
  );
  const token = value();
  await apply([secret('hf', { token })], namespace);
  await applyReady(namespace, qwen());
  expect((await pods()).length).toBe(1);
  expect(await ask(`/${namespace}/qwen`, { model: 'qwen' })).toMatchObject({ status: 200 });

  await admin.remove(secretRef(namespace, 'hf'));
  await waitUntilGone(secretRef(namespace, 'hf'));
  const object = await says(namespace, 'NotFound');
  expect(object.status.placements).toMatchObject([{ phase: 'Ready' }]);
  expect(await copiesIn('us', namespace, 'hf')).toEqual([{ HF_TOKEN: token }]);
  expect(await ask(`/${namespace}/qwen`, { model: 'qwen' })).toMatchObject({ status: 200 });
});

test('a Secret of another type is not brought, and one of a whole megabyte is', async ({ namespace }) => {
  const spec = { secrets: ['store'], template: engineWith([fromStore('tls.key')]) };
  const tls = { 'tls.crt': 'x', 'tls.key': 'y' };
  await apply([secret('store', tls, { type: 'kubernetes.io/tls' }), qwen(spec)], namespace);
  expect(messageOf(await says(namespace, 'InvalidType'))).toContain('Secret store is not of type Opaque');
  await admin.remove(secretRef(namespace, 'store'));
  const big = { ...tls, big: 'x'.repeat(2 ** 20 - 100) };
  await apply([secret('store', big)], namespace);
  await applyReady(namespace, qwen(spec));
  await holds('us', namespace, 'store', { big: big.big, ...tls });
  const bigger = secret('store', { ...big, more: 'x'.repeat(200) });
  await expect(apply([bigger], namespace)).rejects.toThrow(/Too long: may not be more than 1048576 bytes/);
});

test('what others have of the same name stays theirs, and a copy goes with the engines of its own deployment', async ({
  namespace,
}) => {
  const token = value();
  const other = { ...qwen(), metadata: { name: 'qwen-us' } };
  await apply([secret('hf', { token })], namespace);
  await applyReady(namespace, qwen(), other);
  const theirs = await inside('us').apply({
    ...secret('hf', { token: 'theirs' }),
    metadata: { namespace: `mp-${namespace}`, name: 'hf' },
  });
  await admin.remove(deploymentRef(namespace, 'qwen'));
  await eventually(
    async () =>
      (await objectsIn(namespace)).every(({ metadata }) => metadata?.labels?.['modelplane.ai/deployment'] !== 'qwen'),
    () => 'what qwen had should be gone',
  );
  const left = await inside('us').list('v1', 'Secret', { namespace: `mp-${namespace}` });
  const names = left.map(({ metadata }) => metadata?.name ?? '');
  expect(names.sort()).toEqual(['hf', expect.stringMatching(/^qwen-us-us-hf-/)]);
  expect(left.find(({ metadata }) => metadata?.name === 'hf')?.data).toEqual(theirs.data);
  expect(await ask(`/${namespace}/qwen-us`, { model: 'qwen-us' })).toMatchObject({ status: 200 });
});

test('no Secret of another namespace is brought, and none of a cluster but copies is read', async ({ namespace }) => {
  const elsewhere = qwen({ secrets: ['modelplane-system/us-kubeconfig'] });
  await expect(apply([elsewhere], namespace)).rejects.toThrow('one of another namespace cannot be brought');
  await apply([secret('hf', { token: value() })], namespace);
  await applyReady(namespace, qwen());
  for (const { spec } of await objectsIn(namespace))
    for (const { patchesFrom } of spec.references ?? []) expect(patchesFrom.namespace).toBe(namespace);
  const controlPlane = userInside('us', 'system:serviceaccount:modelplane-system:modelplane');
  const [copy] = await inside('us').list('v1', 'Secret', { namespace: `mp-${namespace}` });
  expect(await controlPlane.get(secretRef(`mp-${namespace}`, copy?.metadata?.name ?? ''))).toMatchObject({
    kind: 'Secret',
  });
  const may = (run: Promise<unknown>) =>
    run.then(
      () => 'may',
      (error: ApiError) => error.code,
    );
  expect(await may(controlPlane.get(secretRef('modelplane-system', 'modelplane')))).toBe(403);
  expect(await may(controlPlane.list('v1', 'Secret'))).toBe(403);
  const binding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { namespace: 'modelplane-system', name: namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'modelplane-secrets' },
    subjects: [{ kind: 'ServiceAccount', namespace: 'modelplane-system', name: 'modelplane' }],
  };
  expect(await may(controlPlane.apply(binding))).toBe(403);
});
