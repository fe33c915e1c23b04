import { describe, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { ARCHES } from './arch.ts';
import { lockedPackages } from './debian.ts';
import { lockedNode } from './node-binary.ts';
import { sbom } from './sbom.ts';

describe.each(ARCHES)('the list of what images for %s are made of', (arch) => {
  test('has every dependency of package.json, Node, and every package of Debian, each once', async () => {
    const { components, ...bom } = await sbom(arch);
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { name: manifest.name } } });
    const npm = Object.entries(manifest.dependencies).map(([name, version]) => `${name}@${version}`);
    const debian = lockedPackages(arch).map(({ name, version }) => `${name}@${version}`);
    const listed = components.map((one) => {
      const { group } = one as { group?: string };
      return `${group ? `${group}/` : ''}${one.name}@${one.version}`;
    });
    expect(listed).toEqual(expect.arrayContaining([...npm, ...debian, `node@${lockedNode(arch).version}`]));
    const refs = components.map(({ 'bom-ref': ref }) => ref);
    expect(new Set(refs).size).toBe(refs.length);
    expect(listed.join()).not.toContain('vitest');
  });
});

test('it is the same each time', async () => {
  expect(await sbom('amd64')).toEqual(await sbom('amd64'));
});
