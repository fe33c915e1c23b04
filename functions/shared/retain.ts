import type { Desired } from './desired.ts';
import type { KubernetesObject, ObjectMeta } from './kubernetes.ts';

/** What Crossplane and its providers add to a composed object, and add again by themselves. */
const ADDED_BY_CROSSPLANE = {
  labels: ['crossplane.io/composite'],
  annotations: [
    'crossplane.io/composition-resource-name',
    // What a provider notes for itself while it creates something.
    'crossplane.io/external-create-pending',
    'crossplane.io/external-create-succeeded',
    'crossplane.io/external-create-failed',
    'kubectl.kubernetes.io/last-applied-configuration',
  ],
} as const;

/**
 * An observed object as desired state, so that a function which cannot say what it should become keeps it as it is.
 * Without what the API server and Crossplane write: applying that would claim their fields.
 */
export function retain(observed: KubernetesObject, ready: boolean): Desired {
  const { status: _status, metadata, spec, ...rest } = observed;
  const kept = spec !== undefined && { spec: withoutCrossplane(spec as object) };
  return { resource: { ...rest, metadata: ownMetadata(metadata), ...kept }, ready };
}

/** `retain` for every observed object whose key `keep` accepts. */
export function retainAll(
  observed: Readonly<Record<string, KubernetesObject>>,
  keep: (key: string) => boolean,
  isReady: (object: KubernetesObject) => boolean,
): Record<string, Desired> {
  const kept = Object.entries(observed).filter(([key]) => keep(key));
  return Object.fromEntries(kept.map(([key, object]) => [key, retain(object, isReady(object))]));
}

function ownMetadata(metadata: ObjectMeta = {}): ObjectMeta {
  const { name, namespace, labels, annotations } = metadata;
  return {
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
    ...without('labels', labels),
    ...without('annotations', annotations),
  };
}

function without(field: keyof typeof ADDED_BY_CROSSPLANE, values: Readonly<Record<string, string>> = {}) {
  const added: readonly string[] = ADDED_BY_CROSSPLANE[field];
  const own = Object.entries(values).filter(([key]) => !added.includes(key));
  return own.length > 0 && { [field]: Object.fromEntries(own) };
}

/** Crossplane's own part of a composed XR's spec: its composition, revision and resource references. */
function withoutCrossplane(spec: object): object {
  const { crossplane: _crossplane, ...own } = spec as { crossplane?: unknown };
  return own;
}
