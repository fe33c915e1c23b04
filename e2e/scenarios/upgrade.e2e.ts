import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { CONFIGURATION_REPOSITORY, FUNCTIONS, functionRepository, VERSION } from '../../packages/repositories.ts';
import { refOf } from '../kube.ts';
import { type LoadResult, load } from './client.ts';
import { documented, typed } from './docs.ts';
import { deployment, deploymentRef, inside, test } from './inference/testing.ts';
import { publishRelease } from './next-release.ts';
import { applyReady, endpoint, service, serviceRef, to, URLS } from './objects.ts';
import { apply, waitFor, waitUntilReady } from './testing.ts';
import { admin } from './world.ts';

const NEXT = 'v0.2.0';

/** As docs/upgrade.md has it, to any version. */
const upgradeTo = (version: string): Promise<string> =>
  typed(documented('upgrade.md', 'Upgrade', 'kubectl wait').replace(`version=${NEXT}`, `version=${version}`));

/** Crossplane pulls and starts every function anew. */
const TIMEOUT_MS = 600_000;

const PUBLISHED = [CONFIGURATION_REPOSITORY, ...FUNCTIONS.map(functionRepository)];

/** Which package each active revision of ours is of. */
async function activePackages(): Promise<string[]> {
  const kinds = ['ConfigurationRevision', 'FunctionRevision'];
  const revisions = (await Promise.all(kinds.map((kind) => admin.list('pkg.crossplane.io/v1', kind)))).flat();
  return revisions
    .filter(({ spec }) => spec.desiredState === 'Active')
    .map(({ spec }) => spec.image)
    .sort();
}

/** Images of the pods of functions that are not about to go, without repeats. */
async function functionImages(): Promise<string[]> {
  const pods = await admin.list('v1', 'Pod', { namespace: 'crossplane-system', labels: 'pkg.crossplane.io/function' });
  const images = pods
    .filter(({ metadata }) => !metadata?.deletionTimestamp)
    .map(({ spec }) => spec.containers[0].image);
  return [...new Set<string>(images)].sort();
}

/** How often what carries a tenant's traffic was changed, and which of it there is. */
async function carriers(namespace: string): Promise<string[]> {
  const objects = [
    ...(await admin.list('gateway.networking.k8s.io/v1', 'HTTPRoute', { namespace })),
    ...(await admin.list('v1', 'Service', { namespace })),
    ...(await inside('us').list('gateway.networking.k8s.io/v1', 'HTTPRoute', { namespace: `mp-${namespace}` })),
    ...(await inside('us').list('v1', 'Pod', { namespace: `mp-${namespace}` })),
  ];
  return objects
    .map(({ kind, metadata }) => `${kind} ${metadata?.uid} of generation ${metadata?.generation ?? 1}`)
    .sort();
}

/** Both ways in which a model is served: by outside endpoints, and by engines behind a picker. */
async function serve(namespace: string): Promise<void> {
  await apply(
    [deployment('qwen', { model: 'Qwen/Qwen3-8B', placements: [{ name: 'a', clusterName: 'us' }] })],
    namespace,
  );
  await applyReady(
    namespace,
    endpoint('a', { url: URLS.first }),
    endpoint('b', { url: URLS.second }),
    service('model', [to('a'), to('b')]),
  );
  await waitUntilReady(deploymentRef(namespace, 'qwen'));
}

const OURS = ['ModelDeployment', 'ModelEndpoint', 'ModelService'];

/** Some reconciles of Crossplane, with the answers of Traefik between them. */
const SETTLED_MS = 8_000;

/** Crossplane does not call a new version of a function before something changes: a label does, and nothing else. */
async function reconcileAll(namespace: string, version: string): Promise<void> {
  for (const kind of OURS)
    for (const object of await admin.list('modelplane.ai/v1alpha1', kind, { namespace }))
      await admin.merge(refOf({ apiVersion: 'modelplane.ai/v1alpha1', kind, ...object }), {
        metadata: { labels: { 'e2e.modelplane.ai/reconciled-by': version } },
      });
  await delay(SETTLED_MS);
}

/** What clients of both see while something is done. */
async function meanwhile(namespace: string, done: () => Promise<unknown>): Promise<LoadResult[]> {
  const clients = [await load(`/${namespace}/model`), await load(`/${namespace}/qwen`, { model: 'qwen', rate: 50 })];
  await done();
  return Promise.all(clients.map((client) => client.stop()));
}

describe('by the command of the upgrade page, while requests are served,', () => {
  beforeAll(() => publishRelease(NEXT));

  // Whatever failed on the way, the next scenarios find the version that is here.
  afterAll(() => upgradeTo(VERSION), TIMEOUT_MS);

  test.for([
    { name: 'the next version is installed', from: VERSION, to: NEXT },
    { name: 'the version that was comes back', from: NEXT, to: VERSION },
  ])(
    '$name: not one fails, and nothing that serves changes',
    { timeout: TIMEOUT_MS },
    async ({ from, to: version }, { namespace }) => {
      await upgradeTo(from);
      await serve(namespace);
      const [images, before] = [await functionImages(), await carriers(namespace)];
      const results = await meanwhile(namespace, async () => {
        await upgradeTo(version);
        await reconcileAll(namespace, version);
      });

      expect(results.map(({ failures }) => failures)).toEqual([[], []]);
      expect(results.map(({ answeredBy }) => Object.keys(answeredBy).sort())).toEqual([['first', 'second'], ['us']]);
      expect(await carriers(namespace)).toEqual(before);

      expect(await activePackages()).toEqual(PUBLISHED.map((repository) => `${repository}:${version}`).sort());
      expect((await functionImages()).filter((image) => images.includes(image))).toEqual([]);
      const { spec } = await admin.get({
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        name: 'modelservices.modelplane.ai',
      });
      expect(JSON.stringify(spec).includes(`As of ${NEXT}.`)).toBe(version === NEXT);

      await apply([service('model', [to('a')])], namespace);
      await waitFor(
        serviceRef(namespace, 'model'),
        ({ status }) => status?.serving?.join() === 'a',
        'serves from a alone',
      );
    },
  );
});
