import { Problem } from '../tools/problem.ts';

/** The architectures that images are built for, by the name that container registries give them. */
export const ARCHES = ['amd64', 'arm64'] as const;

export type Arch = (typeof ARCHES)[number];

export const isArch = (name: string): name is Arch => ARCHES.includes(name as Arch);

/** Those of an option --arch, in our order. */
export function requireArches(names: readonly string[]): Arch[] {
  const unknown = names.find((name) => !isArch(name));
  if (unknown) {
    throw new Problem(`cannot build for ${unknown}: choose --arch ${ARCHES.join(' or --arch ')}, or neither for both.`);
  }
  return ARCHES.filter((arch) => names.includes(arch));
}
