import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ProcessSpec } from './processes.ts';

const run = promisify(execFile);

const PORT = 5000;

/** Where Crossplane pulls packages, and the stand-in for a kubelet images, instead of from the public registries. */
export const REGISTRY = `127.0.0.1:${PORT}`;

/** A package as a file, to be published where `repository` says. */
export interface PackageFile {
  readonly path: string;
  /** With its public registry, such as xpkg.crossplane.io/org/name. */
  readonly repository: string;
  readonly version: string;
}

export const registry = (binary: string): ProcessSpec => ({
  name: 'registry',
  command: binary,
  args: [`-port=${PORT}`],
  ready: async () => (await fetch(`http://${REGISTRY}/v2/`)).ok,
});

/** What a repository is called in the registry here: its path without the public registry. */
const pathOf = (repository: string): string => repository.slice(repository.indexOf('/') + 1);

export const pushPackage = (crossplane: string, { path, repository, version }: PackageFile): Promise<unknown> =>
  run(crossplane, ['xpkg', 'push', `--package-files=${path}`, `${REGISTRY}/${pathOf(repository)}:${version}`]);

/** Production's references stay as they are, and Crossplane looks for them here. */
export const imageConfig = (publicRegistry: string): object => ({
  apiVersion: 'pkg.crossplane.io/v1beta1',
  kind: 'ImageConfig',
  metadata: { name: `e2e-${publicRegistry.replaceAll(/[^a-z0-9]+/g, '-')}` },
  spec: {
    matchImages: [{ type: 'Prefix', prefix: `${publicRegistry}/` }],
    rewriteImage: { prefix: `${REGISTRY}/` },
  },
});

interface ImageConfig {
  readonly kind?: string;
  readonly spec?: { readonly matchImages?: readonly { readonly prefix: string }[]; readonly runtime?: object };
}

/**
 * What an ImageConfig says of the runtime counts for where an image really comes from, so who uses a mirror adds the
 * mirror's prefixes to it; other objects stay as they are.
 */
export function withMirror<T extends ImageConfig>(object: T): T {
  if (object.kind !== 'ImageConfig' || !object.spec?.runtime) return object;
  const images = object.spec.matchImages ?? [];
  const mirrored = images.map((image) => ({ ...image, prefix: `${REGISTRY}/${pathOf(image.prefix)}` }));
  return { ...object, spec: { ...object.spec, matchImages: [...images, ...mirrored] } };
}
