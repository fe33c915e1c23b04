import type { Api } from '../apis.ts';
import { type Cluster, referenceTo, storeObject } from '../cluster.ts';
import { type ClusterObject, RESOURCE_NAME, resourceName, uidOf } from '../objects.ts';
import { isControlledByAnother, resourceRefs, withMachinery } from './composed.ts';
import { refusals } from './conditions.ts';
import { fetchFrom, observedOf, ofVersion } from './lookup.ts';
import type { Fetch, Step } from './pipeline.ts';
import { conditionsAfter, reconcile, type Success, withResponsive } from './reconcile.ts';

export interface RenderInputs {
  readonly xr: ClusterObject;
  readonly api: Api;
  readonly steps: readonly Step[];
  /** What the composite composed before. */
  readonly observed: readonly ClusterObject[];
  /** What else there is for functions to require. */
  readonly required: readonly ClusterObject[];
}

export type Rendered =
  | {
      readonly ok: true;
      readonly documents: readonly object[];
      /** What the function could not accept, each as a sentence. */
      readonly refusals: readonly string[];
    }
  | { readonly ok: false; readonly error: string };

/**
 * One reconcile of one composite against nothing but the given objects: the documents that `crossplane composition
 * render` prints, in its order. The composite itself is what Crossplane applies of it: references and status.
 */
export function render({ xr: given, api, steps, observed, required }: RenderInputs): Rendered {
  const xr: ClusterObject = { ...given, metadata: { ...given.metadata, uid: uidOf(given) } };
  const invalid = observed.flatMap((object) => observedErrors(object, xr));
  if (invalid.length > 0) return { ok: false, error: `invalid observed resources: ${invalid.join(', ')}` };
  const store: Cluster = new Map();
  // As they are given: unlike an API server, render adds no uid or generation to an object.
  for (const object of [...required, ...observed, xr]) storeObject(store, object);
  const references = observed.length > 0 ? observed.map(referenceTo) : undefined;
  const seen = withResponsive(withMachinery(xr, api.compositionName, references));
  const fetch: Fetch = (selector) => ofVersion(fetchFrom(store)(selector), selector.apiVersion);
  const reconciled = reconcile({ xr: seen, observed: observedOf(seen, store), steps, fetch });
  if (!reconciled.ok) return { ok: false, error: reconciled.error };
  const documents = [composite(xr, reconciled), ...reconciled.composed.map(({ object }) => object)];
  return { ok: true, documents, refusals: refusals(reconciled.conditions) };
}

/** The composite as Crossplane applies it: its references and its status. Its generation is not read back. */
function composite(xr: ClusterObject, reconciled: Success): object {
  const { name, namespace } = xr.metadata;
  const generations = { before: xr.metadata.generation, after: undefined };
  return {
    apiVersion: xr.apiVersion,
    kind: xr.kind,
    metadata: { name, ...(namespace && { namespace }) },
    spec: { crossplane: { resourceRefs: resourceRefs(xr, reconciled.composed) } },
    status: { ...reconciled.status, conditions: conditionsAfter(xr, reconciled, generations) },
  };
}

function observedErrors(object: ClusterObject, xr: ClusterObject): string[] {
  const { name, namespace } = object.metadata;
  const foreign = isControlledByAnother(object, xr) && `${name} has a controller ref but is not controlled by the XR`;
  const elsewhere = xr.metadata.namespace && namespace !== xr.metadata.namespace;
  const displaced = elsewhere && `${name} is not in the same namespace as the XR`;
  const unnamed = resourceName(object) === '' && `${name} has no annotation ${RESOURCE_NAME}`;
  return [foreign, displaced, unnamed].filter((error) => typeof error === 'string' && error !== '') as string[];
}
