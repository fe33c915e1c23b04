import type { KubernetesObject } from '#shared/kubernetes.ts';
import { admit } from './admit/admit.ts';
import { metadataErrors } from './admit/metadata.ts';
import { manifestProblems } from './begin.ts';
import { render } from './engine/render.ts';
import { loadManifests } from './load.ts';
import { type ClusterObject, describe } from './objects.ts';
import type { Problem } from './problem.ts';
import { stepsOf, type World } from './world.ts';

export interface SingleInputs {
  readonly xr: string;
  readonly observed: readonly string[];
  readonly required: readonly string[];
}

export type Single =
  | {
      readonly ok: true;
      readonly documents: readonly object[];
      /** Why the spec is not carried out, where it is not. Crossplane's render prints the documents all the same. */
      readonly problems: readonly Problem[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** One reconcile of the first composite in a file, beside files of what is observed and of what may be required. */
export function renderSingle(world: World, paths: SingleInputs): Single {
  const read = loadManifests([paths.xr]);
  const [observed, required] = [loadObjects(paths.observed), loadObjects(paths.required)];
  const [manifest] = read.manifests;
  const problems = [...read.problems, ...observed.problems, ...required.problems];
  if (problems.length > 0 || !manifest) return { ok: false, problems };
  const { object } = manifest;
  const admitted = admit(object, world.apis, new Map());
  if (!admitted.ok) return { ok: false, problems: manifestProblems(manifest, admitted.errors) };
  const api = world.apis.find(object.apiVersion, object.kind);
  if (!api) return { ok: false, problems: manifestProblems(manifest, [notComposite(object)]) };
  // Render reads a composite as it is, but for its defaults: no namespace is added, and its status is kept.
  const { metadata, status } = object as ClusterObject;
  const xr = { ...admitted.object, metadata, ...(status !== undefined && { status }) };
  const rendered = render({
    xr,
    api,
    steps: stepsOf(world, api),
    observed: observed.objects,
    required: required.objects,
  });
  const problem = (message: string): Problem => ({ where: paths.xr, object: describe(xr), message });
  return rendered.ok
    ? { ok: true, documents: rendered.documents, problems: rendered.refusals.map(problem) }
    : { ok: false, problems: [problem(rendered.error)] };
}

const notComposite = ({ kind }: KubernetesObject) => ({ path: ['kind'], message: `${kind} is no composite resource` });

/** Objects as their files have them; what has no name cannot be observed, or found. */
function loadObjects(paths: readonly string[]) {
  const { manifests, problems } = loadManifests(paths);
  const nameless = manifests.flatMap((manifest) => manifestProblems(manifest, metadataErrors(manifest.object)));
  return { objects: manifests.map(({ object }) => object as ClusterObject), problems: [...problems, ...nameless] };
}
