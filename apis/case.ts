/** A spec that the API server takes. */
export interface AcceptedCase {
  readonly name: string;
  readonly spec: object;
}

/** A spec that the API server refuses, for one reason alone: what it says to do instead is accepted. */
export interface RefusedCase {
  readonly name: string;
  readonly spec: object;
  /** The field that is named, as API servers write it; empty for a rule about the whole object. */
  readonly at: string;
  /** Words of our own rule; a schema's words are the API server's. */
  readonly says?: string;
  /** The same but for what is refused. */
  readonly instead: object;
  /** The object's name, where it is the name that is refused. */
  readonly as?: string;
  /** What the object is before, where the change is refused. */
  readonly before?: object;
}

/** What the API server takes and refuses of a kind. */
export interface KindCases {
  readonly kind: string;
  readonly namespaced: boolean;
  /** The name of the objects. */
  readonly name: string;
  readonly accepted: readonly AcceptedCase[];
  readonly refused: readonly RefusedCase[];
}

/** An object of a kind with what a case says. */
export const manifestOf = ({ kind, namespaced, name }: KindCases, namespace: string, spec: object, as = name) => ({
  apiVersion: 'modelplane.ai/v1alpha1',
  kind,
  metadata: { name: as, ...(namespaced && { namespace }) },
  spec,
});
