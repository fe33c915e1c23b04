import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder, writeWhole } from './folders.ts';
import { image } from './image.ts';
import { layer, sha256 } from './tar.ts';
import { buildXpkg, type PackageSource } from './xpkg.ts';

/** Writes down what it was given, and puts as the package what it was called with, paths of this run left out. */
const STAND_IN = `#!/bin/sh
set -e
for arg in "$@"; do case $arg in
  --package-root=*) root=\${arg#*=} ;;
  --examples-root=*) examples=\${arg#*=} ;;
  --package-file=*) output=\${arg#*=} ;;
  --embed-runtime-image-tarball=*) runtime=yes; test -s "\${arg#*=}" ;;
esac; done
echo build >> "$(dirname "$0")/log"
(cd "$root" && find . -type f | sort; test ! -d "$examples" || echo examples; echo "runtime: \${runtime:-no}") > "$output"
`;

async function standIn(folder: string): Promise<string> {
  const path = join(folder, 'crossplane');
  await writeWhole(path, STAND_IN);
  await chmod(path, 0o755);
  return path;
}

const SOURCE: PackageSource = {
  paths: ['crossplane.yaml', 'apis/modelservices/definition.yaml'],
  examples: 'examples',
};

async function anImage(content: string) {
  const base = await layer([{ path: 'usr/local/bin/node', content: Buffer.from('node') }]);
  const top = await layer([{ path: 'function/main.cjs', content: Buffer.from(content) }]);
  return image({ name: 'f', description: 'A function.', arch: 'amd64', layers: [base, top] });
}

describe('buildXpkg', () => {
  test('hands over the YAML files it was given, and describes what came back', async () => {
    await using folder = await temporaryFolder('xpkg-test');
    const target = join(folder.path, 'dist/configuration.xpkg');
    const built = await buildXpkg(await standIn(folder.path), SOURCE, target);
    const written = await readFile(target);
    expect(written.toString()).toBe('./apis/modelservices/definition.yaml\n./crossplane.yaml\nexamples\nruntime: no\n');
    expect(built).toEqual({ size: written.length, digest: sha256(written) });
  });

  test.each([
    { name: 'from the same inputs it is not built again', change: async () => ({}), builds: 1 },
    { name: 'with another image it is built again', change: async () => ({ image: await anImage('b') }), builds: 2 },
    { name: 'with fewer files it is built again', change: async () => ({ paths: ['crossplane.yaml'] }), builds: 2 },
    {
      name: 'where its record is damaged, it is built again',
      change: async (target: string) => {
        await writeWhole(`${target}.json`, '{');
        return {};
      },
      builds: 2,
    },
    {
      name: 'where someone changed it, it is built again',
      change: async (target: string) => {
        await writeWhole(target, 'something else');
        return {};
      },
      builds: 2,
    },
  ])('$name', async ({ change, builds }) => {
    await using folder = await temporaryFolder('xpkg-test');
    const crossplane = await standIn(folder.path);
    const target = join(folder.path, 'f.xpkg');
    const source = { ...SOURCE, image: await anImage('a') };
    await buildXpkg(crossplane, source, target);
    await buildXpkg(crossplane, { ...source, ...(await change(target)) }, target);
    expect((await readFile(join(folder.path, 'log'), 'utf8')).trim().split('\n')).toHaveLength(builds);
    expect((await readFile(target, 'utf8')).endsWith('runtime: yes\n')).toBe(true);
  });

  test('the end of the complaint of a command that fails is what is told', async () => {
    await using folder = await temporaryFolder('xpkg-test');
    const crossplane = join(folder.path, 'crossplane');
    await writeWhole(crossplane, '#!/bin/sh\necho "crossplane: error: no meta" >&2\nexit 1\n');
    await chmod(crossplane, 0o755);
    const building = buildXpkg(crossplane, SOURCE, join(folder.path, 'f.xpkg'));
    await expect(building).rejects.toThrow(/^cannot build .*f\.xpkg: crossplane: error: no meta$/);
  });
});
