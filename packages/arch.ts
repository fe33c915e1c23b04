/** The architectures that images are built for, by the name that container registries give them. */
export const ARCHES = ['amd64', 'arm64'] as const;

export type Arch = (typeof ARCHES)[number];

export const isArch = (name: string): name is Arch => ARCHES.includes(name as Arch);
