import { join } from 'node:path';
import type { Arch } from './arch.ts';
import { lockedPackages, SUITE } from './debian.ts';
import { ROOT } from './folders.ts';
import { lockedNode } from './node-binary.ts';
import { VERSION } from './repositories.ts';
import { run } from './run.ts';

/** As CycloneDX has it; of a component, what we write ourselves. */
interface Bom {
  readonly specVersion: string;
  readonly metadata: object;
  readonly components: readonly Component[];
}

interface Component {
  readonly type: string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly 'bom-ref'?: string;
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[];
}

/**
 * What the images of an architecture are made of, as a CycloneDX document: the npm packages from which functions and the
 * verifier are bundled, by CycloneDX's own tool, and beside them Node and Debian's packages, which npm knows nothing of.
 */
export async function sbom(arch: Arch): Promise<Bom> {
  const tool = join(ROOT, 'node_modules/@cyclonedx/cyclonedx-npm/bin/cyclonedx-npm-cli.js');
  const options = ['--omit=dev', '--omit=optional', '--package-lock-only', '--output-reproducible'];
  const written = await run('list what npm brings', process.execPath, [
    tool,
    ...options,
    '--output-format=JSON',
    '--output-file=-',
    join(ROOT, 'package.json'),
  ]);
  const bom: Bom = JSON.parse(written.toString());
  return { ...bom, components: [...bom.components, node(arch), ...lockedPackages(arch).map(debian(arch))] };
}

function node(arch: Arch): Component {
  const { name, version, integrity } = lockedNode(arch);
  const purl = `pkg:npm/${name}@${version}`;
  const content = Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex');
  return { type: 'platform', name: 'node', version, purl, 'bom-ref': purl, hashes: [{ alg: 'SHA-512', content }] };
}

const debian =
  (arch: Arch) =>
  ({ name, version, sha256 }: { name: string; version: string; sha256: string }): Component => {
    const purl = `pkg:deb/debian/${name}@${encodeURIComponent(version)}?arch=${arch}&distro=${SUITE}`;
    return {
      type: 'library',
      name,
      version,
      purl,
      'bom-ref': purl,
      hashes: [{ alg: 'SHA-256', content: sha256 }],
    };
  };

export const sbomFile = (arch: Arch): string => `sbom/images-${VERSION}-${arch}.cdx.json`;
