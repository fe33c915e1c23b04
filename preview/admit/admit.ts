import type { KubernetesObject } from '#shared/kubernetes.ts';
import type { Api, Apis } from '../apis.ts';
import type { Cluster } from '../cluster.ts';
import { findKind } from '../kinds.ts';
import { type ClusterObject, groupOf, isRecord } from '../objects.ts';
import type { FieldError } from '../problem.ts';
import { ruleErrors } from './cel.ts';
import { withDefaults } from './defaults.ts';
import { metadataErrors } from './metadata.ts';
import { ofModelplane } from './modelplane.ts';
import { structureErrors } from './structure.ts';
import { closest, list } from './words.ts';

export type Admitted =
  | { readonly ok: true; readonly object: ClusterObject }
  | { readonly ok: false; readonly errors: readonly FieldError[] };

const refused = (...errors: readonly FieldError[]): Admitted => ({ ok: false, errors });

/**
 * What an API server does with an object that is applied by kubectl: it settles the namespace, and for our own kinds
 * refuses unknown fields, sets defaults, and holds the object to schema and CEL rules, in this order.
 */
export function admit(object: KubernetesObject, apis: Apis, cluster: Cluster, old?: ClusterObject): Admitted {
  const errors = metadataErrors(object);
  if (errors.length > 0) return refused(...errors);
  const unknown =
    ofModelplane(object, apis.find(object.apiVersion, object.kind) !== undefined) ?? unknownKind(object, apis);
  if (unknown) return refused(unknown);
  const kind = findKind(cluster, apis, object.apiVersion, object.kind);
  const placed = kind ? inNamespace(object as ClusterObject, kind.namespaced) : (object as ClusterObject);
  const api = apis.find(object.apiVersion, object.kind);
  return api ? admitComposite(placed, api, old) : { ok: true, object: placed };
}

/** A kind of a group of ours must be one that we have; other people's kinds are taken as they are. */
function unknownKind({ apiVersion, kind }: KubernetesObject, apis: Apis): FieldError | undefined {
  if (apis.find(apiVersion, kind)) return undefined;
  const ours = apis.all().filter((api) => groupOf(api.apiVersion) === groupOf(apiVersion));
  if (ours.length === 0) return undefined;
  const versions = ours.filter((api) => api.kind === kind).map((api) => api.apiVersion);
  if (versions.length > 0) {
    return { path: ['apiVersion'], message: `must be ${list(versions)} for ${kind}, not ${apiVersion}` };
  }
  const known = ours.map((api) => api.kind);
  const meant = closest(kind, known);
  const wayOut = meant ? `did you mean ${meant}?` : `its kinds are ${list(known)}`;
  return { path: ['kind'], message: `${kind} is not a kind of ${groupOf(apiVersion)}; ${wayOut}` };
}

/** kubectl puts a namespaced object that names no namespace into default, and drops the namespace of any other. */
function inNamespace(object: ClusterObject, namespaced: boolean): ClusterObject {
  const { namespace, ...metadata } = object.metadata;
  return { ...object, metadata: namespaced ? { ...metadata, namespace: namespace || 'default' } : metadata };
}

/** The status of an applied object is dropped, because it belongs to whoever reconciles it. */
function admitComposite(object: ClusterObject, { schema }: Api, old: ClusterObject | undefined): Admitted {
  const { status: _status, ...written } = object;
  const defaulted = withDefaults(written, schema) as ClusterObject;
  const errors = structureErrors(defaulted, schema);
  if (errors.length > 0) return refused(...errors);
  const broken = ruleErrors(forRules(defaulted), schema, old && forRules(old));
  return broken.length > 0 ? refused(...broken) : { ok: true, object: defaulted };
}

/** Of metadata, rules see the name and nothing else. */
function forRules(object: ClusterObject): object {
  const { name, generateName } = object.metadata;
  return { ...object, metadata: { name, ...(isRecord(generateName) && { generateName }) } };
}
