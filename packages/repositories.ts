import manifest from '../package.json' with { type: 'json' };

/** Where releases are published. Every other mention of it is held to this one by repositories.test.ts. */
export const ORGANISATION = 'xpkg.crossplane.io/modelplane';

/** What is published: the functions by the name of their folder, all at the version of package.json. */
export const FUNCTIONS = [
  'compose-inference-cluster',
  'compose-inference-gateway',
  'compose-model-deployment',
  'compose-model-endpoint',
  'compose-model-service',
] as const;

export type FunctionName = (typeof FUNCTIONS)[number];

export const VERSION = `v${manifest.version}`;
export const SOURCE = manifest.homepage;
export const LICENSE = manifest.license;

export const functionRepository = (name: FunctionName): string => `${ORGANISATION}/${name}`;
export const CONFIGURATION_REPOSITORY = `${ORGANISATION}/routing`;

/** What decides for the front door who may come in. An image as any other: no package, because Crossplane does not run it. */
export const VERIFIER = 'verifier';
export const VERIFIER_REPOSITORY = `${ORGANISATION}/${VERIFIER}`;

/** Before 2.4.0 required objects are not watched, and a tenant can have Crossplane delete what isn't theirs. */
export const CROSSPLANE_CONSTRAINT = '>=v2.4.0';

/** Functions and Configuration are released together; a patch release of a function fits an older Configuration. */
export const FUNCTION_CONSTRAINT = `~${VERSION}`;

export interface Provider {
  readonly repository: string;
  readonly constraint: string;
}

export const PROVIDERS: readonly Provider[] = [
  // 1.3 watches the objects that it manages in other clusters.
  { repository: 'xpkg.crossplane.io/crossplane-contrib/provider-kubernetes', constraint: '^v1.3.0' },
  // 1.0 brought the namespaced kinds.
  { repository: 'xpkg.crossplane.io/crossplane-contrib/provider-helm', constraint: '^v1.0.0' },
];

/** The name of the Function, Provider or Configuration that Crossplane makes for a repository: its path without the registry. */
export const objectName = (repository: string): string => toDnsLabel(repository.slice(repository.indexOf('/') + 1));

/** What Crossplane does to a path to make it a name (crossplane-runtime, pkg/xpkg/name.go, ToDNSLabel). */
export const toDnsLabel = (path: string): string =>
  path
    .slice(0, 63)
    .replaceAll(/[./:]/g, '-')
    .replaceAll(/[^a-z0-9-]/g, '')
    .replaceAll(/^-+|-+$/g, '');
