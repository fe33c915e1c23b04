import type { Container, PodTemplate } from './template.ts';

type Volumes = NonNullable<NonNullable<PodTemplate['spec']>['volumes']>;

/** What an engine may write, and where. */
export interface Cache {
  readonly container: Partial<Container>;
  readonly volumes: Volumes;
}

/** Where vLLM's image keeps it, whose home is root's: a path inside that image. */
const ROOTS_CACHE = '/root/.cache';

/** Home of an engine that is not root, or may not write into its image. */
const HOME = '/cache';

/** Who it is where a template only says that it must not be root: our image says nothing else. */
const USER = 1000;

/**
 * Room for what an engine downloads and compiles. vLLM's image runs as root, and keeps both in its home; as another user
 * it can write there no more than anywhere else, so it gets a home on the same volume, where the same folders are.
 */
export function cacheOf({ spec }: PodTemplate, container: Container): Cache {
  const { runAsUser, runAsNonRoot, readOnlyRootFilesystem } = {
    ...spec?.securityContext,
    ...container.securityContext,
  };
  const isRoot = runAsUser === 0 || (runAsUser === undefined && runAsNonRoot !== true);
  const movesHome = !isRoot || readOnlyRootFilesystem === true;
  const names = (
    readOnlyRootFilesystem === true ? ['cache', 'shm', 'tmp'] : ['cache', 'shm']
  ) as (keyof typeof VOLUMES)[];
  const isNameless = !isRoot && runAsUser === undefined && container.image === undefined;
  return {
    container: {
      ...(movesHome && { env: HOME_VARIABLES }),
      ...(isNameless && { securityContext: { runAsUser: USER } }),
      volumeMounts: names.map((name) => ({
        name,
        mountPath: name === 'cache' ? (movesHome ? HOME : ROOTS_CACHE) : VOLUMES[name].mountPath,
      })),
    },
    volumes: names.map((name) => ({ name, emptyDir: VOLUMES[name].emptyDir })),
  };
}

const VOLUMES = {
  cache: { mountPath: HOME, emptyDir: {} },
  // The engine's processes share tensors there, of which a container has 64 MB by default.
  shm: { mountPath: '/dev/shm', emptyDir: { medium: 'Memory' as const } },
  tmp: { mountPath: '/tmp', emptyDir: {} },
};

/** A user without an entry in the image's passwd has no name either, and PyTorch asks for it. */
const HOME_VARIABLES = [
  { name: 'HOME', value: HOME },
  { name: 'USER', value: 'engine' },
  { name: 'XDG_CACHE_HOME', value: HOME },
  { name: 'HF_HOME', value: `${HOME}/huggingface` },
];
