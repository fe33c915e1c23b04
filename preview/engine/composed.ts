import { Ready, type Resource } from '@crossplane-org/function-sdk-typescript';
import {
  type ClusterMeta,
  type ClusterObject,
  COMPOSITE,
  compareText,
  controllerOf,
  isRecord,
  type OwnerReference,
  RESOURCE_NAME,
  specOf,
  uidOf,
} from '../objects.ts';
import { childName } from './names.ts';

/** A resource as Crossplane applies it: with a name, and marked as the composite's. */
export interface ComposedObject {
  readonly key: string;
  readonly object: ClusterObject;
  /** What the function says. */
  readonly ready: boolean;
}

/** Gives a desired resource what Crossplane gives it (composition_functions.go and composition_render.go). */
export function asComposed(
  key: string,
  resource: Resource,
  xr: ClusterObject,
  observed: ClusterObject | undefined,
): ComposedObject {
  const desired = (resource.resource ?? {}) as unknown as ClusterObject;
  const prefix = xr.metadata.labels?.[COMPOSITE] || xr.metadata.name;
  const metadata = compact({
    ...desired.metadata,
    ...nameOf(key, desired, xr, observed, prefix),
    // A namespaced composite composes in its own namespace; what exists stays where it is.
    namespace: xr.metadata.namespace || (observed ?? desired).metadata?.namespace,
    labels: { ...desired.metadata?.labels, [COMPOSITE]: prefix },
    annotations: { ...desired.metadata?.annotations, [RESOURCE_NAME]: key },
    ownerReferences: withController(desired.metadata?.ownerReferences, controllerReference(xr)),
  });
  return { key, object: { ...desired, metadata }, ready: resource.ready === Ready.READY_TRUE };
}

/** What exists keeps its name. What has none gets one that is the same on every reconcile. */
function nameOf(
  key: string,
  { metadata }: ClusterObject,
  xr: ClusterObject,
  observed: ClusterObject | undefined,
  prefix: string,
): { readonly name: string; readonly generateName: string | undefined } {
  if (observed) return { name: observed.metadata.name, generateName: observed.metadata.generateName };
  if (metadata?.name) return { name: metadata.name, generateName: metadata.generateName };
  const generateName = metadata?.generateName || `${prefix}-`;
  return { name: childName(generateName, uidOf(xr), key), generateName };
}

/** By which a composite controls what it composes. */
export const controllerReference = (xr: ClusterObject): OwnerReference => ({
  apiVersion: xr.apiVersion,
  kind: xr.kind,
  name: xr.metadata.name,
  uid: uidOf(xr),
  controller: true,
  blockOwnerDeletion: true,
});

const withController = (owners: readonly OwnerReference[] = [], controller: OwnerReference): OwnerReference[] => [
  ...owners.filter(({ uid }) => uid !== controller.uid),
  controller,
];

const compact = <T extends object>(fields: T): ClusterMeta =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as unknown as ClusterMeta;

/** Whether this composite composed the object: what others control is none of its business. */
export const isControlledBy = (object: ClusterObject, xr: ClusterObject): boolean =>
  controllerOf(object)?.uid === uidOf(xr);

export const isControlledByAnother = (object: ClusterObject, xr: ClusterObject): boolean => {
  const controller = controllerOf(object);
  return controller !== undefined && controller.uid !== uidOf(xr);
};

interface ResourceRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** spec.crossplane.resourceRefs, by which Crossplane finds on the next reconcile what it composed on this one. */
export function resourceRefs(xr: ClusterObject, composed: readonly ComposedObject[]): ResourceRef[] {
  const references = composed.map(({ object: { apiVersion, kind, metadata } }) => ({
    apiVersion,
    kind,
    name: metadata.name,
    // A namespaced composite has all that it composed beside it.
    ...(!xr.metadata.namespace && metadata.namespace && { namespace: metadata.namespace }),
  }));
  const order = ({ apiVersion, kind, name, namespace = '' }: ResourceRef) => apiVersion + kind + name + namespace;
  return references.sort((a, b) => compareText(order(a), order(b)));
}

/** The resourceRefs that a composite has, each with the namespace that it is in. */
export function referencesOf(xr: ClusterObject): ResourceRef[] {
  const { crossplane } = specOf(xr);
  const references = (isRecord(crossplane) ? crossplane.resourceRefs : undefined) as ResourceRef[] | undefined;
  const { namespace } = xr.metadata;
  return (references ?? []).map((reference) => (namespace ? { ...reference, namespace } : reference));
}

/** The composite as Crossplane has it while it reconciles: with the label and the references that it keeps there. */
export function withMachinery(
  xr: ClusterObject,
  compositionName: string,
  refs?: readonly ResourceRef[],
): ClusterObject {
  const { crossplane } = specOf(xr);
  const machinery = {
    ...(isRecord(crossplane) && crossplane),
    compositionRef: { name: compositionName },
    ...(refs && { resourceRefs: refs }),
  };
  const labels = { ...xr.metadata.labels, [COMPOSITE]: xr.metadata.labels?.[COMPOSITE] || xr.metadata.name };
  return { ...xr, metadata: { ...xr.metadata, labels }, spec: { ...specOf(xr), crossplane: machinery } };
}
