import type { Api, Apis } from './apis.ts';
import { groupOf } from './objects.ts';

/** What came before, or is elsewhere what ours is here; docs/ has a page for each. */
const PAGES: Readonly<Record<string, string>> = {
  'serving.kserve.io': 'docs/from-kserve.md',
  'inference.networking.k8s.io': 'docs/from-inferencemodel.md',
  'inference.networking.x-k8s.io': 'docs/from-inferencemodel.md',
  'infrastructure.modelplane.ai': 'docs/from-modelplane.md',
};

/** What somebody may have meant by an object that nobody here reads, or which page says what becomes of it. */
export function hintsFor({ apiVersion, kind }: Pick<Api, 'apiVersion' | 'kind'>, apis: Apis): string[] {
  const meant = apis.all().find((api) => api.kind === kind);
  if (meant) return [`did you mean ${meant.apiVersion}?`];
  const page = PAGES[groupOf(apiVersion)];
  return page === undefined ? [] : [`${page} says what becomes of it`];
}
