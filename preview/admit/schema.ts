/** The part of a Kubernetes structural schema that we read; the rest is left as it is. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly nullable?: boolean;
  readonly maxLength?: number;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly not?: Schema;
  readonly 'x-kubernetes-validations'?: readonly Rule[];
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly [keyword: string]: unknown;
}

/** One of x-kubernetes-validations. */
export interface Rule {
  readonly rule: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly fieldPath?: string;
  readonly optionalOldSelf?: boolean;
}

/** The composite's name becomes the value of a label, and Crossplane writes this limit into the CRD. */
const MAX_NAME_LENGTH = 63;

/**
 * The schema of the CRD that Crossplane makes of an XRD's (crossplane-runtime, pkg/xcrd): only descriptions, rules,
 * required fields, oneOf and properties of the top, spec and status are taken over, and spec.crossplane and
 * status.conditions are added.
 */
export function compositeSchema(schema: Schema, namespaced: boolean): Schema {
  const { metadata, spec = {}, status = {} } = schema.properties ?? {};
  const maxLength = Math.min(metadata?.properties?.name?.maxLength ?? MAX_NAME_LENGTH, MAX_NAME_LENGTH);
  return {
    type: 'object',
    required: ['spec'],
    ...pick(schema, ['x-kubernetes-validations']),
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: {
        type: 'object',
        properties: { name: { type: 'string', maxLength } },
        'x-kubernetes-preserve-unknown-fields': true,
      },
      spec: {
        type: 'object',
        ...pick(spec, ['required', 'oneOf', 'x-kubernetes-validations', 'x-kubernetes-preserve-unknown-fields']),
        properties: { ...spec.properties, crossplane: machinery(namespaced) },
      },
      status: {
        type: 'object',
        ...pick(status, ['required', 'oneOf', 'x-kubernetes-validations']),
        properties: { ...status.properties, conditions: CONDITIONS },
      },
    },
  };
}

const pick = (schema: Schema, keywords: readonly string[]): Schema =>
  Object.fromEntries(keywords.filter((keyword) => keyword in schema).map((keyword) => [keyword, schema[keyword]]));

const TEXT: Schema = { type: 'string' };
const NAMED: Schema = { type: 'object', required: ['name'], properties: { name: TEXT } };
const SELECTOR: Schema = {
  type: 'object',
  required: ['matchLabels'],
  properties: { matchLabels: { type: 'object', additionalProperties: TEXT } },
};

/** spec.crossplane, by which a user picks a Composition and Crossplane remembers what it composed. */
function machinery(namespaced: boolean): Schema {
  const reference = { apiVersion: TEXT, kind: TEXT, name: TEXT, ...(!namespaced && { namespace: TEXT }) };
  return {
    type: 'object',
    properties: {
      compositionRef: NAMED,
      compositionSelector: SELECTOR,
      compositionRevisionRef: NAMED,
      compositionRevisionSelector: SELECTOR,
      compositionUpdatePolicy: { type: 'string', enum: ['Automatic', 'Manual'] },
      resourceRefs: {
        type: 'array',
        items: { type: 'object', required: ['apiVersion', 'kind'], properties: reference },
      },
    },
  };
}

const CONDITIONS: Schema = {
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': ['type'],
  items: {
    type: 'object',
    required: ['lastTransitionTime', 'reason', 'status', 'type'],
    properties: {
      lastTransitionTime: TEXT,
      message: TEXT,
      reason: TEXT,
      status: TEXT,
      type: TEXT,
      observedGeneration: { type: 'integer' },
    },
  },
};
