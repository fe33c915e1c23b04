import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DIST } from '../packages/folders.ts';
import { VERIFIER, VERIFIER_REPOSITORY, VERSION } from '../packages/repositories.ts';
import type { Report } from '../tools/progress.ts';
import { ROOT } from './instance.ts';
import { type Kit, thisArch } from './kit.ts';
import { type AnyObject, type Kube, objectsOf } from './kube.ts';
import { imageConfig, pushImage, pushPackage, withMirror } from './registry.ts';
import { podTrouble } from './trouble.ts';

const run = promisify(execFile);

/** What a platform team does: CRDs of others, what no package may carry, and the Configuration. */
export async function install(kube: Kube, kubeconfig: string, kit: Kit, report: Report): Promise<void> {
  report('CRDs of the Gateway API');
  await applyFolder(kube, join(kit.modules.gatewayApi, 'config/crd/standard'));
  for (const host of new Set(kit.packages.map(({ repository }) => repository.split('/')[0] ?? ''))) {
    await kube.apply(imageConfig(host));
  }
  report('install/');
  await applyFolder(kube, join(ROOT, 'install'), withMirror);
  report(`installing ${kit.configuration}`);
  await run(kit.programs.crossplane, ['xpkg', 'install', 'configuration', kit.configuration], {
    env: { ...process.env, KUBECONFIG: kubeconfig },
  });
}

/** Into the registry, by the official command line, one after another: what they share is sent once. */
export async function pushPackages({ packages, programs }: Kit): Promise<void> {
  for (const file of packages) await pushPackage(programs.crossplane, file);
  const image = { repository: VERIFIER_REPOSITORY, version: VERSION };
  await pushImage(join(DIST, thisArch(), 'images'), VERIFIER, image);
}

/** Every manifest of a folder, as `kubectl apply --server-side -f FOLDER` takes it. */
export async function applyFolder(
  kube: Kube,
  dir: string,
  edit: (object: AnyObject) => AnyObject = (object) => object,
): Promise<void> {
  for (const name of (await readdir(dir)).filter((file) => /\.ya?ml$/.test(file)).sort()) {
    for (const object of objectsOf(await readFile(join(dir, name), 'utf8'))) {
      await kube.apply(edit(object)).catch((error) => {
        throw new Error(`${join(dir, name)}, ${object.kind} ${object.metadata?.name}: ${error.message}`);
      });
    }
  }
}

const PACKAGES = ['Configuration', 'Function', 'Provider'] as const;

const HEALTHY_TIMEOUT_MS = 120_000;
const HEALTHY_POLL_MS = 200;

/** Waits until every package is installed and healthy, and there is a Configuration among them. */
export async function untilHealthy(kube: Kube, report: Report): Promise<void> {
  const deadline = Date.now() + HEALTHY_TIMEOUT_MS;
  while (true) {
    const packages = await listPackages(kube);
    const waiting = packages.filter((object) => !isHealthy(object));
    if (packages.some(({ kind }) => kind === 'Configuration') && waiting.length === 0) return;
    if (Date.now() > deadline) {
      const why = [...waiting.map(explain), ...(await podTrouble(kube))];
      throw new Error(`not healthy in time:\n${why.join('\n')}`);
    }
    report(`waiting for ${waiting.map(({ metadata }) => metadata?.name).join(', ')}`);
    await delay(HEALTHY_POLL_MS);
  }
}

const listPackages = async (kube: Kube): Promise<AnyObject[]> =>
  (await Promise.all(PACKAGES.map((kind) => kube.list('pkg.crossplane.io/v1', kind)))).flat();

const conditions = (object: AnyObject): { type: string; status: string; message?: string }[] =>
  object.status?.conditions ?? [];

const isHealthy = (object: AnyObject): boolean =>
  ['Installed', 'Healthy'].every((type) =>
    conditions(object).some((condition) => condition.type === type && condition.status === 'True'),
  );

const explain = (object: AnyObject): string =>
  `${object.kind} ${object.metadata?.name}: ${conditions(object)
    .filter(({ status }) => status !== 'True')
    .map(({ type, message }) => `${type}: ${message ?? 'not yet'}`)
    .join('; ')}`;
