import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../../packages/folders.ts';
import { CONFIGURATION_REPOSITORY, FUNCTIONS, objectName, VERSION } from '../../packages/repositories.ts';
import { buildTool } from '../../tools/build.ts';
import { applyFolder } from '../install.ts';
import { ROOT } from '../instance.ts';
import { thisArch } from '../kit.ts';
import { REGISTRY, withMirror } from '../registry.ts';
import { load } from './client.ts';
import { documented, typed } from './docs.ts';
import { applyReady, endpoint, service, serviceRef, to, URLS } from './objects.ts';
import { toolOrWhyNot } from './prometheus.ts';
import { apply, test, waitFor } from './testing.ts';
import { admin } from './world.ts';

/** A registry of one's own: another path in the one that is here. */
const OWN = `${REGISTRY}/own/models`;

/** What the pages call it. */
const DOCUMENTED = 'registry.example.com/ml';

const CONFIGURATION = { apiVersion: 'pkg.crossplane.io/v1', kind: 'Configuration', name: 'modelplane-routing' };
const TIMEOUT_MS = 600_000;

/** The programs that the pages ask for, beside Crossplane's command line. */
const crane = await toolOrWhyNot('crane');
const cosign = await toolOrWhyNot('cosign');
const isHere = 'path' in crane;

let out: TemporaryFolder;
const at = (path: string): string => join(out.path, 'release', path);

/** A command of a page, with the programs that the page asks for, and this registry for the one that it names. */
async function typedWithTools(command: string): Promise<string> {
  const tools = [
    await buildTool('crossplane'),
    ...[crane, cosign].flatMap((tool) => ('path' in tool ? tool.path : [])),
  ];
  const path = tools.map((tool) => dirname(tool)).join(':');
  return typed(`export PATH=${path}:$PATH COSIGN_PASSWORD=\n${command.replaceAll(DOCUMENTED, OWN)}`);
}

/** The same in the folder of the release. */
const typedThere = (command: string): Promise<string> => typedWithTools(`cd ${at('.')}\n${command}`);

const moveTo = (registry: string): Promise<string> =>
  typed(
    documented('upgrade.md', 'Another registry', 'kubectl wait')
      .replaceAll(`${DOCUMENTED}/`, `${registry}/`)
      .replace('kubectl apply --server-side -f install/', ''),
  );

const functionNames = async (): Promise<string[]> =>
  (await admin.list('pkg.crossplane.io/v1', 'Function')).map(({ metadata }) => metadata?.name ?? '').sort();

const installFrom = (folder: string): Promise<void> => applyFolder(admin, folder, withMirror);

describe('a release for another registry', () => {
  beforeAll(async () => {
    if (!isHere) return;
    out = await temporaryFolder('own-release');
    const command = documented('install.md', 'Packages', 'npm run release')
      .replace('npm ci\n', '')
      .replace(DOCUMENTED, `${DOCUMENTED} --arch ${thisArch()} --out ${at('.')}`)
      .replaceAll('dist/release', at('.'));
    await typedWithTools(command);
  }, TIMEOUT_MS);

  afterAll(async () => {
    if (!isHere) return;
    await moveTo(CONFIGURATION_REPOSITORY.slice(0, -'/routing'.length));
    await installFrom(join(ROOT, 'install'));
    for (const name of FUNCTIONS.map((one) => objectName(`${OWN}/${one}`)))
      await admin.remove({ apiVersion: 'pkg.crossplane.io/v1', kind: 'Function', name });
    await out[Symbol.asyncDispose]();
  }, TIMEOUT_MS);

  test('its checksums are right, and nothing in it names another registry', async ({ skip }) => {
    if ('whyNot' in crane) return skip(crane.whyNot);
    await typedThere('sha256sum --check --quiet SHA256SUMS');
    const said = await typedThere('grep -rIl xpkg.crossplane.io/modelplane . || true');
    expect(said).toBe('');
    expect(await readFile(at('install/runtime-functions.yaml'), 'utf8')).toContain(`prefix: ${OWN}/compose-`);
  });

  test('is signed and verified as the page says, and what was touched afterwards is not', async ({ skip }) => {
    if ('whyNot' in crane) return skip(crane.whyNot);
    if ('whyNot' in cosign) return skip(cosign.whyNot);
    await typedThere(documented('packages.md', 'Signatures', 'sign-blob'));
    await typedThere(documented('packages.md', 'Signatures', 'crane digest'));
    const touched = 'echo touched >> SHA256SUMS\n';
    const verify = documented('packages.md', 'Signatures', 'sign-blob').split('\n').at(-2) ?? '';
    await expect(typedThere(touched + verify)).rejects.toThrow(/failed to verify signature/);
  });

  test('takes over from the public one while requests are served, and not one fails', { timeout: TIMEOUT_MS }, async ({
    namespace,
    skip,
  }) => {
    if ('whyNot' in crane) return skip(crane.whyNot);
    await applyReady(
      namespace,
      endpoint('a', { url: URLS.first }),
      endpoint('b', { url: URLS.second }),
      service('model', [to('a'), to('b')]),
    );
    const client = await load(`/${namespace}/model`);
    await installFrom(at('install'));
    await moveTo(OWN);
    const names = FUNCTIONS.map((name) => objectName(`${OWN}/${name}`));
    expect(await functionNames()).toEqual(expect.arrayContaining(names));
    const { spec } = await admin.get(CONFIGURATION);
    expect(spec.package).toBe(`${OWN}/routing:${VERSION}`);
    // It is those functions that are called from now on.
    await apply([service('model', [to('a')])], namespace);
    await waitFor(
      serviceRef(namespace, 'model'),
      ({ status }) => status?.serving?.join() === 'a',
      'serves from a alone',
    );
    const { failures } = await client.stop();
    expect(failures).toEqual([]);
    // As install/ of the release says, which knows them by their registry.
    const pods = await admin.list('v1', 'Pod', {
      namespace: 'crossplane-system',
      labels: `pkg.crossplane.io/function in (${names.join()})`,
    });
    expect(pods).toHaveLength(2 * names.length);
  });
});
