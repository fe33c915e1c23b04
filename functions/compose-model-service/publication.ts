import type { ModelService } from '#schemas/modelservice.ts';
import type { Refusal } from '#shared/function.ts';
import { isPublishable, type PublishedPaths, publishedPaths } from '#shared/paths.ts';
import type { Endpoint, Entry } from './endpoints.ts';

/** The prefixes that a service publishes, and why not all that its spec names. */
export interface Publication {
  readonly paths: PublishedPaths;
  readonly refused: Refusal | undefined;
}

/** Fails closed: a path that cannot be published, or may not, is left out, and the others are as ever. */
export function publication({ spec }: ModelService, entries: readonly Entry[]): Publication {
  const named = spec.paths ?? [];
  const engines = entries.flatMap(({ endpoints }) => endpoints.filter(({ composed }) => composed));
  const mayBeAll = spec.allowAllPaths === true || engines.length === 0;
  const good = named.filter((path) => isPublishable(path) && (path !== '/' || mayBeAll));
  const bad = named.find((path) => !isPublishable(path));
  return { paths: publishedPaths(good), refused: invalid(bad) ?? (mayBeAll ? undefined : refusedAll(named, engines)) };
}

const invalid = (path: string | undefined): Refusal | undefined =>
  path === undefined
    ? undefined
    : {
        reason: 'NotAllowed',
        problem: `publish spec.paths ${path}: it must begin with /, and hold letters, digits and ._~- between slashes`,
      };

/** What engines serve beside their API reads and changes them: metrics, scaling, adapters. */
function refusedAll(named: readonly string[], engines: readonly Endpoint[]): Refusal | undefined {
  if (!named.includes('/')) return undefined;
  const names = engines.map(({ name }) => name).join(', ');
  return {
    reason: 'NotAllowed',
    problem:
      `publish spec.paths /: ${names} belong to a ModelDeployment, whose engines serve metrics and commands there; ` +
      'name the paths that clients call, or set spec.allowAllPaths to true',
  };
}
